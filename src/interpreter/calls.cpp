// calls: how Python functions are entered from C, and how the loop leaves to everything that is not a Python function.
#include <cstdlib>
#include <cstring>

#include "base/copy.h"
#include "interpreter/eval_frame.h"
#include "interpreter/generator.h"
#include "interpreter/interpreter.h"
#include "interpreter/semantics.h"
#include "object/sequence.h"
#include "object/type.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace sem {
bool recursion_overflow(ThreadState* state, const char* where) {
  if (state->recursion_headroom) {
    if (state->recursion_remaining < -50) fatal("Cannot recover from stack overflow.");
    return false;
  }
  ++state->recursion_headroom;
  (void)raise(RecursionError, "maximum recursion depth exceeded%s", where);
  --state->recursion_headroom;
  return true;
}

namespace {
void release_arguments(Object** args, usize count, Tuple* keyword_names) {
  usize all = count + (keyword_names ? static_cast<usize>(tuple_size(keyword_names)) : 0);
  for (usize i = 0; i < all; ++i) decref(args[i]);
}
// A function made of a module's code (types.FunctionType) runs in its globals; a new reference, or null.
Object* default_locals(Function* function) {
  if (as<Code>(function->func_code)->co_flags & CO_OPTIMIZED) return nullptr;
  return new_ref(function->func_globals).release();
}
// Null slots, then the arguments; takes `args`.
bool fill_frame(InterpreterFrame* frame, Object** args, usize count, Tuple* keyword_names) {
  RCode* rcode = frame->rcode;
  std::memset(frame->slots, 0, rcode->stack_base * sizeof(Object*));
  bool simple = !keyword_names && count == static_cast<usize>(frame->code->co_argcount) &&
                !frame->code->co_kwonlyargcount && !(frame->code->co_flags & (CO_VARARGS | CO_VARKEYWORDS));
  if (simple) {
    copy_bytes(frame->slots, args, count * sizeof(Object*));
  } else {
    frame->incomplete = true;
    bool good = bind_arguments(frame->function, frame->code, frame->slots, args, count, keyword_names);
    frame->incomplete = false;
    if (!good) return false;
  }
  return !(rcode->cell_count + rcode->free_count) || frame_make_cells(frame);
}
}  // namespace

InterpreterFrame* push_frame(ThreadState* state, Function* function, RCode* rcode, Object* locals, Object** args,
                             usize count, Tuple* keyword_names) {
  Object** base = data_stack_push(state, kFrameHeaderWords + rcode->slot_count);
  if (!base) {
    release_arguments(args, count, keyword_names);
    decref(function);
    decref_or_null(locals);
    return nullptr;
  }
  InterpreterFrame* frame = reinterpret_cast<InterpreterFrame*>(base);
  frame_initialize(frame, function, as<Code>(function->func_code), rcode, locals ? locals : default_locals(function));
  frame->owner = FrameOwner::kThread;
  frame->previous = nullptr;
  if (!fill_frame(frame, args, count, keyword_names)) {
    frame_pop(state, frame);
    return nullptr;
  }
  return frame;
}

Object* call_generator_function(ThreadState* state, Function* function, RCode* rcode, Object** args, usize count,
                                Tuple* keyword_names) {
  Code* code = as<Code>(function->func_code);
  Generator* generator = generator_new(function, code, rcode);
  if (!generator) {
    release_arguments(args, count, keyword_names);
    decref(function);
    return nullptr;
  }
  InterpreterFrame* frame = generator_frame(generator);
  frame_initialize(frame, function, code, rcode, default_locals(function));
  frame->owner = FrameOwner::kGenerator;
  frame->previous = nullptr;
  if (!fill_frame(frame, args, count, keyword_names)) {
    generator->gi_frame_state = kCompleted;
    generator_finish(generator);
    generator->gi_frame_state = kCleared;
    decref(generator);
    return nullptr;
  }
  if (code->co_flags & CO_COROUTINE && state->coroutine_origin_tracking_depth > 0) {
    Result<Object> origin = coroutine_origin(state, state->coroutine_origin_tracking_depth, current_frame(state));
    if (origin.failed()) {
      decref(generator);
      return nullptr;
    }
    generator->gi_origin_or_finalizer = origin.to_c();
  }
  gc::track(generator);
  return generator;
}

Object* call_window(ThreadState* state, Object** window, usize count, Tuple* keyword_names) {
  Object* callable = window[0];
  usize positional = count - (keyword_names ? static_cast<usize>(tuple_size(keyword_names)) : 0);
  Object* result;
  if (ADDER_UNLIKELY(state->cframe->use_tracing) && state->c_profilefunc) {
    result = call_c_profiled(state, callable, window + 1, positional, keyword_names);
  } else if (vectorcallfunc function = vectorcall_of(callable)) {
    result = function(callable, window + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names);
    // Foreign code may break the contract that null and a set exception come together.
    if (ADDER_UNLIKELY((result == nullptr) == (state->curexc_type == nullptr))) {
      result = check_function_result(callable, result).to_c();
    }
  } else {
    result = object_vectorcall(callable, window + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names).to_c();
  }
  for (usize i = count + 1; i > 0; --i) decref(window[i - 1]);
  return result;
}

Object* begin_instance(Type* type, Function** initializer) {
  if (!type_sets_up_by_init(type)) return nullptr;
  Opt<Object*> method = type_lookup(type, id::__init__);
  if (!method || method->ob_type != &PyFunction_Type) return nullptr;
  Ref<Function> function = new_ref(as<Function>(*method));
  RCode* rcode = rcode_of(as<Code>(function->func_code));
  if (!rcode || rcode->is_generator) return nullptr;
  Object* instance = type->tp_alloc(type, 0);
  if (instance) *initializer = function.release();
  return instance;
}

void raise_init_result(Object* result) {
  Ref<Object> owned = Ref<Object>::steal(result);
  (void)raise(TypeError, "__init__() should return None, not '%.200s'", result->ob_type->tp_name);
}

namespace {
// "module.qualname()" of a callable, as the errors of calls with * and ** name it.
Result<Str> callable_text(Object* callable) {
  Ref<Object> qualname = TRY(object_lookup_attr(callable, id::__qualname__));
  if (!qualname) return object_str(callable);
  Ref<Object> module = TRY(object_lookup_attr(callable, id::__module__));
  if (module && module.get() != None) {
    if (!(is_str(module.get()) && str_equal(as<Str>(module.get()), id::builtins))) {
      return str_from_format("%S.%S()", module.get(), qualname.get());
    }
  }
  return str_from_format("%S()", qualname.get());
}
Result<void> explain_keywords(Object* callable, Object* mapping) {
  if (error_matches(AttributeError)) {
    error_clear();
    Ref<Str> text = TRY(callable_text(callable));
    return raise(TypeError, "%U argument after ** must be a mapping, not %.200s", static_cast<Object*>(text),
                 mapping->ob_type->tp_name);
  }
  if (error_matches(KeyError)) {
    Ref<Object> error = error_take();
    Object* args = static_cast<BaseException*>(error.get())->args;
    if (args && is_tuple(args) && tuple_size(as<Tuple>(args)) == 1) {
      Ref<Str> text = TRY(callable_text(callable));
      Object* key = tuple_item(as<Tuple>(args), 0);
      return raise(TypeError, "%U got multiple values for keyword argument '%S'", static_cast<Object*>(text), key);
    }
    error_set(std::move(error));
  }
  return Error{};
}
// What * and ** give as a tuple and a dict; the references keep what had to be made.
Result<void> unpack_arguments(Object* callable, Object*& args, Object*& keywords, Ref<Dict>& dict, Ref<Object>& tuple) {
  if (keywords && !is_dict_exact(keywords)) {
    dict = TRY(dict_new());
    if (dict_merge_unique(dict, keywords).failed()) return explain_keywords(callable, keywords);
    keywords = dict.get();
  }
  if (!is_tuple_exact(args)) {
    if (!args->ob_type->tp_iter && !sequence_check(args)) {
      Ref<Str> text = TRY(callable_text(callable));
      return raise(TypeError, "%U argument after * must be an iterable, not %.200s", static_cast<Object*>(text),
                   args->ob_type->tp_name);
    }
    tuple = TRY(sequence_tuple(args));
    args = tuple.get();
  }
  return {};
}
Result<Object> call_unpacked(Object* callable, Object* args, Object* keywords) {
  Ref<Dict> dict;
  Ref<Object> tuple;
  TRY(unpack_arguments(callable, args, keywords, dict, tuple));
  ThreadState* state = thread();
  if (ADDER_UNLIKELY(state->cframe->use_tracing) && state->c_profilefunc && !is_function(callable)) {
    return Result<Object>::from_c(call_c_profiled_unpacked(state, callable, as<Tuple>(args), keywords));
  }
  return object_call(callable, args, keywords);
}
}  // namespace

Object* call_function_ex(ThreadState* state, InterpreterFrame* frame, Object** window, bool has_keywords) {
  Object *callable = window[0], *args = window[1], *keywords = has_keywords ? window[2] : nullptr;
  Object* result = call_unpacked(callable, args, keywords).to_c();
  decref_or_null(keywords);
  decref(args);
  decref(callable);
  return result;
}

InterpreterFrame* push_frame_unpacked(ThreadState* state, RCode* rcode, Object** window, bool has_keywords) {
  Object *args = window[1], *keywords = has_keywords ? window[2] : nullptr;
  Ref<Object> kept_args = Ref<Object>::steal(args), kept_keywords = Ref<Object>::steal(keywords);
  Ref<Object> function = Ref<Object>::steal(window[0]);
  Ref<Dict> dict;
  Ref<Object> tuple;
  if (unpack_arguments(function, args, keywords, dict, tuple).failed()) return nullptr;
  usize count = static_cast<usize>(tuple_size(as<Tuple>(args)));
  usize named = keywords ? static_cast<usize>(dict_size(as<Dict>(keywords))) : 0;
  Ref<Tuple> names;
  if (named) {
    Result<Tuple> made = tuple_new(static_cast<isize>(named));
    if (made.failed()) return nullptr;
    names = made.take();
  }
  Object* small[16];
  Object** owned = count + named <= 16 ? small : static_cast<Object**>(std::malloc((count + named) * sizeof(Object*)));
  if (!owned) {
    (void)raise_no_memory();
    return nullptr;
  }
  for (usize i = 0; i < count; ++i) owned[i] = new_ref(as<Tuple>(args)->ob_item[i]).release();
  isize position = 0;
  Object *key, *value;
  for (usize i = 0; i < named && dict_next(as<Dict>(keywords), position, key, value); ++i) {
    if (!is_str(key)) {
      (void)raise(TypeError, "keywords must be strings");
      for (usize k = 0; k < count + i; ++k) decref(owned[k]);
      for (usize k = i; k < named; ++k) tuple_init_item(names, static_cast<isize>(k), new_ref<Object>(None));
      if (owned != small) std::free(owned);
      return nullptr;
    }
    tuple_init_item(names, static_cast<isize>(i), new_ref(key));
    owned[count + i] = new_ref(value).release();
  }
  InterpreterFrame* frame =
      push_frame(state, as<Function>(function.release()), rcode, nullptr, owned, count, named ? names.get() : nullptr);
  if (owned != small) std::free(owned);
  return frame;
}

bool dict_merge_with(Object* callable, Object* dict, Object* mapping) {
  if (!dict_merge_unique(as<Dict>(dict), mapping).failed()) return true;
  (void)explain_keywords(callable, mapping);
  return false;
}

Object* make_function(InterpreterFrame* frame, Object** window, u32 flags) {
  Object **next = window, *defaults = nullptr, *keyword_defaults = nullptr, *annotations = nullptr, *closure = nullptr;
  if (flags & 1) defaults = *next++;
  if (flags & 2) keyword_defaults = *next++;
  if (flags & 4) annotations = *next++;
  if (flags & 8) closure = *next++;
  Object *code = next[0], *qualname = next[1];
  Function* function = function_new(as<Code>(code), as<Dict>(frame->globals), qualname).to_c();
  decref(code);
  decref(qualname);
  if (!function) {
    decref_or_null(defaults);
    decref_or_null(keyword_defaults);
    decref_or_null(annotations);
    decref_or_null(closure);
    return nullptr;
  }
  function->func_defaults = defaults;
  function->func_kwdefaults = keyword_defaults;
  function->func_annotations = annotations;
  function->func_closure = closure;
  return function;
}
}  // namespace sem

// == From C ==

PyObject* function_vectorcall(PyObject* object, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  ThreadState* state = thread();
  Function* function = as<Function>(object);
  usize count = vectorcall_nargs(nargsf);
  Tuple* names =
      keyword_names && tuple_size(static_cast<Tuple*>(keyword_names)) ? static_cast<Tuple*>(keyword_names) : nullptr;
  RCode* rcode = rcode_of(as<Code>(function->func_code));
  if (!rcode) return nullptr;
  if (rcode->simple_call && !names && count == static_cast<usize>(as<Code>(function->func_code)->co_argcount)) {
    Object** base = data_stack_push(state, kFrameHeaderWords + rcode->slot_count);
    if (!base) return nullptr;
    InterpreterFrame* frame = reinterpret_cast<InterpreterFrame*>(base);
    incref(function);
    frame_initialize(frame, function, as<Code>(function->func_code), rcode, nullptr);
    frame->owner = FrameOwner::kThread;
    frame->previous = current_frame(state);
    usize i = 0;
    for (; i < count; ++i) {
      incref(args[i]);
      frame->slots[i] = args[i];
    }
    for (; i < rcode->stack_base; ++i) frame->slots[i] = nullptr;
    Object* result = nullptr;
    if (ADDER_LIKELY(!(rcode->cell_count + rcode->free_count)) || frame_make_cells(frame)) {
      result = enter_frame(state, frame, nullptr, Resume::kSend);
    }
    frame_pop(state, frame);
    return result;
  }
  usize all = count + (names ? static_cast<usize>(tuple_size(names)) : 0);
  // The callee takes its arguments: give it references of its own.
  Object* small[16];
  Object** owned = small;
  if (all > 16) {
    owned = static_cast<Object**>(std::malloc(all * sizeof(Object*)));
    if (!owned) {
      (void)raise_no_memory();
      return nullptr;
    }
  }
  for (usize i = 0; i < all; ++i) {
    incref(args[i]);
    owned[i] = args[i];
  }
  incref(function);
  Object* result = nullptr;
  if (rcode->is_generator) {
    result = sem::call_generator_function(state, function, rcode, owned, count, names);
    if (owned != small) std::free(owned);
    return result;
  }
  InterpreterFrame* frame = sem::push_frame(state, function, rcode, nullptr, owned, count, names);
  if (owned != small) std::free(owned);
  if (!frame) return nullptr;
  frame->previous = current_frame(state);
  result = enter_frame(state, frame, nullptr, Resume::kSend);
  frame_pop(state, frame);
  return result;
}

Result<Object> eval_code(Code* code, Dict* globals, Object* locals, Opt<Tuple*> closure) {
  ThreadState* state = thread();
  Ref<Function> function = TRY(function_new(code, globals));
  if (closure) {
    incref(*closure);
    function->func_closure = *closure;
  }
  RCode* rcode = rcode_of(code);
  if (!rcode) return Error{};
  if (rcode->is_generator) {
    return Result<Object>::from_c(sem::call_generator_function(state, function.release(), rcode, nullptr, 0, nullptr));
  }
  if (code->co_flags & CO_NEWLOCALS && code->co_flags & CO_OPTIMIZED) locals = nullptr;
  incref_or_null(locals);
  InterpreterFrame* frame = sem::push_frame(state, function.release(), rcode, locals, nullptr, 0, nullptr);
  if (!frame) return Error{};
  frame->previous = current_frame(state);
  Object* result = enter_frame(state, frame, nullptr, Resume::kSend);
  frame_pop(state, frame);
  return Result<Object>::from_c(result);
}
}  // namespace adder
