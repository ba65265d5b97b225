// open: open(), open_code(), text_encoding().
#include "modules/_io/io.h"
#include "runtime/runtime.h"
#include "types/exception.h"

namespace adder::io {
namespace {
struct Mode {
  bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false,
       binary = false;
};
Result<void> parse_mode(Str* mode_text, Mode& mode) {
  isize length = str_length(mode_text);
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read_char(mode_text, i);
    bool* flag = c == 'x'   ? &mode.creating
                 : c == 'r' ? &mode.reading
                 : c == 'w' ? &mode.writing
                 : c == 'a' ? &mode.appending
                 : c == '+' ? &mode.updating
                 : c == 't' ? &mode.text
                 : c == 'b' ? &mode.binary
                            : nullptr;
    if (!flag || *flag) return raise(ValueError, "invalid mode: '%U'", mode_text);
    *flag = true;
  }
  if (mode.text && mode.binary) return raise(ValueError, "can't have text and binary mode at once");
  if (mode.creating + mode.reading + mode.writing + mode.appending > 1) {
    return raise(ValueError, "must have exactly one of create/read/write/append mode");
  }
  return {};
}

Result<Object> make(Type* type, Object* first, isize size) {
  Ref<Int> count = TRY(int_from_ssize_t(size));
  return call(static_cast<Object*>(type), first, static_cast<Object*>(count.get()));
}

// The layers over an open raw stream.
Result<Object> build(Object* raw, const Mode& mode, Str* mode_text, int buffering, Opt<Str*> encoding, Opt<Str*> errors,
                     Opt<Str*> newline) {
  bool interactive = false;
  if (buffering < 0) {
    Ref<Object> answer = TRY(call_method(raw, id::isatty));
    interactive = TRY(object_is_true(answer));
  }
  bool line_buffering = interactive || buffering == 1;
  if (line_buffering && buffering < 0) buffering = -1;
  if (buffering < 0 || (buffering == 1 && !mode.binary)) {
    Ref<Object> size = TRY(object_get_attr(raw, id::_blksize));
    buffering = TRY(int_as_int(size));
  }
  if (buffering == 0) {
    if (!mode.binary) return raise(ValueError, "can't have unbuffered text I/O");
    return new_ref(raw);
  }
  if (mode.binary && buffering == 1) {
    TRY(warn(RuntimeWarning, 1,
             "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"));
    Ref<Object> size = TRY(object_get_attr(raw, id::_blksize));
    buffering = TRY(int_as_int(size));
  }
  Type* type = mode.updating                                     ? &PyBufferedRandom_Type
               : mode.creating || mode.writing || mode.appending ? &PyBufferedWriter_Type
                                                                 : &PyBufferedReader_Type;
  Ref<Object> buffer = TRY(make(type, raw, buffering));
  if (mode.binary) return buffer;
  Object* const args[] = {buffer, encoding ? static_cast<Object*>(encoding.get()) : None,
                          errors ? static_cast<Object*>(errors.get()) : None,
                          newline ? static_cast<Object*>(newline.get()) : None, bool_object(line_buffering)};
  auto wrapped = object_vectorcall(&PyTextIOWrapper_Type, args, 5);
  if (wrapped.failed()) {
    Ref<Object> failure = error_take();
    auto closed = call_method(buffer, id::close);
    if (closed.failed())
      error_clear();
    else
      (void)closed.take();
    error_set(std::move(failure));
    return Error{};
  }
  Ref<Object> wrapper = wrapped.take();
  TRY(object_set_attr(wrapper, id::mode, mode_text));
  return wrapper;
}
}  // namespace

Result<Object> open_file(Object* file, Str* mode_text, int buffering, Opt<Str*> encoding, Opt<Str*> errors,
                         Opt<Str*> newline, bool close_fd, Object* opener) {
  Ref<Object> path = new_ref(file);
  if (!is_int(file) && !is_str(file) && !is_bytes(file)) {
    Ref<Object> hook = TRY(object_lookup_special(file, id::__fspath__));
    if (hook) {
      path = TRY(object_call_no_args(hook));
      if (!is_str(path) && !is_bytes(path)) {
        return raise(TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                     type_of(file)->tp_name, type_of(path)->tp_name);
      }
    } else if (!index_check(file)) {
      return raise(TypeError, "expected str, bytes or os.PathLike object, not %.200s", type_of(file)->tp_name);
    }
  }
  Mode mode;
  TRY(parse_mode(mode_text, mode));
  if (!(mode.creating || mode.reading || mode.writing || mode.appending)) {
    return raise(ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
  }
  if (mode.binary && encoding) return raise(ValueError, "binary mode doesn't take an encoding argument");
  if (mode.binary && errors) return raise(ValueError, "binary mode doesn't take an errors argument");
  if (mode.binary && newline) return raise(ValueError, "binary mode doesn't take a newline argument");
  char raw_mode[4] = {};
  int n = 0;
  raw_mode[n++] = mode.creating ? 'x' : mode.writing ? 'w' : mode.appending ? 'a' : 'r';
  if (mode.updating) raw_mode[n++] = '+';
  Ref<Str> raw_text = TRY(str_from_latin1(raw_mode));
  Object* const args[] = {path, raw_text, bool_object(close_fd), opener};
  Ref<Object> raw = TRY(object_vectorcall(&PyFileIO_Type, args, 4));
  auto result = build(raw, mode, mode_text, buffering, encoding, errors, newline);
  if (result.failed()) {
    // The file does not stay open behind the caller's back.
    Ref<Object> failure = error_take();
    auto closed = call_method(raw, id::close);
    if (closed.failed())
      error_clear();
    else
      (void)closed.take();
    error_set(std::move(failure));
    return Error{};
  }
  return result;
}

namespace {
constexpr Doc open_doc =
    "open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, "
    "opener=None)\n--\n\nOpen file and return a stream.  Raise OSError upon "
    "failure.\n\nfile is either a text or byte string giving the name (and the path\nif the file isn't in the current "
    "working directory) of the file to\nbe opened or an integer file "
    "descriptor of the file to be\nwrapped. (If a file descriptor is given, it is closed when the\nreturned I/O object "
    "is closed, unless closefd is set to False.)\n\nmode is an optional "
    "string that specifies the mode in which the file\nis opened. It defaults to 'r' which means open for reading in "
    "text\nmode.  See the documentation of the module io for the modes, for\n"
    "buffering, encoding, errors, newline, closefd and opener.";
Result<Object> open_function(Module*, Object* file, Opt<Str*> mode, int buffering, Opt<Str*> encoding, Opt<Str*> errors,
                             Opt<Str*> newline, bool close_fd, Object* opener) {
  Ref<Str> text = mode ? new_ref(mode.get()) : TRY(str_from_latin1("r"));
  return open_file(file, text, buffering, encoding, errors, newline, close_fd, opener);
}
constexpr Doc open_code_doc =
    "open_code($module, /, path)\n--\n\nOpens the provided file with the intent to import the contents.\n\nThis may "
    "perform extra validation beyond open(), but is otherwise "
    "interchangeable\nwith calling open(path, 'rb').";
Result<Object> open_code(Module*, Str* path) { return open_code_file(path); }
constexpr Doc text_encoding_doc =
    "text_encoding($module, encoding, stacklevel=2, /)\n--\n\nA helper function to choose the text encoding.\n\nWhen "
    "encoding is not None, this function returns it.\nOtherwise, this "
    "function returns the default text encoding\n(i.e. \"locale\" or \"utf-8\" depends on UTF-8 mode).\n\nThis "
    "function emits an EncodingWarning if encoding is None and\n"
    "sys.flags.warn_default_encoding is true.\n\nThis can be used in APIs with an encoding=None parameter.\nHowever, "
    "please consider using encoding=\"utf-8\" for new APIs.";
Result<Object> text_encoding(Module*, Object* encoding, int stack_level) {
  if (encoding != None) return new_ref(encoding);
  const Config* config = interpreter()->config;
  if (config->warn_default_encoding) TRY(warn(EncodingWarning, stack_level, "'encoding' argument not specified"));
  return str_from_latin1(config->utf8_mode > 0 ? "utf-8" : "locale");
}
OpenCodeHook open_code_hook = nullptr;  // process-wide: an embedder sets it before start-up
void* open_code_hook_data = nullptr;
}  // namespace

bool set_open_code_hook(OpenCodeHook hook, void* data) {
  if (open_code_hook) return false;
  open_code_hook = hook;
  open_code_hook_data = data;
  return true;
}
Result<Object> open_code_file(Object* path) {
  if (!is_str(path)) return raise(TypeError, "'path' must be 'str', not '%.200s'", path->ob_type->tp_name);
  if (open_code_hook) return Result<Object>::from_c(open_code_hook(path, open_code_hook_data));
  Ref<Str> mode = TRY(str_from_latin1("rb"));
  return open_file(path, mode, -1, {}, {}, {}, true, None);
}

constinit PyMethodDef open_functions[] = {
    method<open_function, open_doc>(),
    method<open_code, open_code_doc>(),
    method<text_encoding, text_encoding_doc>(),
    {},
};
}  // namespace adder::io
