// exception: BaseException and the classes that add little to it.
//
// Layout     PyBaseExceptionObject (ABI); args is always a tuple, the other fields may be null.
// See        exception_os.cpp, exception_unicode.cpp, exception_group.cpp, exception_syntax.cpp;
// tests/python/test_exceptions_.py
#include "types/exception.h"

#include <cstdarg>

#include "types/exception_layout.h"
#include "types/function.h"
#include "types/list.h"

namespace adder {
namespace exception_detail {
// == Storage ==

bool no_keywords(const Type* type, PyObject* kwargs) {
  if (!kwargs || as<Dict>(kwargs)->ma_used == 0) return true;
  (void)raise(TypeError, "%.200s() takes no keyword arguments", type->tp_name);
  return false;
}

PyObject* base_new(PyTypeObject* type, PyObject* args, PyObject*) {
  Object* self = type->tp_alloc(type, 0);
  if (!self) return nullptr;
  Object* tuple = args ? args : tuple_empty();
  incref(tuple);
  as<BaseException>(self)->args = tuple;
  return self;
}

int base_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (!no_keywords(self->ob_type, kwargs)) return -1;
  set_field(as<BaseException>(self)->args, new_ref(args));
  return 0;
}

int base_traverse(PyObject* self, visitproc visit, void* arg) {
  BaseException* e = as<BaseException>(self);
  VISIT(e->dict);
  VISIT(e->args);
  VISIT(e->notes);
  VISIT(e->traceback);
  VISIT(e->cause);
  VISIT(e->context);
  return 0;
}

int base_clear(PyObject* self) {
  BaseException* e = as<BaseException>(self);
  clear_field(e->dict);
  clear_field(e->args);
  clear_field(e->notes);
  clear_field(e->traceback);
  clear_field(e->cause);
  clear_field(e->context);
  return 0;
}

Result<void> take_keywords(const char* function, PyObject* kwargs, const char* const* names, Object** out, int count) {
  if (!kwargs) return {};
  if (isize given = dict_size(as<Dict>(kwargs)); given > count) {
    return raise(TypeError, "%s() takes at most %d keyword argument%s (%zd given)", function, count,
                 count == 1 ? "" : "s", given);
  }
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(kwargs), position, key, value)) {
    int index = 0;
    while (index < count && !str_equals(as<Str>(key), names[index])) ++index;
    if (index == count) return raise(TypeError, "'%U' is an invalid keyword argument for %s()", key, function);
    out[index] = value;
  }
  return {};
}

Result<Object> reduce_with(BaseException* self, Object* args, Opt<Object*> state) {
  Object* type = self->ob_type;
  if (state) return tuple_pack(type, args, state.get());
  return tuple_pack(type, args);
}
}  // namespace exception_detail

using namespace exception_detail;

namespace {
Object* args_of(BaseException* self) { return self->args ? self->args : tuple_empty(); }

// == Text ==

Result<Str> base_str_text(BaseException* self) {
  Tuple* args = as<Tuple>(args_of(self));
  if (args->ob_size == 0) return new_ref(str_empty());
  if (args->ob_size == 1) {
    Ref<Object> only = new_ref(args->ob_item[0]);
    return object_str(only);
  }
  return object_str(args);
}
Result<Str> base_repr_text(BaseException* self) {
  Tuple* args = as<Tuple>(args_of(self));
  const char* name = type_short_name(self->ob_type);
  if (args->ob_size == 1) return str_from_format("%s(%R)", name, args->ob_item[0]);
  return str_from_format("%s%R", name, args);
}

// == Methods ==

Result<Object> base_reduce(BaseException* self) { return reduce_with(self, args_of(self), self->dict); }

Result<void> base_setstate(BaseException* self, Object* state) {
  if (state == None) return {};
  if (!is_dict(state)) return raise(TypeError, "state is not a dictionary");
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(state), position, key, value)) {
    Ref<Object> held_key = new_ref(key), held_value = new_ref(value);
    TRY(object_set_attr(self, held_key, held_value));
  }
  return {};
}

Result<void> set_traceback(BaseException* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "__traceback__ may not be deleted");
  if (value.get() != None && !is_traceback(value.get()))
    return raise(TypeError, "__traceback__ must be a traceback or None");
  exception_set_traceback(self, value);
  return {};
}
Result<Object> base_with_traceback(BaseException* self, Object* traceback) {
  TRY(set_traceback(self, traceback));
  return new_ref<Object>(self);
}

Result<void> base_add_note(BaseException* self, Object* note) {
  if (!is_str(note)) return raise(TypeError, "note must be a str, not '%s'", note->ob_type->tp_name);
  Ref<Object> notes = TRY(object_lookup_attr(self, id::__notes__));
  if (!notes) {
    notes = TRY(list_new());
    TRY(object_set_attr(self, id::__notes__, notes));
  } else if (!is_list(notes)) {
    return raise(TypeError, "Cannot add note: __notes__ is not a list");
  }
  return list_append(as<List>(notes.get()), note);
}

Result<Object> get_args(BaseException* self) { return new_ref(args_of(self)); }
Result<void> set_args(BaseException* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "args may not be deleted");
  Ref<Tuple> args = TRY(sequence_tuple(value.get()));
  set_field(self->args, std::move(args));
  return {};
}
Result<Object> none_for_null(Object* value) { return new_ref(value ? value : None); }
Result<Object> get_traceback(BaseException* self) { return none_for_null(self->traceback); }
Result<Object> get_context(BaseException* self) { return none_for_null(self->context); }
Result<Object> get_cause(BaseException* self) { return none_for_null(self->cause); }
Result<void> set_context(BaseException* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "__context__ may not be deleted");
  if (value.get() != None && !is_exception_instance(value.get()))
    return raise(TypeError, "exception context must be None or derive from BaseException");
  exception_set_context(self, value.get() == None ? Ref<Object>() : new_ref(value.get()));
  return {};
}
Result<void> set_cause(BaseException* self, Opt<Object*> value) {
  if (!value) return raise(TypeError, "__cause__ may not be deleted");
  if (value.get() != None && !is_exception_instance(value.get()))
    return raise(TypeError, "exception cause must be None or derive from BaseException");
  exception_set_cause(self, value.get() == None ? Ref<Object>() : new_ref(value.get()));
  return {};
}
Result<Object> get_dict(BaseException* self) { return object_generic_get_dict(self); }
Result<void> set_dict(BaseException* self, Opt<Object*> value) { return object_generic_set_dict(self, value.get()); }

constexpr Doc setstate_doc = "__setstate__($self, state, /)";
constexpr Doc with_traceback_doc = "with_traceback($self, tb, /)";
constexpr const char* with_traceback_text =
    "Exception.with_traceback(tb) --\n    set self.__traceback__ to tb and return self.";
constexpr Doc add_note_doc = "add_note($self, note, /)";
constexpr const char* add_note_text = "Exception.add_note(note) --\n    add a note to the exception";

constinit PyMethodDef base_methods[] = {
    with_text(method<base_reduce, reduce_doc>(), nullptr),
    with_text(method<base_setstate, setstate_doc>(), nullptr),
    with_text(method<base_with_traceback, with_traceback_doc>(), with_traceback_text),
    with_text(method<base_add_note, add_note_doc>(), add_note_text),
    {}};
constinit PyMemberDef base_members[] = {
    member("__suppress_context__", T_BOOL, offsetof(BaseException, suppress_context)), {}};
constinit PyGetSetDef base_getset[] = {get_set<get_dict, set_dict>("__dict__"),
                                       get_set<get_args, set_args>("args"),
                                       get_set<get_traceback, set_traceback>("__traceback__"),
                                       get_set<get_context, set_context>("__context__", "exception context"),
                                       get_set<get_cause, set_cause>("__cause__", "exception cause"),
                                       {}};

using BaseLayout = Layout<BaseException>;

// == StopIteration, SystemExit ==

int stop_iteration_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (base_init(self, args, kwargs) < 0) return -1;
  Tuple* tuple = as<Tuple>(args);
  set_field(as<PyStopIterationObject>(self)->value, new_ref(tuple->ob_size ? tuple->ob_item[0] : None));
  return 0;
}
constinit PyMemberDef stop_iteration_members[] = {
    member("value", T_OBJECT, offsetof(PyStopIterationObject, value), 0, "generator return value"), {}};

int system_exit_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (base_init(self, args, kwargs) < 0) return -1;
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size == 0) return 0;
  set_field(as<PySystemExitObject>(self)->code, new_ref(tuple->ob_size == 1 ? tuple->ob_item[0] : args));
  return 0;
}
constinit PyMemberDef system_exit_members[] = {
    member("code", T_OBJECT, offsetof(PySystemExitObject, code), 0, "exception code"), {}};

// == ImportError ==

int import_error_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  PyImportErrorObject* e = as<PyImportErrorObject>(self);
  if (base_init(self, args, nullptr) < 0) return -1;
  static constexpr const char* names[] = {"name", "path"};
  Object* values[2] = {};
  TRY_C(-1, take_keywords("ImportError", kwargs, names, values, 2));
  set_field(e->name, Ref<Object>::share_or_empty(values[0]));
  set_field(e->path, Ref<Object>::share_or_empty(values[1]));
  Object* message = as<Tuple>(args)->ob_size == 1 ? as<Tuple>(args)->ob_item[0] : nullptr;
  set_field(e->msg, Ref<Object>::share_or_empty(message));
  return 0;
}
Result<Str> import_error_str(PyImportErrorObject* self) {
  if (self->msg && is_str_exact(self->msg)) return new_ref(as<Str>(self->msg));
  return base_str_text(self);
}
Result<Object> import_error_reduce(PyImportErrorObject* self) {
  if (!self->name && !self->path) return reduce_with(self, args_of(self), self->dict);
  Ref<Dict> state = self->dict ? TRY(dict_copy(as<Dict>(self->dict))) : TRY(dict_new());
  if (self->name) TRY(dict_set_item(state, id::name, self->name));
  if (self->path) TRY(dict_set_item(state, id::path, self->path));
  return reduce_with(self, args_of(self), state.get());
}
constinit PyMemberDef import_error_members[] = {
    member("msg", T_OBJECT, offsetof(PyImportErrorObject, msg), 0, "exception message"),
    member("name", T_OBJECT, offsetof(PyImportErrorObject, name), 0, "module name"),
    member("path", T_OBJECT, offsetof(PyImportErrorObject, path), 0, "module path"),
    {}};
constinit PyMethodDef import_error_methods[] = {with_text(method<import_error_reduce, reduce_doc>(), nullptr), {}};

// == NameError, AttributeError ==

int name_error_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (base_init(self, args, nullptr) < 0) return -1;
  static constexpr const char* names[] = {"name"};
  Object* values[1] = {};
  TRY_C(-1, take_keywords("NameError", kwargs, names, values, 1));
  set_field(as<PyNameErrorObject>(self)->name, Ref<Object>::share_or_empty(values[0]));
  return 0;
}
constinit PyMemberDef name_error_members[] = {member("name", T_OBJECT, offsetof(PyNameErrorObject, name), 0, "name"),
                                              {}};

int attribute_error_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (base_init(self, args, nullptr) < 0) return -1;
  static constexpr const char* names[] = {"name", "obj"};
  Object* values[2] = {};
  TRY_C(-1, take_keywords("AttributeError", kwargs, names, values, 2));
  set_field(as<PyAttributeErrorObject>(self)->name, Ref<Object>::share_or_empty(values[0]));
  set_field(as<PyAttributeErrorObject>(self)->obj, Ref<Object>::share_or_empty(values[1]));
  return 0;
}
constinit PyMemberDef attribute_error_members[] = {
    member("name", T_OBJECT, offsetof(PyAttributeErrorObject, name), 0, "attribute name"),
    member("obj", T_OBJECT, offsetof(PyAttributeErrorObject, obj), 0, "object"),
    {}};

// == KeyError ==

// A missing key is shown by its repr, so that the empty string or a blank can be seen.
Result<Str> key_error_str(BaseException* self) {
  Tuple* args = as<Tuple>(args_of(self));
  if (args->ob_size == 1) {
    Ref<Object> key = new_ref(args->ob_item[0]);
    return object_repr(key);
  }
  return base_str_text(self);
}

// == Type objects ==

template <class T, class L>
consteval PyTypeObject with(PyTypeObject type, initproc init, PyMemberDef* members, PyMethodDef* methods = nullptr,
                            reprfunc str = nullptr) {
  type.tp_init = init;
  type.tp_members = members;
  type.tp_methods = methods;
  type.tp_str = str;
  return type;
}
using StopIterationLayout = Layout<PyStopIterationObject, &PyStopIterationObject::value>;
using SystemExitLayout = Layout<PySystemExitObject, &PySystemExitObject::code>;
using ImportErrorLayout =
    Layout<PyImportErrorObject, &PyImportErrorObject::msg, &PyImportErrorObject::name, &PyImportErrorObject::path>;
using NameErrorLayout = Layout<PyNameErrorObject, &PyNameErrorObject::name>;
using AttributeErrorLayout =
    Layout<PyAttributeErrorObject, &PyAttributeErrorObject::obj, &PyAttributeErrorObject::name>;
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject _PyExc_BaseException = {
    .tp_name = "BaseException",
    .tp_basicsize = sizeof(PyBaseExceptionObject),
    .tp_dealloc = BaseLayout::dealloc,
    .tp_repr = slot<base_repr_text>,
    .tp_str = slot<base_str_text>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS,
    .tp_doc = "Common base class for all exceptions",
    .tp_traverse = BaseLayout::traverse,
    .tp_clear = BaseLayout::clear,
    .tp_methods = base_methods,
    .tp_members = base_members,
    .tp_getset = base_getset,
    .tp_dictoffset = offsetof(PyBaseExceptionObject, dict),
    .tp_init = base_init,
    .tp_alloc = type_generic_alloc,
    .tp_new = base_new,
    .tp_free = object_gc_del,
};

#define SIMPLE(name, base) \
  constinit PyTypeObject _PyExc_##name = exception_type<BaseException, BaseLayout>(#name, &_PyExc_##base);
#define LIKE(name, base, Struct, L, init, members, methods, str) \
  constinit PyTypeObject _PyExc_##name =                         \
      with<Struct, L>(exception_type<Struct, L>(#name, &_PyExc_##base), init, members, methods, str);

SIMPLE(Exception, BaseException)
SIMPLE(GeneratorExit, BaseException)
SIMPLE(KeyboardInterrupt, BaseException)
SIMPLE(ArithmeticError, Exception)
SIMPLE(AssertionError, Exception)
SIMPLE(BufferError, Exception)
SIMPLE(EOFError, Exception)
SIMPLE(LookupError, Exception)
SIMPLE(MemoryError, Exception)
SIMPLE(ReferenceError, Exception)
SIMPLE(RuntimeError, Exception)
SIMPLE(StopAsyncIteration, Exception)
SIMPLE(SystemError, Exception)
SIMPLE(TypeError, Exception)
SIMPLE(ValueError, Exception)
SIMPLE(Warning, Exception)
SIMPLE(FloatingPointError, ArithmeticError)
SIMPLE(OverflowError, ArithmeticError)
SIMPLE(ZeroDivisionError, ArithmeticError)
SIMPLE(IndexError, LookupError)
SIMPLE(NotImplementedError, RuntimeError)
SIMPLE(RecursionError, RuntimeError)
SIMPLE(UnicodeError, ValueError)
SIMPLE(BytesWarning, Warning)
SIMPLE(DeprecationWarning, Warning)
SIMPLE(EncodingWarning, Warning)
SIMPLE(FutureWarning, Warning)
SIMPLE(ImportWarning, Warning)
SIMPLE(PendingDeprecationWarning, Warning)
SIMPLE(ResourceWarning, Warning)
SIMPLE(RuntimeWarning, Warning)
SIMPLE(SyntaxWarning, Warning)
SIMPLE(UnicodeWarning, Warning)
SIMPLE(UserWarning, Warning)
LIKE(KeyError, LookupError, BaseException, BaseLayout, base_init, nullptr, nullptr, slot<key_error_str>)
LIKE(StopIteration, Exception, PyStopIterationObject, StopIterationLayout, stop_iteration_init, stop_iteration_members,
     nullptr, nullptr)
LIKE(SystemExit, BaseException, PySystemExitObject, SystemExitLayout, system_exit_init, system_exit_members, nullptr,
     nullptr)
LIKE(ImportError, Exception, PyImportErrorObject, ImportErrorLayout, import_error_init, import_error_members,
     import_error_methods, slot<import_error_str>)
LIKE(ModuleNotFoundError, ImportError, PyImportErrorObject, ImportErrorLayout, import_error_init, nullptr, nullptr,
     nullptr)
LIKE(NameError, Exception, PyNameErrorObject, NameErrorLayout, name_error_init, name_error_members, nullptr,
     slot<base_str_text>)
LIKE(UnboundLocalError, NameError, PyNameErrorObject, NameErrorLayout, name_error_init, nullptr, nullptr, nullptr)
LIKE(AttributeError, Exception, PyAttributeErrorObject, AttributeErrorLayout, attribute_error_init,
     attribute_error_members, nullptr, slot<base_str_text>)

constinit PyObject* PyExc_BaseException = &_PyExc_BaseException;
#define EXCEPTION(name, base) constinit PyObject* PyExc_##name = &_PyExc_##name;
#include "runtime/exceptions.def"
#undef EXCEPTION
ADDER_EXPORT PyObject *PyExc_EnvironmentError, *PyExc_IOError;
constinit PyObject *PyExc_EnvironmentError = &_PyExc_OSError, *PyExc_IOError = &_PyExc_OSError;

// == What other rooms use ==

namespace adder {
Result<Object> exception_create(Type* type, Object* value) {
  bool simple = type->tp_new == base_new && type->tp_init == base_init && !is_heap_type(type);
  if (value == None) value = nullptr;
  if (simple && (!value || !is_tuple(value))) {
    Ref<Tuple> args = value ? TRY(tuple_pack(value)) : new_ref(tuple_empty());
    return Result<Object>::from_c(base_new(type, args, nullptr));
  }
  Ref<Object> made = !value ? TRY(object_call_no_args(type))
                     : is_tuple(value) ? TRY(object_call(type, value))
                                       : TRY(object_call_one_arg(type, value));
                                       if (!is_exception_instance(made)) {
                                         return raise(
                                             TypeError,
                                             "calling %R should have returned an instance of BaseException, not %s",
                                             static_cast<Object*>(type), made->ob_type->tp_name);
                                       }
                                       return made;
}

namespace {
// For when there is no memory at all. Collected objects have a head; it is never tracked.
struct LastResort {
  GcHead head;
  PyBaseExceptionObject exception;
};
constinit LastResort last_resort{
    {nullptr, 0}, {{kImmortalRefcnt, &_PyExc_MemoryError}, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, 0}};
constexpr int kSpareMemoryErrors = 16;
constinit BaseException* spare_memory_errors[kSpareMemoryErrors]{};
constinit int spare_memory_error_count = 0;
}  // namespace

Ref<Object> exception_new_memory_error() {
  static constinit bool inside = false;
  if (!inside) {
    inside = true;
    Object* made = MemoryError->tp_alloc ? base_new(MemoryError, tuple_empty(), nullptr) : nullptr;
    inside = false;
    if (made) return Ref<Object>::steal(made);
  }
  if (spare_memory_error_count > 0) return Ref<Object>::steal(spare_memory_errors[--spare_memory_error_count]);
  return Ref<Object>::steal(&last_resort.exception);
}

Opt<Object*> exception_get_traceback(Object* exception) { return as<BaseException>(exception)->traceback; }
void exception_set_traceback(Object* exception, Opt<Object*> traceback) {
  Object* value = traceback.get() == None ? nullptr : traceback.get();
  if (exception == &last_resort.exception) return;
  set_field(as<BaseException>(exception)->traceback, Ref<Object>::share_or_empty(value));
}
void exception_set_context(Object* exception, Ref<Object>&& context) {
  if (exception == &last_resort.exception) return context.reset();
  set_field(as<BaseException>(exception)->context, std::move(context));
}
void exception_set_cause(Object* exception, Ref<Object>&& cause) {
  as<BaseException>(exception)->suppress_context = 1;
  set_field(as<BaseException>(exception)->cause, std::move(cause));
}
Error raise_from_cause(Type* type, const char* format, ...) {
  Ref<Object> cause = error_take();
  va_list arguments;
  va_start(arguments, format);
  Result<Str> text = str_from_format_v(format, arguments);
  va_end(arguments);
  Ref<Str> message = TRY(text);
  Error error = raise_object(type, message);
  Ref<Object> raised = error_take();
  exception_set_cause(raised, cause.share());
  exception_set_context(raised, std::move(cause));
  error_set(std::move(raised));
  return error;
}

namespace {
Result<Object> make_import_error(Type* type, Object* message, Opt<Object*> name, Opt<Object*> path) {
  Ref<Dict> kwargs = TRY(dict_new());
  TRY(dict_set_item(kwargs, id::name, name.value_or(None)));
  TRY(dict_set_item(kwargs, id::path, path.value_or(None)));
  Ref<Tuple> args = TRY(tuple_pack(message));
  return object_call(type, args, kwargs.get());
}
}  // namespace
Error raise_import_error(Type* type, Object* message, Opt<Object*> name, Opt<Object*> path) {
  Result<Object> made = make_import_error(type, message, name, path);
  if (made.failed()) return Error{};
  Ref<Object> exception = made.take();
  return raise_instance(exception);
}

Result<void> exceptions_init(Dict* builtins) {
#define DOC(name, text) name->tp_doc = text;
#include "types/exception_docs.def"
#undef DOC
  TRY(type_ready(BaseExceptionType));
  TRY(dict_set_item_string(builtins, "BaseException", BaseExceptionType));
#define EXCEPTION(name, base) \
  TRY(type_ready(name));      \
  TRY(dict_set_item_string(builtins, #name, name));
#include "runtime/exceptions.def"
#undef EXCEPTION
  TRY(dict_set_item_string(builtins, "EnvironmentError", OSError));
  TRY(dict_set_item_string(builtins, "IOError", OSError));
  if (!exception_group_type) {
    Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(BaseExceptionGroup), static_cast<Object*>(Exception)));
    Ref<Dict> dict = TRY(dict_new());
    TRY(dict_set_item(dict, id::__module__, id::builtins));
    Ref<Str> name = TRY(str_from_string("ExceptionGroup"));
    exception_group_type = TRY(call(static_cast<Object*>(&PyType_Type), name.get(), bases.get(), dict.get()))
    .release();
    for (BaseException*& spare : spare_memory_errors)
      spare = as<BaseException>(TRY(Result<Object>::from_c(base_new(MemoryError, tuple_empty(), nullptr))).release());
    spare_memory_error_count = kSpareMemoryErrors;
  }
  return dict_set_item_string(builtins, "ExceptionGroup", exception_group_type);
}
}  // namespace adder
