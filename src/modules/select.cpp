// select: select(), poll objects and epoll objects.
//
// Waits run with the GIL released; EINTR runs signal handlers and goes on with what is left of the time (PEP 475).
#include <cerrno>
#include <climits>
#include <cmath>
#include <ctime>
#include <linux/limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "object/file_descriptor.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr i64 kForever = -1;

i64 now() {
  timespec time;
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<i64>(time.tv_sec) * 1000000000 + time.tv_nsec;
}
// A timeout in units of `scale` nanoseconds; None is kForever, negative ones give -2.
Result<i64> timeout_of(Object* object, double scale, const char* message) {
  if (object == None) return kForever;
  double value;
  if (is_float(object)) {
    value = float_value(as<Float>(object));
    if (std::isnan(value)) return raise(ValueError, "Invalid value NaN (not a number)");
  } else {
    if (!index_check(object)) return raise(TypeError, "%s", message);
    value = TRY(float_as_double(object));
  }
  if (value < 0) return i64{-2};
  value = std::ceil(value * scale);
  if (!(value < 9.2e18)) return raise(OverflowError, "timeout is too large");
  return static_cast<i64>(value);
}
// Milliseconds for poll and epoll, rounded up; -1 for no limit.
int to_milliseconds(i64 nanoseconds) {
  if (nanoseconds < 0) return -1;
  i64 milliseconds = (nanoseconds + 999999) / 1000000;
  return milliseconds > INT_MAX ? INT_MAX : static_cast<int>(milliseconds);
}
// Waits by `call(nanoseconds left)`; gives what it gives.
template <class Call>
Result<int> wait_for(i64 nanoseconds, Call call) {
  i64 deadline = nanoseconds >= 0 ? now() + nanoseconds : 0;
  for (;;) {
    int done, error;
    {
      WithoutGil released;
      errno = 0;
      done = call(nanoseconds);
      error = errno;
    }
    if (done >= 0 || error != EINTR) {
      errno = error;
      return done;
    }
    TRY(check_signals());
    if (nanoseconds >= 0) {
      nanoseconds = deadline - now();
      if (nanoseconds < 0) return 0;
    }
  }
}

// == select ==

// The objects of one argument with their descriptors.
struct Waited {
  Ref<List> objects;
  int fds[FD_SETSIZE];
  fd_set set;
  int highest = -1;

  Result<void> fill(Object* sequence) {
    FD_ZERO(&set);
    objects = TRY(list_new());
    Ref<Object> items = TRY(sequence_fast(sequence, "arguments 1-3 must be sequences"));
    for (isize i = 0; i < sequence_fast_size(items); ++i) {
      Ref<Object> item = new_ref(sequence_fast_items(items)[i]);
      int fd = TRY(object_as_file_descriptor(item));
      if (fd >= FD_SETSIZE) return raise(ValueError, "filedescriptor out of range in select()");
      if (list_size(objects) >= FD_SETSIZE) return raise(ValueError, "too many file descriptors in select()");
      fds[list_size(objects)] = fd;
      FD_SET(fd, &set);
      if (fd > highest) highest = fd;
      TRY(list_append(objects, item));
    }
    return {};
  }
  Result<List> ready(const fd_set& answer) {
    Ref<List> result = TRY(list_new());
    for (isize i = 0; i < list_size(objects); ++i) {
      if (FD_ISSET(fds[i], &answer)) TRY(list_append(result, list_item(objects, i)));
    }
    return result;
  }
};
constexpr Doc select_doc =
    "select($module, rlist, wlist, xlist, timeout=None, /)\n--\n\nWait until one or more file descriptors are ready "
    "for some kind of I/O.\n\nThe first three arguments are iterables of file descriptors to be waited for:\nrlist -- "
    "wait until ready for reading\nwlist -- wait until ready for writing\nxlist -- wait for an \"exceptional "
    "condition\"\nIf only one "
    "kind of condition is required, pass [] for the other lists.\n\nA file descriptor is either a socket or file "
    "object, or a small integer\ngotten from a fileno() method call on one of those.\n\nThe optional 4th argument "
    "specifies a timeout in seconds; it may be\na floating point number to specify fractions of seconds.  If it is "
    "absent\nor None, the call will never time "
    "out.\n\nThe return value is a tuple of three lists corresponding to the first three\narguments; each contains the "
    "subset of the corresponding file descriptors\nthat are ready.";
Result<Object> select_function(Module*, Object* readers, Object* writers, Object* others, Object* timeout) {
  i64 nanoseconds = TRY(timeout_of(timeout, 1e9, "timeout must be a float or None"));
  if (nanoseconds == -2) return raise(ValueError, "timeout must be non-negative");
  Waited waited[3];
  TRY(waited[0].fill(readers));
  TRY(waited[1].fill(writers));
  TRY(waited[2].fill(others));
  int highest = -1;
  for (const Waited& one : waited) highest = one.highest > highest ? one.highest : highest;
  fd_set answers[3];
  int done = TRY(wait_for(nanoseconds, [&](i64 left) {
    for (int i = 0; i < 3; ++i) answers[i] = waited[i].set;
    timeval limit = {static_cast<time_t>(left / 1000000000), static_cast<suseconds_t>(left % 1000000000 / 1000)};
    return ::select(highest + 1, &answers[0], &answers[1], &answers[2], left < 0 ? nullptr : &limit);
  }));
  if (done < 0) return raise_errno(OSError);
  if (done == 0) {
    for (fd_set& answer : answers) FD_ZERO(&answer);
  }
  Ref<List> a = TRY(waited[0].ready(answers[0]))
  , b = TRY(waited[1].ready(answers[1]))
  , c = TRY(waited[2].ready(answers[2]));
  return tuple_pack(a.get(), b.get(), c.get());
}

// == poll ==

struct Poll : PyObject {
  Dict* events;  // descriptor -> mask
  bool running;
};
Result<u16> mask_of(Object* object) {
  Ref<Object> index = TRY(number_index(object));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow < 0 || (!overflow && value < 0)) return raise(ValueError, "value must be positive");
  if (overflow > 0 && int_num_bits(as<Int>(index.get())) > 64) {
    return raise(OverflowError, "Python int too large to convert to C unsigned long");
  }
  if (overflow > 0 || value > 0xffff) return raise(OverflowError, "Python int too large for C unsigned short");
  return static_cast<u16>(value);
}
Result<Object> pair(i64 first, i64 second) {
  Ref<Int> a = TRY(int_from_i64(first))
  , b = TRY(int_from_i64(second));
  return tuple_pack(a.get(), b.get());
}
constexpr Doc poll_register_doc =
    "register($self, fd, eventmask=NULL, /)\n--\n\nRegister a file descriptor with the polling object.\n\n  fd\n    "
    "either an integer, or an object with a fileno() method returning an int\n  eventmask\n    an optional bitmask "
    "describing the type of events to check for";
Result<void> poll_register(Poll* self, Object* fd_object, Opt<Object*> mask) {
  int fd = TRY(object_as_file_descriptor(fd_object));
  u16 events = mask ? TRY(mask_of(mask.get())) : static_cast<u16>(POLLIN | POLLPRI | POLLOUT);
  Ref<Int> key = TRY(int_from_i64(fd))
  , value = TRY(int_from_i64(events));
  return dict_set_item(self->events, key, value);
}
constexpr Doc poll_modify_doc =
    "modify($self, fd, eventmask, /)\n--\n\nModify an already registered file descriptor.\n\n  fd\n    either an "
    "integer, or an object with a fileno() method returning an int\n  eventmask\n    a bitmask describing the type of "
    "events to check for";
Result<void> poll_modify(Poll* self, Object* fd_object, Object* mask) {
  int fd = TRY(object_as_file_descriptor(fd_object));
  u16 events = TRY(mask_of(mask));
  Ref<Int> key = TRY(int_from_i64(fd))
  , value = TRY(int_from_i64(events));
  if (!TRY(dict_contains(self->events, key))) {
    errno = ENOENT;
    return raise_errno(OSError);
  }
  return dict_set_item(self->events, key, value);
}
constexpr Doc poll_unregister_doc =
    "unregister($self, fd, /)\n--\n\nRemove a file descriptor being tracked by the polling object.";
Result<void> poll_unregister(Poll* self, Object* fd_object) {
  Ref<Int> key = TRY(int_from_i64(TRY(object_as_file_descriptor(fd_object))));
  return dict_del_item(self->events, key);
}
constexpr Doc poll_doc =
    "poll($self, timeout=None, /)\n--\n\nPolls the set of registered file descriptors.\n\n  timeout\n    The maximum "
    "time to wait in milliseconds, or else None (or a negative\n    value) to wait indefinitely.\n\nReturns a list "
    "containing any descriptors that have events or errors to\nreport, as a list of (fd, event) 2-tuples.";
Result<Object> poll_poll(Poll* self, Object* timeout) {
  i64 nanoseconds = TRY(timeout_of(timeout, 1e6, "timeout must be an integer or None"));
  if (nanoseconds == -2) nanoseconds = kForever;
  if (nanoseconds / 1000000 > 0x7fffffff) return raise(OverflowError, "timeout is too large");
  if (self->running) return raise(RuntimeError, "concurrent poll() invocation");
  isize count = dict_size(self->events);
  struct Array {
    pollfd* items;
    ~Array() { memory::release(items); }
  } array{static_cast<pollfd*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(pollfd)))};
  if (!array.items) return raise_no_memory();
  isize position = 0, n = 0;
  Object *key, *value;
  while (dict_next(self->events, position, key, value)) {
    array.items[n++] = {static_cast<int>(int_single_value(as<Int>(key))),
                        static_cast<short>(int_single_value(as<Int>(value))), 0};
  }
  self->running = true;
  auto waited = wait_for(
      nanoseconds, [&](i64 left) { return ::poll(array.items, static_cast<nfds_t>(count), to_milliseconds(left)); });
  self->running = false;
  if (TRY(waited) < 0) return raise_errno(OSError);
  Ref<List> result = TRY(list_new());
  for (isize i = 0; i < count; ++i) {
    if (array.items[i].revents)
      TRY(list_append_steal(result, TRY(pair(array.items[i].fd, static_cast<u16>(array.items[i].revents)))));
  }
  return result;
}
void poll_dealloc(PyObject* self) {
  clear_field(as<Poll>(self)->events);
  object_free(self);
}
constinit PyMethodDef poll_methods[] = {
    method<poll_register, poll_register_doc>(),
    method<poll_modify, poll_modify_doc>(),
    method<poll_unregister, poll_unregister_doc>(),
    method<poll_poll, poll_doc>(),
    {},
};
constinit PyTypeObject poll_type = {
    .tp_name = "select.poll",
    .tp_basicsize = sizeof(Poll),
    .tp_dealloc = poll_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = poll_methods,
};
constexpr Doc poll_function_doc =
    "poll($module, /)\n--\n\nReturns a polling object.\n\nThis object supports registering and unregistering file "
    "descriptors, and then\npolling them for I/O events.";
Result<Object> poll_function(Module*) {
  Ref<Dict> events = TRY(dict_new());
  Ref<Poll> self = TRY(object_new<Poll>(&poll_type));
  self->events = events.release();
  self->running = false;
  return self;
}

// == epoll ==

struct Epoll : PyObject {
  int fd;  // -1: closed
};
Result<void> check_open(Epoll* self) {
  if (self->fd < 0) return raise(ValueError, "I/O operation on closed epoll object");
  return {};
}
constexpr Doc epoll_doc =
    "epoll(sizehint=-1, flags=0)\n--\n\nReturns an epolling object.\n\n  sizehint\n    The expected number of events "
    "to be registered.  It must be positive,\n    or -1 to use the default.  It is only used on older systems where\n  "
    "  epoll_create1() is not available; otherwise it has no effect (though its\n    value is still checked).\n  "
    "flags\n    Deprecated and "
    "completely ignored.  However, when supplied, its value\n    must be 0 or select.EPOLL_CLOEXEC, otherwise OSError "
    "is raised.";
Result<Object> epoll_make(Type* type, int size_hint, int flags) {
  if (size_hint != -1 && size_hint <= 0) return raise(ValueError, "sizehint must be positive or -1");
  if (flags && flags != EPOLL_CLOEXEC) {
    errno = EINVAL;
    return raise_errno(OSError);
  }
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  as<Epoll>(object.get())->fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (as<Epoll>(object.get())->fd < 0) return raise_errno(OSError);
  return object;
}
void close_epoll(Epoll* self) {
  int fd = std::exchange(self->fd, -1);
  if (fd < 0) return;
  WithoutGil released;
  ::close(fd);
}
constexpr Doc epoll_close_doc =
    "close($self, /)\n--\n\nClose the epoll control file descriptor.\n\nFurther operations on the epoll object will "
    "raise an exception.";
Result<void> epoll_close(Epoll* self) {
  close_epoll(self);
  return {};
}
constexpr Doc epoll_fileno_doc = "fileno($self, /)\n--\n\nReturn the epoll control file descriptor.";
Result<int> epoll_fileno(Epoll* self) {
  TRY(check_open(self));
  return self->fd;
}
constexpr Doc epoll_fromfd_doc = "fromfd($type, fd, /)\n--\n\nCreate an epoll object from a given control fd.";
Result<Object> epoll_fromfd(Type* type, int fd) {
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  as<Epoll>(object.get())->fd = fd;
  return object;
}
Result<void> control(Epoll* self, int operation, Object* fd_object, u32 events) {
  TRY(check_open(self));
  int fd = TRY(object_as_file_descriptor(fd_object));
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  if (::epoll_ctl(self->fd, operation, fd, &event) < 0) return raise_errno(OSError);
  return {};
}
constexpr Doc epoll_register_doc =
    "register($self, /, fd, eventmask=NULL)\n--\n\nRegisters a new fd or raises an OSError if the fd is already "
    "registered.\n\n  fd\n    the target file descriptor of the operation\n  eventmask\n    a bit set composed of the "
    "various EPOLL constants\n\nThe epoll interface supports all file descriptors that support poll.";
Result<void> epoll_register(Epoll* self, Object* fd, Opt<Object*> mask) {
  u32 events = EPOLLIN | EPOLLPRI | EPOLLOUT;
  if (mask) events = static_cast<u32>(TRY(int_as_u64(mask.get())));
  return control(self, EPOLL_CTL_ADD, fd, events);
}
constexpr Doc epoll_modify_doc =
    "modify($self, /, fd, eventmask)\n--\n\nModify event mask for a registered file descriptor.\n\n  fd\n    the "
    "target file descriptor of the operation\n  eventmask\n    a bit set composed of the various EPOLL constants";
Result<void> epoll_modify(Epoll* self, Object* fd, u32 events) { return control(self, EPOLL_CTL_MOD, fd, events); }
constexpr Doc epoll_unregister_doc =
    "unregister($self, /, fd)\n--\n\nRemove a registered file descriptor from the epoll object.\n\n  fd\n    the "
    "target file descriptor of the operation";
Result<void> epoll_unregister(Epoll* self, Object* fd) { return control(self, EPOLL_CTL_DEL, fd, 0); }
constexpr Doc epoll_poll_doc =
    "poll($self, /, timeout=None, maxevents=-1)\n--\n\nWait for events on the epoll file descriptor.\n\n  timeout\n    "
    "the maximum time to wait in seconds (as float);\n    a timeout of None or -1 makes poll wait indefinitely\n  "
    "maxevents\n    the maximum number of events returned; -1 means no limit\n\nReturns a list containing any "
    "descriptors that have events to report,\nas a list of (fd, "
    "events) 2-tuples.";
Result<Object> epoll_poll(Epoll* self, Object* timeout, int max_events) {
  TRY(check_open(self));
  i64 nanoseconds = TRY(timeout_of(timeout, 1e9, "timeout must be an integer or None"));
  if (nanoseconds == -2) nanoseconds = kForever;
  if (max_events == -1) max_events = FD_SETSIZE - 1;
  if (max_events < 1) return raise(ValueError, "maxevents must be greater than 0, got %d", max_events);
  struct Array {
    epoll_event* items;
    ~Array() { memory::release(items); }
  } array{static_cast<epoll_event*>(memory::allocate(static_cast<usize>(max_events) * sizeof(epoll_event)))};
  if (!array.items) return raise_no_memory();
  int count = TRY(wait_for(
      nanoseconds, [&](i64 left) { return ::epoll_wait(self->fd, array.items, max_events, to_milliseconds(left)); }));
  if (count < 0) return raise_errno(OSError);
  Ref<List> result = TRY(list_new());
  for (int i = 0; i < count; ++i)
    TRY(list_append_steal(result, TRY(pair(array.items[i].data.fd, array.items[i].events))));
  return result;
}
constexpr Doc enter_doc = "__enter__($self, /)\n--\n\n";
Result<Object> epoll_enter(Epoll* self) {
  TRY(check_open(self));
  return new_ref<Object>(self);
}
constexpr Doc exit_doc = "__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)\n--\n\n";
Result<Object> epoll_exit(Epoll* self, Object*, Object*, Object*) { return call_method(self, id::close); }
Result<bool> epoll_closed(Epoll* self) { return self->fd < 0; }
void epoll_dealloc(PyObject* self) {
  close_epoll(as<Epoll>(self));
  object_free(self);
}
constinit PyMethodDef epoll_methods[] = {
    class_method<epoll_fromfd, epoll_fromfd_doc>(),
    method<epoll_close, epoll_close_doc>(),
    method<epoll_fileno, epoll_fileno_doc>(),
    method<epoll_modify, epoll_modify_doc>(),
    method<epoll_register, epoll_register_doc>(),
    method<epoll_unregister, epoll_unregister_doc>(),
    method<epoll_poll, epoll_poll_doc>(),
    method<epoll_enter, enter_doc>(),
    method<epoll_exit, exit_doc>(),
    {},
};
constinit PyGetSetDef epoll_getset[] = {get_set<epoll_closed>("closed", "True if the epoll handler is closed"), {}};
constinit PyTypeObject epoll_type = {
    .tp_name = "select.epoll",
    .tp_basicsize = sizeof(Epoll),
    .tp_dealloc = epoll_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = epoll_doc.text,
    .tp_methods = epoll_methods,
    .tp_getset = epoll_getset,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<epoll_make, epoll_doc>,
};

constinit PyMethodDef functions[] = {
    method<select_function, select_doc>(), method<poll_function, poll_function_doc>(), {}};
struct Constant {
  const char* name;
  i64 value;
};
#define CONSTANT(name) \
  { #name, static_cast < i64>(static_cast <u32>(name)) }
constexpr Constant constants[] = {
    CONSTANT(PIPE_BUF),     CONSTANT(POLLIN),      CONSTANT(POLLPRI),        CONSTANT(POLLOUT),
    CONSTANT(POLLERR),      CONSTANT(POLLHUP),     CONSTANT(POLLNVAL),       CONSTANT(POLLRDNORM),
    CONSTANT(POLLRDBAND),   CONSTANT(POLLWRNORM),  CONSTANT(POLLWRBAND),     CONSTANT(POLLMSG),
    CONSTANT(POLLRDHUP),    CONSTANT(EPOLLIN),     CONSTANT(EPOLLOUT),       CONSTANT(EPOLLPRI),
    CONSTANT(EPOLLERR),     CONSTANT(EPOLLHUP),    CONSTANT(EPOLLRDHUP),     CONSTANT(EPOLLET),
    CONSTANT(EPOLLONESHOT), CONSTANT(EPOLLRDNORM), CONSTANT(EPOLLRDBAND),    CONSTANT(EPOLLWRNORM),
    CONSTANT(EPOLLWRBAND),  CONSTANT(EPOLLMSG),    CONSTANT(EPOLLEXCLUSIVE), CONSTANT(EPOLL_CLOEXEC),
};
#undef CONSTANT
Result<void> exec(Module* module) {
  TRY(module_add_object(module, "error", OSError));
  for (const Constant& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  TRY(type_ready(&poll_type));
  return module_add_type(module, &epoll_type);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("select",
                      "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE "
                      "***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
                      functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_select() { return adder::module_def_init(&adder::definition); }
