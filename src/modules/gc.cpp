// gc: the module that controls the cycle collector.
#include "memory/gc.h"

#include "bind/bind.h"
#include "import/import.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr Doc enable_doc = "enable($module, /)\n--\n\nCollect automatically.";
Result<void> gc_enable(Module*) {
  gc::state_->enabled = true;
  return {};
}
constexpr Doc disable_doc = "disable($module, /)\n--\n\nDo not collect automatically.";
Result<void> gc_disable(Module*) {
  gc::state_->enabled = false;
  return {};
}
constexpr Doc isenabled_doc = "isenabled($module, /)\n--\n\nWhether collection is automatic.";
Result<bool> gc_isenabled(Module*) { return gc::state_->enabled; }

constexpr Doc collect_doc =
    "collect($module, /, generation=2)\n--\n\nCollect up to this generation now; the number of unreachable objects is "
    "returned.";
Result<isize> gc_collect(Module*, int generation) {
  if (generation < 0 || generation > 2) return raise(ValueError, "invalid generation");
  return gc::collect(generation);
}

constexpr Doc set_debug_doc = "set_debug($module, flags, /)\n--\n\nSet the debugging flags: DEBUG_STATS and so on.";
Result<void> gc_set_debug(Module*, int flags) {
  gc::state_->debug = flags;
  return {};
}
constexpr Doc get_debug_doc = "get_debug($module, /)\n--\n\nThe debugging flags.";
Result<int> gc_get_debug(Module*) { return gc::state_->debug; }

constexpr Doc set_threshold_doc =
    "set_threshold($module, threshold0, threshold1=<unset>, threshold2=<unset>, /)\n--\n\nSet how often generations "
    "are collected; 0 stops.";
Result<void> gc_set_threshold(Module*, int threshold0, Opt<Object*> threshold1, Opt<Object*> threshold2) {
  GcState* state = gc::state_;
  int second = threshold1 ? TRY(int_as_int(threshold1.get())) : state->generations[1].threshold;
  int third = threshold2  ? TRY(int_as_int(threshold2.get())) : state->generations[2].threshold;
  state->generations[0].threshold = threshold0;
  state->generations[1].threshold = second;
  state->generations[2].threshold = third;
  return {};
}
Result<Object> triple(i64 a, i64 b, i64 c) {
  Ref<Int> x = TRY(int_from_i64(a))
  , y = TRY(int_from_i64(b))
  , z = TRY(int_from_i64(c));
  return tuple_pack(x.get(), y.get(), z.get());
}
constexpr Doc get_threshold_doc = "get_threshold($module, /)\n--\n\nThe three thresholds.";
Result<Object> gc_get_threshold(Module*) {
  GcGeneration* g = gc::state_->generations;
  return triple(g[0].threshold, g[1].threshold, g[2].threshold);
}
constexpr Doc get_count_doc = "get_count($module, /)\n--\n\nThe three counts.";
Result<Object> gc_get_count(Module*) {
  GcGeneration* g = gc::state_->generations;
  return triple(g[0].count, g[1].count, g[2].count);
}

// == What the collector sees ==

// Appends the objects of a list, except `result` itself.
Result<void> append_objects(List* result, GcHead* list) {
  for (GcHead* head = list->next; head != list; head = head->next) {
    Object* object = gc::object_of(head);
    if (object != result) TRY(list_append(result, object));
  }
  return {};
}
constexpr Doc get_objects_doc =
    "get_objects($module, /, generation=None)\n--\n\nThe objects that the collector watches, in all generations or "
    "one.";
Result<Object> gc_get_objects(Module*, Object* generation) {
  Object* none = None;
  TRY(audit("gc.get_objects", generation ? generation : none));
  GcState* state = gc::state_;
  // Nothing must move while the lists are walked.
  Ref<List> result = TRY(list_new());
  bool enabled = state->enabled;
  state->enabled = false;
  Result<void> status = {};
  if (generation == None) {
    for (int i = 0; i < 3 && !status.failed(); ++i) status = append_objects(result, &state->generations[i].head);
  } else {
    Result<isize> number = number_as_ssize_t(generation, ValueError);
    if (number.failed()) {
      status = Error{};
    } else {
      isize index = number.take();
      if (index >= 3)
        status = raise(ValueError, "generation parameter must be less than the number of available generations (3)");
      else if (index < 0)
        status = raise(ValueError, "generation parameter cannot be negative");
      else
        status = append_objects(result, &state->generations[index].head);
    }
  }
  state->enabled = enabled;
  TRY(status);
  return result;
}

constexpr Doc get_stats_doc = "get_stats($module, /)\n--\n\nA dictionary of counters for each generation.";
Result<Object> gc_get_stats(Module*) {
  Ref<List> result = TRY(list_new());
  GcStats stats[3] = {gc::state_->stats[0], gc::state_->stats[1], gc::state_->stats[2]};
  for (const GcStats& s : stats) {
    Ref<Dict> dict = TRY(dict_new());
    Ref<Int> number = TRY(int_from_i64(s.collections));
    TRY(dict_set_item_string(dict, "collections", number));
    number = TRY(int_from_i64(s.collected));
    TRY(dict_set_item_string(dict, "collected", number));
    number = TRY(int_from_i64(s.uncollectable));
    TRY(dict_set_item_string(dict, "uncollectable", number));
    TRY(list_append(result, dict));
  }
  return result;
}

int visit_is_wanted(PyObject* object, void* wanted) {
  Tuple* tuple = static_cast<Tuple*>(wanted);
  for (isize i = 0; i < tuple->ob_size; ++i)
    if (tuple->ob_item[i] == object) return 1;
  return 0;
}
constexpr Doc get_referrers_doc =
    "get_referrers($module, /, *objs)\n--\n\nThe watched objects that refer directly to any of objs.";
Result<Object> gc_get_referrers(Module*, Tuple* objs) {
  TRY(audit("gc.get_referrers", static_cast<Object*>(objs)));
  Ref<List> result = TRY(list_new());
  GcState* state = gc::state_;
  bool enabled = state->enabled;
  state->enabled = false;
  Result<void> status = {};
  for (GcGeneration& generation : state->generations) {
    for (GcHead* head = generation.head.next; head != &generation.head && !status.failed(); head = head->next) {
      Object* object = gc::object_of(head);
      traverseproc traverse = object->ob_type->tp_traverse;
      if (!traverse || object == objs || object == result.get()) continue;
      if (traverse(object, visit_is_wanted, objs)) status = list_append(result, object);
    }
  }
  state->enabled = enabled;
  TRY(status);
  return result;
}
int visit_append(PyObject* object, void* list) { return list_append(static_cast<List*>(list), object).failed(); }
constexpr Doc get_referents_doc = "get_referents($module, /, *objs)\n--\n\nThe objects that objs refer to directly.";
Result<Object> gc_get_referents(Module*, Tuple* objs) {
  TRY(audit("gc.get_referents", static_cast<Object*>(objs)));
  Ref<List> result = TRY(list_new());
  for (isize i = 0; i < objs->ob_size; ++i) {
    Object* object = objs->ob_item[i];
    if (!gc::is_collected(object) || !object->ob_type->tp_traverse) continue;
    if (object->ob_type->tp_traverse(object, visit_append, result.get())) return Error{};
  }
  return result;
}

constexpr Doc is_tracked_doc = "is_tracked($module, obj, /)\n--\n\nWhether the collector watches obj.";
Result<bool> gc_is_tracked(Module*, Object* object) { return gc::is_collected(object) && gc::is_tracked(object); }
constexpr Doc is_finalized_doc =
    "is_finalized($module, obj, /)\n--\n\nWhether the collector has run the finalizer of obj.";
Result<bool> gc_is_finalized(Module*, Object* object) { return gc::is_collected(object) && gc::is_finalized(object); }

void merge(GcHead* from, GcHead* to) {
  while (from->next != from) {
    Object* object = gc::object_of(from->next);
    GcHead* head = gc::head_of(object);
    bool finalized = gc::is_finalized(object);
    gc::untrack(object);
    GcHead* last = reinterpret_cast<GcHead*>(to->prev & ~kGcFlags);
    last->next = head;
    head->prev = reinterpret_cast<uintptr_t>(last) | (finalized ? kGcFinalized : 0);
    head->next = to;
    to->prev = reinterpret_cast<uintptr_t>(head);
  }
}
constexpr Doc freeze_doc = "freeze($module, /)\n--\n\nMove all watched objects out of the collector's sight.";
Result<void> gc_freeze(Module*) {
  GcState* state = gc::state_;
  for (GcGeneration& generation : state->generations) {
    merge(&generation.head, &state->permanent.head);
    generation.count = 0;
  }
  return {};
}
constexpr Doc unfreeze_doc = "unfreeze($module, /)\n--\n\nMove what freeze() put aside into the oldest generation.";
Result<void> gc_unfreeze(Module*) {
  merge(&gc::state_->permanent.head, &gc::state_->generations[2].head);
  return {};
}
constexpr Doc get_freeze_count_doc =
    "get_freeze_count($module, /)\n--\n\nThe number of objects that freeze() put aside.";
Result<isize> gc_get_freeze_count(Module*) {
  isize count = 0;
  GcHead* list = &gc::state_->permanent.head;
  for (GcHead* head = list->next; head != list; head = head->next) ++count;
  return count;
}

constinit PyMethodDef functions[] = {method<gc_enable, enable_doc>(),
                                     method<gc_disable, disable_doc>(),
                                     method<gc_isenabled, isenabled_doc>(),
                                     method<gc_collect, collect_doc>(),
                                     method<gc_set_debug, set_debug_doc>(),
                                     method<gc_get_debug, get_debug_doc>(),
                                     method<gc_set_threshold, set_threshold_doc>(),
                                     method<gc_get_threshold, get_threshold_doc>(),
                                     method<gc_get_count, get_count_doc>(),
                                     method<gc_get_objects, get_objects_doc>(),
                                     method<gc_get_stats, get_stats_doc>(),
                                     method<gc_get_referrers, get_referrers_doc>(),
                                     method<gc_get_referents, get_referents_doc>(),
                                     method<gc_is_tracked, is_tracked_doc>(),
                                     method<gc_is_finalized, is_finalized_doc>(),
                                     method<gc_freeze, freeze_doc>(),
                                     method<gc_unfreeze, unfreeze_doc>(),
                                     method<gc_get_freeze_count, get_freeze_count_doc>(),
                                     {}};

Result<void> gc_exec(Module* module) {
  GcState* state = gc::state_;
  if (!state->garbage) state->garbage = TRY(list_new())
  .release();
  if (!state->callbacks) state->callbacks = TRY(list_new())
  .release();
  TRY(module_add_object(module, "garbage", state->garbage));
  TRY(module_add_object(module, "callbacks", state->callbacks));
  TRY(module_add_int(module, "DEBUG_STATS", gc::kDebugStats));
  TRY(module_add_int(module, "DEBUG_COLLECTABLE", gc::kDebugCollectable));
  TRY(module_add_int(module, "DEBUG_UNCOLLECTABLE", gc::kDebugUncollectable));
  TRY(module_add_int(module, "DEBUG_SAVEALL", gc::kDebugSaveAll));
  return module_add_int(module, "DEBUG_LEAK", gc::kDebugLeak);
}
int exec_slot(PyObject* module) { return gc_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "gc", .m_doc = "Control of the collector of reference cycles.", .m_methods = functions, .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_gc() { return adder::module_def_init(&adder::definition); }
