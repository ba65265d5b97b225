// frame: code.h, compile.h, pyframe.h, frameobject.h, traceback.h of the C API.
#include "interpreter/frame.h"

#include <cmath>

#include "capi/capi.h"
#include "interpreter/eval_frame.h"
#include "interpreter/generator.h"
#include "interpreter/interpreter.h"
#include "interpreter/opcodes.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/traceback_print.h"
#include "types/code.h"
#include "types/complex.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;
using adder::capi::bad_call_int;

// == Code ==

ADDER_EXPORT PyCodeObject* PyCode_NewEmpty(const char* filename, const char* name, int first_line) {
  auto make = [&]() -> Result<Code> {
    Ref<Str> file = TRY(str_decode_fs_default(filename));
    Ref<Str> function = TRY(str_from_string(name));
    return code_new_empty(file, function, first_line);
  };
  return make().to_c();
}
// `bounds` as its initialiser leaves it: no range, the whole line table ahead.
ADDER_EXPORT int _PyCode_CheckLineNumber(int offset, PyCodeAddressRange* bounds) {
  return code_move_to(offset, *bounds);
}
ADDER_EXPORT int PyCode_Addr2Line(PyCodeObject* code, int offset) { return code_line_of(code, offset); }
ADDER_EXPORT PyObject* PyCode_GetCode(PyCodeObject* code) { return object_get_attr(code, "co_code").to_c(); }
ADDER_EXPORT PyObject* PyCode_GetVarnames(PyCodeObject* code) { return object_get_attr(code, "co_varnames").to_c(); }
ADDER_EXPORT PyObject* PyCode_GetCellvars(PyCodeObject* code) { return object_get_attr(code, "co_cellvars").to_c(); }
ADDER_EXPORT PyObject* PyCode_GetFreevars(PyCodeObject* code) { return object_get_attr(code, "co_freevars").to_c(); }

namespace {
// Argument counts are those of the C API: positional ones include positional-only ones.
Result<Code> make_code(CodeParameters parameters, PyObject* code, PyObject* consts, PyObject* names, PyObject* varnames,
                       PyObject* freevars, PyObject* cellvars, PyObject* filename, PyObject* name, PyObject* qualname,
                       PyObject* line_table, PyObject* exception_table) {
  bool good = parameters.argcount >= 0 && parameters.posonlyargcount >= 0 && parameters.kwonlyargcount >= 0 && code &&
              consts && is_tuple(consts) && names && is_tuple(names) && varnames && is_tuple(varnames) && freevars &&
              is_tuple(freevars) && cellvars && is_tuple(cellvars) && name && is_str(name) && qualname &&
              is_str(qualname) && filename && is_str(filename) && line_table && is_bytes(line_table) && is_bytes(code);
  if (!good) return raise_bad_internal_call();
  parameters.code = as<Bytes>(code);
  parameters.consts = as<Tuple>(consts);
  parameters.names = as<Tuple>(names);
  parameters.varnames = as<Tuple>(varnames);
  parameters.freevars = as<Tuple>(freevars);
  parameters.cellvars = as<Tuple>(cellvars);
  parameters.filename = as<Str>(filename);
  parameters.name = as<Str>(name);
  parameters.qualname = as<Str>(qualname);
  parameters.line_table = as<Bytes>(line_table);
  if (exception_table && is_bytes(exception_table)) parameters.exception_table = as<Bytes>(exception_table);
  return code_new(parameters);
}
}  // namespace

ADDER_EXPORT PyCodeObject* PyCode_NewWithPosOnlyArgs(int arg_count, int positional_only, int keyword_only, int,
                                                     int stack_size, int flags, PyObject* code, PyObject* consts,
                                                     PyObject* names, PyObject* varnames, PyObject* freevars,
                                                     PyObject* cellvars, PyObject* filename, PyObject* name,
                                                     PyObject* qualname, int first_line, PyObject* line_table,
                                                     PyObject* exception_table) {
  CodeParameters parameters = {.flags = flags,
                               .first_line = first_line,
                               .argcount = arg_count,
                               .posonlyargcount = positional_only,
                               .kwonlyargcount = keyword_only,
                               .stack_size = stack_size};
  return make_code(parameters, code, consts, names, varnames, freevars, cellvars, filename, name, qualname, line_table,
                   exception_table)
      .to_c();
}
ADDER_EXPORT PyCodeObject* PyCode_New(int arg_count, int keyword_only, int local_count, int stack_size, int flags,
                                      PyObject* code, PyObject* consts, PyObject* names, PyObject* varnames,
                                      PyObject* freevars, PyObject* cellvars, PyObject* filename, PyObject* name,
                                      PyObject* qualname, int first_line, PyObject* line_table,
                                      PyObject* exception_table) {
  return PyCode_NewWithPosOnlyArgs(arg_count, 0, keyword_only, local_count, stack_size, flags, code, consts, names,
                                   varnames, freevars, cellvars, filename, name, qualname, first_line, line_table,
                                   exception_table);
}
// ABI: _PyCodeConstructor of pycore_code.h.
struct CodeConstructor {
  PyObject *filename, *name, *qualname;
  int flags;
  PyObject* code;
  int first_line;
  PyObject *line_table, *consts, *names, *local_names, *local_kinds;
  int arg_count, positional_only, keyword_only, stack_size;
  PyObject* exception_table;
};
ADDER_EXPORT PyCodeObject* _PyCode_New(const CodeConstructor* c) {
  if (!c->local_names || !is_tuple(c->local_names) || !c->local_kinds || !is_bytes(c->local_kinds) ||
      tuple_size(as<Tuple>(c->local_names)) != bytes_size(as<Bytes>(c->local_kinds))) {
    return bad_call_int(), nullptr;
  }
  auto make = [&]() -> Result<Code> {
    const char* kinds = bytes_data(as<Bytes>(c->local_kinds));
    auto names_of = [&](u8 kind) -> Result<Tuple> {
      Ref<List> names = TRY(list_new());
      for (isize i = 0; i < tuple_size(as<Tuple>(c->local_names)); ++i) {
        if (static_cast<u8>(kinds[i]) & kind) TRY(list_append(names, tuple_item(as<Tuple>(c->local_names), i)));
      }
      return list_as_tuple(names);
    };
    Ref<Tuple> varnames = TRY(names_of(kFastLocal))
    , cellvars = TRY(names_of(kFastCell))
    , freevars = TRY(names_of(kFastFree));
    CodeParameters parameters = {.flags = c->flags,
                                 .first_line = c->first_line,
                                 .argcount = c->arg_count,
                                 .posonlyargcount = c->positional_only,
                                 .kwonlyargcount = c->keyword_only,
                                 .stack_size = c->stack_size};
    return make_code(parameters, c->code, c->consts, c->names, varnames, freevars, cellvars, c->filename, c->name,
                     c->qualname, c->line_table, c->exception_table);
  };
  return make().to_c();
}
ADDER_EXPORT int _PyCode_Validate(const CodeConstructor* c) {
  PyCodeObject* made = _PyCode_New(c);
  decref_or_null(made);
  return made ? 0 : -1;
}
namespace {
// A key that is equal for constants that may be shared: the type and the signs of zeros count.
Result<Object> constant_key(Object* constant) {
  Object* type = constant->ob_type;
  if (constant == None || constant == Ellipsis || is_int_exact(constant) || is_str_exact(constant) || is_code(constant))
    return new_ref(constant);
  if (constant->ob_type == &PyBool_Type || is_bytes_exact(constant)) return tuple_pack(type, constant);
  if (is_float_exact(constant)) {
    double value = as<Float>(constant)->ob_fval;
    return value == 0 && std::signbit(value) ? tuple_pack(type, constant, None) : tuple_pack(type, constant);
  }
  if (constant->ob_type == &PyComplex_Type) {
    Py_complex value = as<Complex>(constant)->cval;
    Object* real = value.real == 0 && std::signbit(value.real) ? True : False;
    Object* imaginary = value.imag == 0 && std::signbit(value.imag) ? True : False;
    return tuple_pack(type, constant, real, imaginary);
  }
  if (is_tuple_exact(constant)) {
    Ref<Tuple> keys = TRY(tuple_new(tuple_size(as<Tuple>(constant))));
    for (isize i = 0; i < tuple_size(keys); ++i)
      tuple_init_item(keys, i, TRY(constant_key(tuple_item(as<Tuple>(constant), i))));
    return tuple_pack(static_cast<Object*>(keys.get()), constant);
  }
  if (constant->ob_type == &PyFrozenSet_Type) {
    Ref<List> keys = TRY(list_new());
    isize position = 0;
    Object* item;
    Py_hash_t hash;
    while (set_next(as<Set>(constant), position, item, hash)) {
      Ref<Object> key = TRY(constant_key(item));
      TRY(list_append(keys, key));
    }
    Ref<Object> set = TRY(object_call_one_arg(&PyFrozenSet_Type, keys));
    return tuple_pack(set.get(), constant);
  }
  Ref<Int> identity = TRY(int_from_void_ptr(constant));
  return tuple_pack(static_cast<Object*>(identity.get()), constant);
}
}  // namespace
ADDER_EXPORT PyObject* _PyCode_ConstantKey(PyObject* constant) { return constant_key(constant).to_c(); }

// == compile.h ==

// `jump`: -1 for the larger of both, 0 and 1 for staying and jumping.
ADDER_EXPORT int PyCompile_OpcodeStackEffectWithJump(int opcode, int arg, int jump) {
  if (opcode < 0 || opcode > 255) return kInvalidStackEffect;
  Op op = static_cast<Op>(opcode);
  return jump < 0 ? opcode_max_stack_effect(op, arg) : opcode_stack_effect(op, arg, jump != 0);
}
ADDER_EXPORT int PyCompile_OpcodeStackEffect(int opcode, int arg) {
  return PyCompile_OpcodeStackEffectWithJump(opcode, arg, -1);
}

// The code is not rewritten: CPython has no peephole optimizer for finished code any more either.
ADDER_EXPORT PyObject* PyCode_Optimize(PyObject* code, PyObject*, PyObject*, PyObject*) {
  return new_ref(code).release();
}
ADDER_EXPORT int PyCode_Addr2Location(PyCodeObject* code, int offset, int* start_line, int* start_column, int* end_line,
                                      int* end_column) {
  if (offset < 0) {
    *start_line = code->co_firstlineno;
    *start_column = *end_line = *end_column = 0;
    return 1;
  }
  CodePosition position = code_position_of(code, offset);
  *start_line = position.line;
  *start_column = position.column;
  *end_line = position.end_line;
  *end_column = position.end_column;
  return 1;
}
ADDER_EXPORT int _PyCode_GetExtra(PyObject* code, Py_ssize_t index, void** extra) {
  if (!is_code(code)) return bad_call_int();
  return code_get_extra(as<Code>(code), index, extra).to_c();
}
ADDER_EXPORT int _PyCode_SetExtra(PyObject* code, Py_ssize_t index, void* extra) {
  if (!is_code(code)) return bad_call_int();
  return code_set_extra(as<Code>(code), index, extra).to_c();
}

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

// The generator, coroutine or asynchronous generator that the frame belongs to; null, without an exception, if it is
// none's.
ADDER_EXPORT PyObject* PyFrame_GetGenerator(PyFrameObject* frame) {
  if (frame->f_frame->owner != FrameOwner::kGenerator) return nullptr;
  return new_ref<Object>(frame_generator(frame->f_frame)).release();
}
ADDER_EXPORT int _PyFrame_IsEntryFrame(PyFrameObject* frame) { return frame->f_frame->exit & kEntry; }
ADDER_EXPORT int PyFrame_FastToLocalsWithError(PyFrameObject* frame) {
  if (!frame) return bad_call_int();
  return frame_locals_mapping(frame->f_frame) ? 0 : -1;
}
ADDER_EXPORT void PyFrame_FastToLocals(PyFrameObject* frame) {
  if (PyFrame_FastToLocalsWithError(frame) < 0) error_clear();
}
ADDER_EXPORT void PyFrame_LocalsToFast(PyFrameObject* frame, int clear) {
  if (frame && frame->f_frame->locals) frame_locals_to_fast(frame->f_frame, clear != 0);
}
// A generator of the frame's code; takes the reference to the frame, which must not have started.
ADDER_EXPORT PyObject* PyGen_NewWithQualName(PyFrameObject* frame, PyObject* name, PyObject* qualname) {
  Ref<Frame> source = Ref<Frame>::steal(frame);
  Result<Generator> made = generator_from_frame(source, name, qualname);
  return made.to_c();
}
ADDER_EXPORT PyObject* PyGen_New(PyFrameObject* frame) { return PyGen_NewWithQualName(frame, nullptr, nullptr); }
ADDER_EXPORT PyObject* PyCoro_New(PyFrameObject* frame, PyObject* name, PyObject* qualname) {
  return PyGen_NewWithQualName(frame, name, qualname);
}
ADDER_EXPORT PyObject* PyAsyncGen_New(PyFrameObject* frame, PyObject* name, PyObject* qualname) {
  return PyGen_NewWithQualName(frame, name, qualname);
}
ADDER_EXPORT void _PyGen_Finalize(PyObject* generator) { generator_finalize(as<Generator>(generator)); }

// == Tracebacks ==

ADDER_EXPORT int PyTraceBack_Print(PyObject* traceback, PyObject* file) {
  if (!traceback) return 0;
  if (!is_traceback(traceback)) return bad_call_int();
  return traceback_print(traceback, file).to_c();
}
ADDER_EXPORT int _PyTraceBack_Print_Indented(PyObject* traceback, int indent, const char* margin,
                                             const char* header_margin, const char* header, PyObject* file) {
  if (!traceback) return 0;
  if (!is_traceback(traceback)) return bad_call_int();
  return traceback_print_indented(traceback, indent, margin ? margin : "", header_margin ? header_margin : "", header,
                                  file)
      .to_c();
}
ADDER_EXPORT PyObject* _PyTraceBack_FromFrame(PyObject* next, PyFrameObject* frame) {
  return traceback_new(next, frame, frame_get_lasti(frame), frame_get_lineno(frame)).to_c();
}
// The source line, indented; what cannot be read is left out.
ADDER_EXPORT int _Py_DisplaySourceLine(PyObject* file, PyObject* filename, int line, int indent, int*,
                                       PyObject** text) {
  auto show = [&]() -> Result<void> {
    Ref<Str> source = TRY(source_line(filename, line));
    if (!str_length(source)) return {};
    Ref<Str> shown = TRY(str_from_format("%*s%U\n", indent, "", source.get()));
    Ref<Str> write = TRY(str_from_string("write"));
    Ref<Object> ignored = TRY(call_method(file, write.get(), shown.get()));
    if (text) *text = source.release();
    return {};
  };
  return show().to_c();
}

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
