// semantics: what instructions mean, out of line from their handlers. `sem::` functions are shared by the handlers, the slow
// paths of compiled code and tracing.
//
// Conventions  a function that gives Object* gives a new reference, or null with the exception set. Operands are borrowed unless
//              a comment says "takes".
#pragma once
#include "interpreter/frame.h"
#include "memory/allocator.h"
#include "types/float.h"
#include "types/dict/table.h"
#include "types/int.h"

namespace adder {
// Cache::kind. 0: empty.
enum : u8 { kGlobalCache = 1, kBuiltinCache, kAttrInstance, kAttrMember, kAttrType, kAttrModule, kMethodType, kStoreInstance, kStoreMember, kAttrMethod, kAttrClass };
}  // namespace adder

namespace adder::sem {
// The value in a slot of a dict whose table has str keys only (its keys version is not 0); null if absent.
inline Object* cached_value(Dict* dict, isize slot) {
  if (dict->ma_values) return slot < dict->ma_used ? dict->ma_values[slot] : nullptr;
  return dict->ma_keys->str_entries()[slot].value;
}

// == Operators ==

inline bool both_single(Object* left, Object* right) {
  return left->ob_type == &PyLong_Type && right->ob_type == &PyLong_Type && int_is_single(as<Int>(left)) &&
         int_is_single(as<Int>(right));
}
inline isize single(Object* value) { return int_single_value(as<Int>(value)); }
inline Object* make_int(isize value) {
  if (value >= kSmallIntMin && value <= kSmallIntMax) return small_int(static_cast<int>(value));
  usize magnitude = value < 0 ? -static_cast<usize>(value) : static_cast<usize>(value);
  if (ADDER_UNLIKELY(magnitude >> PyLong_SHIFT)) return int_from_i64(value).to_c();
  Int* made = static_cast<Int*>(memory::allocate(sizeof(Int)));
  if (ADDER_UNLIKELY(!made)) return int_from_i64(value).to_c();
  made->ob_refcnt = 1;
  made->ob_type = &PyLong_Type;
  made->ob_size = value < 0 ? -1 : 1;
  made->ob_digit[0] = static_cast<digit>(magnitude);
  return made;
}
inline Object* make_float(double value) {
  Float* made = static_cast<Float*>(memory::allocate(sizeof(Float)));
  if (ADDER_UNLIKELY(!made)) return float_from_double(value).to_c();
  made->ob_refcnt = 1;
  made->ob_type = &PyFloat_Type;
  made->ob_fval = value;
  return made;
}
// Writes a value into the box of an exact int of one digit that has `holders` holders, all of which are to see it; false if it must
// not be, or if the value is negative, small or has more than one digit.
ADDER_ALWAYS_INLINE bool reuse_int(Object* box, isize value, isize holders = 1) {
  constexpr usize kFirst = kSmallIntMax + 1;
  if (box->ob_refcnt != holders || static_cast<usize>(value) - kFirst >= (usize{1} << PyLong_SHIFT) - kFirst) return false;
  Int* reused = as<Int>(box);
  reused->ob_size = 1;
  reused->ob_digit[0] = static_cast<digit>(value);
  return true;
}
ADDER_ALWAYS_INLINE bool reuse_float(Object* box, double value, isize holders = 1) {
  if (box->ob_refcnt != holders) return false;
  as<Float>(box)->ob_fval = value;
  return true;
}
inline bool both_float(Object* left, Object* right) {
  return left->ob_type == &PyFloat_Type && right->ob_type == &PyFloat_Type;
}
inline double float_of(Object* value) { return as<Float>(value)->ob_fval; }

#define BINARY(name) Object* name(Object* left, Object* right);
#include "interpreter/binary_ops.def"
#undef BINARY
// left += right for exact str objects; takes `left`, which is changed in place if nobody else holds it.
Object* append_str(Object* left, Object* right);

// True unless the type is one of the machine's own static types: operators of such an object may run code that looks at
// reference counts (NumPy works in place on what nobody else holds). The top byte of a type's count tells (type_ready).
inline bool may_see_counts(const Object* object) {
  return reinterpret_cast<const u8*>(object->ob_type)[7] != static_cast<u8>(kImmortalRefcnt >> 56);
}
Object* subscript(Object* container, Object* key);  // container[key], without fast paths
Object* compare(Object* left, Object* right, int op);
// 1, 0 or -1 with the exception set.
int compare_truth(Object* left, Object* right, int op);
int is_true_slowly(Object* object);
inline int is_true(Object* object) {
  if (object == True) return 1;
  if (object == False || object == None) return 0;
  return is_true_slowly(object);
}
int contains(Object* container, Object* value);

// == Names ==

void raise_unbound(Code* code, u32 slot);
Object* load_global(InterpreterFrame* frame, Str* name);
Object* load_global_cached(InterpreterFrame* frame, Cache* cache);
Object* load_name(InterpreterFrame* frame, Str* name);
bool store_name(InterpreterFrame* frame, Str* name, Object* value);
bool delete_name(InterpreterFrame* frame, Str* name);
bool delete_global(InterpreterFrame* frame, Str* name);
Object* load_class_deref(InterpreterFrame* frame, u32 slot);
bool setup_annotations(InterpreterFrame* frame);
Object* load_build_class(InterpreterFrame* frame);
Object* import_name(InterpreterFrame* frame, Str* name, Object* from_list, Object* level);
Object* import_from(Object* module, Str* name);
bool import_star(ThreadState* state, InterpreterFrame* frame, Object* module);

// == Attributes ==

Object* load_attr_cached(Object* owner, Cache* cache);
bool store_attr_cached(Object* owner, Object* value, Cache* cache);
bool load_method_cached(Object* owner, Cache* cache, Object** pair);
// Fills pair[0], pair[1] with (function, owner) or (null, bound method). Takes `owner` if it succeeds.
bool load_method(Object* owner, Str* name, Object** pair);

// == Calls ==

// Calls a callable that is no Python function with the `count` arguments behind it and releases all of them (and the callable).
Object* call_window(ThreadState* state, Object** window, usize count, Tuple* keyword_names);
// Begins an instance of a class whose instances object.__new__ makes and an __init__ written in Python sets up: gives that function
// (a new reference), which is not a generator and has been translated. Null without an exception if the class is of another kind.
Object* begin_instance(Type* type, Function** initializer);
// TypeError: __init__() returned something. Takes `result`.
void raise_init_result(Object* result);
Object* call_function_ex(ThreadState* state, InterpreterFrame* frame, Object** window, bool has_keywords);
// Pushes the frame for function(*args, **keywords); takes the window.
InterpreterFrame* push_frame_unpacked(ThreadState* state, RCode* rcode, Object** window, bool has_keywords);
Object* make_function(InterpreterFrame* frame, Object** window, u32 flags);
// Distributes arguments over the locals of a new frame, whose slots are null; takes all references in `args` (positional, then
// keyword values), also when it fails with TypeError.
bool bind_arguments(Function* function, Code* code, Object** locals, Object** args, usize count, Tuple* keyword_names);
// Pushes a frame for a call. Takes `function` and the arguments, also on failure (null).
InterpreterFrame* push_frame(ThreadState* state, Function* function, RCode* rcode, Object* locals, Object** args, usize count,
                             Tuple* keyword_names);
// Calls a Python function object whose code is a generator, coroutine or asynchronous generator. Takes like push_frame.
Object* call_generator_function(ThreadState* state, Function* function, RCode* rcode, Object** args, usize count,
                                Tuple* keyword_names);
// RecursionError; false = go on (head room while handling one).
bool recursion_overflow(ThreadState* state, const char* where);

// == Containers ==

Object* build_list(Object** items, usize count);   // takes the items
Object* build_tuple(Object** items, usize count);  // takes the items
Object* build_set(Object** items, usize count);    // takes the items
Object* build_map(Object** items, usize count);    // takes keys and values
Object* build_const_key_map(Object** window, usize count);  // takes values and the tuple of keys
Object* build_string(Object** items, usize count);  // takes the items
Object* format_value(Object** window, u32 flags);   // takes value and maybe the format
bool list_extend_with(Object* list, Object* iterable);
bool dict_update_with(Object* dict, Object* mapping);
// `callable` for the error text.
bool dict_merge_with(Object* callable, Object* dict, Object* mapping);
// items[0] gets the last one, as UNPACK_SEQUENCE leaves them; does not take `sequence`.
bool unpack_sequence(Object* sequence, usize count, Object** items);
bool unpack_ex(Object* sequence, usize before, usize after, Object** items);
bool print_expression(Object* value);

// == Exceptions ==

// `raise exception from cause`; takes both (may be null). True: re-raises the exception being handled.
bool do_raise(ThreadState* state, Object* exception, Object* cause);
// 1, 0, -1: as `except right:` asks.
int exception_match(Object* given, Object* right);
// Finds the handler of the exception that is set: releases what lies above, fills the handler's entries and gives its
// instruction; null: no handler, the value stack is empty.
const RInstruction* unwind(ThreadState* state, InterpreterFrame* frame, const RInstruction* pc);
void pop_except(ThreadState* state, Object** window);
bool setup_with(Object** window);        // window[0] manager -> exit, window[1] <- __enter__()
bool before_async_with(Object** window);
Object* with_except_start(Object** top);
bool prep_except_star(Object** top, u32 variant);
int check_eg_match(Object** window);
bool collect_except_star(Object** window, u32 arg);
int end_except_star(Object** window, u32 arg);

// == Generators ==

Object* get_yield_from_iter(InterpreterFrame* frame, Object* iterable);
// `source`: 1 __aenter__, 2 __aexit__.
Object* get_awaitable(Object* object, u32 source);
Object* get_aiter(Object* object);
Object* get_anext(Object* iterator);
// Sends `value` to `receiver`: 1 *result is yielded, 0 it is the return value, -1 error.
int send(ThreadState* state, Object* receiver, Object* value, Object** result);

// == Pattern matching ==

Object* match_keys(Object* mapping, Object* keys);   // tuple or None
Object* match_class(Object* subject, Object* type, isize positional, Object* keyword_names);  // tuple or None
Object* copy_dict_without_keys(Object* dict, Object* keys);

// == Safepoints and tracing ==

// Handles signals, GIL requests and pending calls; false: exception set.
bool handle_eval_break(ThreadState* state);
// Line and opcode events at a TRACE; may set frame->pc (jumps). False: exception set.
bool trace_instruction(ThreadState* state, InterpreterFrame* frame, const RInstruction* pc);
bool trace_call(ThreadState* state, InterpreterFrame* frame);
bool trace_return(ThreadState* state, InterpreterFrame* frame, Object* value);
void trace_exception(ThreadState* state, InterpreterFrame* frame);
// Whether a call from Python code to `callable` is a C call to profile; sends the events.
Object* call_c_profiled(ThreadState* state, Object* callable, Object** args, usize count, Tuple* keyword_names);
Object* call_c_profiled_unpacked(ThreadState* state, Object* callable, Tuple* args, Object* keywords);
}  // namespace adder::sem

namespace adder {
// How a frame goes on: from its start or with a value, with the exception that is set, or with the result of the iterator
// that it delegated to.
enum class Resume { kSend, kRaise, kDelegateDone };
// Runs a frame until it returns, yields or fails. `sent`: the value that a generator receives (taken). The caller has set
// frame->previous, and ends the frame afterwards.
Object* run_frame(ThreadState* state, InterpreterFrame* frame, Object* sent, Resume mode);
}  // namespace adder
