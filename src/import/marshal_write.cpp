// marshal_write: objects to bytes.
//
// Sharing     from version 3 on, an object that has more than one reference gets an index the first time
// (kFlagReference) and is
//             a kReference later: so shared constants stay shared, and cycles through lists and dicts work.
#include <cmath>
#include <cstring>

#include "base/copy.h"
#include "bind/bind.h"
#include "import/marshal.h"
#include "import/marshal_codes.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "runtime/stack_guard.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
using namespace marshal;

// Addresses to indices; open addressing, never more than half full.
class IndexTable {
 public:
  ~IndexTable() { memory::release(entries_); }
  // The index of a known object, or -1 after giving it the next one; -2 without memory.
  int find_or_add(Object* object) {
    if (2 * (count_ + 1) > capacity_ && !grow()) return -2;
    for (usize i = hash(object);; ++i) {
      Entry& entry = entries_[i & (capacity_ - 1)];
      if (entry.object == object) return entry.index;
      if (!entry.object) {
        entry = {object, static_cast<int>(count_++)};
        return -1;
      }
    }
  }

 private:
  struct Entry {
    Object* object;
    int index;
  };
  static usize hash(Object* object) { return (reinterpret_cast<usize>(object) >> 4) * 0x9e3779b97f4a7c15u >> 20; }
  bool grow() {
    usize capacity = capacity_ ? 2 * capacity_ : 64;
    Entry* entries = static_cast<Entry*>(memory::allocate_zeroed(capacity, sizeof(Entry)));
    if (!entries) return false;
    for (usize k = 0; k < capacity_; ++k) {
      if (!entries_[k].object) continue;
      usize i = hash(entries_[k].object);
      while (entries[i & (capacity - 1)].object) ++i;
      entries[i & (capacity - 1)] = entries_[k];
    }
    memory::release(entries_);
    entries_ = entries;
    capacity_ = capacity;
    return true;
  }
  Entry* entries_ = nullptr;
  usize capacity_ = 0, count_ = 0;
};

class Writer {
 public:
  explicit Writer(int version) : version_(version) {}
  ~Writer() { memory::release(buffer_); }

  Result<void> write(Object* object) {
    if (depth_ >= kMaxDepth || stack_is_low()) return raise(ValueError, "object too deeply nested to marshal");
    ++depth_;
    Result<void> result = write_any(object);
    --depth_;
    return result;
  }
  Result<Bytes> finish() { return bytes_from_view({buffer_, size_}); }

 private:
  Result<void> put(const void* data, usize size) {
    if (size_ + size > capacity_) {
      usize capacity = (size_ + size) * 2 + 64;
      void* grown = memory::reallocate(buffer_, capacity);
      if (!grown) return raise_no_memory();
      buffer_ = static_cast<char*>(grown);
      capacity_ = capacity;
    }
    copy_bytes(buffer_ + size_, data, size);
    size_ += size;
    return {};
  }
  Result<void> put_byte(int byte) {
    char c = static_cast<char>(byte);
    return put(&c, 1);
  }
  Result<void> put_code(TypeByte code) { return put_byte(code | flag_); }
  Result<void> put_short(int value) {
    u16 number = static_cast<u16>(value);
    return put(&number, 2);
  }
  Result<void> put_long(isize value) {
    i32 number = static_cast<i32>(value);
    return put(&number, 4);
  }
  Result<void> put_double(double value) { return put(&value, 8); }
  Result<void> put_size(isize size) {
    if (size > INT32_MAX) return raise(ValueError, "unmarshallable object");
    return put_long(size);
  }
  Result<void> put_sized(TypeByte code, const void* data, isize size) {
    TRY(put_code(code));
    TRY(put_size(size));
    return put(data, static_cast<usize>(size));
  }

  Result<void> write_any(Object* object) {
    flag_ = 0;
    if (object == None) return put_code(kNone);
    if (object == True) return put_code(kTrue);
    if (object == False) return put_code(kFalse);
    if (object == Ellipsis) return put_code(kEllipsis);
    if (object == StopIteration) return put_code(kStopIteration);
    if (version_ >= 3 && refcount(object) != 1) {
      int index = references_.find_or_add(object);
      if (index == -2) return raise_no_memory();
      if (index >= 0) {
        TRY(put_byte(kReference));
        return put_long(index);
      }
      flag_ = kFlagReference;
    }
    return write_complex_object(object);
  }

  Result<void> write_complex_object(Object* object) {
    if (is_int_exact(object)) return write_int(as<Int>(object));
    if (is_float_exact(object)) return write_float(as<Float>(object));
    if (is_instance_exact(object, &PyComplex_Type)) return write_complex(as<Complex>(object));
    if (is_bytes_exact(object)) return put_sized(kBytes, bytes_data(as<Bytes>(object)), bytes_size(as<Bytes>(object)));
    if (is_str_exact(object)) return write_str(as<Str>(object));
    if (is_tuple_exact(object)) return write_tuple(as<Tuple>(object));
    if (is_list_exact(object)) return write_list(as<List>(object));
    if (is_dict_exact(object)) return write_dict(as<Dict>(object));
    if (is_instance_exact(object, &PySet_Type) || is_instance_exact(object, &PyFrozenSet_Type))
      return write_set(as<Set>(object));
    if (is_code(object)) return write_code(as<Code>(object));
    if (check_buffer(object)) {
      BufferView view;
      if (view.acquire(object).failed()) {
        error_clear();
        return raise(ValueError, "unmarshallable object");
      }
      return put_sized(kBytes, view.data(), view.size());
    }
    return raise(ValueError, "unmarshallable object");
  }

  Result<void> write_int(Int* value) {
    int overflow = 0;
    i64 small = int_as_i64_and_overflow(value, &overflow);
    if (!overflow && small >= INT32_MIN && small <= INT32_MAX) {
      TRY(put_code(kInt));
      return put_long(small);
    }
    // 30-bit digits are two of the format's digits each; the upper half of the last may be empty.
    isize digits = value->ob_size < 0 ? -value->ob_size : value->ob_size;
    isize halves = 2 * digits - (value->ob_digit[digits - 1] >> 15 ? 0 : 1);
    TRY(put_code(kLong));
    TRY(put_size(halves));
    if (value->ob_size < 0) {
      i32 negative = static_cast<i32>(-halves);
      std::memcpy(buffer_ + size_ - 4, &negative, 4);
    }
    for (isize i = 0; i < halves; ++i) TRY(put_short(value->ob_digit[i / 2] >> (i % 2 ? 15 : 0) & 0x7fff));
    return {};
  }
  Result<void> put_double_text(double value) {
    StrWriter writer;
    TRY(double_format(value, 'g', 17, 0, writer));
    Ref<Str> text = TRY(writer.finish());
    TRY(put_byte(static_cast<int>(str_length(text))));
    return put(str_data(text), static_cast<usize>(str_length(text)));
  }
  Result<void> write_float(Float* value) {
    if (version_ > 1) {
      TRY(put_code(kFloat));
      return put_double(float_value(value));
    }
    TRY(put_code(kFloatText));
    return put_double_text(float_value(value));
  }
  Result<void> write_complex(Complex* value) {
    if (version_ > 1) {
      TRY(put_code(kComplex));
      TRY(put_double(value->cval.real));
      return put_double(value->cval.imag);
    }
    TRY(put_code(kComplexText));
    TRY(put_double_text(value->cval.real));
    return put_double_text(value->cval.imag);
  }
  Result<void> write_str(Str* text) {
    bool interned = str_is_interned(text);
    if (version_ >= 4 && str_is_ascii(text)) {
      isize length = str_length(text);
      if (length < 256) {
        TRY(put_code(interned ? kShortAsciiInterned : kShortAscii));
        TRY(put_byte(static_cast<int>(length)));
        return put(str_data(text), static_cast<usize>(length));
      }
      return put_sized(interned ? kAsciiInterned : kAscii, str_data(text), length);
    }
    u8 flag = flag_;
    Ref<Object> utf8 = TRY(str_as_utf8_bytes(text, "surrogatepass"));
    flag_ = flag;
    return put_sized(version_ >= 3 && interned ? kInterned : kUnicode, bytes_data(as<Bytes>(utf8.get())),
                     bytes_size(as<Bytes>(utf8.get())));
  }
  Result<void> write_tuple(Tuple* tuple) {
    isize size = tuple_size(tuple);
    if (version_ >= 4 && size < 256) {
      TRY(put_code(kSmallTuple));
      TRY(put_byte(static_cast<int>(size)));
    } else {
      TRY(put_code(kTuple));
      TRY(put_size(size));
    }
    for (isize i = 0; i < size; ++i) TRY(write(tuple_item(tuple, i)));
    return {};
  }
  Result<void> write_list(List* list) {
    TRY(put_code(kList));
    TRY(put_size(list_size(list)));
    for (isize i = 0; i < list_size(list); ++i) TRY(write(list_item(list, i)));
    return {};
  }
  Result<void> write_dict(Dict* dict) {
    TRY(put_code(kDict));
    isize position = 0;
    Object *key, *value;
    while (dict_next(dict, position, key, value)) {
      TRY(write(key));
      TRY(write(value));
    }
    return put_byte(kNull);
  }
  // Items in the order of their own marshalled bytes, so that the output does not depend on hashes.
  Result<void> write_set(Set* set) {
    TRY(put_code(type_check(set, &PySet_Type) ? kSet : kFrozenSet));
    TRY(put_size(set_size(set)));
    Ref<List> pairs = TRY(list_new());
    isize position = 0;
    Object* item;
    Py_hash_t hash;
    while (set_next(set, position, item, hash)) {
      Ref<Bytes> text = TRY(marshal_dumps(item, version_));
      TRY(list_append(pairs, TRY(tuple_pack(static_cast<Object*>(text.get()), item)).get()));
    }
    TRY(sort_by_bytes(pairs));
    for (isize i = 0; i < list_size(pairs); ++i) TRY(write(tuple_item(as<Tuple>(list_item(pairs, i)), 1)));
    return {};
  }
  // Insertion sort by the first item: sets in constants are small.
  static Result<void> sort_by_bytes(List* pairs) {
    auto key = [pairs](isize i) { return bytes_view(as<Bytes>(tuple_item(as<Tuple>(list_item(pairs, i)), 0))); };
    for (isize i = 1; i < list_size(pairs); ++i) {
      for (isize k = i; k > 0 && key(k) < key(k - 1); --k) std::swap(pairs->ob_item[k], pairs->ob_item[k - 1]);
    }
    return {};
  }
  Result<void> write_code(Code* code) {
    TRY(put_code(kCode));
    const int numbers[] = {code->co_argcount,  code->co_posonlyargcount, code->co_kwonlyargcount,
                           code->co_stacksize, code->co_flags,           code->co_firstlineno};
    for (int number : numbers) TRY(put_long(number));
    Object* positions = code_object(code)->position_table;
    Object* const parts[] = {code->_co_code,
                             code->co_consts,
                             code->co_names,
                             code_varnames(code),
                             code_freevars(code),
                             code_cellvars(code),
                             code->co_filename,
                             code->co_name,
                             code->co_qualname,
                             code->co_linetable,
                             positions ? positions : None};
    for (Object* part : parts) TRY(write(part));
    return {};
  }

  int version_;
  int depth_ = 0;
  u8 flag_ = 0;  // of the object being written
  char* buffer_ = nullptr;
  usize size_ = 0, capacity_ = 0;
  IndexTable references_;
};
}  // namespace

Result<Bytes> marshal_dumps(Object* value, int version) {
  if (audit_wanted()) {
    Ref<Int> number = TRY(int_from_i64(version));
    TRY(audit("marshal.dumps", value, static_cast<Object*>(number.get())));
  }
  Writer writer(version);
  TRY(writer.write(value));
  return writer.finish();
}
}  // namespace adder
