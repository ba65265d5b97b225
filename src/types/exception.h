// exception: the exception classes' own functions.
#pragma once
#include "object/protocol.h"

namespace adder {
inline bool is_exception_instance(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_BASE_EXC_SUBCLASS); }
inline bool is_exception_class(const Object* o) {
  return is_type(o) && has_flag(reinterpret_cast<const Type*>(o), Py_TPFLAGS_BASE_EXC_SUBCLASS);
}
// Borrowed; null if there is none.
Opt<Object*> exception_get_traceback(Object* exception);
void exception_set_traceback(Object* exception, Opt<Object*> traceback);
void exception_set_context(Object* exception, Ref<Object>&& context);  // breaks cycles in the chain of contexts
void exception_set_cause(Object* exception, Ref<Object>&& cause);
// except*: splits; match and rest may be None (see docs/bytecode.md).
Result<void> exception_group_match(Object* exception, Object* match_type, Ref<Object>& match, Ref<Object>& rest);
Result<Object> exception_group_projection(Object* group, Object* list_of_exceptions);
Result<Object> exception_prep_reraise_star(Object* original, Object* raised_list);
extern Object* exception_group_type;  // ExceptionGroup, made at start-up
// Readies all exception classes and enters them into builtins.
Result<void> exceptions_init(Dict* builtins);
}  // namespace adder
