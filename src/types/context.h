// context: context variables (PEP 567).
//
// The functions are those of the C API (PyContext_*, PyContextVar_*) under their C++ names.
#pragma once
#include "object/protocol.h"

namespace adder {
struct HamtNode;
}
// ABI: pycore_context.h.
struct PyContext : PyObject {
  PyContext* ctx_prev;
  adder::HamtNode* ctx_vars;  // types/hamt.h; null: empty
  PyObject* ctx_weakreflist;
  int ctx_entered;
};
struct PyContextVar : PyObject {
  PyObject *var_name, *var_default;
  PyObject* var_cached;  // borrowed; valid while the thread and its context version are these
  adder::u64 var_cached_tsid, var_cached_tsver;
  Py_hash_t var_hash;
};
struct PyContextToken : PyObject {
  PyContext* tok_ctx;
  PyContextVar* tok_var;
  PyObject* tok_oldval;  // null: the variable had no value
  int tok_used;
};

ADDER_EXPORT PyTypeObject PyContext_Type, PyContextVar_Type, PyContextToken_Type;

namespace adder {
using Context = PyContext;
using ContextVar = PyContextVar;
using ContextToken = PyContextToken;

Result<Context> context_new();
Result<Context> context_copy(Context* context);  // O(1)
Result<Context> context_copy_current();
// RuntimeError if it is entered already; if it is not the current one.
Result<void> context_enter(Context* context);
Result<void> context_exit(Context* context);
Result<ContextVar> context_var_new(Object* name, Opt<Object*> default_value);
// The value in the current context, else `default_value`, else the variable's own default, else absent.
Maybe<Object> context_var_get(ContextVar* variable, Opt<Object*> default_value);
Result<ContextToken> context_var_set(ContextVar* variable, Object* value);
Result<void> context_var_reset(ContextVar* variable, ContextToken* token);
}  // namespace adder
