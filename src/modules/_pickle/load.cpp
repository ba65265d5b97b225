// load: the loop of the pickle machine, and its simple instructions: numbers, text, bytes, buffers, memo.
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdlib>

#include "base/double_text.h"
#include "modules/_pickle/unpickler.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace adder::pickle {
// == Stack ==

Error raise_stack_underflow(Unpickler* u) {
  return raise_unpickling(u->state, u->stack->mark_count ? "unexpected MARK found" : "unpickling stack underflow");
}
Result<void> stack_drop(Unpickler* u, isize position) {
  Stack* s = u->stack;
  if (position < s->fence) return raise_stack_underflow(u);
  while (s->size > position) Ref<Object>::steal(s->items[--s->size]).reset();
  return {};
}
Result<Tuple> stack_pop_tuple(Unpickler* u, isize position) {
  Stack* s = u->stack;
  if (position < s->fence) return raise_stack_underflow(u);
  isize count = s->size - position;
  if (count == 0) return Result<Tuple>::share(tuple_empty());
  Ref<Tuple> tuple = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) tuple_init_item(tuple, i, Ref<Object>::steal(s->items[position + i]));
  s->size = position;
  return tuple;
}
Result<List> stack_pop_list(Unpickler* u, isize position) {
  Stack* s = u->stack;
  if (position < s->fence) return raise_stack_underflow(u);
  isize count = s->size - position;
  Ref<List> list = TRY(list_new(count));
  for (isize i = 0; i < count; ++i) list_init_item(list, i, Ref<Object>::steal(s->items[position + i]));
  s->size = position;
  return list;
}
Result<isize> stack_pop_mark(Unpickler* u) {
  Stack* s = u->stack;
  if (s->mark_count < 1) return raise_unpickling(u->state, "could not find MARK");
  isize position = s->marks[--s->mark_count];
  s->fence = s->mark_count ? s->marks[s->mark_count - 1] : 0;
  return position;
}

namespace {
// == Numbers in instructions ==

// Little end first, at most 4 bytes; four are signed.
template <int Size>
i64 read_short_number(const char* data) {
  u32 value = 0;
  std::memcpy(&value, data, Size);
  return Size == 4 ? static_cast<i32>(value) : static_cast<i64>(value);
}
// A size of data; -1 if no object is that large.
template <int Size>
isize read_size(const char* data) {
  u64 value = 0;
  std::memcpy(&value, data, Size);
  return Size == 8 && value > static_cast<u64>(kMaxSize) ? -1 : static_cast<isize>(value);
}
// Reads the size in front of data; OverflowError with `what` if it cannot be one.
template <int Size>
Result<isize> load_size(Unpickler* u, const char* what) {
  const char* data = input_read(u, Size);
  if (!data) return Error{};
  isize value = read_size<Size>(data);
  if (value < 0) return raise(OverflowError, "%s exceeds system's maximum size of %zd bytes", what, kMaxSize);
  return value;
}

// == Numbers ==

template <int Size>
Result<void> load_binary_int(Unpickler* u) {
  const char* data = input_read(u, Size);
  if (!data) return Error{};
  i64 number = read_short_number<Size>(data);
  if (number >= kSmallIntMin && number <= kSmallIntMax)
    return stack_push(u, new_ref(small_int(static_cast<int>(number))));
  Ref<Int> value = TRY(int_from_i64(number));
  return stack_push(u, std::move(value));
}
// The number in a line; ValueError as the C API words it: with the base that a prefix gives.
Result<Int> parse_int(const char* line, isize size, int base) {
  auto value = int_from_string({line, static_cast<usize>(size)}, base);
  constexpr isize kLongest = 200;
  if (!value.failed() || size > kLongest || !error_matches(PyExc_ValueError)) return value;
  error_clear();
  Ref<Str> text = TRY(str_from_utf8({line, static_cast<usize>(size)}));
  if (base == 0) {
    while (*line == ' ' || (*line >= '\t' && *line <= '\r')) ++line;
    if (*line == '+' || *line == '-') ++line;
    char prefix = line[0] == '0' ? static_cast<char>(line[1] | 0x20) : 0;
    base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : line[0] == '0' ? 0 : 10;
  }
  return raise(ValueError, "invalid literal for int() with base %d: %.200R", base, text.get());
}
// INT: a decimal number, or 00 and 01 for the truth values.
Result<void> load_int(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  errno = 0;
  char* end;
  long number = std::strtol(line, &end, 0);
  if (errno || *end != '\n' || end[1] != 0) {
    auto value = int_from_string({line, static_cast<usize>(size)}, 0);
    if (value.failed()) {
      error_clear();
      return raise(ValueError, "could not convert string to int");
    }
    return stack_push(u, value.take());
  }
  if (size == 3 && (number == 0 || number == 1)) return stack_push(u, new_ref(bool_object(number == 1)));
  Ref<Int> value = TRY(int_from_i64(number));
  return stack_push(u, std::move(value));
}
// LONG: a decimal number with an L behind it.
Result<void> load_long(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  if (line[size - 2] == 'L') size -= 2;
  Ref<Int> value = TRY(parse_int(line, size, 0));
  return stack_push(u, std::move(value));
}
template <int Size>
Result<void> load_counted_long(Unpickler* u) {
  const char* data = input_read(u, Size);
  if (!data) return Error{};
  i64 size = read_short_number<Size>(data);
  if (size < 0) return raise_unpickling(u->state, "LONG pickle has negative byte count");
  Ref<Int> value;
  if (size == 0) {
    value = new_ref(small_int(0));
  } else {
    data = input_read(u, size);
    if (!data) return Error{};
    value = TRY(int_from_byte_array(reinterpret_cast<const u8*>(data), static_cast<usize>(size), true, true));
  }
  return stack_push(u, std::move(value));
}
Result<double> parse_float(const char* line, isize size) {
  isize text_size = size > 0 && line[size - 1] == '\n' ? size - 1 : size;
  double value;
  if (double_from_text(line, text_size, &value)) {
    bool has_digits = false;
    for (isize i = 0; i < text_size; ++i) has_digits |= line[i] >= '0' && line[i] <= '9';
    if (std::isinf(value) && has_digits) {
      return raise(OverflowError, "value too large to convert to float: '%.200s'", line);
    }
    return value;
  }
  for (isize part = text_size - 1; part > 0; --part) {
    if (double_from_text(line, part, &value)) return raise(ValueError, "could not convert string to float");
  }
  return raise(ValueError, "could not convert string to float: '%.200s'", line);
}
Result<void> load_float(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  double number = TRY(parse_float(line, size));
  Ref<Float> value = TRY(float_from_double(number));
  return stack_push(u, std::move(value));
}
Result<void> load_binary_float(Unpickler* u) {
  const char* data = input_read(u, 8);
  if (!data) return Error{};
  u64 bits;
  std::memcpy(&bits, data, 8);
  bits = __builtin_bswap64(bits);
  double number;
  std::memcpy(&number, &bits, 8);
  Ref<Float> value = TRY(float_from_double(number));
  return stack_push(u, std::move(value));
}

// == Text and bytes ==

bool wants_bytes(Unpickler* u) { return std::strcmp(u->encoding, "bytes") == 0; }
// Python 2's str: decoded as the unpickler was told.
Result<void> push_old_string(Unpickler* u, const char* data, isize size) {
  Ref<Object> value = wants_bytes(u) ? Ref<Object>(TRY(bytes_from_view({data, static_cast<usize>(size)})))
                                     : TRY(str_decode(data, size, u->encoding, u->errors));
  return stack_push(u, std::move(value));
}
Result<void> load_string(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 1, size);
  if (!line) return Error{};
  if (line[size - 1] == '\n') --size;
  bool is_quoted = size >= 2 && line[0] == line[size - 1] && (line[0] == '\'' || line[0] == '"');
  if (!is_quoted) return raise_unpickling(u->state, "the STRING opcode argument must be quoted");
  Ref<Bytes> bytes = TRY(bytes_decode_escape({line + 1, static_cast<usize>(size - 2)}, nullptr));
  if (wants_bytes(u)) return stack_push(u, std::move(bytes));
  return push_old_string(u, bytes_data(bytes), bytes_size(bytes));
}
template <int Size>
Result<void> load_counted_string(Unpickler* u) {
  isize size = TRY(load_size<Size>(u, "BINSTRING"));
  const char* data = input_read(u, size);
  if (!data) return Error{};
  // Decoders are Python code: the data is this function's own meanwhile.
  if (u->read) {
    Ref<Bytes> copy = TRY(bytes_from_view({data, static_cast<usize>(size)}));
    return push_old_string(u, bytes_data(copy), size);
  }
  return push_old_string(u, data, size);
}
Result<void> load_unicode(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 1, size);
  if (!line) return Error{};
  Ref<Object> value = TRY(str_decode(line, size - 1, "raw-unicode-escape", nullptr));
  return stack_push(u, std::move(value));
}
Result<void> push_utf8(Unpickler* u, isize size) {
  const char* data = input_read(u, size);
  if (!data) return Error{};
  Ref<Str> value = TRY(str_decode_utf8(data, size, "surrogatepass"));
  return stack_push(u, std::move(value));
}
template <int Size>
Result<void> load_counted_unicode(Unpickler* u) {
  isize size = TRY(load_size<Size>(u, "BINUNICODE"));
  return push_utf8(u, size);
}
template <int Size>
Result<void> load_counted_bytes(Unpickler* u) {
  isize size = TRY(load_size<Size>(u, "BINBYTES"));
  Ref<Bytes> bytes = TRY(input_read_bytes(u, size));
  return stack_push(u, std::move(bytes));
}
Result<void> load_counted_bytearray(Unpickler* u) {
  isize size = TRY(load_size<8>(u, "BYTEARRAY8"));
  Ref<ByteArray> array = TRY(input_read_bytearray(u, size));
  return stack_push(u, std::move(array));
}

// == Out-of-band buffers ==

Result<void> load_next_buffer(Unpickler* u) {
  if (!u->buffers) {
    return raise_unpickling(u->state, "pickle stream refers to out-of-band data but no *buffers* argument was given");
  }
  Ref<Object> buffers = new_ref(u->buffers);
  Ref<Object> buffer = TRY(iter_next(buffers));
  if (!buffer) return raise_unpickling(u->state, "not enough out-of-band buffers");
  return stack_push(u, std::move(buffer));
}
Result<void> load_readonly_buffer(Unpickler* u) {
  Stack* s = u->stack;
  if (s->size <= s->fence) return raise_stack_underflow(u);
  Ref<Object> buffer = new_ref(s->items[s->size - 1]);
  Ref<Object> view = TRY(memoryview_from_object(buffer));
  if (as<MemoryView>(view.get())->view.readonly) return {};
  as<MemoryView>(view.get())->view.readonly = 1;
  if (s->size <= s->fence) return raise_stack_underflow(u);
  set_field(s->items[s->size - 1], std::move(view));
  return {};
}

// == Persistent objects ==

Result<void> load_persistent_line(Unpickler* u) {
  if (!u->persistent_load) return raise_no_persistent_load(u);
  isize size;
  char* line = input_read_line(u, 1, size);
  if (!line) return Error{};
  auto decoded = str_decode_ascii(line, size - 1, "strict");
  if (decoded.failed()) {
    if (!error_matches(PyExc_UnicodeDecodeError)) return Error{};
    error_clear();
    return raise_unpickling(u->state, "persistent IDs in protocol 0 must be ASCII strings");
  }
  Ref<Str> id = decoded.take();
  return load_persistent(u, id);
}

// == Stack and memo ==

// POP takes a value, or a mark that lies on top.
Result<void> load_pop(Unpickler* u) {
  Stack* s = u->stack;
  if (s->mark_count > 0 && s->marks[s->mark_count - 1] == s->size) {
    TRY(stack_pop_mark(u));
    return {};
  }
  if (s->size <= s->fence) return raise_stack_underflow(u);
  Ref<Object> top = Ref<Object>::steal(s->items[--s->size]);
  return {};
}
Result<void> load_dup(Unpickler* u) {
  Stack* s = u->stack;
  if (s->size <= s->fence) return raise_stack_underflow(u);
  return stack_push(u, new_ref(s->items[s->size - 1]));
}
Result<void> push_from_memo(Unpickler* u, isize index) {
  if (Opt<Object*> known = memo_get(u, index)) return stack_push(u, new_ref(known.get()));
  Ref<Object> value = TRY(memo_get_any(u, index));
  if (!value) return raise_unpickling(u->state, "Memo value not found at index %ld", static_cast<long>(index));
  return stack_push(u, std::move(value));
}
Result<isize> parse_index(const char* line, isize size) {
  Ref<Int> number = TRY(parse_int(line, size, 10));
  return int_as_ssize_t(number);
}
Result<void> load_get(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  isize index = TRY(parse_index(line, size));
  if (index < 0) return raise_unpickling(u->state, "Memo value not found at index %ld", static_cast<long>(index));
  return push_from_memo(u, index);
}
template <int Size>
Result<void> load_binary_get(Unpickler* u) {
  const char* data = input_read(u, Size);
  if (!data) return Error{};
  return push_from_memo(u, read_size<Size>(data));
}
Result<void> put_top(Unpickler* u, isize index) {
  Stack* s = u->stack;
  if (s->size <= s->fence) return raise_stack_underflow(u);
  return memo_put(u, index, s->items[s->size - 1]);
}
Result<void> load_put(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  if (u->stack->size <= u->stack->fence) return raise_stack_underflow(u);
  isize index = TRY(parse_index(line, size));
  if (index < 0) return raise(ValueError, "negative PUT argument");
  return put_top(u, index);
}
template <int Size>
Result<void> load_binary_put(Unpickler* u) {
  const char* data = input_read(u, Size);
  if (!data) return Error{};
  return put_top(u, read_size<Size>(data));
}

// == Program ==

Result<void> load_proto(Unpickler* u) {
  const char* data = input_read(u, 1);
  if (!data) return Error{};
  int protocol = static_cast<u8>(*data);
  if (protocol > kHighestProtocol) return raise(ValueError, "unsupported pickle protocol: %d", protocol);
  u->protocol = protocol;
  return {};
}
// The whole frame is read at once, and then used.
Result<void> load_frame(Unpickler* u) {
  const char* data = input_read(u, 8);
  if (!data) return Error{};
  isize size = read_size<8>(data);
  if (size < 0) return raise(OverflowError, "FRAME length exceeds system's maximum of %zd bytes", kMaxSize);
  if (!input_read(u, size)) return Error{};
  u->position -= size;
  return {};
}
Error raise_bad_opcode(Unpickler* u, u8 opcode) {
  if (opcode >= 0x20 && opcode <= 0x7e && opcode != '\'' && opcode != '\\') {
    return raise_unpickling(u->state, "invalid load key, '%c'.", opcode);
  }
  return raise_unpickling(u->state, "invalid load key, '\\x%02x'.", opcode);
}

Result<void> run_program(Unpickler* u) {
  for (;;) {
    const char* next = input_read(u, 1);
    if (ADDER_UNLIKELY(!next)) {
      if (!error_matches(u->state->unpickling_error)) return Error{};
      error_clear();
      return raise(EOFError, "Ran out of input");
    }
    u8 opcode = static_cast<u8>(*next);
    Result<void> done;
    switch (opcode) {
      case kNone:
        done = stack_push(u, new_ref(None));
        break;
      case kNewTrue:
        done = stack_push(u, new_ref(True));
        break;
      case kNewFalse:
        done = stack_push(u, new_ref(False));
        break;
      case kBinInt:
        done = load_binary_int<4>(u);
        break;
      case kBinInt1:
        done = load_binary_int<1>(u);
        break;
      case kBinInt2:
        done = load_binary_int<2>(u);
        break;
      case kInt:
        done = load_int(u);
        break;
      case kLong:
        done = load_long(u);
        break;
      case kLong1:
        done = load_counted_long<1>(u);
        break;
      case kLong4:
        done = load_counted_long<4>(u);
        break;
      case kFloat:
        done = load_float(u);
        break;
      case kBinFloat:
        done = load_binary_float(u);
        break;
      case kShortBinBytes:
        done = load_counted_bytes<1>(u);
        break;
      case kBinBytes:
        done = load_counted_bytes<4>(u);
        break;
      case kBinBytes8:
        done = load_counted_bytes<8>(u);
        break;
      case kByteArray8:
        done = load_counted_bytearray(u);
        break;
      case kNextBuffer:
        done = load_next_buffer(u);
        break;
      case kReadOnlyBuffer:
        done = load_readonly_buffer(u);
        break;
      case kShortBinString:
        done = load_counted_string<1>(u);
        break;
      case kBinString:
        done = load_counted_string<4>(u);
        break;
      case kString:
        done = load_string(u);
        break;
      case kUnicode:
        done = load_unicode(u);
        break;
      case kShortBinUnicode:
        done = load_counted_unicode<1>(u);
        break;
      case kBinUnicode:
        done = load_counted_unicode<4>(u);
        break;
      case kBinUnicode8:
        done = load_counted_unicode<8>(u);
        break;
      case kEmptyTuple:
        done = load_counted_tuple(u, 0);
        break;
      case kTuple1:
        done = load_counted_tuple(u, 1);
        break;
      case kTuple2:
        done = load_counted_tuple(u, 2);
        break;
      case kTuple3:
        done = load_counted_tuple(u, 3);
        break;
      case kTuple:
        done = load_tuple(u);
        break;
      case kEmptyList:
        done = stack_push(u, TRY(list_new()));
        break;
      case kList:
        done = load_list(u);
        break;
      case kEmptyDict:
        done = stack_push(u, TRY(dict_new()));
        break;
      case kDict:
        done = load_dict(u);
        break;
      case kEmptySet:
        done = stack_push(u, TRY(set_new()));
        break;
      case kAddItems:
        done = load_add_items(u);
        break;
      case kFrozenSet:
        done = load_frozenset(u);
        break;
      case kObj:
        done = load_obj(u);
        break;
      case kInst:
        done = load_inst(u);
        break;
      case kNewObj:
        done = load_newobj(u, false);
        break;
      case kNewObjEx:
        done = load_newobj(u, true);
        break;
      case kGlobal:
        done = load_global(u);
        break;
      case kStackGlobal:
        done = load_stack_global(u);
        break;
      case kAppend:
        done = load_append(u);
        break;
      case kAppends:
        done = load_appends(u);
        break;
      case kBuild:
        done = load_build(u);
        break;
      case kDup:
        done = load_dup(u);
        break;
      case kBinGet:
        done = load_binary_get<1>(u);
        break;
      case kLongBinGet:
        done = load_binary_get<4>(u);
        break;
      case kGet:
        done = load_get(u);
        break;
      case kMark:
        done = stack_push_mark(u);
        break;
      case kBinPut:
        done = load_binary_put<1>(u);
        break;
      case kLongBinPut:
        done = load_binary_put<4>(u);
        break;
      case kPut:
        done = load_put(u);
        break;
      case kMemoize:
        done = put_top(u, u->memo_used);
        break;
      case kPop:
        done = load_pop(u);
        break;
      case kPopMark:
        done = stack_drop(u, TRY(stack_pop_mark(u)));
        break;
      case kSetItem:
        done = load_set_item(u);
        break;
      case kSetItems:
        done = load_set_items(u);
        break;
      case kPersId:
        done = load_persistent_line(u);
        break;
      case kBinPersId: {
        Ref<Object> id;
        if (!u->persistent_load) return raise_no_persistent_load(u);
        id = TRY(stack_pop(u));
        done = load_persistent(u, id);
        break;
      }
      case kReduce:
        done = load_reduce(u);
        break;
      case kProto:
        done = load_proto(u);
        break;
      case kFrame:
        done = load_frame(u);
        break;
      case kExt1:
        done = load_extension(u, 1);
        break;
      case kExt2:
        done = load_extension(u, 2);
        break;
      case kExt4:
        done = load_extension(u, 4);
        break;
      case kStop:
        return {};
      default:
        return raise_bad_opcode(u, opcode);
    }
    if (ADDER_UNLIKELY(done.failed())) return Error{};
  }
}
}  // namespace

Result<Object> load_object(Unpickler* u) {
  Stack* s = u->stack;
  s->mark_count = 0;
  s->fence = 0;
  u->protocol = 0;
  TRY(stack_drop(u, 0));
  ++u->running;
  auto result = run_program(u);
  --u->running;
  TRY(result);
  if (u->read) TRY(input_skip_consumed(u));
  return stack_pop(u);
}
}  // namespace adder::pickle
