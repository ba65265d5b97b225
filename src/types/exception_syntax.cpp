// exception_syntax: SyntaxError, IndentationError, TabError.
#include "types/exception_layout.h"
#include "types/int.h"

namespace adder {
using namespace exception_detail;
namespace {
using Syntax = PySyntaxErrorObject;

// SyntaxError(msg, (filename, lineno, offset, text[, end_lineno, end_offset]))
Result<void> set_location(Syntax* self, Object* details) {
  Ref<Tuple> info = TRY(sequence_tuple(details));
  isize n = info->ob_size;
  if (n < 4) return raise(TypeError, "function takes at least 4 arguments (%zd given)", n);
  if (n > 6) return raise(TypeError, "function takes at most 6 arguments (%zd given)", n);
  Object** item = info->ob_item;
  set_field(self->filename, new_ref(item[0]));
  set_field(self->lineno, new_ref(item[1]));
  set_field(self->offset, new_ref(item[2]));
  set_field(self->text, new_ref(item[3]));
  set_field(self->end_lineno, Ref<Object>::share_or_empty(n > 4 ? item[4] : nullptr));
  set_field(self->end_offset, Ref<Object>::share_or_empty(n > 5 ? item[5] : nullptr));
  if (self->end_lineno && !self->end_offset)
    return raise(TypeError, "end_offset must be provided when end_lineno is provided");
  return {};
}
int syntax_error_init(PyObject* object, PyObject* args, PyObject* kwargs) {
  if (base_init(object, args, kwargs) < 0) return -1;
  Syntax* self = as<Syntax>(object);
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size >= 1) set_field(self->msg, new_ref(tuple->ob_item[0]));
  if (tuple->ob_size == 2) return set_location(self, tuple->ob_item[1]).to_c();
  return 0;
}

Result<Str> syntax_error_str(Syntax* self) {
  Ref<Str> filename;
  if (self->filename && is_str(self->filename)) {
    Str* path = as<Str>(self->filename);
    isize slash = str_find_char(path, '/', 0, str_length(path), -1);
    filename = TRY(str_substring(path, slash + 1, str_length(path)));
  }
  Object* message = self->msg ? self->msg : None;
  bool has_line = self->lineno && is_int_exact(self->lineno);
  if (!filename && !has_line) return object_str(message);
  i64 line = 0;
  if (has_line) {
    int overflow;
    line = int_as_i64_and_overflow(as<Int>(self->lineno), &overflow);
  }
  if (filename && has_line) return str_from_format("%S (%U, line %ld)", message, filename.get(), line);
  if (filename) return str_from_format("%S (%U)", message, filename.get());
  return str_from_format("%S (line %ld)", message, line);
}

constinit PyMemberDef members[] = {
    member("msg", T_OBJECT, offsetof(Syntax, msg), 0, "exception msg"),
    member("filename", T_OBJECT, offsetof(Syntax, filename), 0, "exception filename"),
    member("lineno", T_OBJECT, offsetof(Syntax, lineno), 0, "exception lineno"),
    member("offset", T_OBJECT, offsetof(Syntax, offset), 0, "exception offset"),
    member("text", T_OBJECT, offsetof(Syntax, text), 0, "exception text"),
    member("end_lineno", T_OBJECT, offsetof(Syntax, end_lineno), 0, "exception end lineno"),
    member("end_offset", T_OBJECT, offsetof(Syntax, end_offset), 0, "exception end offset"),
    member("print_file_and_line", T_OBJECT, offsetof(Syntax, print_file_and_line), 0, "exception print_file_and_line"),
    {}};
using SyntaxLayout = Layout<Syntax, &Syntax::msg, &Syntax::filename, &Syntax::lineno, &Syntax::offset,
                            &Syntax::end_lineno, &Syntax::end_offset, &Syntax::text, &Syntax::print_file_and_line>;
consteval PyTypeObject syntax_type(const char* name, PyTypeObject* base, bool with_members) {
  PyTypeObject type = exception_type<Syntax, SyntaxLayout>(name, base);
  type.tp_init = syntax_error_init;
  if (with_members) {
    type.tp_str = slot<syntax_error_str>;
    type.tp_members = members;
  }
  return type;
}
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject _PyExc_SyntaxError = syntax_type("SyntaxError", &_PyExc_Exception, true);
constinit PyTypeObject _PyExc_IndentationError = syntax_type("IndentationError", &_PyExc_SyntaxError, false);
constinit PyTypeObject _PyExc_TabError = syntax_type("TabError", &_PyExc_IndentationError, false);
