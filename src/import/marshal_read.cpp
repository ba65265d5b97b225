// marshal_read: bytes to objects.
//
// Trust       none: every size is checked against what is left, every part of a code object against the others
// (code_new), so damaged
//             data ends in EOFError, ValueError or TypeError.
#include <cstdlib>
#include <cstring>

#include "bind/bind.h"
#include "import/marshal.h"
#include "import/marshal_codes.h"
#include "object/number.h"
#include "runtime/runtime.h"
#include "runtime/stack_guard.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/str/internal.h"
#include "types/tuple.h"

namespace adder {
namespace {
using namespace marshal;

Error bad_data(const char* what) { return raise(ValueError, "bad marshal data (%s)", what); }

// The objects that later ones refer to by number.
class References {
 public:
  References() = default;
  References(const References&) = delete;
  ~References() {
    while (size_ > 0) Ref<Object>::steal(items_[--size_]).reset();
    std::free(items_);
  }
  isize size() const { return size_; }
  Object* operator[](isize index) const { return items_[index]; }
  Result<void> append(Object* object) {
    if (ADDER_UNLIKELY(size_ == capacity_)) {
      isize capacity = capacity_ ? 2 * capacity_ : 64;
      auto** grown = static_cast<Object**>(std::realloc(items_, static_cast<usize>(capacity) * sizeof(Object*)));
      if (!grown) return raise_no_memory();
      items_ = grown;
      capacity_ = capacity;
    }
    items_[size_++] = new_ref(object).release();
    return {};
  }
  void set(isize index, Object* object) { set_field(items_[index], new_ref(object)); }

 private:
  Object** items_ = nullptr;
  isize size_ = 0, capacity_ = 0;
};

// Takes a tuple that can be in no cycle out of the collector's sight, as the collector would at its first look.
void untrack_if_atomic(Tuple* tuple) {
  if (tuple_size(tuple) == 0) return;  // the empty tuple is not tracked
  for (isize i = 0; i < tuple_size(tuple); ++i) {
    Object* item = tuple_item(tuple, i);
    if (gc::is_collected(item) && !(is_tuple_exact(item) && !gc::is_tracked(item))) return;
  }
  gc::untrack(tuple);
}

class Reader {
 public:
  // From memory, or from `file` if it is not null.
  Reader(std::string_view data, Object* file) : position_(data.data()), end_(data.data() + data.size()), file_(file) {}

  Result<Object> read_root() {
    Ref<Object> object = TRY(read());
    if (!object) return raise(TypeError, "NULL object in marshal data for object");
    return object;
  }
  const char* position() const { return position_; }

 private:
  // == Bytes ==

  // `size` bytes that stay valid until the next call.
  Result<void> take(usize size, const char*& data) {
    if (ADDER_UNLIKELY(file_ != nullptr)) return take_from_file(size, data);
    if (size > static_cast<usize>(end_ - position_)) return raise(EOFError, "marshal data too short");
    data = position_;
    position_ += size;
    return {};
  }
  Result<void> take_from_file(usize size, const char*& data) {
    Ref<ByteArray> buffer = TRY(bytearray_from_view({}));
    TRY(bytearray_resize(buffer, static_cast<isize>(size)));
    chunk_ = buffer.share();
    if (size) {
      Ref<Str> name = TRY(str_intern_from_string("readinto"));
      Ref<Object> count = TRY(call_method(file_, name.get(), chunk_.get()));
      isize got = TRY(number_as_ssize_t(count, ValueError));
      isize wanted = static_cast<isize>(size);
      if (got > wanted) {
        return raise(ValueError, "read() returned too much data: %zd bytes requested, %zd returned", wanted, got);
      }
      if (got != wanted) return raise(EOFError, "EOF read where not expected");
    }
    if (bytearray_size(buffer) < static_cast<isize>(size)) return raise(EOFError, "EOF read where not expected");
    data = bytearray_data(buffer);
    return {};
  }
  template <class Number>
  Result<Number> take_number() {
    const char* data;
    TRY(take(sizeof(Number), data));
    Number number;
    std::memcpy(&number, data, sizeof(Number));
    return number;
  }
  // A count whose items take at least `item_size` bytes each.
  Result<isize> take_count(const char* what, usize item_size) {
    isize count = TRY(take_number<i32>());
    if (count < 0) return bad_data(what);
    if (!file_ && static_cast<usize>(count) > static_cast<usize>(end_ - position_) / item_size) {
      return raise(EOFError, "marshal data too short");
    }
    return count;
  }

  // == References ==

  // Keeps the next index for an object that is not complete yet.
  Result<isize> reserve(bool flagged) {
    if (!flagged) return isize{-1};
    TRY(references_.append(None));
    return references_.size() - 1;
  }
  void fill(isize index, Object* object) {
    if (index >= 0) references_.set(index, object);
  }
  Result<Object> remember(bool flagged, Ref<Object>&& object) {
    Ref<Object> owned = std::move(object);
    if (flagged) TRY(references_.append(owned));
    return owned;
  }

  // == Objects ==

  // Absent for kNull.
  Maybe<Object> read() {
    if (depth_ >= kMaxDepth || stack_is_low()) return raise(ValueError, "recursion limit exceeded");
    ++depth_;
    Maybe<Object> object = read_any();
    --depth_;
    return object;
  }
  Result<Object> read_item(const char* container) {
    Ref<Object> item = TRY(read());
    if (!item) return raise(TypeError, "NULL object in marshal data for %s", container);
    return item;
  }

  Maybe<Object> read_any() {
    const char* data;
    auto first = take(1, data);
    if (first.failed()) {
      if (!error_matches(EOFError)) return Error{};
      error_clear();
      return raise(EOFError, "EOF read where object expected");
    }
    bool flagged = static_cast<u8>(*data) & kFlagReference;
    switch (static_cast<u8>(*data) & ~kFlagReference) {
      case kNull:
        return nullptr;
      case kNone:
        return none_result();
      case kStopIteration:
        return Result<Object>::share(StopIteration);
      case kEllipsis:
        return Result<Object>::share(Ellipsis);
      case kFalse:
        return bool_result(false);
      case kTrue:
        return bool_result(true);
      case kInt:
        return remember(flagged, TRY(int_from_i64(TRY(take_number<i32>()))));
      case kInt64:
        return remember(flagged, TRY(int_from_i64(TRY(take_number<i64>()))));
      case kLong:
        return remember(flagged, TRY(read_long()));
      case kFloatText:
        return remember(flagged, TRY(float_from_double(TRY(read_double_text()))));
      case kFloat:
        return remember(flagged, TRY(float_from_double(TRY(take_number<double>()))));
      case kComplexText: {
        double real = TRY(read_double_text());
        double imag = TRY(read_double_text());
        return remember(flagged, TRY(complex_from_doubles(real, imag)));
      }
      case kComplex: {
        double real = TRY(take_number<double>());
        double imag = TRY(take_number<double>());
        return remember(flagged, TRY(complex_from_doubles(real, imag)));
      }
      case kBytes: {
        isize size = TRY(take_count("bytes object size out of range", 1));
        TRY(take(static_cast<usize>(size), data));
        return remember(flagged, TRY(bytes_from_view({data, static_cast<usize>(size)})));
      }
      case kAscii:
        return read_ascii(flagged, false, TRY(take_count("string size out of range", 1)));
      case kAsciiInterned:
        return read_ascii(flagged, true, TRY(take_count("string size out of range", 1)));
      case kShortAscii:
        return read_ascii(flagged, false, TRY(take_number<u8>()));
      case kShortAsciiInterned:
        return read_ascii(flagged, true, TRY(take_number<u8>()));
      case kInterned:
        return read_unicode(flagged, true);
      case kUnicode:
        return read_unicode(flagged, false);
      case kSmallTuple:
        return read_tuple(flagged, TRY(take_number<u8>()));
      case kTuple:
        return read_tuple(flagged, TRY(take_count("tuple size out of range", 1)));
      case kList:
        return read_list(flagged);
      case kDict:
        return read_dict(flagged);
      case kSet:
        return read_set(flagged, false);
      case kFrozenSet:
        return read_set(flagged, true);
      case kCode:
        return read_code(flagged);
      case kReference:
        return read_reference();
      default:
        return bad_data("unknown type code");
    }
  }

  Result<Int> read_long() {
    i32 count = TRY(take_number<i32>());
    if (count == INT32_MIN) return bad_data("long size out of range");
    usize halves = static_cast<usize>(count < 0 ? -count : count);
    if (halves == 0) return int_from_i64(0);
    const char* data;
    TRY(take(2 * halves, data));
    // 15-bit digits to a string of bytes; one spare byte keeps the sign out.
    usize size = (halves * 15 + 7) / 8 + 1;
    Ref<Bytes> magnitude = TRY(bytes_new(static_cast<isize>(size)));
    u8* out = reinterpret_cast<u8*>(bytes_data(magnitude));
    std::memset(out, 0, size);
    usize filled = 0;
    u32 bits = 0, held = 0;
    for (usize i = 0; i < halves; ++i) {
      u16 half;
      std::memcpy(&half, data + 2 * i, 2);
      if (half >> 15) return bad_data("digit out of range in long");
      if (i + 1 == halves && half == 0) return bad_data("unnormalized long data");
      bits |= static_cast<u32>(half) << held;
      held += 15;
      for (; held >= 8; held -= 8, bits >>= 8) out[filled++] = static_cast<u8>(bits);
    }
    if (held) out[filled++] = static_cast<u8>(bits);
    Ref<Int> value = TRY(int_from_byte_array(out, size, true, false));
    if (count > 0) return value;
    Ref<Object> negative = TRY(int_negative(value));
    return as<Int>(std::move(negative));
  }
  Result<double> read_double_text() {
    u8 size = TRY(take_number<u8>());
    const char* data;
    TRY(take(size, data));
    double value;
    if (!double_from_text(data, size, &value)) return raise(ValueError, "could not convert string to float");
    return value;
  }
  Maybe<Object> read_ascii(bool flagged, bool interned, isize size) {
    const char* data;
    TRY(take(static_cast<usize>(size), data));
    std::string_view view(data, static_cast<usize>(size));
    Ref<Str> text = interned ? TRY(str_detail::intern_latin1(view)) : TRY(str_from_latin1(view));
    return remember(flagged, std::move(text));
  }
  Maybe<Object> read_unicode(bool flagged, bool interned) {
    isize size = TRY(take_count("string size out of range", 1));
    const char* data;
    TRY(take(static_cast<usize>(size), data));
    Ref<Str> text = TRY(str_decode_utf8(data, size, "surrogatepass"));
    if (interned) text = str_intern(std::move(text));
    return remember(flagged, std::move(text));
  }
  Maybe<Object> read_tuple(bool flagged, isize size) {
    isize index = TRY(reserve(flagged));
    Ref<Tuple> tuple = TRY(tuple_new(size));
    for (isize i = 0; i < size; ++i) tuple_init_item(tuple, i, TRY(read_item("tuple")));
    untrack_if_atomic(tuple);
    fill(index, tuple);
    return tuple;
  }
  Maybe<Object> read_list(bool flagged) {
    isize size = TRY(take_count("list size out of range", 1));
    Ref<List> list = TRY(list_new());
    if (flagged) TRY(references_.append(list));
    for (isize i = 0; i < size; ++i) TRY(list_append_steal(list, TRY(read_item("list"))));
    return list;
  }
  Maybe<Object> read_dict(bool flagged) {
    Ref<Dict> dict = TRY(dict_new());
    if (flagged) TRY(references_.append(dict));
    for (;;) {
      Ref<Object> key = TRY(read());
      if (!key) return dict;
      Ref<Object> value = TRY(read());
      if (!value) return dict;
      TRY(dict_set_item(dict, key, value));
    }
  }
  Maybe<Object> read_set(bool flagged, bool frozen) {
    isize size = TRY(take_count("set size out of range", 1));
    // A frozenset becomes visible when it is complete.
    isize index = TRY(reserve(flagged));
    Ref<Set> set = frozen ? TRY(frozenset_new()) : TRY(set_new());
    if (frozen && size > 0) {
      Ref<Set> items = TRY(set_new());
      for (isize i = 0; i < size; ++i) TRY(set_add(items, TRY(read_item("set")).get()));
      set = TRY(frozenset_new(static_cast<Object*>(items.get())));
      fill(index, set);
      return set;
    }
    fill(index, set);
    for (isize i = 0; i < size; ++i) TRY(set_add(set, TRY(read_item("set")).get()));
    return set;
  }
  Maybe<Object> read_reference() {
    isize index = TRY(take_number<i32>());
    if (index < 0 || index >= references_.size()) return bad_data("invalid reference");
    return new_ref(references_[index]);
  }

  // One part of a code object with its type.
  template <class T>
  Result<T> read_part(Type* type) {
    Ref<Object> part = TRY(read_item("code object"));
    if (!is_instance_exact(part, type)) return bad_data("wrong part of a code object");
    return as<T>(std::move(part));
  }
  Maybe<Object> read_code(bool flagged) {
    isize index = TRY(reserve(flagged));
    int numbers[6];
    for (int& number : numbers) number = TRY(take_number<i32>());
    Ref<Bytes> code = TRY(read_part<Bytes>(&PyBytes_Type));
    Ref<Tuple> consts = TRY(read_part<Tuple>(&PyTuple_Type))
    , names = TRY(read_part<Tuple>(&PyTuple_Type))
    , varnames = TRY(read_part<Tuple>(&PyTuple_Type))
    , freevars = TRY(read_part<Tuple>(&PyTuple_Type))
    , cellvars = TRY(read_part<Tuple>(&PyTuple_Type));
    Ref<Str> filename = TRY(read_part<Str>(&PyUnicode_Type))
    , name = TRY(read_part<Str>(&PyUnicode_Type))
    , qualname = TRY(read_part<Str>(&PyUnicode_Type));
    Ref<Bytes> lines = TRY(read_part<Bytes>(&PyBytes_Type));
    Ref<Object> positions = TRY(read_item("code object"));
    if (positions.get() != None && !is_bytes_exact(positions)) return bad_data("wrong part of a code object");
    CodeParameters parameters;
    parameters.argcount = numbers[0];
    parameters.posonlyargcount = numbers[1];
    parameters.kwonlyargcount = numbers[2];
    parameters.stack_size = numbers[3];
    parameters.flags = numbers[4];
    parameters.first_line = numbers[5];
    parameters.code = code;
    parameters.consts = consts;
    parameters.names = names;
    parameters.varnames = varnames;
    parameters.freevars = freevars;
    parameters.cellvars = cellvars;
    parameters.filename = filename;
    parameters.name = name;
    parameters.qualname = qualname;
    parameters.line_table = lines;
    parameters.position_table =
        positions.get() == None || !interpreter()->config->code_debug_ranges ? nullptr : as<Bytes>(positions.get());
    Ref<Code> result = TRY(code_new(parameters));
    fill(index, result);
    return result;
  }

  const char *position_, *end_;
  Object* file_;
  Ref<Object> chunk_;
  References references_;
  int depth_ = 0;
};
}  // namespace

Result<Object> marshal_loads(std::string_view data, isize* consumed) {
  if (audit_wanted()) {
    Ref<Bytes> bytes = TRY(bytes_from_view(data));
    TRY(audit("marshal.loads", static_cast<Object*>(bytes.get())));
  }
  Reader reader(data, nullptr);
  Ref<Object> object = TRY(reader.read_root());
  if (consumed) *consumed = reader.position() - data.data();
  return object;
}

Result<Object> marshal_load_from_file(Object* file) {
  TRY(audit("marshal.load"));
  return Reader({}, file).read_root();
}
}  // namespace adder
