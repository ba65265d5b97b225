// thread: thread states, the recursion limit, safepoints.
#include "runtime/thread.h"

#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interpreter/interpreter.h"
#include "memory/allocator.h"
#include "memory/gc.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/fatal.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"
#include "runtime/safepoint.h"
#include "runtime/stack_guard.h"

namespace adder {
thread_local constinit ThreadState* current_thread_ = nullptr;
thread_local constinit ThreadState* bound_thread_ = nullptr;
thread_local constinit char* RecursionGuard::stack_limit_ = nullptr;
constinit Interpreter main_interpreter{};

namespace {
pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
constinit pthread_t main_pthread{};
constinit bool main_pthread_known = false;
constinit int default_recursion_limit = 1000;
constinit ThreadState* finalizing_thread = nullptr;
}  // namespace

// == Thread states ==

ThreadState* thread_state_new(Interpreter* owner) {
  ThreadRecord* state = static_cast<ThreadRecord*>(std::calloc(1, sizeof(ThreadRecord)));
  if (!state) return nullptr;
  state->interp = reinterpret_cast<PyInterpreterState*>(owner);
  state->_initialized = 1;
  state->recursion_limit = state->recursion_remaining = default_recursion_limit;
  state->cframe = &state->root_cframe;
  state->exc_info = &state->exc_state;
  state->gilstate_counter = 1;
  state->thread_id = reinterpret_cast<unsigned long>(pthread_self());
  state->native_thread_id = static_cast<unsigned long>(syscall(SYS_gettid));
  state->context_ver = 1;
  pthread_mutex_lock(&threads_lock);
  // Unique in the process: thread-local objects of all interpreters go by it.
  state->id = ++main_interpreter.next_thread_id;
  state->next = owner->threads;
  if (owner->threads) owner->threads->prev = state;
  owner->threads = state;
  pthread_mutex_unlock(&threads_lock);
  return state;
}

void thread_state_clear(ThreadState* state) {
  clear_field(state->dict);
  clear_field(state->async_exc);
  clear_field(state->curexc_type);
  clear_field(state->curexc_value);
  clear_field(state->curexc_traceback);
  clear_field(state->exc_state.exc_value);
  state->c_profilefunc = state->c_tracefunc = nullptr;
  clear_field(state->c_profileobj);
  clear_field(state->c_traceobj);
  clear_field(state->async_gen_firstiter);
  clear_field(state->async_gen_finalizer);
  clear_field(state->context);
  ThreadRecord* record = thread_record(state);
  while (record->represented_count) decref(record->represented[--record->represented_count]);
  if (state->on_delete) {
    auto on_delete = state->on_delete;
    state->on_delete = nullptr;
    on_delete(state->on_delete_data);
  }
}

namespace {
// All but the state itself; the GIL is held, since the data stack is the allocator's.
void unlink(ThreadState* state) {
  if (bound_thread_ == state) bound_thread_ = nullptr;
  Interpreter* owner = interpreter_of(state);
  pthread_mutex_lock(&threads_lock);
  if (state->prev)
    state->prev->next = state->next;
  else
    owner->threads = state->next;
  if (state->next) state->next->prev = state->prev;
  pthread_mutex_unlock(&threads_lock);
  std::free(thread_record(state)->represented);
  for (_PyStackChunk *chunk = state->datastack_chunk, *previous; chunk; chunk = previous) {
    previous = chunk->previous;
    std::free(chunk);  // without the GIL
  }
}
}  // namespace

void thread_state_delete(ThreadState* state) {
  unlink(state);
  std::free(state);
}

void thread_state_delete_current() {
  ThreadState* state = thread();
  thread_state_swap(nullptr);
  // While others wait: whoever knows that this thread has ended must not find it in the list.
  unlink(state);
  gil_drop(state, false);
  std::free(state);
}

ThreadState* thread_state_swap(ThreadState* state) {
  ThreadState* former = current_thread_;
  current_thread_ = state;
  _PyRuntime.tstate_current = state;
  if (state) {
    if (!bound_thread_) bound_thread_ = state;
    Interpreter* owner = interpreter_of(state);
    memory::heap_ = owner->heap ? owner->heap : &memory::main_heap;
    gc::state_ = owner->gc ? owner->gc : &gc::main_state;
  }
  return former;
}

void fatal_no_thread(const char* function) {
  fatal_error(
      function,
      "the function must be called with the GIL held, after Python initialization and before Python finalization, "
      "but the GIL is released (the current Python thread state is NULL)");
}

ThreadState* eval_save_thread() {
  ThreadState* state = thread_state_swap(nullptr);
  if (!state) fatal_no_thread("PyEval_SaveThread");
  gil_drop(state, false);
  return state;
}

void eval_restore_thread(ThreadState* state) {
  gil_take(state);
  thread_state_swap(state);
}

WithoutGil::WithoutGil() : state_(eval_save_thread()) {}
WithoutGil::~WithoutGil() { eval_restore_thread(state_); }

int thread_state_set_async_exc(unsigned long id, Object* exception) {
  Interpreter* owner = interpreter();
  pthread_mutex_lock(&threads_lock);
  ThreadState* state = owner->threads;
  while (state && state->thread_id != id) state = state->next;
  Object* old = nullptr;
  if (state) {
    old = state->async_exc;
    incref_or_null(exception);
    state->async_exc = exception;
  }
  pthread_mutex_unlock(&threads_lock);
  if (!state) return 0;
  decref_or_null(old);
  safepoint_request(owner);
  return 1;
}

void thread_states_delete_except(ThreadState* mine) {
  Interpreter* owner = interpreter_of(mine);
  pthread_mutex_lock(&threads_lock);
  ThreadState* others = owner->threads;
  if (others == mine) others = mine->next;
  if (mine->prev) mine->prev->next = mine->next;
  if (mine->next) mine->next->prev = mine->prev;
  mine->prev = mine->next = nullptr;
  owner->threads = mine;
  pthread_mutex_unlock(&threads_lock);
  // What they hold is released; their stacks are gone.
  for (ThreadState *state = others, *next; state; state = next) {
    next = state->next;
    thread_state_clear(state);
    std::free(state);
  }
}

void become_main_thread() {
  main_pthread = pthread_self();
  main_pthread_known = true;
}

bool is_main_thread() {
  if (!main_pthread_known) {
    main_pthread = pthread_self();
    main_pthread_known = true;
  }
  return pthread_equal(pthread_self(), main_pthread);
}

// Called in the child of a fork: only this thread is left.
void threads_after_fork() {
  pthread_mutex_init(&threads_lock, nullptr);
  become_main_thread();
  Interpreter* owner = interpreter();
  gil_init(owner->gil);
  owner->gil->locked = true;
  owner->gil->last_holder = thread();
  thread()->native_thread_id = static_cast<unsigned long>(syscall(SYS_gettid));
  ThreadState* mine = thread();
  thread_states_delete_except(mine);
  bound_thread_ = mine;
  pending_calls_after_fork();
  signals_after_fork();
  interpreters_after_fork();
}

bool thread_may_run(const ThreadState* state) { return !finalizing_thread || finalizing_thread == state; }
bool runtime_is_finalizing() { return __atomic_load_n(&finalizing_thread, __ATOMIC_RELAXED) != nullptr; }
ThreadState* runtime_finalizing_thread() { return finalizing_thread; }
void runtime_set_finalizing(ThreadState* state) { __atomic_store_n(&finalizing_thread, state, __ATOMIC_RELAXED); }

// == Recursion ==

thread_local constinit char* c_stack_limit_ = nullptr;
void set_stack_limit(char* limit) { RecursionGuard::stack_limit_ = c_stack_limit_ = limit; }
Error raise_stack_overflow(const char* where) {
  return raise(RecursionError, "maximum recursion depth exceeded%s", where);
}

namespace {
constexpr usize kStackReserve = 256 * 1024;

// The stack of the process's first thread grows on demand up to the limit. pthread reads /proc/self/maps to find where
// it starts; the kernel tells that too: the program's name lies at its very top. False if it does not look so.
bool measure_initial_stack() {
  rlimit limit;
  if (getpid() != static_cast<pid_t>(syscall(SYS_gettid))) return false;
  if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur < 4 * kStackReserve)
    return false;
  const char* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (!name) return false;
  constexpr usize kPage = 4096;
  uintptr_t top = (reinterpret_cast<uintptr_t>(name) + std::strlen(name) + kPage) & ~(kPage - 1);
  uintptr_t here = reinterpret_cast<uintptr_t>(&limit), bottom = top - limit.rlim_cur;
  if (here >= top || here < bottom + limit.rlim_cur / 2) return false;
  set_stack_limit(reinterpret_cast<char*>(bottom) + kStackReserve);
  return true;
}
}  // namespace

void measure_stack() {
  if (measure_initial_stack()) return;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes)) return;
  void* low;
  usize size, guard = 0;
  if (!pthread_attr_getstack(&attributes, &low, &size)) {
    pthread_attr_getguardsize(&attributes, &guard);
    char* bottom = static_cast<char*>(low);
    // The stack of the process's first thread grows on demand up to the limit, at most to what pthread reports.
    rlimit limit;
    bool initial = getpid() == static_cast<pid_t>(syscall(SYS_gettid));
    if (initial && !getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur > size)
      bottom = static_cast<char*>(low) + size - limit.rlim_cur;
    usize reserve = size / 4 < kStackReserve ? size / 4 : kStackReserve;
    set_stack_limit(bottom + guard + reserve);
  }
  pthread_attr_destroy(&attributes);
}

bool RecursionGuard::enter_slowly(const char* where) {
  ThreadState* state = thread();
  bool low = stack_low();
  if (!low && state->recursion_headroom) {
    if (state->recursion_remaining < -50) fatal("Cannot recover from stack overflow.");
    return true;
  }
  if (!low && state->recursion_remaining >= 0) return true;
  ++state->recursion_headroom;
  (void)raise(RecursionError, "maximum recursion depth exceeded%s", where);
  --state->recursion_headroom;
  ++state->recursion_remaining;
  return false;
}

int recursion_limit() { return thread()->recursion_limit; }

Result<void> set_recursion_limit(int limit) {
  ThreadState* current = thread();
  int depth = current->recursion_limit - current->recursion_remaining;
  if (depth >= limit)
    return raise(RecursionError, "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low",
                 limit, depth);
  default_recursion_limit = limit;
  pthread_mutex_lock(&threads_lock);
  for (ThreadState* state = interpreter()->threads; state; state = state->next) {
    int used = state->recursion_limit - state->recursion_remaining;
    state->recursion_limit = limit;
    state->recursion_remaining = limit - used;
  }
  pthread_mutex_unlock(&threads_lock);
  return {};
}

Result<bool> repr_enter(Object* object) {
  ThreadRecord* state = thread_record(thread());
  for (int i = state->represented_count; i-- > 0;)
    if (state->represented[i] == object) return true;
  if (state->represented_count == state->represented_capacity) {
    int capacity = state->represented_capacity ? state->represented_capacity * 2 : 16;
    Object** bigger = static_cast<Object**>(std::realloc(state->represented, sizeof(Object*) * capacity));
    if (!bigger) return raise_no_memory();
    state->represented = bigger;
    state->represented_capacity = capacity;
  }
  incref(object);
  state->represented[state->represented_count++] = object;
  return false;
}

void repr_leave(Object* object) {
  ThreadRecord* state = thread_record(thread());
  for (int i = state->represented_count; i-- > 0;) {
    if (state->represented[i] != object) continue;
    std::memmove(state->represented + i, state->represented + i + 1,
                 sizeof(Object*) * (state->represented_count - i - 1));
    --state->represented_count;
    decref(object);
    return;
  }
}
}  // namespace adder
