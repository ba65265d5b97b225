// gc: the cycle collector: three generations, finalizers (PEP 442), weak references.
//
// Method     trial deletion: the count of each candidate minus the references from other candidates is what the outside holds.
//            What the outside holds, and all it reaches, lives. The rest first loses its weak references, then its finalizers
//            run; if these revived something, what is still unreachable is computed again; tp_clear breaks the rest.
// State      while collecting, a candidate's `prev` holds its outside count above the flags; `next` stays a link. Objects
//            that seem unreachable move to a second list (kGcUnreachable) and back if something alive reaches them.
// See        docs/memory.md, tests/python/test_gc.py
#include "memory/gc.h"

#include <cstdio>
#include <ctime>

#include "memory/collected.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace adder::gc {
thread_local constinit GcState* state_ = &main_state;
constinit GcState main_state{
    .generations = {{{&main_state.generations[0].head, 0}, 700, 0},
                    {{&main_state.generations[1].head, 0}, 10, 0},
                    {{&main_state.generations[2].head, 0}, 10, 0}},
    .permanent = {},
    .stats = {},
    .enabled = true,
    .collecting = false,
    .debug = 0,
    .long_lived_total = 0,
    .long_lived_pending = 0,
    .garbage = nullptr,
    .callbacks = nullptr,
};

namespace {
constexpr int kCountShift = 3;
constexpr int kStartUpAllowance = 20'000;  // allocations; a start takes about 6,000

// == Lists ==

void list_init(GcHead* list) {
  list->next = list;
  list->prev = reinterpret_cast<uintptr_t>(list);
}
bool list_empty(const GcHead* list) { return list->next == list; }
GcHead* previous_of(const GcHead* head) { return reinterpret_cast<GcHead*>(head->prev & ~kGcFlags); }
void set_previous(GcHead* head, GcHead* previous) {
  head->prev = reinterpret_cast<uintptr_t>(previous) | (head->prev & kGcFlags);
}
void list_unlink(GcHead* head) {
  GcHead* previous = previous_of(head);
  previous->next = head->next;
  set_previous(head->next, previous);
}
void list_append(GcHead* list, GcHead* head) {
  GcHead* last = previous_of(list);
  last->next = head;
  set_previous(head, last);
  head->next = list;
  set_previous(list, head);
}
void list_move(GcHead* head, GcHead* list) {
  list_unlink(head);
  list_append(list, head);
}
void list_merge(GcHead* from, GcHead* to) {
  if (list_empty(from)) return;
  GcHead *first = from->next, *last = previous_of(from), *end = previous_of(to);
  end->next = first;
  set_previous(first, end);
  last->next = to;
  set_previous(to, last);
  list_init(from);
}
isize list_size(const GcHead* list) {
  isize size = 0;
  for (const GcHead* head = list->next; head != list; head = head->next) ++size;
  return size;
}

// == Finding what is unreachable ==

isize outside_count(const GcHead* head) { return static_cast<isize>(head->prev >> kCountShift); }
void set_outside_count(GcHead* head, isize count) {
  head->prev = (static_cast<uintptr_t>(count) << kCountShift) | (head->prev & kGcFlags);
}
bool has_flag_set(const GcHead* head, uintptr_t flag) { return (head->prev & flag) != 0; }

int visit_subtract(PyObject* object, void*) {
  if (!is_collected(object)) return 0;
  GcHead* head = head_of(object);
  // Only candidates count; immortal ones keep their large count.
  if (head->next && has_flag_set(head, kGcCollecting)) head->prev -= uintptr_t{1} << kCountShift;
  return 0;
}

// Something alive refers to `object`: it lives too.
int visit_reachable(PyObject* object, void* argument) {
  if (!is_collected(object)) return 0;
  GcHead* head = head_of(object);
  if (!head->next || !has_flag_set(head, kGcCollecting)) return 0;
  GcHead* candidates = static_cast<GcHead*>(argument);
  if (has_flag_set(head, kGcUnreachable)) {
    list_unlink(head);
    head->prev = (head->prev & kGcFinalized) | kGcCollecting | (uintptr_t{1} << kCountShift);
    GcHead* last = previous_of(candidates);
    last->next = head;
    head->next = candidates;
    set_previous(candidates, head);
  } else if (outside_count(head) == 0) {
    set_outside_count(head, 1);
  }
  return 0;
}

// What a walk over the candidates counts on its way.
struct Census {
  isize objects = 0, tuples = 0;
};

// Splits `candidates`: the unreachable ones move to `unreachable` (still flagged kGcCollecting).
Census deduce_unreachable(GcHead* candidates, GcHead* unreachable) {
  Census census;
  for (GcHead* head = candidates->next; head != candidates; head = head->next) {
    isize count = object_of(head)->ob_refcnt;
    if (is_immortal(object_of(head))) count = isize{1} << 50;
    ++census.objects;
    census.tuples += object_of(head)->ob_type == &PyTuple_Type;
    head->prev = (static_cast<uintptr_t>(count) << kCountShift) | (head->prev & kGcFinalized) | kGcCollecting;
  }
  for (GcHead* head = candidates->next; head != candidates; head = head->next) {
    Object* object = object_of(head);
    if (traverseproc traverse = object->ob_type->tp_traverse) traverse(object, visit_subtract, object);
  }
  list_init(unreachable);
  GcHead* previous = candidates;
  for (GcHead* head = candidates->next; head != candidates; head = previous->next) {
    if (outside_count(head) > 0) {
      Object* object = object_of(head);
      // Done with this one: it lives. Its link back becomes valid again.
      head->prev = reinterpret_cast<uintptr_t>(previous) | (head->prev & kGcFinalized);
      if (traverseproc traverse = object->ob_type->tp_traverse) traverse(object, visit_reachable, candidates);
      previous = head;
    } else {
      previous->next = head->next;
      GcHead* last = previous_of(unreachable);
      last->next = head;
      head->prev = reinterpret_cast<uintptr_t>(last) | (head->prev & kGcFinalized) | kGcCollecting | kGcUnreachable;
      head->next = unreachable;
      set_previous(unreachable, head);
    }
  }
  candidates->prev = reinterpret_cast<uintptr_t>(previous);
  return census;
}

void clear_flag(GcHead* list, uintptr_t flags) {
  for (GcHead* head = list->next; head != list; head = head->next) head->prev &= ~flags;
}

// Tuples of things that cannot form cycles need no watching. Gives how many there were.
isize untrack_atomic_tuples(GcHead* list) {
  isize untracked = 0;
  for (GcHead *head = list->next, *next; head != list; head = next) {
    next = head->next;
    Object* object = object_of(head);
    if (object->ob_type != &PyTuple_Type) continue;
    Tuple* tuple = as<Tuple>(object);
    bool atomic = true;
    for (isize i = 0; i < tuple->ob_size && atomic; ++i) {
      Object* item = tuple->ob_item[i];
      atomic = item && (!is_collected(item) || (item->ob_type == &PyTuple_Type && !is_tracked(item)));
    }
    if (atomic) untrack(object), ++untracked;
  }
  return untracked;
}

// Nor do dicts of such things. Gives how many objects of all kinds stay.
isize untrack_atomic_dicts(GcHead* list) {
  isize left = 0;
  for (GcHead *head = list->next, *next; head != list; head = next) {
    next = head->next;
    Object* object = object_of(head);
    if (object->ob_type == &PyDict_Type) dict_maybe_untrack(as<Dict>(object));
    left += is_tracked(object);
  }
  return left;
}

// == Old-style finalizers (tp_del): what reaches them is uncollectable ==

int visit_move(PyObject* object, void* argument) {
  if (!is_collected(object)) return 0;
  GcHead* head = head_of(object);
  if (head->next && has_flag_set(head, kGcUnreachable)) {
    head->prev &= ~(kGcUnreachable | kGcCollecting);
    list_move(head, static_cast<GcHead*>(argument));
  }
  return 0;
}
void move_legacy_finalizers(GcHead* unreachable, GcHead* finalizers) {
  for (GcHead *head = unreachable->next, *next; head != unreachable; head = next) {
    next = head->next;
    if (!object_of(head)->ob_type->tp_del) continue;
    head->prev &= ~(kGcUnreachable | kGcCollecting);
    list_move(head, finalizers);
  }
  for (GcHead* head = finalizers->next; head != finalizers; head = head->next) {
    Object* object = object_of(head);
    if (object->ob_type->tp_traverse) object->ob_type->tp_traverse(object, visit_move, finalizers);
  }
}

// == Weak references, finalizers, clearing ==

// Clears all weak references to unreachable objects before any code runs, then calls the callbacks of those that are not garbage
// themselves.
void handle_weak_references(GcHead* unreachable) {
  for (GcHead *head = unreachable->next, *next; head != unreachable; head = next) {
    next = head->next;
    Object* object = object_of(head);
    if (is_weakref(object)) weakref_clear_ref(as<WeakReference>(object));
  }
  Ref<Object> pending;
  for (GcHead *head = unreachable->next, *next; head != unreachable; head = next) {
    next = head->next;
    weakref_collect_callbacks(object_of(head), pending);
  }
  weakref_run_callbacks(as<List>(pending.get()));
}

void finalize_garbage(GcHead* unreachable) {
  GcHead seen;
  list_init(&seen);
  while (!list_empty(unreachable)) {
    GcHead* head = unreachable->next;
    Object* object = object_of(head);
    list_move(head, &seen);
    destructor finalize = object->ob_type->tp_finalize;
    if (!finalize || is_finalized(object)) continue;
    set_finalized(object);
    Ref<Object> alive = new_ref(object);
    finalize(object);
  }
  list_merge(&seen, unreachable);
}

void delete_garbage(GcState* state, GcHead* unreachable, GcHead* old) {
  while (!list_empty(unreachable)) {
    GcHead* head = unreachable->next;
    Object* object = object_of(head);
    if (state->debug & kDebugSaveAll) {
      if (state->garbage && ::adder::list_append(state->garbage, object).failed()) error_clear();
    } else if (inquiry clear = object->ob_type->tp_clear) {
      Ref<Object> alive = new_ref(object);
      clear(object);
      if (error_occurred()) error_write_unraisable(object->ob_type);
    }
    // Still there: somebody revived it, or it is freed later by others.
    if (unreachable->next == head) {
      head->prev &= ~(kGcCollecting | kGcUnreachable);
      list_move(head, old);
    }
  }
}

void debug_report(const char* message, Object* object) {
  std::fprintf(stderr, "gc: %s <%s %p>\n", message, object->ob_type->tp_name, static_cast<void*>(object));
}

Result<void> run_callbacks(GcState* state, const char* phase, int generation, isize collected, isize uncollectable) {
  Ref<Dict> info = TRY(dict_new());
  Ref<Int> number = TRY(int_from_i64(generation));
  TRY(dict_set_item_string(info, "generation", number));
  number = TRY(int_from_i64(collected));
  TRY(dict_set_item_string(info, "collected", number));
  number = TRY(int_from_i64(uncollectable));
  TRY(dict_set_item_string(info, "uncollectable", number));
  Ref<Str> phase_name = TRY(str_from_string(phase));
  for (isize i = 0; i < state->callbacks->ob_size; ++i) {
    Ref<Object> callback = new_ref(state->callbacks->ob_item[i]);
    Result<Object> result = call(callback.get(), phase_name.get(), info.get());
    if (result.failed()) error_write_unraisable(callback.get());
    else result.take().reset();
  }
  return {};
}
void call_callbacks(GcState* state, const char* phase, int generation, isize collected, isize uncollectable) {
  if (!state->callbacks || state->callbacks->ob_size == 0) return;
  if (run_callbacks(state, phase, generation, collected, uncollectable).failed()) error_write_unraisable(nullptr);
}

double seconds_now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Instance dicts that nobody else refers to: they count as part of their instance.
isize namespaces_in(GcHead* list) {
  isize count = 0;
  for (GcHead* head = list->next; head != list; head = head->next) {
    Object* object = object_of(head);
    if (!is_heap_type(object->ob_type) || object->ob_type->tp_dictoffset <= 0) continue;
    Object** slot = object_dict_slot(object);
    if (slot && *slot && (*slot)->ob_refcnt == 1 && is_collected(*slot) && is_tracked(*slot)) ++count;
  }
  return count;
}

// One collection. The thread's set exception is kept by the caller.
isize collect_generations(GcState* state, int generation, bool quiet, isize& uncollectable) {
  double start = 0;
  if (state->debug & kDebugStats) {
    std::fprintf(stderr, "gc: collecting generation %d...\ngc: objects in each generation:", generation);
    for (GcGeneration& g : state->generations) std::fprintf(stderr, " %zd", list_size(&g.head));
    std::fprintf(stderr, "\ngc: objects in permanent generation: %zd\n", list_size(&state->permanent.head));
    start = seconds_now();
  }
  if (generation + 1 < 3) ++state->generations[generation + 1].count;
  for (int i = 0; i <= generation; ++i) state->generations[i].count = 0;
  GcHead* young = &state->generations[generation].head;
  for (int i = 0; i < generation; ++i) list_merge(&state->generations[i].head, young);
  GcHead* old = generation < 2 ? &state->generations[generation + 1].head : young;

  GcHead unreachable, finalizers;
  Census census = deduce_unreachable(young, &unreachable);
  if (census.tuples) census.objects -= untrack_atomic_tuples(young);
  if (young != old) {
    // Counting again would take a walk of its own.
    if (generation == 1) state->long_lived_pending += list_empty(&unreachable) ? census.objects : list_size(young);
    list_merge(young, old);
  } else {
    state->long_lived_pending = 0;
    state->long_lived_total = untrack_atomic_dicts(young);
    kept_objects = {};
  }
  list_init(&finalizers);
  move_legacy_finalizers(&unreachable, &finalizers);
  // From here on the heads are ordinary list members again, known only by kGcCollecting.
  clear_flag(&unreachable, kGcUnreachable);
  if (state->debug & kDebugCollectable)
    for (GcHead* head = unreachable.next; head != &unreachable; head = head->next) debug_report("collectable", object_of(head));

  handle_weak_references(&unreachable);
  finalize_garbage(&unreachable);

  // Finalizers may have revived objects, and what these reach.
  GcHead still_unreachable;
  clear_flag(&unreachable, kGcCollecting);
  deduce_unreachable(&unreachable, &still_unreachable);
  list_merge(&unreachable, old);
  clear_flag(&still_unreachable, kGcUnreachable);
  isize collected = list_size(&still_unreachable) - namespaces_in(&still_unreachable);
  delete_garbage(state, &still_unreachable, old);

  uncollectable = list_size(&finalizers) - namespaces_in(&finalizers);
  for (GcHead* head = finalizers.next; head != &finalizers; head = head->next) {
    if (state->debug & kDebugUncollectable) debug_report("uncollectable", object_of(head));
  }
  for (GcHead* head = finalizers.next; head != &finalizers; head = head->next) {
    Object* object = object_of(head);
    if (!(state->debug & kDebugSaveAll) && !object->ob_type->tp_del) continue;
    if (state->garbage && ::adder::list_append(state->garbage, object).failed()) error_clear();
  }
  list_merge(&finalizers, old);
  if (state->debug & kDebugStats) {
    std::fprintf(stderr, "gc: done, %zd unreachable, %zd uncollectable, %.4fs elapsed\n", collected + uncollectable, uncollectable,
                 seconds_now() - start);
  }
  if (error_occurred()) {
    if (quiet) error_clear();
    else error_write_unraisable(nullptr);
  }
  ++state->stats[generation].collections;
  state->stats[generation].collected += collected;
  state->stats[generation].uncollectable += uncollectable;
  return collected;
}

isize collect_guarded(int generation, bool quiet) {
  GcState* state = state_;
  if (state->collecting) return 0;
  ErrorSaver saved;
  state->collecting = true;
  isize uncollectable = 0;
  if (!quiet) call_callbacks(state, "start", generation, 0, 0);
  isize collected = collect_generations(state, generation, quiet, uncollectable);
  if (!quiet) call_callbacks(state, "stop", generation, collected, uncollectable);
  state->collecting = false;
  return collected + uncollectable;
}
}  // namespace

void state_init(GcState* state) {
  constexpr int thresholds[] = {700, 10, 10};
  for (int i = 0; i < 3; ++i) {
    if (!state->generations[i].head.prev) list_init(&state->generations[i].head);
    state->generations[i].threshold = thresholds[i];
  }
  list_init(&state->permanent.head);
  state->enabled = true;
  // What start-up makes lives on: no collection before start_up_done(), unless it makes far more than usual.
  state->generations[0].count = -kStartUpAllowance;
}
void start_up_done() {
  GcState* state = state_;
  int made = state->generations[0].count + kStartUpAllowance;
  if (made > kStartUpAllowance) return;  // and was collected
  for (int i = 0; i < 2; ++i) {
    state->generations[i].count = 0;
    list_merge(&state->generations[i].head, &state->generations[2].head);
  }
  state->long_lived_total = made;
}
isize collect(int generation) { return collect_guarded(generation, false); }
isize collect_quietly() { return collect_guarded(2, true); }
void report_garbage() {
  GcState* state = state_;
  if ((state->debug & kDebugSaveAll) || !state->garbage || state->garbage->ob_size == 0) return;
  isize count = state->garbage->ob_size;
  const char* format = state->debug & kDebugUncollectable ? "gc: %zd uncollectable objects at shutdown"
                                                          : "gc: %zd uncollectable objects at shutdown; use "
                                                            "gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them";
  if (warn(ResourceWarning, 1, format, count).failed()) error_write_unraisable(nullptr);
  if (!(state->debug & kDebugUncollectable)) return;
  Result<Str> text = object_repr(state->garbage);
  if (text.failed()) return error_write_unraisable(state->garbage);
  Ref<Str> repr = text.take();
  if (Utf8 utf8 = str_as_utf8(repr)) std::fprintf(stderr, "      %s\n", utf8.data);
  else error_clear();
}
}  // namespace adder::gc
