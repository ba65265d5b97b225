// sys: the module's functions about the running interpreter: frames, tracing, limits, sizes, threads.
#include "modules/sys/sys.h"

#include <cstdio>
#include <dlfcn.h>

#include "bind/bind.h"
#include "interpreter/eval_frame.h"
#include "interpreter/interpreter.h"
#include "memory/allocator.h"
#include "memory/gc.h"
#include "object/object.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "types/codecs/filesystem.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
extern PyTypeObject sys_asyncgen_hooks_type;
constinit PyTypeObject sys_asyncgen_hooks_type = {};
namespace {
constinit int dlopen_flags = RTLD_NOW;

// == Exceptions ==

Object* handled_exception() {
  for (_PyErr_StackItem* item = thread()->exc_info; item; item = item->previous_item)
    if (item->exc_value && item->exc_value != None) return item->exc_value;
  return nullptr;
}
Result<Object> exc_info_triple(Object* exception) {
  if (!exception) return tuple_pack(None, None, None);
  Object* type = exception->ob_type;
  Object* traceback = exception_get_traceback(exception).value_or(None);
  return tuple_pack(type, exception, traceback);
}
constexpr Doc exc_info_doc =
    "exc_info($module, /)\n--\n\n(type, value, traceback) of the exception that is being handled, or (None, None, "
    "None).";
Result<Object> sys_exc_info(Module*) { return exc_info_triple(handled_exception()); }
constexpr Doc exception_doc = "exception($module, /)\n--\n\nThe exception that is being handled, or None.";
Result<Object> sys_exception(Module*) {
  Object* exception = handled_exception();
  return new_ref(exception ? exception : None);
}
constexpr Doc exit_doc = "exit($module, status=None, /)\n--\n\nLeave the program by raising SystemExit(status).";
Result<void> sys_exit(Module*, Object* status) { return raise_object(SystemExit, status); }

// == Tracing ==

constexpr Doc settrace_doc =
    "settrace($module, function, /)\n--\n\nSet the global trace function of this thread; None switches off.";
Result<void> sys_settrace(Module*, Object* function) { return eval_set_trace(function); }
constexpr Doc setprofile_doc =
    "setprofile($module, function, /)\n--\n\nSet the profile function of this thread; None switches off.";
Result<void> sys_setprofile(Module*, Object* function) { return eval_set_profile(function); }
constexpr Doc gettrace_doc = "gettrace($module, /)\n--\n\nThe global trace function of this thread, or None.";
Result<Object> sys_gettrace(Module*) {
  Object* function = thread()->c_traceobj;
  return new_ref(function ? function : None);
}
constexpr Doc getprofile_doc = "getprofile($module, /)\n--\n\nThe profile function of this thread, or None.";
Result<Object> sys_getprofile(Module*) {
  Object* function = thread()->c_profileobj;
  return new_ref(function ? function : None);
}
constexpr Doc call_tracing_doc =
    "call_tracing($module, func, args, /)\n--\n\nfunc(*args) with tracing switched on, for debuggers.";
Result<Object> sys_call_tracing(Module*, Object* function, Tuple* args) {
  ThreadState* state = thread();
  int tracing = state->tracing;
  u8 use_tracing = state->cframe->use_tracing;
  state->tracing = 0;
  state->cframe->use_tracing = wanted_use_tracing(state, true);
  Result<Object> result = object_call(function, args);
  state->tracing = tracing;
  state->cframe->use_tracing = use_tracing;
  return result;
}

// == Frames ==

constexpr Doc getframe_doc =
    "_getframe($module, depth=0, /)\n--\n\nThe frame of the caller, or `depth` calls further out.";
Result<Object> sys_getframe(Module* module, int depth) {
  if (depth < 0) depth = 0;
  Ref<Object> frame = TRY(frame_current(depth));
  if (!frame) return raise(ValueError, "call stack is not deep enough");
  TRY(audit("sys._getframe", frame.get()));
  return frame;
}

// == Limits ==

constexpr Doc setrecursionlimit_doc = "setrecursionlimit($module, limit, /)\n--\n\nSet the deepest nesting of calls.";
Result<void> sys_setrecursionlimit(Module*, int limit) {
  if (limit < 1) return raise(ValueError, "recursion limit must be greater or equal than 1");
  return set_recursion_limit(limit);
}
constexpr Doc getrecursionlimit_doc = "getrecursionlimit($module, /)\n--\n\nThe deepest nesting of calls.";
Result<int> sys_getrecursionlimit(Module*) { return recursion_limit(); }
constexpr Doc setswitchinterval_doc =
    "setswitchinterval($module, interval, /)\n--\n\nSet how long, in seconds, a thread runs before another may ask it "
    "to give way.";
Result<void> sys_setswitchinterval(Module*, double interval) {
  if (!(interval > 0)) return raise(ValueError, "switch interval must be strictly positive");
  interpreter()->gil->interval = interval * 1e6 < 1 ? 1 : static_cast<unsigned long>(interval * 1e6);
  return {};
}
constexpr Doc getswitchinterval_doc =
    "getswitchinterval($module, /)\n--\n\nHow long a thread runs before another may ask it to give way.";
Result<double> sys_getswitchinterval(Module*) { return static_cast<double>(interpreter()->gil->interval) * 1e-6; }
constexpr Doc set_int_max_str_digits_doc =
    "set_int_max_str_digits($module, /, maxdigits)\n--\n\nSet the limit of digits in conversions between int and str; "
    "0: none.";
Result<void> sys_set_int_max_str_digits(Module*, int maxdigits) {
  if (maxdigits != 0 && maxdigits < 640) return raise(ValueError, "maxdigits must be 0 or larger than 640");
  interpreter()->int_max_str_digits = maxdigits;
  return {};
}
constexpr Doc get_int_max_str_digits_doc =
    "get_int_max_str_digits($module, /)\n--\n\nThe limit of digits in conversions between int and str.";
Result<int> sys_get_int_max_str_digits(Module*) { return interpreter()->int_max_str_digits; }

// == Encodings, strings ==

constexpr Doc getdefaultencoding_doc =
    "getdefaultencoding($module, /)\n--\n\nThe encoding of str.encode() without arguments.";
Result<Object> sys_getdefaultencoding(Module*) { return new_ref<Object>(id::utf_8); }
constexpr Doc getfilesystemencoding_doc = "getfilesystemencoding($module, /)\n--\n\nThe encoding of file names.";
Result<Object> sys_getfilesystemencoding(Module*) {
  if (filesystem_is_ascii) return str_from_latin1("ascii");
  return new_ref<Object>(id::utf_8);
}
constexpr Doc getfilesystemencodeerrors_doc =
    "getfilesystemencodeerrors($module, /)\n--\n\nThe error handler of file names.";
Result<Object> sys_getfilesystemencodeerrors(Module*) { return new_ref<Object>(id::surrogateescape); }
constexpr Doc intern_doc = "intern($module, string, /)\n--\n\nThe one interned string equal to `string`.";
Result<Object> sys_intern(Module*, Str* string) {
  if (!is_str_exact(string)) return raise(TypeError, "can't intern %.400s", string->ob_type->tp_name);
  return str_intern(new_ref(string));
}

// == Memory ==

// Immortal objects show a large number, and what extension modules have counted, which is exact.
constexpr Doc getrefcount_doc =
    "getrefcount($module, object, /)\n--\n\nThe reference count of object, with the argument's own reference.";
Result<isize> sys_getrefcount(Module*, Object* object) {
  if (is_immortal(object)) return (isize{1} << 30) + (object->ob_refcnt - kImmortalRefcnt);
  return refcount(object);
}
constexpr Doc getallocatedblocks_doc = "getallocatedblocks($module, /)\n--\n\nThe number of memory blocks in use.";
Result<isize> sys_getallocatedblocks(Module*) { return static_cast<isize>(memory::blocks_in_use()); }
constexpr Doc getsizeof_doc =
    "getsizeof(object [, default]) -> int\n\nThe size of object in bytes, without what it refers to.";
Result<u64> size_of(Object* object) {
  Ref<Object> method = TRY(object_lookup_special(object, id::__sizeof__));
  if (!method) return raise(TypeError, "Type %.100s doesn't define __sizeof__", object->ob_type->tp_name);
  Ref<Object> size = TRY(object_call_no_args(method));
  isize value = TRY(int_as_ssize_t(size));
  if (value < 0) return raise(ValueError, "__sizeof__() should return >= 0");
  return static_cast<u64>(value) + (gc::is_collected(object) ? sizeof(GcHead) : 0);
}
constexpr Doc getsizeof_signature = "getsizeof($module, object, default=<unset>)\n--\n\n";
Result<Object> sys_getsizeof(Module*, Object* object, Opt<Object*> default_value) {
  Result<u64> size = size_of(object);
  if (!size.failed()) return int_from_u64(size.take());
  if (!default_value || !error_matches(TypeError)) return Error{};
  error_clear();
  return new_ref(default_value.get());
}
constexpr Doc debugmallocstats_doc = "_debugmallocstats($module, /)\n--\n\nPrint what the allocator holds to stderr.";
Result<void> sys_debugmallocstats(Module*) {
  std::fprintf(stderr, "Small block threshold = %zu, in %zu size classes.\n%zu blocks, %zu bytes in use\n",
               memory::kSmallLimit, memory::kClasses, memory::blocks_in_use(), memory::bytes_in_use());
  // Objects come from the size classes: none waits in a list of its own.
  std::fprintf(stderr, "0 free PyDictObjects * %zu bytes each\n", sizeof(Dict));
  return {};
}
constexpr Doc clear_type_cache_doc =
    "_clear_type_cache($module, /)\n--\n\nForget cached look-ups of attributes of types.";
Result<void> sys_clear_type_cache(Module*) {
  type_modified(&PyBaseObject_Type);
  return {};
}
constexpr Doc getquickenedcount_doc = "_getquickenedcount($module, /)\n--\n\nAlways 0 here.";
Result<int> sys_getquickenedcount(Module*) { return 0; }

// == Threads ==

constexpr Doc current_frames_doc = "_current_frames($module, /)\n--\n\n{thread id: running frame} of all threads.";
Result<Object> sys_current_frames(Module*) {
  TRY(audit("sys._current_frames"));
  return thread_current_frames();
}
constexpr Doc current_exceptions_doc =
    "_current_exceptions($module, /)\n--\n\n{thread id: exception being handled} of all threads.";
Result<Object> sys_current_exceptions(Module*) {
  TRY(audit("sys._current_exceptions"));
  return thread_current_exceptions();
}
constexpr Doc is_finalizing_doc = "is_finalizing($module, /)\n--\n\nWhether the interpreter is shutting down.";
Result<bool> sys_is_finalizing(Module*) { return runtime_is_finalizing(); }

// == Coroutines ==

constexpr Doc set_origin_doc =
    "set_coroutine_origin_tracking_depth($module, /, depth)\n--\n\nSet how many frames a coroutine remembers of where "
    "it was made.";
Result<void> sys_set_origin(Module*, int depth) {
  if (depth < 0) return raise(ValueError, "depth must be >= 0");
  thread()->coroutine_origin_tracking_depth = depth;
  return {};
}
constexpr Doc get_origin_doc =
    "get_coroutine_origin_tracking_depth($module, /)\n--\n\nHow many frames a coroutine remembers of where it was "
    "made.";
Result<int> sys_get_origin(Module*) { return thread()->coroutine_origin_tracking_depth; }

PyStructSequence_Field asyncgen_hooks_fields[] = {{"firstiter", "Hook to intercept first iteration"},
                                                  {"finalizer", "Hook to intercept finalization"},
                                                  {nullptr, nullptr}};
PyStructSequence_Desc asyncgen_hooks_description = {"asyncgen_hooks", "The hooks of asynchronous generators.",
                                                    asyncgen_hooks_fields, 2};

constexpr Doc set_asyncgen_hooks_doc =
    "set_asyncgen_hooks($module, /, firstiter=<unset>, finalizer=<unset>)\n--\n\nSet the hooks of asynchronous "
    "generators.";
Result<void> sys_set_asyncgen_hooks(Module*, Opt<Object*> firstiter, Opt<Object*> finalizer) {
  ThreadState* state = thread();
  if (finalizer && finalizer.get() != None && !is_callable(finalizer.get()))
    return raise(TypeError, "callable finalizer expected, got %.50s", finalizer->ob_type->tp_name);
  if (firstiter && firstiter.get() != None && !is_callable(firstiter.get()))
    return raise(TypeError, "callable firstiter expected, got %.50s", firstiter->ob_type->tp_name);
  if (finalizer) {
    TRY(audit("sys.set_asyncgen_hook_finalizer"));
    set_field(state->async_gen_finalizer, finalizer.get() == None ? Ref<Object>() : new_ref(finalizer.get()));
  }
  if (firstiter) {
    TRY(audit("sys.set_asyncgen_hook_firstiter"));
    set_field(state->async_gen_firstiter, firstiter.get() == None ? Ref<Object>() : new_ref(firstiter.get()));
  }
  return {};
}
constexpr Doc get_asyncgen_hooks_doc =
    "get_asyncgen_hooks($module, /)\n--\n\n(firstiter, finalizer) of asynchronous generators.";
Result<Object> sys_get_asyncgen_hooks(Module*) {
  ThreadState* state = thread();
  Ref<Object> hooks = TRY(struct_sequence_new(&sys_asyncgen_hooks_type));
  struct_sequence_set(hooks, 0, new_ref(state->async_gen_firstiter ? state->async_gen_firstiter : None));
  struct_sequence_set(hooks, 1, new_ref(state->async_gen_finalizer ? state->async_gen_finalizer : None));
  return hooks;
}

// == Dynamic loading ==

constexpr Doc setdlopenflags_doc =
    "setdlopenflags($module, flags, /)\n--\n\nSet the flags of dlopen() for extension modules.";
Result<void> sys_setdlopenflags(Module*, int flags) {
  dlopen_flags = flags;
  return {};
}
constexpr Doc getdlopenflags_doc = "getdlopenflags($module, /)\n--\n\nThe flags of dlopen() for extension modules.";
Result<int> sys_getdlopenflags(Module*) { return dlopen_flags; }

constinit PyMethodDef functions[] = {method<sys_exc_info, exc_info_doc>(),
                                     method<sys_exception, exception_doc>(),
                                     method<sys_exit, exit_doc>(),
                                     method<sys_settrace, settrace_doc>(),
                                     method<sys_gettrace, gettrace_doc>(),
                                     method<sys_setprofile, setprofile_doc>(),
                                     method<sys_getprofile, getprofile_doc>(),
                                     method<sys_call_tracing, call_tracing_doc>(),
                                     method<sys_getframe, getframe_doc>(),
                                     method<sys_setrecursionlimit, setrecursionlimit_doc>(),
                                     method<sys_getrecursionlimit, getrecursionlimit_doc>(),
                                     method<sys_setswitchinterval, setswitchinterval_doc>(),
                                     method<sys_getswitchinterval, getswitchinterval_doc>(),
                                     method<sys_set_int_max_str_digits, set_int_max_str_digits_doc>(),
                                     method<sys_get_int_max_str_digits, get_int_max_str_digits_doc>(),
                                     method<sys_getdefaultencoding, getdefaultencoding_doc>(),
                                     method<sys_getfilesystemencoding, getfilesystemencoding_doc>(),
                                     method<sys_getfilesystemencodeerrors, getfilesystemencodeerrors_doc>(),
                                     method<sys_intern, intern_doc>(),
                                     method<sys_getrefcount, getrefcount_doc>(),
                                     method<sys_getallocatedblocks, getallocatedblocks_doc>(),
                                     method<sys_getsizeof, getsizeof_signature>(),
                                     method<sys_debugmallocstats, debugmallocstats_doc>(),
                                     method<sys_clear_type_cache, clear_type_cache_doc>(),
                                     method<sys_getquickenedcount, getquickenedcount_doc>(),
                                     method<sys_current_frames, current_frames_doc>(),
                                     method<sys_current_exceptions, current_exceptions_doc>(),
                                     method<sys_is_finalizing, is_finalizing_doc>(),
                                     method<sys_set_origin, set_origin_doc>(),
                                     method<sys_get_origin, get_origin_doc>(),
                                     method<sys_set_asyncgen_hooks, set_asyncgen_hooks_doc>(),
                                     method<sys_get_asyncgen_hooks, get_asyncgen_hooks_doc>(),
                                     method<sys_setdlopenflags, setdlopenflags_doc>(),
                                     method<sys_getdlopenflags, getdlopenflags_doc>(),
                                     {}};

constinit PyModuleDef definition = {
    .m_name = "sys",
    .m_doc = "Objects and functions that tie a program to its interpreter.",
    .m_size = -1,
    .m_methods = functions,
};
}  // namespace

Result<Module> sys_module_create() {
  Ref<Module> module = TRY(module_create(&definition));
  TRY(module_add_functions(module, sys_module::hook_functions));
  Interpreter* self = interpreter();
  self->sys_dict = as<Dict>(new_ref(module->md_dict).release());
  TRY(unraisable_type_init());
  TRY(struct_sequence_init_type(&sys_asyncgen_hooks_type, &asyncgen_hooks_description));
  TRY(sys_module::add_information(module));
  Dict* dict = self->sys_dict;
  TRY(dict_set_item_string(dict, "modules", self->modules));
  for (const char* hook : {"displayhook", "excepthook", "unraisablehook", "breakpointhook"}) {
    Ref<Str> saved = TRY(str_from_format("__%s__", hook));
    TRY(dict_set_item(dict, saved, dict_get_item_string(dict, hook).get()));
  }
  return module;
}

int sys_dlopen_flags() { return dlopen_flags; }

Opt<Object*> sys_get_object(const char* name) {
  Dict* dict = interpreter()->sys_dict;
  return dict ? dict_get_item_string(dict, name) : nullptr;
}
Result<void> sys_set_object(const char* name, Opt<Object*> value) {
  Dict* dict = interpreter()->sys_dict;
  if (value) return dict_set_item_string(dict, name, value.get());
  Ref<Str> key = TRY(str_intern_from_string(name));
  Ref<Object> old = TRY(dict_pop(dict, key));
  return {};
}
}  // namespace adder
