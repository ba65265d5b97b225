// code_lines: from instructions to places in the source: line table, position table, co_lines(), co_positions(),
// co_lnotab.
//
// Formats    See compiler/assembler.cpp and docs/bytecode.md.
#include <new>
#include <vector>

#include "bind/bind.h"
#include "runtime/error.h"
#include "types/code.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// Tables out of a damaged .pyc may hold any numbers: sums wrap around.
int wrapping_sum(int a, int b) { return static_cast<int>(static_cast<u32>(a) + static_cast<u32>(b)); }
}  // namespace

// == Line table ==

CodeLines::CodeLines(const Code* code) : current_line_(code->co_firstlineno) {
  Bytes* table = as<Bytes>(code->co_linetable);
  position_ = reinterpret_cast<const u8*>(bytes_data(table));
  limit_ = position_ + (bytes_size(table) & ~isize{1});
}

// The next entry that is not empty.
bool CodeLines::advance(int& range_start, int& range_end, int& range_line) {
  while (position_ < limit_) {
    int length = position_[0], delta = static_cast<i8>(position_[1]);
    position_ += 2;
    bool has_line = delta != -128;
    if (has_line) current_line_ = wrapping_sum(current_line_, delta);
    range_start = offset_;
    offset_ += length;
    if (length == 0) continue;
    range_end = offset_;
    range_line = has_line ? current_line_ : -1;
    return true;
  }
  return false;
}

bool CodeLines::next() {
  if (!pending_ && !advance(pending_start_, pending_end_, pending_line_)) return false;
  pending_ = false;
  start = pending_start_;
  end = pending_end_;
  line = pending_line_;
  while (advance(pending_start_, pending_end_, pending_line_)) {
    if (pending_line_ != line) {
      pending_ = true;
      break;
    }
    end = pending_end_;
  }
  return true;
}

int code_line_of(const Code* code, int offset) {
  if (offset < 0) return code->co_firstlineno;
  CodeLines lines(code);
  while (lines.next()) {
    if (offset < lines.end) return lines.line;
  }
  return -1;
}

int code_move_to(int offset, PyCodeAddressRange& range) {
  auto& table = range.opaque;
  auto set_line = [&](bool has_line) { range.ar_line = has_line ? table.computed_line : -1; };
  while (range.ar_end <= offset) {
    if (table.lo_next >= table.limit) return -1;
    int length = table.lo_next[0], delta = static_cast<i8>(table.lo_next[1]);
    table.lo_next += 2;
    if (delta != -128) table.computed_line = wrapping_sum(table.computed_line, delta);
    range.ar_start = range.ar_end;
    range.ar_end += length;
    set_line(delta != -128);
  }
  while (range.ar_start > offset && range.ar_start > 0) {
    int delta = static_cast<i8>(table.lo_next[-1]);
    if (delta != -128) table.computed_line = wrapping_sum(table.computed_line, -delta);
    table.lo_next -= 2;
    range.ar_end = range.ar_start;
    range.ar_start -= table.lo_next[-2];
    set_line(static_cast<i8>(table.lo_next[-1]) != -128);
  }
  return range.ar_line;
}

// == Position table ==

namespace {
class PositionReader {
 public:
  PositionReader(Bytes* table, int first_line)
      : position_(bytes_data(table)), limit_(position_ + bytes_size(table)), line_(first_line) {}
  // The position of the next instruction; false at the end of the table.
  bool next(CodePosition& result) {
    if (position_ >= limit_) return false;
    switch (*position_++) {
      case kSamePosition:
        break;
      case kNewPosition: {
        line_ = wrapping_sum(line_, varint());
        last_.line = line_;
        int lines = varint();
        last_.end_line = lines < 0 ? -1 : wrapping_sum(line_, lines);
        last_.column = wrapping_sum(varint(), -1);
        last_.end_column = wrapping_sum(varint(), -1);
        break;
      }
      default:
        last_ = CodePosition();
        break;
    }
    result = last_;
    return true;
  }

 private:
  int varint() {
    u32 bits = 0;
    for (int shift = 0; position_ < limit_; shift += 7) {
      u8 byte = static_cast<u8>(*position_++);
      if (shift < 32) bits |= static_cast<u32>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return static_cast<int>(bits >> 1) ^ -static_cast<int>(bits & 1);
  }

  const char* position_;
  const char* limit_;
  int line_;
  CodePosition last_;
};

// Without a table of positions the lines are all that is known.
CodePosition line_only(int line) {
  CodePosition result;
  result.line = result.end_line = line;
  return result;
}
}  // namespace

CodePosition code_position_of(const Code* code, int offset) {
  if (offset < 0) return line_only(code->co_firstlineno);
  Object* table = code_object(code)->position_table;
  if (!table) return line_only(code_line_of(code, offset));
  PositionReader reader(as<Bytes>(table), code->co_firstlineno);
  CodePosition result;
  for (int i = 0; i <= offset / 2; ++i) {
    if (!reader.next(result)) return line_only(code_line_of(code, offset));
  }
  return result;
}

// == Iterators ==

namespace {
struct LineIterator : PyObject {
  Code* code;
  CodeLines lines;
};
struct PositionIterator : PyObject {
  Code* code;
  int offset;
  bool has_table;
  PositionReader reader;
};

Result<Object> int_or_none(int value) { return value < 0 ? none_result() : Result<Object>(int_from_i64(value)); }

Maybe<Object> line_iterator_next(LineIterator* self) {
  CodeLines& lines = self->lines;
  if (!lines.next()) return nullptr;
  Ref<Object> start = TRY(int_from_i64(lines.start))
  , end = TRY(int_from_i64(lines.end));
  Ref<Object> line = TRY(int_or_none(lines.line));
  return Ref<Object>(TRY(tuple_pack(start.get(), end.get(), line.get())));
}

Maybe<Object> position_iterator_next(PositionIterator* self) {
  if (self->offset >= code_size(self->code)) return nullptr;
  CodePosition at;
  if (!self->has_table || !self->reader.next(at)) at = line_only(code_line_of(self->code, self->offset));
  self->offset += 2;
  Ref<Object> line = TRY(int_or_none(at.line))
  , end_line = TRY(int_or_none(at.end_line));
  Ref<Object> column = TRY(int_or_none(at.column))
  , end_column = TRY(int_or_none(at.end_column));
  return Ref<Object>(TRY(tuple_pack(line.get(), end_line.get(), column.get(), end_column.get())));
}

template <class T>
void iterator_dealloc(PyObject* self) {
  clear_field(static_cast<T*>(self)->code);
  object_free(self);
}

constinit PyTypeObject LineIterator_Type = {
    .tp_name = "line_iterator",
    .tp_basicsize = sizeof(LineIterator),
    .tp_dealloc = iterator_dealloc<LineIterator>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = self_iter,
    .tp_iternext = slot<line_iterator_next>,
};
constinit PyTypeObject PositionIterator_Type = {
    .tp_name = "positions_iterator",
    .tp_basicsize = sizeof(PositionIterator),
    .tp_dealloc = iterator_dealloc<PositionIterator>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = self_iter,
    .tp_iternext = slot<position_iterator_next>,
};
}  // namespace

Result<Object> code_lines_iterator(Code* code) {
  TRY(type_ready(&LineIterator_Type));
  Ref<LineIterator> iterator = TRY(object_new<LineIterator>(&LineIterator_Type));
  iterator->code = new_ref(code).release();
  new (&iterator->lines) CodeLines(code);
  return iterator;
}
Result<Object> code_positions_iterator(Code* code) {
  TRY(type_ready(&PositionIterator_Type));
  Ref<PositionIterator> iterator = TRY(object_new<PositionIterator>(&PositionIterator_Type));
  Object* table = code_object(code)->position_table;
  iterator->code = new_ref(code).release();
  iterator->offset = 0;
  iterator->has_table = table != nullptr;
  new (&iterator->reader) PositionReader(table ? as<Bytes>(table) : bytes_empty(), code->co_firstlineno);
  return iterator;
}

// == Old format ==

// Pairs of unsigned offset and signed line increments, as before PEP 626.
Result<Object> code_lnotab(Code* code) {
  std::vector<char> table;
  auto pair = [&](int offset, isize lines) {
    table.push_back(static_cast<char>(offset));
    table.push_back(static_cast<char>(lines));
  };
  int offset = 0, line = code->co_firstlineno;
  CodeLines lines(code);
  while (lines.next()) {
    if (lines.line < 0 || lines.line == line) continue;
    int offset_delta = lines.start - offset;
    isize line_delta = isize{lines.line} - line;
    for (; offset_delta > 255; offset_delta -= 255) pair(255, 0);
    for (; line_delta > 127; line_delta -= 127, offset_delta = 0) pair(offset_delta, 127);
    for (; line_delta < -128; line_delta += 128, offset_delta = 0) pair(offset_delta, -128);
    pair(offset_delta, line_delta);
    offset = lines.start;
    line = lines.line;
  }
  return bytes_from_view({table.data(), table.size()});
}
}  // namespace adder
