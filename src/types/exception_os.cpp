// exception_os: OSError and its subclasses by errno (PEP 3151).
//
// Decision   OSError(errno, …) makes the subclass that fits. This happens in __new__, except for classes that override
// __init__ alone.
#include <cerrno>

#include "types/exception_layout.h"
#include "types/int.h"

namespace adder {
using namespace exception_detail;
namespace {
using OsError = PyOSErrorObject;

struct Mapping {
  int number;
  Type* type;
};
constexpr Mapping mappings[] = {
    {EAGAIN, BlockingIOError},
    {EALREADY, BlockingIOError},
    {EINPROGRESS, BlockingIOError},
    {EPIPE, BrokenPipeError},
    {ESHUTDOWN, BrokenPipeError},
    {ECHILD, ChildProcessError},
    {ECONNABORTED, ConnectionAbortedError},
    {ECONNREFUSED, ConnectionRefusedError},
    {ECONNRESET, ConnectionResetError},
    {EEXIST, FileExistsError},
    {ENOENT, FileNotFoundError},
    {EISDIR, IsADirectoryError},
    {ENOTDIR, NotADirectoryError},
    {EINTR, InterruptedError},
    {EACCES, PermissionError},
    {EPERM, PermissionError},
    {ESRCH, ProcessLookupError},
    {ETIMEDOUT, TimeoutError},
};
Type* type_for(Object* number) {
  if (!number || !is_int(number)) return nullptr;
  int overflow;
  i64 value = int_as_i64_and_overflow(as<Int>(number), &overflow);
  if (overflow) return nullptr;
  for (const Mapping& m : mappings)
    if (m.number == value) return m.type;
  return nullptr;
}

PyObject* os_error_new(PyTypeObject* type, PyObject* args, PyObject* kwargs);
int os_error_init(PyObject* self, PyObject* args, PyObject* kwargs);
// A subclass that overrides __init__ but not __new__ may take other arguments: the fields are set when its __init__
// calls ours.
bool set_up_in_init(const Type* type) { return type->tp_init != os_error_init && type->tp_new == os_error_new; }
bool set_up_in_new(const Type* type) { return !set_up_in_init(type); }

struct Parts {
  Object *number = nullptr, *text = nullptr, *filename = nullptr, *filename2 = nullptr;
};
// (errno, strerror[, filename[, winerror[, filename2]]]); other counts have no structure.
Parts parts_of(Tuple* args) {
  Parts parts;
  isize n = args->ob_size;
  if (n < 2 || n > 5) return parts;
  parts.number = args->ob_item[0];
  parts.text = args->ob_item[1];
  if (n >= 3) parts.filename = args->ob_item[2];
  if (n >= 5) parts.filename2 = args->ob_item[4];
  return parts;
}

Result<void> set_up(OsError* self, Tuple* args, const Parts& parts) {
  Ref<Tuple> kept = new_ref(args);
  if (parts.filename && parts.filename != None) {
    if (self->ob_type == BlockingIOError && number_check(parts.filename)) {
      // BlockingIOError's third argument is the number of characters written.
      self->written = TRY(number_as_ssize_t(parts.filename, ValueError));
    } else {
      set_field(self->filename, new_ref(parts.filename));
      if (parts.filename2 && parts.filename2 != None) set_field(self->filename2, new_ref(parts.filename2));
      // The file names do not show in args.
      if (args->ob_size >= 2 && args->ob_size <= 5) kept = TRY(tuple_get_slice(args, 0, 2));
    }
  }
  set_field(self->myerrno, Ref<Object>::share_or_empty(parts.number));
  set_field(self->strerror, Ref<Object>::share_or_empty(parts.text));
  set_field(self->args, std::move(kept));
  return {};
}

PyObject* os_error_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Parts parts;
  bool now = set_up_in_new(type);
  if (now) {
    if (!no_keywords(type, kwargs)) return nullptr;
    parts = parts_of(as<Tuple>(args));
    if (type == OSError)
      if (Type* fitting = type_for(parts.number)) type = fitting;
  }
  Ref<OsError> self = as<OsError>(Ref<Object>::steal(type->tp_alloc(type, 0)));
  if (!self) return nullptr;
  self->written = -1;
  if (now)
    TRY_C(nullptr, set_up(self, as<Tuple>(args), parts));
  else
    self->args = new_ref(tuple_empty()).release();
  return self.release();
}

int os_error_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (set_up_in_new(self->ob_type)) return 0;
  if (!no_keywords(self->ob_type, kwargs)) return -1;
  TRY_C(-1, set_up(as<OsError>(self), as<Tuple>(args), parts_of(as<Tuple>(args))));
  return 0;
}

Object* shown(Object* value) { return value ? value : None; }
PyObject* os_error_str(PyObject* object) {
  OsError* self = as<OsError>(object);
  if (self->filename && self->filename2)
    return str_from_format("[Errno %S] %S: %R -> %R", shown(self->myerrno), shown(self->strerror), self->filename,
                           self->filename2)
        .to_c();
  if (self->filename)
    return str_from_format("[Errno %S] %S: %R", shown(self->myerrno), shown(self->strerror), self->filename).to_c();
  if (self->myerrno && self->strerror) return str_from_format("[Errno %S] %S", self->myerrno, self->strerror).to_c();
  return BaseExceptionType->tp_str(object);
}

Result<Object> os_error_reduce(OsError* self) {
  Tuple* args = as<Tuple>(self->args);
  Ref<Tuple> shown_args = new_ref(args);
  if (args->ob_size == 2 && self->filename) {
    if (self->filename2)
      shown_args = TRY(tuple_pack(args->ob_item[0], args->ob_item[1], self->filename, None, self->filename2));
    else
      shown_args = TRY(tuple_pack(args->ob_item[0], args->ob_item[1], self->filename));
  }
  return reduce_with(self, shown_args, self->dict);
}

Result<Object> get_written(OsError* self) {
  if (self->written == -1) return raise(AttributeError, "characters_written");
  return int_from_i64(self->written);
}
Result<void> set_written(OsError* self, Opt<Object*> value) {
  if (!value) {
    if (self->written == -1) return raise(AttributeError, "characters_written");
    self->written = -1;
    return {};
  }
  isize number = TRY(number_as_ssize_t(value.get(), ValueError));
  self->written = number;
  return {};
}

constinit PyMemberDef members[] = {
    member("errno", T_OBJECT, offsetof(OsError, myerrno), 0, "POSIX exception code"),
    member("strerror", T_OBJECT, offsetof(OsError, strerror), 0, "exception strerror"),
    member("filename", T_OBJECT, offsetof(OsError, filename), 0, "exception filename"),
    member("filename2", T_OBJECT, offsetof(OsError, filename2), 0, "second exception filename"),
    {}};
constinit PyMethodDef methods[] = {with_text(method<os_error_reduce, reduce_doc>(), nullptr), {}};
constinit PyGetSetDef getset[] = {get_set<get_written, set_written>("characters_written"), {}};

using OsLayout = Layout<OsError, &OsError::myerrno, &OsError::strerror, &OsError::filename, &OsError::filename2>;

consteval PyTypeObject os_type(const char* name, PyTypeObject* base) {
  PyTypeObject type = exception_type<OsError, OsLayout>(name, base);
  type.tp_init = os_error_init;
  type.tp_new = os_error_new;
  return type;
}
consteval PyTypeObject os_base_type() {
  PyTypeObject type = os_type("OSError", &_PyExc_Exception);
  type.tp_str = os_error_str;
  type.tp_members = members;
  type.tp_methods = methods;
  type.tp_getset = getset;
  return type;
}
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject _PyExc_OSError = os_base_type();
#define OS_ERROR(name, base) constinit PyTypeObject _PyExc_##name = os_type(#name, &_PyExc_##base);
OS_ERROR(BlockingIOError, OSError)
OS_ERROR(ChildProcessError, OSError)
OS_ERROR(ConnectionError, OSError)
OS_ERROR(FileExistsError, OSError)
OS_ERROR(FileNotFoundError, OSError)
OS_ERROR(InterruptedError, OSError)
OS_ERROR(IsADirectoryError, OSError)
OS_ERROR(NotADirectoryError, OSError)
OS_ERROR(PermissionError, OSError)
OS_ERROR(ProcessLookupError, OSError)
OS_ERROR(TimeoutError, OSError)
OS_ERROR(BrokenPipeError, ConnectionError)
OS_ERROR(ConnectionAbortedError, ConnectionError)
OS_ERROR(ConnectionRefusedError, ConnectionError)
OS_ERROR(ConnectionResetError, ConnectionError)
