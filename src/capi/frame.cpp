// frame: code.h, pyframe.h, frameobject.h, traceback.h of the C API.
#include "interpreter/frame.h"

#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;

// == Code ==

ADDER_EXPORT PyCodeObject* PyCode_NewEmpty(const char* filename, const char* name, int first_line) {
  auto make = [&]() -> Result<Code> {
    Ref<Str> file = TRY(str_decode_fs_default(filename));
    Ref<Str> function = TRY(str_from_string(name));
    return code_new_empty(file, function, first_line);
  };
  return make().to_c();
}
ADDER_EXPORT int PyCode_Addr2Line(PyCodeObject* code, int offset) { return code_line_of(code, offset); }
ADDER_EXPORT PyObject* PyCode_GetCode(PyCodeObject* code) { return object_get_attr(code, "co_code").to_c(); }
ADDER_EXPORT PyObject* PyCode_GetVarnames(PyCodeObject* code) { return object_get_attr(code, "co_varnames").to_c(); }
ADDER_EXPORT PyObject* PyCode_GetCellvars(PyCodeObject* code) { return object_get_attr(code, "co_cellvars").to_c(); }
ADDER_EXPORT PyObject* PyCode_GetFreevars(PyCodeObject* code) { return object_get_attr(code, "co_freevars").to_c(); }

// == Frames ==

ADDER_EXPORT PyFrameObject* PyFrame_New(PyThreadState*, PyCodeObject* code, PyObject* globals, PyObject* locals) {
  return frame_new(code, as<Dict>(globals), locals).to_c();
}
ADDER_EXPORT int PyFrame_GetLineNumber(PyFrameObject* frame) { return frame_get_lineno(frame); }
ADDER_EXPORT int PyFrame_GetLasti(PyFrameObject* frame) { return frame_get_lasti(frame); }
ADDER_EXPORT PyFrameObject* PyFrame_GetBack(PyFrameObject* frame) { return frame_back(frame).to_c(); }
ADDER_EXPORT PyCodeObject* PyFrame_GetCode(PyFrameObject* frame) { return frame_get_code(frame).to_c(); }
ADDER_EXPORT PyObject* PyFrame_GetLocals(PyFrameObject* frame) { return frame_get_locals(frame).to_c(); }
ADDER_EXPORT PyObject* PyFrame_GetGlobals(PyFrameObject* frame) { return object_get_attr(frame, "f_globals").to_c(); }
ADDER_EXPORT PyObject* PyFrame_GetBuiltins(PyFrameObject* frame) { return object_get_attr(frame, "f_builtins").to_c(); }

// == Tracebacks ==

ADDER_EXPORT int PyTraceBack_Here(PyFrameObject* frame) { return traceback_here(frame).to_c(); }
// An entry for code that has no frame: a function of a module in C.
ADDER_EXPORT void _PyTraceback_Add(const char* function, const char* filename, int line) {
  Ref<Object> raised = error_take();
  auto add = [&]() -> Result<void> {
    Ref<Dict> globals = TRY(dict_new());
    Ref<Code> code = TRY(Result<Code>::from_c(PyCode_NewEmpty(filename, function, line)));
    Ref<Frame> frame = TRY(frame_new(code, globals, nullptr));
    frame->f_lineno = line;
    error_set(std::move(raised));
    return traceback_here(frame);
  };
  if (add().failed() && raised) error_set(std::move(raised));
}
