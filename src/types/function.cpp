// function: functions made by def and lambda.
//
// Version    func_version identifies code, defaults and keyword defaults together for call caches: 0 until somebody
// asks, and
//            again 0 after one of the three was assigned.
// See        docs/interpreter.md, tests/python/test_function.py
#include "types/function.h"

#include "bind/bind.h"
#include "interpreter/interpreter.h"
#include "runtime/runtime.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// globals["__builtins__"] (a module stands for its dict), else the builtins of the running frame. Borrowed; null:
// error.
Object* builtins_from_globals(Dict* globals) {
  Maybe<Object> found = dict_get_item(globals, id::__builtins__);
  if (found.failed()) return nullptr;
  Ref<Object> builtins = found.take();
  if (!builtins) return eval_get_builtins().get();
  return is_module(builtins.get()) ? module_dict(as<Module>(builtins.get())) : builtins.get();
}
}  // namespace

Result<Function> function_new(Code* code, Dict* globals, Opt<Object*> qualname) {
  Ref<Object> module = TRY(dict_get_item(globals, id::__name__));
  Object* builtins = builtins_from_globals(globals);
  if (!builtins) {
    if (error_occurred()) return Error{};
    return raise(SystemError, "no builtins");
  }
  Ref<Function> function = TRY(object_new<Function>(&PyFunction_Type));
  Tuple* consts = code_consts(code);
  Object* doc = tuple_size(consts) && is_str(tuple_item(consts, 0)) ? tuple_item(consts, 0) : None;
  function->func_globals = new_ref(static_cast<Object*>(globals)).release();
  function->func_builtins = new_ref(builtins).release();
  function->func_name = new_ref(code->co_name).release();
  function->func_qualname = new_ref(qualname.value_or(code->co_qualname)).release();
  function->func_code = new_ref(static_cast<Object*>(code)).release();
  function->func_defaults = nullptr;
  function->func_kwdefaults = nullptr;
  function->func_closure = nullptr;
  function->func_doc = new_ref(doc).release();
  function->func_dict = nullptr;
  function->func_weakreflist = nullptr;
  function->func_module = module.release();
  function->func_annotations = nullptr;
  function->vectorcall = function_vectorcall;
  function->func_version = 0;
  gc::track(function);
  return function;
}

namespace {
// == Attributes ==

Result<Object> function_get_code(Function* self) { return Result<Object>::share(self->func_code); }
Result<void> function_set_code(Function* self, Opt<Object*> value) {
  if (!value || !is_code(*value)) return raise(TypeError, "__code__ must be set to a code object");
  TRY(audit("object.__setattr__", static_cast<Object*>(self), static_cast<Object*>(id::__code__), *value));
  isize wanted = as<Code>(*value)->co_nfreevars;
  isize have = self->func_closure ? tuple_size(as<Tuple>(self->func_closure)) : 0;
  if (wanted != have) {
    return raise(ValueError, "%U() requires a code object with %zd free vars, not %zd", self->func_name, have, wanted);
  }
  self->func_version = 0;
  set_field(self->func_code, new_ref(*value));
  return {};
}
Result<Object> function_get_name(Function* self) { return Result<Object>::share(self->func_name); }
Result<void> function_set_name(Function* self, Opt<Object*> value) {
  if (!value || !is_str(*value)) return raise(TypeError, "__name__ must be set to a string object");
  set_field(self->func_name, new_ref(*value));
  return {};
}
Result<Object> function_get_qualname(Function* self) { return Result<Object>::share(self->func_qualname); }
Result<void> function_set_qualname(Function* self, Opt<Object*> value) {
  if (!value || !is_str(*value)) return raise(TypeError, "__qualname__ must be set to a string object");
  set_field(self->func_qualname, new_ref(*value));
  return {};
}
Result<Object> function_get_defaults(Function* self) {
  TRY(audit("object.__getattr__", static_cast<Object*>(self), static_cast<Object*>(id::__defaults__)));
  return Result<Object>::share(self->func_defaults ? self->func_defaults : None);
}
Result<void> function_set_defaults(Function* self, Opt<Object*> value) {
  if (value && *value == None) value = nullptr;
  if (value && !is_tuple(*value)) return raise(TypeError, "__defaults__ must be set to a tuple object");
  if (value)
    TRY(audit("object.__setattr__", static_cast<Object*>(self), static_cast<Object*>(id::__defaults__), *value));
  else
    TRY(audit("object.__delattr__", static_cast<Object*>(self), static_cast<Object*>(id::__defaults__)));
  self->func_version = 0;
  set_field(self->func_defaults, Ref<Object>::share_or_empty(value.get()));
  return {};
}
Result<Object> function_get_kwdefaults(Function* self) {
  TRY(audit("object.__getattr__", static_cast<Object*>(self), static_cast<Object*>(id::__kwdefaults__)));
  return Result<Object>::share(self->func_kwdefaults ? self->func_kwdefaults : None);
}
Result<void> function_set_kwdefaults(Function* self, Opt<Object*> value) {
  if (value && *value == None) value = nullptr;
  if (value && !is_dict(*value)) return raise(TypeError, "__kwdefaults__ must be set to a dict object");
  if (value)
    TRY(audit("object.__setattr__", static_cast<Object*>(self), static_cast<Object*>(id::__kwdefaults__), *value));
  else
    TRY(audit("object.__delattr__", static_cast<Object*>(self), static_cast<Object*>(id::__kwdefaults__)));
  self->func_version = 0;
  set_field(self->func_kwdefaults, Ref<Object>::share_or_empty(value.get()));
  return {};
}
// MAKE_FUNCTION leaves a tuple (name, annotation, …), which becomes a dict when it is first asked for.
Result<Object> function_get_annotations(Function* self) {
  if (!self->func_annotations) {
    self->func_annotations = TRY(dict_new())
    .release();
  } else if (is_tuple_exact(self->func_annotations)) {
    Tuple* pairs = as<Tuple>(self->func_annotations);
    Ref<Dict> dict = TRY(dict_new());
    for (isize i = 0; i + 1 < tuple_size(pairs); i += 2)
      TRY(dict_set_item(dict, tuple_item(pairs, i), tuple_item(pairs, i + 1)));
    set_field(self->func_annotations, std::move(dict));
  }
  return Result<Object>::share(self->func_annotations);
}
Result<void> function_set_annotations(Function* self, Opt<Object*> value) {
  if (value && *value == None) value = nullptr;
  if (value && !is_dict(*value)) return raise(TypeError, "__annotations__ must be set to a dict object");
  set_field(self->func_annotations, Ref<Object>::share_or_empty(value.get()));
  return {};
}
Result<Object> function_get_dict(Function* self) { return object_generic_get_dict(self); }
Result<void> function_set_dict(Function* self, Opt<Object*> value) {
  return object_generic_set_dict(self, value.get());
}

constinit PyGetSetDef function_getset[] = {
    get_set<function_get_code, function_set_code>("__code__"),
    get_set<function_get_defaults, function_set_defaults>("__defaults__"),
    get_set<function_get_kwdefaults, function_set_kwdefaults>("__kwdefaults__"),
    get_set<function_get_annotations, function_set_annotations>("__annotations__"),
    get_set<function_get_dict, function_set_dict>("__dict__"),
    get_set<function_get_name, function_set_name>("__name__"),
    get_set<function_get_qualname, function_set_qualname>("__qualname__"),
    {}};
constinit PyMemberDef function_members[] = {
    member("__closure__", T_OBJECT, offsetof(Function, func_closure), READONLY),
    member("__doc__", T_OBJECT, offsetof(Function, func_doc)),
    member("__globals__", T_OBJECT, offsetof(Function, func_globals), READONLY),
    member("__module__", T_OBJECT, offsetof(Function, func_module)),
    member("__builtins__", T_OBJECT, offsetof(Function, func_builtins), READONLY),
    {}};

// == Slots ==

Result<Str> function_repr(Function* self) { return str_from_format("<function %U at %p>", self->func_qualname, self); }

Result<Object> function_descr_get(Function* self, Opt<Object*> object, Opt<Object*>) {
  if (!object || *object == None) return Result<Object>::share(self);
  return method_new(self, *object);
}

constexpr Doc function_doc =
    "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\n"
    "Create a function object.\n\n"
    "  code\n    a code object\n"
    "  globals\n    the globals dictionary\n"
    "  name\n    a string that overrides the name from the code object\n"
    "  argdefs\n    a tuple that specifies the default argument values\n"
    "  closure\n    a tuple that supplies the bindings for free variables";
Result<Object> function_make(Type* type, Object* code_object, Dict* globals, Object* name, Object* defaults,
                             Object* closure) {
  if (!is_code(code_object)) {
    return raise(TypeError, "function() argument 'code' must be code, not %.50s",
                 code_object == None ? "None" : code_object->ob_type->tp_name);
  }
  Code* code = as<Code>(code_object);
  if (name != None && !is_str(name)) return raise(TypeError, "arg 3 (name) must be None or string");
  if (defaults != None && !is_tuple(defaults)) return raise(TypeError, "arg 4 (defaults) must be None or tuple");
  isize free_count = code->co_nfreevars;
  if (!is_tuple(closure)) {
    if (free_count && closure == None) return raise(TypeError, "arg 5 (closure) must be tuple");
    if (closure != None) return raise(TypeError, "arg 5 (closure) must be None or tuple");
  }
  isize given = closure == None ? 0 : tuple_size(as<Tuple>(closure));
  if (free_count != given) {
    return raise(ValueError, "%U requires closure of length %zd, not %zd", code->co_name, free_count, given);
  }
  for (isize i = 0; i < given; ++i) {
    Object* cell = tuple_item(as<Tuple>(closure), i);
    if (!is_cell(cell)) return raise(TypeError, "arg 5 (closure) expected cell, found %s", cell->ob_type->tp_name);
  }
  TRY(audit("function.__new__", static_cast<Object*>(code)));
  Ref<Function> function = TRY(function_new(code, globals));
  if (name != None) set_field(function->func_name, new_ref(name));
  if (defaults != None) function->func_defaults = new_ref(defaults).release();
  if (closure != None) function->func_closure = new_ref(closure).release();
  return function;
}

void clear_fields(Function* self) {
  self->func_version = 0;
  clear_field(self->func_globals);
  clear_field(self->func_builtins);
  clear_field(self->func_module);
  clear_field(self->func_defaults);
  clear_field(self->func_kwdefaults);
  clear_field(self->func_doc);
  clear_field(self->func_dict);
  clear_field(self->func_closure);
  clear_field(self->func_annotations);
}
// A function without its names could still be shown or called: they become empty, the code stays.
int function_clear(PyObject* object) {
  Function* self = as<Function>(object);
  clear_fields(self);
  set_field(self->func_name, new_ref<Object>(str_empty()));
  set_field(self->func_qualname, new_ref<Object>(str_empty()));
  return 0;
}
void function_dealloc(PyObject* object) {
  Function* self = as<Function>(object);
  gc::untrack(self);
  if (self->func_weakreflist) weakref_clear_all(self);
  clear_fields(self);
  clear_field(self->func_name);
  clear_field(self->func_qualname);
  clear_field(self->func_code);
  object_free(self);
}
int function_traverse(PyObject* object, visitproc visit, void* arg) {
  Function* self = as<Function>(object);
  VISIT(self->func_code);
  VISIT(self->func_globals);
  VISIT(self->func_builtins);
  VISIT(self->func_module);
  VISIT(self->func_defaults);
  VISIT(self->func_kwdefaults);
  VISIT(self->func_doc);
  VISIT(self->func_name);
  VISIT(self->func_dict);
  VISIT(self->func_closure);
  VISIT(self->func_annotations);
  VISIT(self->func_qualname);
  return 0;
}
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyFunction_Type = {
    .tp_name = "function",
    .tp_basicsize = sizeof(Function),
    .tp_dealloc = function_dealloc,
    .tp_vectorcall_offset = offsetof(Function, vectorcall),
    .tp_repr = slot<function_repr>,
    .tp_call = vectorcall_call,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_doc = function_doc.text,
    .tp_traverse = function_traverse,
    .tp_clear = function_clear,
    .tp_weaklistoffset = offsetof(Function, func_weakreflist),
    .tp_members = function_members,
    .tp_getset = function_getset,
    .tp_descr_get = slot<function_descr_get>,
    .tp_dictoffset = offsetof(Function, func_dict),
    .tp_new = constructor<function_make, function_doc>,
};
