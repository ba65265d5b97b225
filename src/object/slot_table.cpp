// slot_table: the table of slots, and the update of a type's slots when a special method appears, changes or goes.
//
// Rule       a slot takes the C++ function behind a wrapper descriptor directly if all its special methods agree on it;
//            else the slot function that calls the method.
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

// Recomputes the slot of the group that starts at `definition`; gives the first definition after the group.
wrapperbase* update_slot(Type* type, wrapperbase* definition) {
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
    Opt<Object*> found = type_lookup(type, definition->name_strobj);
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
      void** only = only_filled_slot(type, definition->name_strobj);
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

void type_fill_slots(Type* type) {
  type->tp_getattr = nullptr;  // what a class inherits of attribute access goes through tp_getattro and tp_setattro
  type->tp_setattr = nullptr;
  for (wrapperbase* definition = slot_definitions; definition->name;) definition = update_slot(type, definition);
}

void type_update_all_slots(Type* type) {
  type_fill_slots(type);
  SubclassList* subclasses = subclasses_of(type);
  for (isize i = 0; subclasses && i < subclasses->count; ++i) type_update_all_slots(subclasses->items[i]);
}

Result<void> type_add_operators(Type* type) {
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
