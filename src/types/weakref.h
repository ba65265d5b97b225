// weakref: weak references and proxies. The functions that most rooms need (weakref_new_ref, weakref_clear_all …) are
// in types/module.h; here are those of the collector.
#pragma once
#include "types/module.h"

namespace adder {
// Makes a reference dead without running its callback (it keeps the callback). No Python code.
void weakref_clear_ref(WeakReference* reference);
// Makes all weak references to `object` dead. Those with callbacks that are not garbage themselves are appended to
// `pending`, a list made on demand. No Python code.
void weakref_collect_callbacks(Object* object, Ref<Object>& pending);
// Calls the callbacks of the references in the list (may be null); errors are reported as unraisable.
void weakref_run_callbacks(List* pending);
isize weakref_count(Object* object);
Result<List> weakref_list(Object* object);
}  // namespace adder
