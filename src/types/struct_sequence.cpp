// struct_sequence: tuples with named fields (time.struct_time, os.stat_result …).
//
// Layout     a tuple whose ob_size counts the visible fields; the others follow in memory. The counts are in the type's dict, where
//            Python code sees them.
#include <cstring>

#include "bind/bind.h"
#include "memory/allocator.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/struct_sequence.h"
#include "types/tuple.h"

ADDER_EXPORT const char* const PyStructSequence_UnnamedField = "unnamed field";

namespace adder {
namespace {

isize count_in_dict(Type* type, Str* name) {
  Opt<Object*> found = type_lookup(type, name);
  return found && is_int(*found) ? int_single_value(as<Int>(*found)) : 0;
}
isize field_count(Type* type) { return count_in_dict(type, id::n_fields); }
isize visible_count(Type* type) { return count_in_dict(type, id::n_sequence_fields); }
isize unnamed_count(Type* type) { return count_in_dict(type, id::n_unnamed_fields); }

Object** items_of(Object* object) { return as<Tuple>(object)->ob_item; }

void struct_sequence_dealloc(PyObject* self) {
  gc::untrack(self);
  Type* type = self->ob_type;
  isize count = field_count(type);
  for (isize i = 0; i < count; ++i) clear_field(items_of(self)[i]);
  object_free(self);
  if (is_heap_type(type)) decref(type);
}

int struct_sequence_traverse(PyObject* self, visitproc visit, void* arg) {
  if (is_heap_type(self->ob_type)) VISIT(self->ob_type);
  isize count = field_count(self->ob_type);
  for (isize i = 0; i < count; ++i) VISIT(items_of(self)[i]);
  return 0;
}

Result<Object> struct_sequence_make(Type* type, Object* sequence, Object* given_dict) {
  isize least = visible_count(type), most = field_count(type), unnamed = unnamed_count(type);
  Ref<Object> items = TRY(sequence_fast(sequence, "constructor requires a sequence"));
  Opt<Dict*> dict;
  if (given_dict) {
    if (!is_dict(given_dict)) return raise(TypeError, "%.500s() takes a dict as second arg, if any", type->tp_name);
    dict = as<Dict>(given_dict);
  }
  isize size = sequence_fast_size(items);
  if (least != most) {
    if (size < least) {
      return raise(TypeError, "%.500s() takes an at least %zd-sequence (%zd-sequence given)", type->tp_name, least, size);
    }
    if (size > most) {
      return raise(TypeError, "%.500s() takes an at most %zd-sequence (%zd-sequence given)", type->tp_name, most, size);
    }
  } else if (size != least) {
    return raise(TypeError, "%.500s() takes a %zd-sequence (%zd-sequence given)", type->tp_name, least, size);
  }
  Ref<Object> made = TRY(struct_sequence_new(type));
  for (isize i = 0; i < size; ++i) items_of(made)[i] = new_ref(sequence_fast_items(items)[i]).release();
  for (isize i = size; i < most; ++i) {
    Ref<Object> value;
    if (dict) {
      Ref<Str> name = TRY(str_from_string(type->tp_members[i - unnamed].name));
      value = TRY(dict_get_item(*dict, name));
    }
    items_of(made)[i] = (value ? std::move(value) : new_ref(None)).release();
  }
  gc::track(made);
  return made;
}

Result<Object> struct_sequence_repr(Object* self) {
  Type* type = self->ob_type;
  isize visible = visible_count(type);
  StrWriter writer;
  TRY(writer.write_utf8(type->tp_name));
  TRY(writer.write_char('('));
  for (isize i = 0; i < visible; ++i) {
    if (i) TRY(writer.write_ascii(", "));
    TRY(writer.write_utf8(type->tp_members[i].name));
    TRY(writer.write_char('='));
    Ref<Object> item = new_ref(items_of(self)[i]);
    TRY(writer.write_repr(item));
  }
  TRY(writer.write_char(')'));
  return writer.finish();
}

Result<Object> struct_sequence_reduce(Object* self) {
  Type* type = self->ob_type;
  isize visible = visible_count(type), count = field_count(type), unnamed = unnamed_count(type);
  Ref<Tuple> tuple = TRY(tuple_from_array(items_of(self), visible));
  Ref<Dict> dict = TRY(dict_new());
  for (isize i = visible; i < count; ++i) {
    TRY(dict_set_item_string(dict, type->tp_members[i - unnamed].name, items_of(self)[i]));
  }
  Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(tuple.get()), static_cast<Object*>(dict.get())));
  return tuple_pack(static_cast<Object*>(type), static_cast<Object*>(args.get()));
}

constexpr Doc new_doc = "structseq(sequence, dict=NULL)";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constinit PyMethodDef struct_sequence_methods[] = {method<struct_sequence_reduce, reduce_doc>(), {}};

Result<Object> make_from_arguments(Type* type, Object* sequence, Opt<Object*> dict) {
  return struct_sequence_make(type, sequence, dict.get());
}
PyObject* struct_sequence_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return constructor<make_from_arguments, new_doc>(type, args, kwargs);
}

struct Counts {
  isize fields = 0, unnamed = 0;
};

Counts count_fields(const PyStructSequence_Desc* description) {
  Counts counts;
  for (const PyStructSequence_Field* field = description->fields; field->name; ++field) {
    ++counts.fields;
    if (field->name == PyStructSequence_UnnamedField) ++counts.unnamed;
  }
  return counts;
}

// A PyMemberDef for each named field, and the end mark. A static type points into it; what heap types get is a copy.
Result<void> make_members(const PyStructSequence_Desc* description, const Counts& counts, PyMemberDef*& members) {
  usize count = static_cast<usize>(counts.fields - counts.unnamed + 1);
  members = static_cast<PyMemberDef*>(memory::allocate_zeroed(count, sizeof(PyMemberDef)));
  if (!members) return raise_no_memory();
  PyMemberDef* member = members;
  for (isize i = 0; i < counts.fields; ++i) {
    const PyStructSequence_Field& field = description->fields[i];
    if (field.name == PyStructSequence_UnnamedField) continue;
    isize offset = static_cast<isize>(offsetof(PyTupleObject, ob_item)) + i * static_cast<isize>(sizeof(Object*));
    *member++ = {field.name, T_OBJECT, offset, READONLY, field.doc};
  }
  return {};
}

Result<void> fill_type_dict(Type* type, const PyStructSequence_Desc* description, const Counts& counts) {
  Dict* dict = as<Dict>(type->tp_dict);
  auto set_count = [&](Str* name, isize value) -> Result<void> {
    Ref<Int> number = TRY(int_from_ssize_t(value));
    return dict_set_item(dict, name, number);
  };
  TRY(set_count(id::n_sequence_fields, description->n_in_sequence));
  TRY(set_count(id::n_fields, counts.fields));
  TRY(set_count(id::n_unnamed_fields, counts.unnamed));
  isize named = 0;
  for (isize i = 0; i < description->n_in_sequence; ++i) {
    if (description->fields[i].name != PyStructSequence_UnnamedField) ++named;
  }
  Ref<Tuple> names = TRY(tuple_new(named));
  isize index = 0;
  for (isize i = 0; i < description->n_in_sequence; ++i) {
    if (description->fields[i].name == PyStructSequence_UnnamedField) continue;
    Ref<Str> name = TRY(str_intern_from_string(description->fields[i].name));
    tuple_init_item(names, index++, std::move(name));
  }
  TRY(dict_set_item(dict, id::__match_args__, names));
  type_modified(type);
  return {};
}

constexpr isize kBasicSize = offsetof(PyTupleObject, ob_item);

}  // namespace

Result<void> struct_sequence_init_type(Type* type, PyStructSequence_Desc* description, unsigned long flags) {
  if (has_flag(type, Py_TPFLAGS_READY)) return {};  // another interpreter did it
  Counts counts = count_fields(description);
  PyMemberDef* members;
  TRY(make_members(description, counts, members));
  type->tp_name = description->name;
  type->tp_basicsize = kBasicSize;
  type->tp_itemsize = sizeof(Object*);
  type->tp_dealloc = struct_sequence_dealloc;
  type->tp_repr = slot<struct_sequence_repr>;
  type->tp_doc = description->doc;
  type->tp_base = &PyTuple_Type;
  type->tp_methods = struct_sequence_methods;
  type->tp_new = flags & Py_TPFLAGS_DISALLOW_INSTANTIATION ? nullptr : struct_sequence_new_slot;
  type->tp_flags |= Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | flags;
  type->tp_traverse = struct_sequence_traverse;
  type->tp_members = members;
  TRY(type_ready(type));
  return fill_type_dict(type, description, counts);
}

Result<Type> struct_sequence_new_type(PyStructSequence_Desc* description, unsigned long flags) {
  Counts counts = count_fields(description);
  Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(&PyTuple_Type)));
  PyMemberDef* members;
  TRY(make_members(description, counts, members));
  constexpr int kDealloc = 52, kDoc = 56, kMethods = 64, kNew = 65, kRepr = 66, kTraverse = 71, kMembers = 72;
  PyType_Slot slots[] = {{kDealloc, reinterpret_cast<void*>(struct_sequence_dealloc)},
                         {kRepr, reinterpret_cast<void*>(static_cast<reprfunc>(slot<struct_sequence_repr>))},
                         {kDoc, const_cast<char*>(description->doc)},
                         {kMethods, struct_sequence_methods},
                         {kMembers, members},
                         {kTraverse, reinterpret_cast<void*>(struct_sequence_traverse)},
                         {kNew, reinterpret_cast<void*>(struct_sequence_new_slot)},
                         {0, nullptr}};
  constexpr int kNewIndex = 6;
  if (flags & Py_TPFLAGS_DISALLOW_INSTANTIATION) slots[kNewIndex] = {0, nullptr};
  PyType_Spec spec = {description->name, static_cast<int>(kBasicSize), sizeof(Object*),
                      static_cast<unsigned>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | flags), slots};
  auto created = type_from_module_and_spec({}, &spec, bases.get());
  memory::release(members);  // the type has a copy
  Ref<Object> made = TRY(created);
  Type* type = reinterpret_cast<Type*>(made.get());
  TRY(fill_type_dict(type, description, counts));
  return Ref<Type>::steal(reinterpret_cast<Type*>(made.release()));
}

Result<void> struct_sequence_init_type(Type* type, PyStructSequence_Desc* description) {
  return struct_sequence_init_type(type, description, 0);
}
Result<Type> struct_sequence_new_type(PyStructSequence_Desc* description) {
  return struct_sequence_new_type(description, 0);
}

Result<Object> struct_sequence_new(Type* type) {
  isize count = field_count(type);
  Ref<Tuple> made = TRY(object_new<Tuple>(type, count));
  made->ob_size = visible_count(type);
  for (isize i = 0; i < count; ++i) made->ob_item[i] = nullptr;
  return made;
}
}  // namespace adder
