// std_printer: the file object that stands for sys.stderr until the io module has made the real one.
#include <unistd.h>

#include "bind/bind.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

ADDER_EXPORT PyTypeObject PyStdPrinter_Type;

namespace adder {
namespace {
struct StandardPrinter : PyObject {
  int fd;
};

constexpr Doc write_doc = "write($self, text, /)\n--\n\n";
Result<isize> printer_write(StandardPrinter* self, Str* text) {
  Ref<Object> bytes = TRY(str_as_encoded_string(text, "utf-8", "backslashreplace"));
  const char* data = bytes_data(as<Bytes>(bytes.get()));
  isize left = bytes_size(as<Bytes>(bytes.get()));
  while (left > 0) {
    isize written = ::write(self->fd, data, static_cast<usize>(left));
    if (written < 0) return raise_errno();
    data += written;
    left -= written;
  }
  return str_length(text);
}
constexpr Doc fileno_doc = "fileno($self, /)\n--\n\n";
Result<int> printer_fileno(StandardPrinter* self) { return self->fd; }
constexpr Doc isatty_doc = "isatty($self, /)\n--\n\n";
Result<bool> printer_isatty(StandardPrinter* self) { return ::isatty(self->fd) != 0; }
constexpr Doc flush_doc = "flush($self, /)\n--\n\n";
constexpr Doc close_doc = "close($self, /)\n--\n\n";
Result<void> printer_nothing(StandardPrinter*) { return {}; }

Result<Str> printer_repr(StandardPrinter* self) {
  return str_from_format("<stdprinter(fd=%d) object at %p>", self->fd, self);
}
Result<Object> printer_none(StandardPrinter*) { return none_result(); }
Result<Object> printer_false(StandardPrinter*) { return bool_result(false); }
Result<Object> printer_mode(StandardPrinter*) { return str_from_string("w"); }
void printer_dealloc(PyObject* self) { object_free(self); }

constinit PyMethodDef methods[] = {method<printer_write, write_doc>(),   method<printer_fileno, fileno_doc>(),
                                   method<printer_isatty, isatty_doc>(), method<printer_nothing, flush_doc>(),
                                   method<printer_nothing, close_doc>(), {}};
constinit PyGetSetDef getset[] = {
    get_set<printer_none>("encoding"), get_set<printer_false>("closed"), get_set<printer_mode>("mode"), {}};
}  // namespace

Result<Object> std_printer_new(int fd) {
  TRY(type_ready(&PyStdPrinter_Type));
  Ref<StandardPrinter> printer = TRY(object_new<StandardPrinter>(&PyStdPrinter_Type));
  printer->fd = fd;
  return printer;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyStdPrinter_Type = {
    .tp_name = "stderrprinter",
    .tp_basicsize = sizeof(StandardPrinter),
    .tp_dealloc = printer_dealloc,
    .tp_repr = slot<printer_repr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = methods,
    .tp_getset = getset,
};
