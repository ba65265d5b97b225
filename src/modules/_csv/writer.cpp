// writer: _csv.writer, lines of text from rows of fields.
#include "bind/bind.h"
#include "modules/_csv/csv.h"
#include "types/str.h"

namespace adder::csv {
namespace {
struct Writer : PyObject {
  Object* write;
  Dialect* dialect;
};

// One record under construction.
class Record {
 public:
  explicit Record(const Dialect* dialect) : dialect_(dialect) {}

  // `field` null: an empty one.
  Result<void> append(Opt<Str*> field, bool quoted) {
    if (fields_ > 0) TRY(text_.write_char(dialect_->delimiter));
    ++fields_;
    isize length = field ? str_length(field.get()) : 0;
    StrWriter body;
    for (isize i = 0; i < length; ++i) {
      Py_UCS4 c = str_read_char(field.get(), i);
      bool special = c == dialect_->delimiter || c == dialect_->escape || c == dialect_->quote ||
                     str_find_char(dialect_->line_terminator, c, 0, str_length(dialect_->line_terminator), 1) >= 0;
      if (special) {
        bool escapes = dialect_->quoting == QuoteNone;
        if (!escapes) {
          if (c == dialect_->quote) {
            if (dialect_->double_quote)
              TRY(body.write_char(c));
            else
              escapes = true;
          } else if (c == dialect_->escape) {
            escapes = true;
          }
          if (!escapes) quoted = true;
        }
        if (escapes) {
          if (dialect_->escape == kNotSet) return raise_csv("need to escape, but no escapechar set");
          TRY(body.write_char(dialect_->escape));
        }
      }
      TRY(body.write_char(c));
    }
    Ref<Str> content = TRY(body.finish());
    if (quoted) TRY(text_.write_char(dialect_->quote));
    TRY(text_.write_str(content));
    if (quoted) TRY(text_.write_char(dialect_->quote));
    return {};
  }
  // A record of one empty field would look like an empty line.
  Result<void> finish_fields() {
    if (fields_ == 0 || text_.size() > 0) return {};
    if (dialect_->quoting == QuoteNone) return raise_csv("single empty field record must be quoted");
    fields_ = 0;
    return append({}, true);
  }
  Result<Str> finish() {
    TRY(text_.write_str(dialect_->line_terminator));
    return text_.finish();
  }

 private:
  const Dialect* dialect_;
  StrWriter text_;
  isize fields_ = 0;
};

constexpr Doc writerow_doc = "writerow($self, row, /)\n--\n\n";
Result<Object> writerow(Writer* self, Object* row) {
  Result<Object> made = object_get_iter(row);
  if (made.failed()) {
    if (error_matches(TypeError)) {
      error_clear();
      return raise_csv("iterable expected, not %.200s", type_of(row)->tp_name);
    }
    return Error{};
  }
  Ref<Object> iterator = made.take();
  Ref<Dialect> dialect = new_ref(self->dialect);
  Record record(dialect.get());
  for (;;) {
    auto next = iter_next(iterator);
    Ref<Object> field = TRY(next);
    if (!field) break;
    bool quoted = dialect->quoting == QuoteAll || (dialect->quoting == QuoteNonnumeric && !number_check(field));
    if (is_str(field)) {
      TRY(record.append(as<Str>(field.get()), quoted));
    } else if (field.get() == None) {
      TRY(record.append({}, quoted));
    } else {
      Ref<Str> text = TRY(object_str(field));
      TRY(record.append(text.get(), quoted));
    }
  }
  TRY(record.finish_fields());
  Ref<Str> line = TRY(record.finish());
  Ref<Object> write = new_ref(self->write);
  return object_call_one_arg(write, line);
}
constexpr Doc writerows_doc = "writerows($self, rows, /)\n--\n\n";
Result<void> writerows(Writer* self, Object* rows) {
  return for_each(rows, [self](Object* row) -> Result<void> {
    TRY(writerow(self, row));
    return {};
  });
}

int writer_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<Writer*>(self)->write);
  VISIT(static_cast<Writer*>(self)->dialect);
  return 0;
}
int writer_clear(PyObject* self) {
  clear_field(static_cast<Writer*>(self)->write);
  clear_field(static_cast<Writer*>(self)->dialect);
  return 0;
}
void writer_dealloc(PyObject* self) {
  gc::untrack(self);
  writer_clear(self);
  object_free(self);
}
constinit PyMethodDef methods[] = {
    with_text(method<writerow, writerow_doc>(),
              "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.  "
              "Non-string\nelements will be "
              "converted to string."),
    with_text(method<writerows, writerows_doc>(),
              "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.  "
              "Non-string\nelements "
              "will be converted to string."),
    {},
};
constinit PyMemberDef members[] = {member("dialect", T_OBJECT, offsetof(Writer, dialect), READONLY), {}};
}  // namespace

Result<Object> make_writer(Object* file, Opt<Object*> dialect, Opt<Object*> parameters) {
  Ref<Object> checked = TRY(make_dialect(dialect, parameters));
  auto found = object_lookup_attr(file, id::write);
  Ref<Object> write = TRY(found);
  if (!write || !is_callable(write)) return raise(TypeError, "argument 1 must have a \"write\" method");
  Ref<Writer> self = TRY(object_new<Writer>(&writer_type));
  self->write = write.release();
  self->dialect = static_cast<Dialect*>(checked.release());
  gc::track(self);
  return self;
}

constinit Type writer_type = {
    .tp_name = "_csv.writer",
    .tp_basicsize = sizeof(Writer),
    .tp_dealloc = writer_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc =
        "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence "
        "input.\n",
    .tp_traverse = writer_traverse,
    .tp_clear = writer_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_free = object_gc_del,
};
}  // namespace adder::csv
