// slot_table: the table of slots, and the update of a type's slots when a special method appears, changes or goes.
//
// Rule       a slot takes the C++ function behind a wrapper descriptor directly if all its special methods agree on it;
//            else the slot function that calls the method.
// New class  most special methods are nowhere in its MRO: the dicts say which are there, so that only those are looked
// up;
//            with one base that is a class itself, slots whose names the class does not define are the base's.
#include <string_view>

#include "interpreter/interpreter.h"
#include "object/slots.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {

// The slot's doc starts with its signature; an empty doc means none.
#define SLOT(method, field, generic, wrap, text)                  \
  {.name = #method,                                               \
   .offset = static_cast<int>(offsetof(PyHeapTypeObject, field)), \
   .function = generic,                                           \
   .wrapper = wrap,                                               \
   .doc = text,                                                   \
   .flags = 0,                                                    \
   .name_strobj = id::method},
#define SLOT_KEYWORDS(method, field, generic, wrap, text)         \
  {.name = #method,                                               \
   .offset = static_cast<int>(offsetof(PyHeapTypeObject, field)), \
   .function = generic,                                           \
   .wrapper_keywords = wrap,                                      \
   .doc = text,                                                   \
   .flags = PyWrapperFlag_KEYWORDS,                               \
   .name_strobj = id::method},
constinit wrapperbase slot_definitions[] = {
#include "object/slots.def"
    {.name = nullptr,
     .offset = 0,
     .function = nullptr,
     .wrapper = nullptr,
     .doc = nullptr,
     .flags = 0,
     .name_strobj = nullptr}};
#undef SLOT
#undef SLOT_KEYWORDS

void** slot_address(Type* type, const wrapperbase& definition) {
  isize offset = definition.offset;
  char* base;
  if (offset >= static_cast<isize>(offsetof(PyHeapTypeObject, as_sequence))) {
    base = reinterpret_cast<char*>(type->tp_as_sequence);
    offset -= offsetof(PyHeapTypeObject, as_sequence);
  } else if (offset >= static_cast<isize>(offsetof(PyHeapTypeObject, as_mapping))) {
    base = reinterpret_cast<char*>(type->tp_as_mapping);
    offset -= offsetof(PyHeapTypeObject, as_mapping);
  } else if (offset >= static_cast<isize>(offsetof(PyHeapTypeObject, as_number))) {
    base = reinterpret_cast<char*>(type->tp_as_number);
    offset -= offsetof(PyHeapTypeObject, as_number);
  } else if (offset >= static_cast<isize>(offsetof(PyHeapTypeObject, as_async))) {
    base = reinterpret_cast<char*>(type->tp_as_async);
    offset -= offsetof(PyHeapTypeObject, as_async);
  } else {
    base = reinterpret_cast<char*>(type);
  }
  return base ? reinterpret_cast<void**>(base + offset) : nullptr;
}

namespace {

// == Names ==

constexpr std::string_view kSlotNames[] = {
#define SLOT(method, field, generic, wrap, text) #method,
#define SLOT_KEYWORDS(method, field, generic, wrap, text) #method,
#include "object/slots.def"
#undef SLOT
#undef SLOT_KEYWORDS
};
constexpr usize kDefinitions = sizeof(kSlotNames) / sizeof(kSlotNames[0]);

struct NameFacts {
  u8 index[kDefinitions];  // of the first definition with the same name
  bool shared[kDefinitions];
};
constexpr NameFacts name_facts = [] {
  NameFacts facts{};
  for (usize i = 0; i < kDefinitions; ++i) {
    facts.index[i] = static_cast<u8>(i);
    for (usize k = kDefinitions; k-- > 0;) {
      if (kSlotNames[k] != kSlotNames[i]) continue;
      facts.index[i] = static_cast<u8>(k);
      if (k != i) facts.shared[i] = true;
    }
  }
  return facts;
}();
usize position_of(const wrapperbase* definition) { return static_cast<usize>(definition - slot_definitions); }

// A set of names of special methods, by the index of NameFacts.
class NameSet {
 public:
  void add(usize index) { bits_[index / 64] |= u64{1} << (index % 64); }
  bool has(usize index) const { return bits_[index / 64] >> (index % 64) & 1; }
  // Adds the special methods among the keys of a type's dict. False if a key might be one in disguise: a str that is
  // not interned, or of a subclass.
  bool add_keys(Type* type);

 private:
  static_assert(kDefinitions <= 128);
  u64 bits_[2] = {};
};

// From the address of an interned name to its index: open addressing, filled at the first use.
struct NameTable {
  static constexpr usize kSize = 512;
  Object* names[kSize];
  u8 index[kSize];
  bool filled;
  static usize first_place(const Object* name) {
    return (reinterpret_cast<usize>(name) >> 3) * 0x9E3779B1u >> 7 & (kSize - 1);
  }
  void fill() {
    for (usize i = 0; i < kDefinitions; ++i) {
      if (name_facts.index[i] != i) continue;
      usize place = first_place(slot_definitions[i].name_strobj);
      while (names[place]) place = (place + 1) & (kSize - 1);
      names[place] = slot_definitions[i].name_strobj;
      index[place] = static_cast<u8>(i);
    }
    filled = true;
  }
};
constinit NameTable name_table = {};

bool NameSet::add_keys(Type* type) {
  if (!type->tp_dict) return true;
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(type->tp_dict), position, key, value)) {
    if (!is_str_exact(key) || !str_is_interned(as<Str>(key))) return false;
    for (usize place = NameTable::first_place(key); name_table.names[place];
         place = (place + 1) & (NameTable::kSize - 1)) {
      if (name_table.names[place] != key) continue;
      add(name_table.index[place]);
      break;
    }
  }
  return true;
}

// == One slot ==

// The one slot among those that share `name` which the type fills; null if it fills none or several.
void** only_filled_slot(Type* type, Object* name) {
  void** only = nullptr;
  for (wrapperbase* definition = slot_definitions; definition->name; ++definition) {
    if (definition->name_strobj != name) continue;
    void** address = slot_address(type, *definition);
    if (!address || !*address) continue;
    if (only) return nullptr;
    only = address;
  }
  return only;
}

// True for the `__new__` of a type of C: the class then keeps the tp_new of its own base, which knows the layout, even
// if the `__new__` that comes first in the MRO belongs to another base.
bool is_inherited_new(Object* object, Type* type) {
  return object->ob_type == &PyCFunction_Type && static_cast<CFunction*>(object)->m_ml == &new_wrapper_definition &&
         type->tp_base;
}

// Recomputes the slot of the group that starts at `definition`; gives the first definition after the group. `present`:
// the names that the MRO has, if that is known.
wrapperbase* update_slot(Type* type, wrapperbase* definition, const NameSet* present = nullptr) {
  int offset = definition->offset;
  void** address = slot_address(type, *definition);
  if (!address) {
    while (definition->offset == offset && definition->name) ++definition;
    return definition;
  }
  void* specific = nullptr;
  void* generic = nullptr;
  bool use_generic = false;
  for (; definition->name && definition->offset == offset; ++definition) {
    bool absent = present && !present->has(name_facts.index[position_of(definition)]);
    Opt<Object*> found = absent ? Opt<Object*>() : type_lookup(type, definition->name_strobj);
    if (!found) {
      // A loop may be between two calls of a tp_iternext whose __next__ has just been deleted.
      if (address == reinterpret_cast<void**>(&type->tp_iternext) && *address) {
        specific = reinterpret_cast<void*>(&_PyObject_NextNotImplemented);
      }
      continue;
    }
    Object* method = *found;
    if (method->ob_type == &PyWrapperDescr_Type &&
        static_cast<PyWrapperDescrObject*>(method)->d_base->name_strobj == definition->name_strobj) {
      auto* wrapper = static_cast<PyWrapperDescrObject*>(method);
      void** only =
          name_facts.shared[position_of(definition)] ? only_filled_slot(type, definition->name_strobj) : nullptr;
      if (!only || only == address) generic = definition->function.address;
      if ((!specific || specific == wrapper->d_wrapped) && wrapper->d_base->wrapper == definition->wrapper &&
          type_is_subtype(type, wrapper->d_type)) {
        specific = wrapper->d_wrapped;
      } else {
        use_generic = true;
      }
    } else if (address == reinterpret_cast<void**>(&type->tp_new) && is_inherited_new(method, type)) {
      specific = reinterpret_cast<void*>(type->tp_base->tp_new);
    } else if (method == None && address == reinterpret_cast<void**>(&type->tp_hash)) {
      specific = reinterpret_cast<void*>(&PyObject_HashNotImplemented);
    } else {
      use_generic = true;
      generic = definition->function.address;
    }
  }
  *address = specific && !use_generic ? specific : generic;
  return definition;
}

bool has_own(Type* type, Object* name) {
  return static_cast<bool>(dict_get_item_str(as<Dict>(type->tp_dict), as<Str>(name)));
}

// Updates one group of slots in `type` and in the subclasses that do not define the name themselves.
void update_group(Type* type, wrapperbase* group, Object* name) {
  update_slot(type, group);
  SubclassList* subclasses = subclasses_of(type);
  if (!subclasses) return;
  for (isize i = 0; i < subclasses->count; ++i) {
    Type* subclass = subclasses->items[i];
    if (!has_own(subclass, name)) update_group(subclass, group, name);
  }
}

}  // namespace

void type_update_slots(Type* type, Object* name) {
  wrapperbase* group = slot_definitions;
  for (wrapperbase* definition = slot_definitions; definition->name; ++definition) {
    if (definition->offset != group->offset) group = definition;
    if (definition->name_strobj == name) update_group(type, group, name);
  }
}

namespace {
// True if the slots of `type` were filled here: a class of a class statement.
bool has_filled_slots(Type* type) {
  return is_heap_type(type) && !as_heap(type)->_ht_tpname && type->tp_dealloc == subtype_dealloc &&
         type->tp_traverse == subtype_traverse;
}
// True if the MRO is the type and then its base's.
bool extends_base_mro(Type* type) {
  Tuple *mro = as<Tuple>(type->tp_mro), *of_base = as<Tuple>(type->tp_base->tp_mro);
  if (mro->ob_size != of_base->ob_size + 1 || mro->ob_item[0] != type) return false;
  for (isize i = 0; i < of_base->ob_size; ++i) {
    if (mro->ob_item[i + 1] != of_base->ob_item[i]) return false;
  }
  return true;
}

// Fills all slots, but copies those of which the class defines no name from its base.
void fill_over_base(Type* type, const NameSet& own) {
  for (wrapperbase* definition = slot_definitions; definition->name;) {
    wrapperbase* group = definition;
    bool defined = false;
    for (; definition->offset == group->offset && definition->name; ++definition) {
      defined |= own.has(name_facts.index[position_of(definition)]);
    }
    if (defined) {
      update_slot(type, group);
    } else if (void** address = slot_address(type, *group)) {
      void** of_base = slot_address(type->tp_base, *group);
      *address = of_base ? *of_base : nullptr;
    }
  }
}
}  // namespace

void type_fill_slots(Type* type) {
  type->tp_getattr = nullptr;  // what a class inherits of attribute access goes through tp_getattro and tp_setattro
  type->tp_setattr = nullptr;
  if (!name_table.filled) name_table.fill();
  NameSet present;
  bool known = type->tp_mro && present.add_keys(type);
  if (known && type->tp_base && has_filled_slots(type->tp_base) && extends_base_mro(type)) {
    fill_over_base(type, present);
    return;
  }
  if (known) {
    Tuple* mro = as<Tuple>(type->tp_mro);
    for (isize i = 0; known && i < mro->ob_size; ++i)
      known = present.add_keys(reinterpret_cast<Type*>(mro->ob_item[i]));
  }
  for (wrapperbase* definition = slot_definitions; definition->name;) {
    definition = update_slot(type, definition, known ? &present : nullptr);
  }
}

void type_update_all_slots(Type* type) {
  type_fill_slots(type);
  SubclassList* subclasses = subclasses_of(type);
  for (isize i = 0; subclasses && i < subclasses->count; ++i) type_update_all_slots(subclasses->items[i]);
}

Result<void> type_add_operators(Type* type) {
  if (has_filled_slots(type)) return {};  // a new class: its slots come from its methods
  Dict* dict = as<Dict>(type->tp_dict);
  for (wrapperbase* definition = slot_definitions; definition->name; ++definition) {
    if (!definition->wrapper) continue;
    void** address = slot_address(type, *definition);
    if (!address || !*address || has_own(type, definition->name_strobj)) continue;
    if (*address == reinterpret_cast<void*>(&PyObject_HashNotImplemented)) {
      TRY(dict_set_item(dict, definition->name_strobj, None));
      continue;
    }
    Ref<Object> descriptor = TRY(descr_new_wrapper(type, definition, *address));
    TRY(dict_set_item(dict, definition->name_strobj, descriptor));
  }
  return {};
}
}  // namespace adder
