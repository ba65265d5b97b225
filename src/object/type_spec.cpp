// type_spec: heap types from PyType_Spec, as extension modules make them (PEP 384).
#include <cstring>

#include "memory/allocator.h"
#include "object/slots.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// Where PyType_Slot::slot (typeslots.h) points to in PyHeapTypeObject; index = slot number.
#define AT(field) static_cast<int>(offsetof(PyHeapTypeObject, field))
constexpr int kSlotOffsets[] = {
    0,
    AT(as_buffer.bf_getbuffer),
    AT(as_buffer.bf_releasebuffer),
    AT(as_mapping.mp_ass_subscript),
    AT(as_mapping.mp_length),
    AT(as_mapping.mp_subscript),
    AT(as_number.nb_absolute),
    AT(as_number.nb_add),
    AT(as_number.nb_and),
    AT(as_number.nb_bool),
    AT(as_number.nb_divmod),
    AT(as_number.nb_float),
    AT(as_number.nb_floor_divide),
    AT(as_number.nb_index),
    AT(as_number.nb_inplace_add),
    AT(as_number.nb_inplace_and),
    AT(as_number.nb_inplace_floor_divide),
    AT(as_number.nb_inplace_lshift),
    AT(as_number.nb_inplace_multiply),
    AT(as_number.nb_inplace_or),
    AT(as_number.nb_inplace_power),
    AT(as_number.nb_inplace_remainder),
    AT(as_number.nb_inplace_rshift),
    AT(as_number.nb_inplace_subtract),
    AT(as_number.nb_inplace_true_divide),
    AT(as_number.nb_inplace_xor),
    AT(as_number.nb_int),
    AT(as_number.nb_invert),
    AT(as_number.nb_lshift),
    AT(as_number.nb_multiply),
    AT(as_number.nb_negative),
    AT(as_number.nb_or),
    AT(as_number.nb_positive),
    AT(as_number.nb_power),
    AT(as_number.nb_remainder),
    AT(as_number.nb_rshift),
    AT(as_number.nb_subtract),
    AT(as_number.nb_true_divide),
    AT(as_number.nb_xor),
    AT(as_sequence.sq_ass_item),
    AT(as_sequence.sq_concat),
    AT(as_sequence.sq_contains),
    AT(as_sequence.sq_inplace_concat),
    AT(as_sequence.sq_inplace_repeat),
    AT(as_sequence.sq_item),
    AT(as_sequence.sq_length),
    AT(as_sequence.sq_repeat),
    AT(tp_alloc),
    AT(tp_base),
    AT(tp_bases),
    AT(tp_call),
    AT(tp_clear),
    AT(tp_dealloc),
    AT(tp_del),
    AT(tp_descr_get),
    AT(tp_descr_set),
    AT(tp_doc),
    AT(tp_getattr),
    AT(tp_getattro),
    AT(tp_hash),
    AT(tp_init),
    AT(tp_is_gc),
    AT(tp_iter),
    AT(tp_iternext),
    AT(tp_methods),
    AT(tp_new),
    AT(tp_repr),
    AT(tp_richcompare),
    AT(tp_setattr),
    AT(tp_setattro),
    AT(tp_str),
    AT(tp_traverse),
    AT(tp_members),
    AT(tp_getset),
    AT(tp_free),
    AT(as_number.nb_matrix_multiply),
    AT(as_number.nb_inplace_matrix_multiply),
    AT(as_async.am_await),
    AT(as_async.am_aiter),
    AT(as_async.am_anext),
    AT(tp_finalize),
    AT(as_async.am_send),
};
#undef AT
constexpr int kSlotCount = sizeof kSlotOffsets / sizeof kSlotOffsets[0];
constexpr int kSlotBase = 48, kSlotBases = 49, kSlotDoc = 56, kSlotMembers = 72;

struct SpecParts {
  void* base = nullptr;
  Object* bases = nullptr;
  const char* doc = nullptr;
  PyMemberDef* members = nullptr;
  isize member_count = 0, weaklist_offset = 0, dict_offset = 0, vectorcall_offset = 0;
};

Result<void> read_spec(PyType_Spec* spec, SpecParts& parts) {
  for (PyType_Slot* slot = spec->slots; slot && slot->slot; ++slot) {
    if (slot->slot < 0 || slot->slot >= kSlotCount) return raise(RuntimeError, "invalid slot offset");
    if (slot->slot == kSlotBase) parts.base = slot->pfunc;
    if (slot->slot == kSlotBases) parts.bases = static_cast<Object*>(slot->pfunc);
    if (slot->slot == kSlotDoc) parts.doc = static_cast<const char*>(slot->pfunc);
    if (slot->slot != kSlotMembers) continue;
    if (parts.members) return raise(SystemError, "Multiple Py_tp_members slots are not supported.");
    parts.members = static_cast<PyMemberDef*>(slot->pfunc);
    for (PyMemberDef* member = parts.members; member->name; ++member) {
      ++parts.member_count;
      if (member->type != T_PYSSIZET || !(member->flags & READONLY)) continue;
      if (std::strcmp(member->name, "__weaklistoffset__") == 0) parts.weaklist_offset = member->offset;
      if (std::strcmp(member->name, "__dictoffset__") == 0) parts.dict_offset = member->offset;
      if (std::strcmp(member->name, "__vectorcalloffset__") == 0) parts.vectorcall_offset = member->offset;
    }
  }
  return {};
}

Result<Tuple> spec_bases(const SpecParts& parts, Opt<Object*> given) {
  if (given) {
    if (is_tuple(*given)) return Result<Tuple>::share(as<Tuple>(*given));
    return tuple_pack(*given);
  }
  if (parts.bases) {
    if (!is_tuple(parts.bases)) return raise(SystemError, "Py_tp_bases is not a tuple");
    return Result<Tuple>::share(as<Tuple>(parts.bases));
  }
  Object* base = parts.base ? static_cast<Object*>(parts.base) : static_cast<Object*>(&PyBaseObject_Type);
  return tuple_pack(base);
}

// A copy that lives as long as the type; null without memory.
char* duplicate(const char* text) {
  usize size = std::strlen(text) + 1;
  char* copy = static_cast<char*>(memory::allocate(size));
  if (copy) std::memcpy(copy, text, size);
  return copy;
}

Result<void> set_names(HeapType* type, const char* name) {
  const char* dot = std::strrchr(name, '.');
  type->ht_name = TRY(str_from_string(dot ? dot + 1 : name))
  .release();
  type->ht_qualname = new_ref(type->ht_name).release();
  type->_ht_tpname = duplicate(name);
  if (!type->_ht_tpname) return raise_no_memory();
  type->tp_name = type->_ht_tpname;
  return {};
}

Result<void> set_slots(HeapType* type, PyType_Spec* spec, const SpecParts& parts) {
  for (PyType_Slot* slot = spec->slots; slot && slot->slot; ++slot) {
    if (slot->slot == kSlotBase || slot->slot == kSlotBases) continue;
    if (slot->slot == kSlotDoc) {
      if (!slot->pfunc) continue;
      type->tp_doc = duplicate(static_cast<const char*>(slot->pfunc));
      if (!type->tp_doc) return raise_no_memory();
    } else if (slot->slot == kSlotMembers) {
      std::memcpy(heap_type_members(type), slot->pfunc, static_cast<usize>(parts.member_count) * sizeof(PyMemberDef));
      type->tp_members = heap_type_members(type);
    } else {
      *reinterpret_cast<void**>(reinterpret_cast<char*>(type) + kSlotOffsets[slot->slot]) = slot->pfunc;
    }
  }
  return {};
}

Result<void> set_module_name(HeapType* type, PyType_Spec* spec) {
  const char* dot = std::strrchr(spec->name, '.');
  if (dot) {
    Ref<Str> module = TRY(str_from_utf8({spec->name, static_cast<usize>(dot - spec->name)}));
    return dict_set_item(as<Dict>(type->tp_dict), id::__module__, module);
  }
  return warn(DeprecationWarning, 1, "builtin type %.200s has no __module__ attribute", spec->name);
}

}  // namespace

Result<Object> type_from_module_and_spec(Opt<Object*> module, PyType_Spec* spec, Opt<Object*> bases) {
  SpecParts parts;
  TRY(read_spec(spec, parts));
  if (!spec->name) return raise(SystemError, "Type spec does not define the name field.");
  Ref<Tuple> all_bases = TRY(spec_bases(parts, bases));
  Ref<Type> base = TRY(type_find_best_base(all_bases));
  Type* metatype = &PyType_Type;
  Ref<Object> object = TRY(Result<Object>::from_c(type_generic_alloc(metatype, parts.member_count)));
  HeapType* type = static_cast<HeapType*>(reinterpret_cast<Type*>(object.get()));
  type->tp_flags = spec->flags | Py_TPFLAGS_HEAPTYPE;
  type->tp_as_async = &type->as_async;
  type->tp_as_number = &type->as_number;
  type->tp_as_sequence = &type->as_sequence;
  type->tp_as_mapping = &type->as_mapping;
  type->tp_as_buffer = &type->as_buffer;
  type->tp_bases = all_bases.share().release();
  type->tp_base = base.share().release();
  type->ht_module = module ? new_ref(*module).release() : nullptr;
  type->tp_basicsize = spec->basicsize;
  type->tp_itemsize = spec->itemsize;
  TRY(set_names(type, spec->name));
  TRY(set_slots(type, spec, parts));
  if (!type->tp_dealloc) type->tp_dealloc = subtype_dealloc;
  if (parts.vectorcall_offset) type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
  type->tp_vectorcall_offset = parts.vectorcall_offset;
  type->tp_weaklistoffset = parts.weaklist_offset;
  type->tp_dictoffset = parts.dict_offset;
  TRY(type_ready(type));
  TRY(set_module_name(type, spec));
  return object;
}

Result<Object> type_from_spec(PyType_Spec* spec) { return type_from_module_and_spec({}, spec, {}); }

void* type_get_slot(Type* type, int slot) {
  if (slot < 1 || slot >= kSlotCount) {
    Error error = raise_bad_internal_call();
    (void)error;
    return nullptr;
  }
  isize offset = kSlotOffsets[slot];
  struct Group {
    isize start;
    void* methods;
  };
  const Group groups[] = {{offsetof(PyHeapTypeObject, as_buffer), type->tp_as_buffer},
                          {offsetof(PyHeapTypeObject, as_sequence), type->tp_as_sequence},
                          {offsetof(PyHeapTypeObject, as_mapping), type->tp_as_mapping},
                          {offsetof(PyHeapTypeObject, as_number), type->tp_as_number},
                          {offsetof(PyHeapTypeObject, as_async), type->tp_as_async},
                          {0, type}};
  for (const Group& group : groups) {
    if (offset < group.start) continue;
    if (!group.methods) return nullptr;
    return *reinterpret_cast<void**>(static_cast<char*>(group.methods) + (offset - group.start));
  }
  return nullptr;
}
}  // namespace adder
