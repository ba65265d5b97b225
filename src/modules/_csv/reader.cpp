// reader: _csv.reader, rows of fields from lines of text.
//
// A state machine over characters; the end of each line is fed as a character of its own, because a quoted field may go
// on in the next line.
#include <memory>

#include "bind/bind.h"
#include "modules/_csv/csv.h"
#include "types/list.h"
#include "types/str.h"

namespace adder::csv {
namespace {
enum State {
  StartRecord,
  StartField,
  EscapedChar,
  InField,
  InQuotedField,
  EscapeInQuotedField,
  QuoteInQuotedField,
  EatNewline,
  AfterEscapedNewline,
};
constexpr Py_UCS4 kEndOfLine = kNotSet - 1;

struct Reader : PyObject {
  Object* input;
  Dialect* dialect;
  List* fields;
  StrWriter* field;
  State state;
  bool numeric;  // the field was not quoted, with QUOTE_NONNUMERIC
  unsigned long line_num;
};

bool ends_line(Py_UCS4 c) { return c == '\n' || c == '\r' || c == kEndOfLine; }

void drop_field(Reader* self) { delete std::exchange(self->field, nullptr); }
isize field_size(Reader* self) { return self->field ? self->field->size() : 0; }

Result<void> add(Reader* self, Py_UCS4 c) {
  if (field_size(self) >= field_limit) return raise_csv("field larger than field limit (%ld)", field_limit);
  if (!self->field && !(self->field = new (std::nothrow) StrWriter())) return raise_no_memory();
  return self->field->write_char(c);
}

Result<void> save_field(Reader* self) {
  Ref<Object> value;
  if (self->field)
    value = TRY(self->field->finish());
  else
    value = new_ref<Object>(str_empty());
  drop_field(self);
  if (self->numeric) {
    self->numeric = false;
    value = TRY(number_float(value));
  }
  return list_append(self->fields, value);
}

Result<void> end_field(Reader* self, Py_UCS4 c) {
  TRY(save_field(self));
  self->state = c == kEndOfLine ? StartRecord : EatNewline;
  return {};
}

Result<void> process(Reader* self, Py_UCS4 c) {
  const Dialect* dialect = self->dialect;
  switch (self->state) {
    case StartRecord:
      if (c == kEndOfLine) return {};
      if (ends_line(c)) {
        self->state = EatNewline;
        return {};
      }
      self->state = StartField;
      [[fallthrough]];
    case StartField:
      if (ends_line(c)) return end_field(self, c);
      if (c == dialect->quote && dialect->quoting != QuoteNone) {
        self->state = InQuotedField;
      } else if (c == dialect->escape) {
        self->state = EscapedChar;
      } else if (c == ' ' && dialect->skip_initial_space) {
      } else if (c == dialect->delimiter) {
        return save_field(self);
      } else {
        if (dialect->quoting == QuoteNonnumeric) self->numeric = true;
        self->state = InField;
        return add(self, c);
      }
      return {};

    case EscapedChar:
      if (c == '\n' || c == '\r') {
        self->state = AfterEscapedNewline;
        return add(self, c);
      }
      self->state = InField;
      return add(self, c == kEndOfLine ? '\n' : c);

    case AfterEscapedNewline:
      if (c == kEndOfLine) return {};
      [[fallthrough]];
    case InField:
      if (ends_line(c)) return end_field(self, c);
      if (c == dialect->escape) {
        self->state = EscapedChar;
      } else if (c == dialect->delimiter) {
        self->state = StartField;
        return save_field(self);
      } else {
        return add(self, c);
      }
      return {};

    case InQuotedField:
      if (c == kEndOfLine) return {};
      if (c == dialect->escape) {
        self->state = EscapeInQuotedField;
      } else if (c == dialect->quote && dialect->quoting != QuoteNone) {
        self->state = dialect->double_quote ? QuoteInQuotedField : InField;
      } else {
        return add(self, c);
      }
      return {};

    case EscapeInQuotedField:
      self->state = InQuotedField;
      return add(self, c == kEndOfLine ? '\n' : c);

    case QuoteInQuotedField:
      if (dialect->quoting != QuoteNone && c == dialect->quote) {
        self->state = InQuotedField;
        return add(self, c);
      }
      if (c == dialect->delimiter) {
        self->state = StartField;
        return save_field(self);
      }
      if (ends_line(c)) return end_field(self, c);
      if (!dialect->strict) {
        self->state = InField;
        return add(self, c);
      }
      return raise_csv("'%c' expected after '%c'", static_cast<int>(dialect->delimiter),
                       static_cast<int>(dialect->quote));

    case EatNewline:
      if (c == '\n' || c == '\r') return {};
      if (c == kEndOfLine) {
        self->state = StartRecord;
        return {};
      }
      return raise_csv(
          "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?");
  }
  return {};
}

Maybe<Object> reader_next(Reader* self) {
  set_field(self->fields, TRY(list_new(0)));
  drop_field(self);
  self->state = StartRecord;
  self->numeric = false;
  do {
    auto next = iter_next(self->input);
    Ref<Object> line = TRY(next);
    if (!line) {
      if (field_size(self) == 0 && self->state != InQuotedField) return nullptr;
      if (self->dialect->strict) return raise_csv("unexpected end of data");
      TRY(save_field(self));
      break;
    }
    if (!is_str(line)) {
      return raise_csv("iterator should return strings, not %.200s (the file should be opened in text mode)",
                       type_of(line)->tp_name);
    }
    ++self->line_num;
    Str* text = as<Str>(line.get());
    int kind = str_kind(text);
    const void* data = str_data(text);
    for (isize i = 0; i < str_length(text); ++i) TRY(process(self, str_read(kind, data, i)));
    TRY(process(self, kEndOfLine));
  } while (self->state != StartRecord);
  return Ref<Object>(Ref<List>::steal(std::exchange(self->fields, nullptr)));
}

int reader_traverse(PyObject* object, visitproc visit, void* arg) {
  Reader* self = static_cast<Reader*>(object);
  VISIT(self->input);
  VISIT(self->dialect);
  VISIT(self->fields);
  return 0;
}
int reader_clear(PyObject* object) {
  Reader* self = static_cast<Reader*>(object);
  clear_field(self->input);
  clear_field(self->dialect);
  clear_field(self->fields);
  return 0;
}
void reader_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  reader_clear(self);
  drop_field(static_cast<Reader*>(self));
  object_free(self);
}
constinit PyMemberDef members[] = {
    member("dialect", T_OBJECT, offsetof(Reader, dialect), READONLY),
    member("line_num", T_ULONG, offsetof(Reader, line_num), READONLY),
    {},
};
}  // namespace

Result<Object> make_reader(Object* iterable, Opt<Object*> dialect, Opt<Object*> parameters) {
  Ref<Object> input = TRY(object_get_iter(iterable))
  , checked = TRY(make_dialect(dialect, parameters));
  Ref<Reader> self = TRY(object_new<Reader>(&reader_type));
  self->input = input.release();
  self->dialect = static_cast<Dialect*>(checked.release());
  self->fields = nullptr;
  self->field = nullptr;
  self->state = StartRecord;
  self->numeric = false;
  self->line_num = 0;
  gc::track(self);
  return self;
}

constinit Type reader_type = {
    .tp_name = "_csv.reader",
    .tp_basicsize = sizeof(Reader),
    .tp_dealloc = reader_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n",
    .tp_traverse = reader_traverse,
    .tp_clear = reader_clear,
    .tp_iter = self_iter,
    .tp_iternext = slot<reader_next>,
    .tp_members = members,
    .tp_free = object_gc_del,
};
}  // namespace adder::csv
