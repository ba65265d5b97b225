// save: what to do with an object, and the objects without parts: numbers, text, bytes, buffers.
#include <cstdio>

#include "base/double_text.h"
#include "modules/_pickle/pickler.h"
#include "object/buffer.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/pickle_buffer.h"
#include "types/set.h"
#include "types/tuple.h"

namespace adder::pickle {
// == Memo ==

Result<void> save_memo_get(Pickler* p, isize index) {
  if (!p->binary) {
    char text[32];
    return write(p, text, std::snprintf(text, sizeof text, "%c%zd\n", kGet, index));
  }
  if (index < 256) return write_number(p, kBinGet, static_cast<u64>(index), 1);
  if (index <= 0xffffffff) return write_number(p, kLongBinGet, static_cast<u64>(index), 4);
  return raise_pickling(p->state, "memo id too large for LONG_BINGET");
}
Result<void> memo_put(Pickler* p, Object* object) {
  if (p->fast) return {};
  isize index = static_cast<isize>(p->memo->used);
  if (ADDER_UNLIKELY(!memo_set(p->memo, object, index))) return raise_no_memory();
  if (p->protocol >= 4) return write_opcode(p, kMemoize);
  if (!p->binary) {
    char text[32];
    return write(p, text, std::snprintf(text, sizeof text, "%c%zd\n", kPut, index));
  }
  if (index < 256) return write_number(p, kBinPut, static_cast<u64>(index), 1);
  if (index <= 0xffffffff) return write_number(p, kLongBinPut, static_cast<u64>(index), 4);
  return raise_pickling(p->state, "memo id too large for LONG_BINPUT");
}

namespace {
// == Numbers ==

Result<void> save_bool(Pickler* p, bool value) {
  if (p->protocol >= 2) return write_opcode(p, value ? kNewTrue : kNewFalse);
  return write(p, value ? "I01\n" : "I00\n", 4);
}
// A number that needs more than four bytes: its bytes in two's complement, as few as will do.
Result<void> save_long_bytes(Pickler* p, Int* value) {
  isize size = static_cast<isize>(int_num_bits(value) >> 3) + 1;
  if (size > 0x7fffffff) return raise(OverflowError, "int too large to pickle");
  char* head = output_room(p, 5 + size);
  if (!head) return Error{};
  isize head_size = size < 256 ? 2 : 5;
  char* data = head + head_size;
  TRY(int_as_byte_array(value, reinterpret_cast<u8*>(data), static_cast<usize>(size), true, true));
  bool is_redundant = int_sign(value) < 0 && size > 1 && data[size - 1] == '\xff' && (data[size - 2] & 0x80);
  if (is_redundant && --size == 255) {
    // One byte less, and the short head is enough.
    std::memmove(head + 2, data, 255);
    head_size = 2;
  }
  head[0] = static_cast<char>(head_size == 2 ? kLong1 : kLong4);
  std::memcpy(head + 1, &size, static_cast<usize>(head_size - 1));
  output_commit(p, head_size + size);
  return {};
}
Result<void> save_int(Pickler* p, Int* value) {
  int overflow = 0;
  i64 number = int_is_single(value) ? int_single_value(value) : int_as_i64_and_overflow(value, &overflow);
  bool is_short = !overflow && number >= -0x80000000LL && number <= 0x7fffffff;
  if (p->binary && is_short) {
    if (number < 0 || number > 0xffff) return write_number(p, kBinInt, static_cast<u64>(number), 4);
    return number <= 0xff ? write_number(p, kBinInt1, static_cast<u64>(number), 1)
                          : write_number(p, kBinInt2, static_cast<u64>(number), 2);
  }
  if (p->protocol >= 2) return save_long_bytes(p, value);
  if (!overflow) {
    char text[32];
    return write(p, text,
                 std::snprintf(text, sizeof text, is_short ? "I%lld\n" : "L%lldL\n", static_cast<long long>(number)));
  }
  Ref<Str> text = TRY(int_to_string(value, 10));
  TRY(write_opcode(p, kLong));
  TRY(write(p, static_cast<char*>(str_data(text)), str_length(text)));
  return write(p, "L\n", 2);
}
Result<void> save_float(Pickler* p, double value) {
  if (p->binary) {
    u64 bits;
    std::memcpy(&bits, &value, 8);
    return write_number(p, kBinFloat, __builtin_bswap64(bits), 8);
  }
  DoubleText text;
  if (!double_to_text(value, 'r', 0, kDoubleAddDot0, text)) return raise_no_memory();
  TRY(write_opcode(p, kFloat));
  TRY(write(p, text.data(), text.size()));
  return write(p, "\n", 1);
}

// == Bytes ==

Result<void> save_bytes_data(Pickler* p, Object* object, const char* data, isize size) {
  char head[9];
  isize head_size;
  if (size <= 0xff) {
    head[0] = kShortBinBytes;
    head_size = 2;
  } else if (size <= 0xffffffff) {
    head[0] = kBinBytes;
    head_size = 5;
  } else if (p->protocol >= 4) {
    head[0] = static_cast<char>(kBinBytes8);
    head_size = 9;
  } else {
    return raise(OverflowError, "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher");
  }
  std::memcpy(head + 1, &size, static_cast<usize>(head_size - 1));
  TRY(write_data(p, head, head_size, data, size, object));
  return memo_put(p, object);
}
Result<void> save_bytes(Pickler* p, Bytes* bytes) {
  if (p->protocol >= 3) return save_bytes_data(p, bytes, bytes_data(bytes), bytes_size(bytes));
  // Older protocols have no bytes: codecs.encode(text, 'latin1') makes them.
  Ref<Tuple> value;
  if (bytes_size(bytes) == 0) {
    value = TRY(tuple_pack(static_cast<Object*>(&PyBytes_Type), static_cast<Object*>(tuple_empty())));
  } else {
    Ref<Str> text = TRY(str_from_latin1(bytes_view(bytes)));
    Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(text.get()), p->state->latin1));
    value = TRY(tuple_pack(p->state->codecs_encode, static_cast<Object*>(args.get())));
  }
  return save_reduce(p, value, bytes);
}
Result<void> save_bytearray_data(Pickler* p, Object* object, const char* data, isize size) {
  char head[9] = {static_cast<char>(kByteArray8)};
  std::memcpy(head + 1, &size, 8);
  TRY(write_data(p, head, 9, data, size, object));
  return memo_put(p, object);
}
Result<void> save_bytearray(Pickler* p, ByteArray* array) {
  if (p->protocol >= 5) {
    // Exported, so that nothing that runs meanwhile moves the data.
    BufferView view;
    TRY(view.acquire(array));
    return save_bytearray_data(p, array, view.data(), view.size());
  }
  Ref<Tuple> args;
  if (bytearray_size(array) == 0) {
    args = new_ref(tuple_empty());
  } else {
    Ref<Bytes> bytes = TRY(bytes_from_view({bytearray_data(array), static_cast<usize>(bytearray_size(array))}));
    args = TRY(tuple_pack(static_cast<Object*>(bytes.get())));
  }
  Ref<Tuple> value = TRY(tuple_pack(static_cast<Object*>(&PyByteArray_Type), static_cast<Object*>(args.get())));
  return save_reduce(p, value, array);
}
Result<void> save_pickle_buffer(Pickler* p, PickleBuffer* buffer) {
  if (p->protocol < 5) return raise_pickling(p->state, "PickleBuffer can only pickled with protocol >= 5");
  const Py_buffer* view = pickle_buffer_get_buffer(buffer);
  if (!view) return Error{};
  if (view->suboffsets || !buffer_is_contiguous(view, 'A')) {
    return raise_pickling(p->state, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
  }
  bool in_band = true;
  if (p->buffer_callback) {
    Ref<Object> callback = new_ref(p->buffer_callback);
    Ref<Object> answer = TRY(call(callback.get(), static_cast<Object*>(buffer)));
    in_band = TRY(object_is_true(answer));
    // The callback may have released it.
    if (in_band) {
      view = pickle_buffer_get_buffer(buffer);
      if (!view) return Error{};
    }
  }
  if (!in_band) {
    bool readonly = view->readonly;
    TRY(write_opcode(p, kNextBuffer));
    return readonly ? write_opcode(p, kReadOnlyBuffer) : Result<void>();
  }
  // An export of its own keeps the memory alive while the file's write() runs.
  BufferView data;
  TRY(data.acquire(buffer, PyBUF_FULL_RO));
  if (view->readonly) return save_bytes_data(p, buffer, data.data(), data.size());
  return save_bytearray_data(p, buffer, data.data(), data.size());
}

// == Text ==

// The escapes of protocol 0: \uXXXX for what latin-1, the line or the escape itself cannot take, \UXXXXXXXX beyond
// 0xffff.
Result<void> save_text_escaped(Pickler* p, Str* text) {
  static constexpr char digits[] = "0123456789abcdef";
  int kind = str_kind(text);
  void* data = str_data(text);
  isize length = str_length(text);
  TRY(write_opcode(p, kUnicode));
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read(kind, data, i);
    bool is_plain = c < 256 && c != '\\' && c != 0 && c != '\n' && c != '\r' && c != 0x1a;
    if (is_plain) {
      char byte = static_cast<char>(c);
      TRY(write(p, &byte, 1));
      continue;
    }
    char escape[10] = {'\\', c >= 0x10000 ? 'U' : 'u'};
    int size = c >= 0x10000 ? 10 : 6;
    for (int at = size - 1; at >= 2; --at, c >>= 4) escape[at] = digits[c & 15];
    TRY(write(p, escape, size));
  }
  return write(p, "\n", 1);
}
Result<void> save_text_utf8(Pickler* p, const char* data, isize size, Opt<Object*> object) {
  char head[9];
  isize head_size;
  if (size <= 0xff && p->protocol >= 4) {
    head[0] = static_cast<char>(kShortBinUnicode);
    head_size = 2;
  } else if (size <= 0xffffffff) {
    head[0] = kBinUnicode;
    head_size = 5;
  } else if (p->protocol >= 4) {
    head[0] = static_cast<char>(kBinUnicode8);
    head_size = 9;
  } else {
    return raise(OverflowError, "serializing a string larger than 4 GiB requires pickle protocol 4 or higher");
  }
  std::memcpy(head + 1, &size, static_cast<usize>(head_size - 1));
  return write_data(p, head, head_size, data, size, object);
}
Result<void> save_str(Pickler* p, Str* text) {
  if (!p->binary) {
    TRY(save_text_escaped(p, text));
  } else if (str_is_ascii(text)) {
    TRY(save_text_utf8(p, static_cast<char*>(str_data(text)), str_length(text), {}));
  } else if (Utf8 utf8 = str_as_utf8(text)) {
    TRY(save_text_utf8(p, utf8.data, utf8.size, {}));
  } else {
    error_clear();
    Ref<Object> encoded = TRY(str_as_encoded_string(text, "utf-8", "surrogatepass"));
    Bytes* bytes = as<Bytes>(encoded);
    TRY(save_text_utf8(p, bytes_data(bytes), bytes_size(bytes), encoded.get()));
  }
  return memo_put(p, text);
}

// == Types ==

// type(None) and its kin have no name that can be looked up.
Result<void> save_type(Pickler* p, Object* type) {
  Object* single = type == &_PyNone_Type             ? None
                   : type == Ellipsis->ob_type       ? Ellipsis
                   : type == NotImplemented->ob_type ? NotImplemented
                                                     : nullptr;
  if (!single) return save_global(p, type, {});
  Ref<Tuple> args = TRY(tuple_pack(single));
  Ref<Tuple> value = TRY(tuple_pack(static_cast<Object*>(&PyType_Type), static_cast<Object*>(args.get())));
  return save_reduce(p, value, type);
}

// == Persistent objects ==

// Whether persistent_id() had an answer, which is written then.
Result<bool> save_persistent(Pickler* p, Object* object) {
  Ref<Object> function = new_ref(p->persistent_id);
  Ref<Object> persistent = p->persistent_self ? TRY(call(function.get(), p->persistent_self, object)) : TRY(call(function.get(), object));
  if (persistent.get() == None) return false;
  if (p->binary) {
    TRY(save(p, persistent, true));
    TRY(write_opcode(p, kBinPersId));
    return true;
  }
  Ref<Str> text = TRY(object_str(persistent));
  if (!str_is_ascii(text)) {
    return raise_pickling(p->state, "persistent IDs in protocol 0 must be ASCII strings");
  }
  TRY(write_opcode(p, kPersId));
  TRY(write(p, static_cast<char*>(str_data(text)), str_length(text)));
  TRY(write(p, "\n", 1));
  return true;
}

// == Reductions ==

// The function in the dispatch table for a type; absent if there is none.
Maybe<Object> find_reducer(Pickler* p, Type* type) {
  if (!p->dispatch_table) return dict_get_item(as<Dict>(p->state->dispatch_table), type);
  Ref<Object> table = new_ref(p->dispatch_table);
  auto found = object_get_item(table, type);
  if (!found.failed()) return found;
  if (!error_matches(PyExc_KeyError)) return Error{};
  error_clear();
  return nullptr;
}
Result<void> save_reduced(Pickler* p, Object* object, Object* value) {
  if (is_str(value)) return save_global(p, object, value);
  if (!is_tuple(value)) return raise_pickling(p->state, "__reduce__ must return a string or tuple");
  return save_reduce(p, as<Tuple>(value), object);
}
// Objects of other types than the built-in ones with opcodes of their own.
Result<void> save_other(Pickler* p, Object* object) {
  Type* type = object->ob_type;
  if (p->reducer_override) {
    Ref<Object> override = new_ref(p->reducer_override);
    Ref<Object> value = TRY(call(override.get(), object));
    if (value.get() != NotImplemented) return save_reduced(p, object, value);
  }
  if (type == &PyType_Type) return save_type(p, object);
  if (type == &PyFunction_Type) return save_global(p, object, {});
  Ref<Object> value;
  if (Ref<Object> reducer = TRY(find_reducer(p, type))) {
    value = TRY(call(reducer.get(), object));
  } else if (type_is_subtype(type, &PyType_Type)) {
    return save_global(p, object, {});
  } else {
    Ref<Object> reduce = TRY(object_lookup_attr(object, id::__reduce_ex__));
    if (reduce) {
      value = TRY(call(reduce.get(), static_cast<Object*>(small_int(p->protocol))));
    } else {
      reduce = TRY(object_lookup_attr(object, id::__reduce__));
      if (!reduce) return raise_pickling(p->state, "can't pickle '%.200s' object: %R", type->tp_name, object);
      value = TRY(object_call_no_args(reduce));
    }
  }
  return save_reduced(p, object, value);
}
}  // namespace

Result<void> save(Pickler* p, Object* object, bool is_persistent_id) {
  TRY(frame_end_if_full(p));
  if (p->persistent_id && !is_persistent_id && TRY(save_persistent(p, object))) return {};
  Type* type = object->ob_type;
  // What needs no memo, then what needs no recursion.
  if (object == None) return write_opcode(p, kNone);
  if (type == &PyBool_Type) return save_bool(p, object == True);
  if (type == &PyLong_Type) return save_int(p, as<Int>(object));
  if (type == &PyFloat_Type) return save_float(p, float_value(as<Float>(object)));
  if (MemoEntry* known = memo_find(p->memo, object); known->key) return save_memo_get(p, known->index);
  if (type == &PyUnicode_Type) return save_str(p, as<Str>(object));
  if (type == &PyBytes_Type) return save_bytes(p, as<Bytes>(object));

  RecursionGuard guard(" while pickling an object");
  if (guard.failed()) return Error{};
  if (type == &PyDict_Type) return save_dict(p, as<Dict>(object));
  if (type == &PyList_Type) return save_list(p, as<List>(object));
  if (type == &PyTuple_Type) return save_tuple(p, as<Tuple>(object));
  if (type == &PySet_Type) return save_set(p, as<Set>(object));
  if (type == &PyFrozenSet_Type) return save_frozenset(p, as<Set>(object));
  if (type == &PyByteArray_Type) return save_bytearray(p, as<ByteArray>(object));
  if (type == &PyPickleBuffer_Type) return save_pickle_buffer(p, as<PickleBuffer>(object));
  return save_other(p, object);
}
}  // namespace adder::pickle
