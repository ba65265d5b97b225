// scheduling: sched_* functions.
#include <sched.h>

#include "memory/gc.h"
#include "modules/posix/posix.h"
#include "types/float.h"
#include "types/set.h"

namespace adder::posix {
Type* sched_param_type;  // made when the module is first loaded; immutable afterwards
namespace {
Result<int> parameter_of(Object* object) {
  if (type_of(object) != sched_param_type) return raise(TypeError, "must have a sched_param object");
  return int_as_int(tuple_item(as<Tuple>(object), 0));
}
constexpr Doc sched_param_doc =
    "sched_param(sched_priority)\n--\n\nCurrently has only one field: sched_priority\n\n  sched_priority\n    A "
    "scheduling parameter.";
// Takes the field itself, not a sequence of fields.
Result<Object> sched_param_new(Type* type, Object* sched_priority) {
  Ref<Object> made = TRY(struct_sequence_new(type));
  set_field(as<Tuple>(made.get())->ob_item[0], new_ref(sched_priority));
  gc::track(made);
  return made;
}
#define POLICY_FUNCTION(name, text)                                     \
  constexpr Doc name##_doc = #name "($module, /, policy)\n--\n\n" text; \
  Result<int> name##_function(Module*, int policy) {                    \
    int value = ::name(policy);                                         \
    TRY(check(value));                                                  \
    return value;                                                       \
  }
POLICY_FUNCTION(sched_get_priority_max, "Get the maximum scheduling priority for policy.")
POLICY_FUNCTION(sched_get_priority_min, "Get the minimum scheduling priority for policy.")

}  // namespace
Result<int> sched_priority_of(Object* object) { return parameter_of(object); }
extern const newfunc sched_param_constructor = constructor<sched_param_new, sched_param_doc>;
namespace {
constexpr Doc getscheduler_doc =
    "sched_getscheduler($module, pid, /)\n--\n\nGet the scheduling policy for the process identified by "
    "pid.\n\nPassing 0 for pid returns the scheduling policy for the calling process.";
Result<int> getscheduler(Module*, int pid) {
  int policy = ::sched_getscheduler(pid);
  TRY(check(policy));
  return policy;
}
constexpr Doc setscheduler_doc =
    "sched_setscheduler($module, pid, policy, param, /)\n--\n\nSet the scheduling policy for the process identified by "
    "pid.\n\nIf pid is 0, the calling process is changed.\nparam is an instance of sched_param.";
Result<void> setscheduler(Module*, int pid, int policy, Object* parameter) {
  sched_param param = {};
  param.sched_priority = TRY(parameter_of(parameter));
  return check(::sched_setscheduler(pid, policy, &param));
}
constexpr Doc getparam_doc =
    "sched_getparam($module, pid, /)\n--\n\nReturns scheduling parameters for the process identified by pid.\n\nIf pid "
    "is 0, returns parameters for the calling process.\nReturn value is an instance of sched_param.";
Result<Object> getparam(Module*, int pid) {
  sched_param param;
  TRY(check(::sched_getparam(pid, &param)));
  Ref<Object> result = TRY(struct_sequence_new(sched_param_type));
  struct_sequence_set(result, 0, TRY(int_from_i64(param.sched_priority)));
  return result;
}
constexpr Doc setparam_doc =
    "sched_setparam($module, pid, param, /)\n--\n\nSet scheduling parameters for the process identified by pid.\n\nIf "
    "pid is 0, sets parameters for the calling process.\nparam should be an instance of sched_param.";
Result<void> setparam(Module*, int pid, Object* parameter) {
  sched_param param = {};
  param.sched_priority = TRY(parameter_of(parameter));
  return check(::sched_setparam(pid, &param));
}
constexpr Doc rr_doc =
    "sched_rr_get_interval($module, pid, /)\n--\n\nReturn the round-robin quantum for the process identified by pid, "
    "in seconds.\n\nValue returned is a float.";
Result<double> rr_interval(Module*, int pid) {
  timespec interval;
  TRY(check(::sched_rr_get_interval(pid, &interval)));
  return static_cast<double>(interval.tv_sec) + 1e-9 * static_cast<double>(interval.tv_nsec);
}
constexpr Doc yield_doc = "sched_yield($module, /)\n--\n\nVoluntarily relinquish the CPU.";
Result<void> yield_now(Module*) {
  return check(once([] { return ::sched_yield(); }));
}

constexpr int kMaxProcessors = 8192;
struct ProcessorSet {
  cpu_set_t* set = CPU_ALLOC(kMaxProcessors);
  usize size = CPU_ALLOC_SIZE(kMaxProcessors);
  ~ProcessorSet() {
    if (set) CPU_FREE(set);
  }
};
constexpr Doc setaffinity_doc =
    "sched_setaffinity($module, pid, mask, /)\n--\n\nSet the CPU affinity of the process identified by pid to "
    "mask.\n\n  pid\n    The process ID.  If 0, use the calling process.\n  mask\n    An iterable of integers "
    "identifying CPUs.";
Result<void> setaffinity(Module*, int pid, Object* mask) {
  ProcessorSet set;
  if (!set.set) return raise_no_memory();
  CPU_ZERO_S(set.size, set.set);
  TRY(for_each(mask, [&](Object* item) -> Result<void> {
    if (!is_int(item)) return raise(TypeError, "expected an iterator of ints, but iterator yielded %R", type_of(item));
    long cpu = TRY(int_as_long(item));
    if (cpu < 0) return raise(ValueError, "negative CPU number");
    if (cpu >= kMaxProcessors) return raise(OverflowError, "CPU number too large");
    CPU_SET_S(static_cast<usize>(cpu), set.size, set.set);
    return {};
  }));
  return check(::sched_setaffinity(pid, set.size, set.set));
}
constexpr Doc getaffinity_doc =
    "sched_getaffinity($module, pid, /)\n--\n\nReturn the affinity of the process identified by pid (or the current "
    "process if zero).\n\nThe affinity is returned as a set of CPU identifiers.";
Result<Object> getaffinity(Module*, int pid) {
  ProcessorSet set;
  if (!set.set) return raise_no_memory();
  CPU_ZERO_S(set.size, set.set);
  TRY(check(::sched_getaffinity(pid, set.size, set.set)));
  Ref<Set> result = TRY(set_new());
  for (int cpu = 0; cpu < kMaxProcessors; ++cpu) {
    if (CPU_ISSET_S(static_cast<usize>(cpu), set.size, set.set)) TRY(set_add(result, TRY(int_from_i64(cpu)).get()));
  }
  return result;
}
}  // namespace

constinit PyMethodDef scheduling_functions[] = {
    method<sched_get_priority_max_function, sched_get_priority_max_doc>(),
    method<sched_get_priority_min_function, sched_get_priority_min_doc>(),
    method<getscheduler, getscheduler_doc>(),
    method<setscheduler, setscheduler_doc>(),
    method<getparam, getparam_doc>(),
    method<setparam, setparam_doc>(),
    method<rr_interval, rr_doc>(),
    method<yield_now, yield_doc>(),
    method<setaffinity, setaffinity_doc>(),
    method<getaffinity, getaffinity_doc>(),
    {},
};
}  // namespace adder::posix
