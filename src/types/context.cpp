// context: context variables (PEP 567): Context, ContextVar, Token.
//
// Map        a context maps variables to values by a persistent hash trie (types/hamt.h), so copying it is O(1).
// Cache      a variable remembers its value for one thread and one version of the thread's context; entering and
// leaving
//            contexts change the version.
// See        tests/python/test_small_modules.py
#include "types/context.h"

#include "base/hot.h"
#include "bind/bind.h"
#include "import/import.h"
#include "object/fields.h"
#include "types/dict.h"
#include "types/hamt.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

ADDER_EXPORT PyTypeObject _PyContextTokenMissing_Type;

namespace adder {
namespace {
// == The map ==

// Borrowed, or null. Variables equal nothing but themselves, so no Python code runs.
Object* map_find(const HamtNode* map, const ContextVar* variable) {
  return hamt_find_same(map, variable, static_cast<u64>(variable->var_hash));
}

// == Context ==

// The thread's context, made on demand. Borrowed.
Result<Context> current_context() {
  ThreadState* state = thread();
  if (!state->context) {
    Ref<Context> context = TRY(context_new());
    state->context = context.release();
  }
  return Result<Context>::share(static_cast<Context*>(state->context));
}

PyObject* context_new_slot(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  if (tuple_size(as<Tuple>(args)) || (kwargs && dict_size(as<Dict>(kwargs)))) {
    (void)raise(TypeError, "Context() does not accept any arguments");
    return nullptr;
  }
  return context_new().to_c();
}
int context_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<Context*>(self)->ctx_prev);
  VISIT(static_cast<Context*>(self)->ctx_vars);
  return 0;
}
int context_clear(PyObject* self) {
  clear_field(static_cast<Context*>(self)->ctx_prev);
  clear_field(static_cast<Context*>(self)->ctx_vars);
  return 0;
}
void context_dealloc(PyObject* self) {
  gc::untrack(self);
  if (static_cast<Context*>(self)->ctx_weakreflist) weakref_clear_all(self);
  context_clear(self);
  object_free(self);
}

Result<ContextVar> require_variable(Object* key) {
  if (key->ob_type == &PyContextVar_Type) return Result<ContextVar>::share(static_cast<ContextVar*>(key));
  return raise(TypeError, "a ContextVar key was expected, got %R", key);
}

Result<Object> context_compare(Context* self, Object* other_object, int op) {
  if (other_object->ob_type != &PyContext_Type || (op != Py_EQ && op != Py_NE)) return not_implemented();
  Context* other = static_cast<Context*>(other_object);
  bool equal = hamt_length(self->ctx_vars) == hamt_length(other->ctx_vars);
  Ref<HamtNode> left = Ref<HamtNode>::share_or_empty(self->ctx_vars),
                right = Ref<HamtNode>::share_or_empty(other->ctx_vars);
  HamtWalk walk(left.get());
  while (const HamtEntry* entry = equal ? walk.next() : nullptr) {
    Ref<Object> value = Ref<Object>::share_or_empty(map_find(right.get(), static_cast<ContextVar*>(entry->key)));
    equal = value && TRY(object_equal(entry->value, value));
  }
  return bool_result(equal == (op == Py_EQ));
}

Result<isize> context_length(Context* self) { return hamt_length(self->ctx_vars); }
Result<Object> context_subscript(Context* self, Object* key) {
  Ref<ContextVar> variable = TRY(require_variable(key));
  if (Object* value = map_find(self->ctx_vars, variable)) return new_ref(value);
  return raise_key_error(key);
}
Result<bool> context_contains(Context* self, Object* key) {
  Ref<ContextVar> variable = TRY(require_variable(key));
  return map_find(self->ctx_vars, variable) != nullptr;
}

constexpr Doc get_doc =
    "get($self, key, default=None, /)\n--\n\nReturn the value for `key` if `key` has the value in the context "
    "object.\n\nIf `key` "
    "does not exist, return `default`. If `default` is not given,\nreturn None.";
Result<Object> context_get(Context* self, Object* key, Object* default_value) {
  Ref<ContextVar> variable = TRY(require_variable(key));
  Object* value = map_find(self->ctx_vars, variable);
  return new_ref(value ? value : default_value);
}

// An iterator over what `pick`, which gives a Result<Object>, makes of every binding.
template <class Pick>
Result<Object> bindings_iterator(Context* context, Pick pick) {
  Ref<List> list = TRY(list_new());
  Ref<HamtNode> held = Ref<HamtNode>::share_or_empty(context->ctx_vars);
  for (HamtWalk walk(held.get()); const HamtEntry* entry = walk.next();) {
    Ref<Object> item = TRY(pick(*entry));
    TRY(list_append(list, item));
  }
  return object_get_iter(list);
}
Result<Object> context_keys_iterator(Context* self) {
  return bindings_iterator(self, [](const HamtEntry& entry) { return Result<Object>::share(entry.key); });
}
constexpr Doc keys_doc = "keys($self, /)\n--\n\nReturn a list of all variables in the context object.";
constexpr Doc values_doc = "values($self, /)\n--\n\nReturn a list of all variables' values in the context object.";
Result<Object> context_values(Context* self) {
  return bindings_iterator(self, [](const HamtEntry& entry) { return Result<Object>::share(entry.value); });
}
constexpr Doc items_doc =
    "items($self, /)\n--\n\nReturn all variables and their values in the context object.\n\nThe result is returned as "
    "a list of "
    "2-tuples (variable, value).";
Result<Object> context_items(Context* self) {
  return bindings_iterator(self,
                           [](const HamtEntry& entry) -> Result<Object> { return tuple_pack(entry.key, entry.value); });
}
constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a shallow copy of the context object.";

PyObject* context_run(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
  auto run = [&]() -> Result<Object> {
    if (nargs < 1) return raise(TypeError, "run() missing 1 required positional argument");
    Ref<Context> context = new_ref(static_cast<Context*>(self));
    TRY(context_enter(context));
    Result<Object> result =
        object_vectorcall(args[0], args + 1, static_cast<usize>(nargs - 1), static_cast<Tuple*>(names));
    if (result.failed()) {
      Ref<Object> exception = error_take();
      TRY(context_exit(context));
      error_set(std::move(exception));
      return Error{};
    }
    Ref<Object> value = result.take();
    TRY(context_exit(context));
    return value;
  };
  return run().to_c();
}

constinit PyMethodDef context_methods[] = {
    method<context_get, get_doc>(),
    method<context_items, items_doc>(),
    method<context_keys_iterator, keys_doc>(),
    method<context_values, values_doc>(),
    method<context_copy, copy_doc>(),
    raw_method("run", context_run, METH_FASTCALL | METH_KEYWORDS, nullptr),
    {},
};
constinit PySequenceMethods context_as_sequence = {.sq_contains = slot<context_contains>};
constinit PyMappingMethods context_as_mapping = {.mp_length = slot<context_length>,
                                                 .mp_subscript = slot<context_subscript>};

// == ContextVar ==

int variable_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<ContextVar*>(self)->var_name);
  VISIT(static_cast<ContextVar*>(self)->var_default);
  return 0;
}
int variable_clear(PyObject* self) {
  ContextVar* variable = static_cast<ContextVar*>(self);
  variable->var_cached = nullptr;
  clear_field(variable->var_name);
  clear_field(variable->var_default);
  return 0;
}
void variable_dealloc(PyObject* self) {
  gc::untrack(self);
  variable_clear(self);
  object_free(self);
}

constexpr Doc variable_doc = "ContextVar(name, /, *, default=<unrepresentable>)\n--\n\n";
Result<Object> variable_new(Type*, Object* name, Opt<Object*> default_value) {
  return context_var_new(name, default_value);
}
PyObject* variable_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (tuple_size(as<Tuple>(args)) == 0 && (!kwargs || dict_size(as<Dict>(kwargs)) == 0)) {
    (void)raise(TypeError, "ContextVar() takes exactly 1 positional argument (0 given)");
    return nullptr;
  }
  return constructor<variable_new, variable_doc>(type, args, kwargs);
}
Result<isize> variable_hash(ContextVar* self) { return self->var_hash; }
Result<Str> variable_repr(ContextVar* self) {
  if (!self->var_default)
    return str_from_format("<ContextVar name=%R at %p>", self->var_name, static_cast<void*>(self));
  return str_from_format("<ContextVar name=%R default=%R at %p>", self->var_name, self->var_default,
                         static_cast<void*>(self));
}

constexpr Doc variable_get_doc =
    "get($self, default=<unrepresentable>, /)\n--\n\nReturn a value for the context variable for the current "
    "context.\n\nIf there "
    "is no value for the variable in the current context, the method will:\n * return the value of the default "
    "argument of the "
    "method, if provided; or\n * return the default value for the context variable, if it was created\n   with one; "
    "or\n * raise a "
    "LookupError.";
Result<Object> variable_get(ContextVar* self, Opt<Object*> default_value) {
  Ref<Object> value = TRY(context_var_get(self, default_value));
  if (!value) return raise_object(LookupError, self);
  return value;
}
constexpr Doc variable_set_doc =
    "set($self, value, /)\n--\n\nCall to set a new value for the context variable in the current context.\n\nThe "
    "required value "
    "argument is the new value for the context variable.\n\nReturns a Token object that can be used to restore the "
    "variable to its "
    "previous\nvalue via the `ContextVar.reset()` method.";
constexpr Doc variable_reset_doc =
    "reset($self, token, /)\n--\n\nReset the context variable.\n\nThe variable is reset to the value it had before the "
    "`ContextVar.set()` that\ncreated the token was used.";
Result<void> variable_reset(ContextVar* self, Object* token) {
  if (token->ob_type != &PyContextToken_Type) return raise(TypeError, "expected an instance of Token, got %R", token);
  return context_var_reset(self, static_cast<ContextToken*>(token));
}
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)\n--\n\nSee PEP 585";
Result<Object> class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }

constinit PyMethodDef variable_methods[] = {
    method<variable_get, variable_get_doc>(),
    method<context_var_set, variable_set_doc>(),
    method<variable_reset, variable_reset_doc>(),
    with_text(class_method<class_getitem, class_getitem_doc>(), "See PEP 585"),
    {},
};
constinit PyMemberDef variable_members[] = {member("name", T_OBJECT, offsetof(ContextVar, var_name), READONLY), {}};

// == Token ==

extern PyObject missing;

PyObject* token_new_slot(PyTypeObject*, PyObject*, PyObject*) {
  (void)raise(RuntimeError, "Tokens can only be created by ContextVars");
  return nullptr;
}
using TokenFields = OwnedFields<&ContextToken::tok_ctx, &ContextToken::tok_var, &ContextToken::tok_oldval>;
Result<Str> token_repr(ContextToken* self) {
  return str_from_format("<Token%s var=%R at %p>", self->tok_used ? " used" : "", static_cast<Object*>(self->tok_var),
                         static_cast<void*>(self));
}
Result<Object> token_var(ContextToken* self) { return new_ref<Object>(self->tok_var); }
Result<Object> token_old_value(ContextToken* self) { return new_ref(self->tok_oldval ? self->tok_oldval : &missing); }
constinit PyMethodDef token_methods[] = {
    with_text(class_method<class_getitem, class_getitem_doc>(), "See PEP 585"),
    {},
};
constinit PyGetSetDef token_get_set[] = {get_set<token_var>("var"), get_set<token_old_value>("old_value"), {}};

Result<Str> missing_repr(Object*) { return str_from_latin1("<Token.MISSING>"); }
void missing_dealloc(PyObject*) {}
constinit PyObject missing = {kImmortalRefcnt, &_PyContextTokenMissing_Type};

// Binds the variable in the current context.
Result<void> bind_variable(ContextVar* variable, Context* context, Object* value) {
  variable->var_cached = nullptr;
  Ref<HamtNode> changed = TRY(hamt_assoc(context->ctx_vars, variable, value, static_cast<u64>(variable->var_hash)));
  HamtNode* now = changed.get();
  set_field(context->ctx_vars, std::move(changed));
  // The old value's destructor may have set the variable again: remember only what is in the map now.
  if (context->ctx_vars != now) return {};
  variable->var_cached = value;
  variable->var_cached_tsid = thread()->id;
  variable->var_cached_tsver = thread()->context_ver;
  return {};
}
}  // namespace

// == Operations ==

Result<Context> context_new() {
  Ref<Context> context = TRY(object_new<Context>(&PyContext_Type));
  context->ctx_prev = nullptr;
  context->ctx_vars = nullptr;
  context->ctx_weakreflist = nullptr;
  context->ctx_entered = 0;
  gc::track(context);
  return context;
}

Result<Context> context_copy(Context* context) {
  Ref<Context> copy = TRY(context_new());
  copy->ctx_vars = Ref<HamtNode>::share_or_empty(context->ctx_vars).release();
  return copy;
}

Result<Context> context_copy_current() {
  Ref<Context> current = TRY(current_context());
  return context_copy(current);
}

Result<void> context_enter(Context* context) {
  if (context->ctx_entered) {
    return raise(RuntimeError, "cannot enter context: %R is already entered", static_cast<Object*>(context));
  }
  ThreadState* state = thread();
  context->ctx_prev = static_cast<Context*>(state->context);  // takes the thread's reference
  context->ctx_entered = 1;
  state->context = new_ref<Object>(context).release();
  ++state->context_ver;
  return {};
}

Result<void> context_exit(Context* context) {
  if (!context->ctx_entered) {
    return raise(RuntimeError, "cannot exit context: %R has not been entered", static_cast<Object*>(context));
  }
  ThreadState* state = thread();
  if (state->context != context) {
    return raise(RuntimeError, "cannot exit context: thread state references a different context object");
  }
  Ref<Object> held = Ref<Object>::steal(state->context);
  state->context = std::exchange(context->ctx_prev, nullptr);
  ++state->context_ver;
  context->ctx_entered = 0;
  return {};
}

Result<ContextVar> context_var_new(Object* name, Opt<Object*> default_value) {
  if (!is_str(name)) return raise(TypeError, "context variable name must be a str");
  Ref<ContextVar> variable = TRY(object_new<ContextVar>(&PyContextVar_Type));
  variable->var_name = new_ref(name).release();
  variable->var_default = Ref<Object>::share_or_empty(default_value.get()).release();
  variable->var_cached = nullptr;
  variable->var_cached_tsid = variable->var_cached_tsver = 0;
  variable->var_hash = hash_pointer(variable.get()) ^ str_hash(as<Str>(name));
  if (variable->var_hash == -1) variable->var_hash = -2;
  gc::track(variable);
  return variable;
}

namespace {
// The value that the variable remembers for this thread and its context, or null.
inline Object* remembered(const ContextVar* variable, const ThreadState* state) {
  return variable->var_cached_tsid == state->id && variable->var_cached_tsver == state->context_ver && state->context
             ? variable->var_cached
             : nullptr;
}
}  // namespace

ADDER_HOT Maybe<Object> context_var_get(ContextVar* variable, Opt<Object*> default_value) {
  ThreadState* state = thread();
  if (state->context) {
    if (Object* value = remembered(variable, state)) return new_ref(value);
    if (Object* value = map_find(static_cast<Context*>(state->context)->ctx_vars, variable)) {
      variable->var_cached = value;
      variable->var_cached_tsid = state->id;
      variable->var_cached_tsver = state->context_ver;
      return new_ref(value);
    }
  }
  if (default_value) return new_ref(default_value.get());
  if (variable->var_default) return new_ref(variable->var_default);
  return nullptr;
}

Result<ContextToken> context_var_set(ContextVar* variable, Object* value) {
  Ref<Context> context = TRY(current_context());
  Ref<ContextToken> token = TRY(object_new<ContextToken>(&PyContextToken_Type));
  token->tok_ctx = context.share().release();
  token->tok_var = new_ref(variable).release();
  token->tok_oldval = Ref<Object>::share_or_empty(map_find(context->ctx_vars, variable)).release();
  token->tok_used = 0;
  gc::track(token);
  TRY(bind_variable(variable, context, value));
  return token;
}

Result<void> context_var_reset(ContextVar* variable, ContextToken* token) {
  Object* shown = token;
  if (token->tok_used) return raise(RuntimeError, "%R has already been used once", shown);
  if (token->tok_var != variable) return raise(ValueError, "%R was created by a different ContextVar", shown);
  Ref<Context> context = TRY(current_context());
  if (token->tok_ctx != context) return raise(ValueError, "%R was created in a different Context", shown);
  token->tok_used = 1;
  if (token->tok_oldval) return bind_variable(variable, context, token->tok_oldval);
  variable->var_cached = nullptr;
  Ref<HamtNode> changed = TRY(hamt_without(context->ctx_vars, variable, static_cast<u64>(variable->var_hash)));
  if (changed.get() == context->ctx_vars) return raise_key_error(variable);
  set_field(context->ctx_vars, std::move(changed));
  return {};
}
}  // namespace adder

// == Type objects ==

using namespace adder;

constinit PyTypeObject PyContext_Type = {
    .tp_name = "_contextvars.Context",
    .tp_basicsize = sizeof(Context),
    .tp_dealloc = context_dealloc,
    .tp_as_sequence = &context_as_sequence,
    .tp_as_mapping = &context_as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = context_traverse,
    .tp_clear = context_clear,
    .tp_richcompare = slot<context_compare>,
    .tp_weaklistoffset = offsetof(Context, ctx_weakreflist),
    .tp_iter = slot<context_keys_iterator>,
    .tp_methods = context_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = context_new_slot,
    .tp_free = object_gc_del,
};
constinit PyTypeObject PyContextVar_Type = {
    .tp_name = "_contextvars.ContextVar",
    .tp_basicsize = sizeof(ContextVar),
    .tp_dealloc = variable_dealloc,
    .tp_repr = slot<variable_repr>,
    .tp_hash = slot<variable_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = variable_traverse,
    .tp_clear = variable_clear,
    .tp_methods = variable_methods,
    .tp_members = variable_members,
    .tp_alloc = type_generic_alloc,
    .tp_new = variable_new_slot,
    .tp_free = object_gc_del,
};
constinit PyTypeObject PyContextToken_Type = {
    .tp_name = "_contextvars.Token",
    .tp_basicsize = sizeof(ContextToken),
    .tp_dealloc = TokenFields::dealloc,
    .tp_repr = slot<token_repr>,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = TokenFields::traverse,
    .tp_clear = TokenFields::clear,
    .tp_methods = token_methods,
    .tp_getset = token_get_set,
    .tp_alloc = type_generic_alloc,
    .tp_new = token_new_slot,
    .tp_free = object_gc_del,
};
constinit PyTypeObject _PyContextTokenMissing_Type = {
    .tp_name = "Token.MISSING",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = missing_dealloc,
    .tp_repr = slot<missing_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

// == C API ==

namespace {
// False with a TypeError unless `object` is an instance of `type`.
bool expect(PyObject* object, PyTypeObject* type, const char* name) {
  if (object->ob_type == type) return true;
  (void)raise(TypeError, "an instance of %s was expected", name);
  return false;
}
bool expect_context(PyObject* object) { return expect(object, &PyContext_Type, "Context"); }
bool expect_variable(PyObject* object) { return expect(object, &PyContextVar_Type, "ContextVar"); }
}  // namespace

ADDER_EXPORT PyObject* PyContext_New() { return context_new().to_c(); }
ADDER_EXPORT PyObject* _PyContext_NewHamtForTests() { return hamt_new().to_c(); }
ADDER_EXPORT PyObject* PyContext_Copy(PyObject* context) {
  return expect_context(context) ? context_copy(static_cast<Context*>(context)).to_c() : nullptr;
}
ADDER_EXPORT PyObject* PyContext_CopyCurrent() { return context_copy_current().to_c(); }
ADDER_EXPORT int PyContext_Enter(PyObject* context) {
  return expect_context(context) ? context_enter(static_cast<Context*>(context)).to_c() : -1;
}
ADDER_EXPORT int PyContext_Exit(PyObject* context) {
  return expect_context(context) ? context_exit(static_cast<Context*>(context)).to_c() : -1;
}
ADDER_EXPORT PyObject* PyContextVar_New(const char* name, PyObject* default_value) {
  Ref<Str> text = TRY_C(nullptr, str_from_string(name));
  return context_var_new(text, default_value).to_c();
}
// *value: a new reference, or null if there is neither a value nor a default.
ADDER_EXPORT ADDER_HOT int PyContextVar_Get(PyObject* variable, PyObject* default_value, PyObject** value) {
  *value = nullptr;
  if (!expect_variable(variable)) return -1;
  if (Object* cached = remembered(static_cast<ContextVar*>(variable), thread())) {
    *value = new_ref(cached).release();
    return 0;
  }
  auto found = context_var_get(static_cast<ContextVar*>(variable), default_value);
  if (found.failed()) return -1;
  *value = found.to_c();
  return 0;
}
ADDER_EXPORT PyObject* PyContextVar_Set(PyObject* variable, PyObject* value) {
  return expect_variable(variable) ? context_var_set(static_cast<ContextVar*>(variable), value).to_c() : nullptr;
}
ADDER_EXPORT int PyContextVar_Reset(PyObject* variable, PyObject* token) {
  if (!expect_variable(variable) || !expect(token, &PyContextToken_Type, "Token")) return -1;
  return context_var_reset(static_cast<ContextVar*>(variable), static_cast<ContextToken*>(token)).to_c();
}

// == The module _contextvars ==

namespace adder {
namespace {
constexpr Doc copy_context_doc = "copy_context($module, /)\n--\n\n";
Result<Context> copy_context(Module*) { return context_copy_current(); }
constinit PyMethodDef functions[] = {with_text(method<copy_context, copy_context_doc>(), nullptr), {}};
Result<void> exec(Module* module) {
  TRY(module_add_type(module, &PyContext_Type));
  TRY(module_add_type(module, &PyContextVar_Type));
  TRY(module_add_type(module, &PyContextToken_Type));
  TRY(dict_set_item_string(as<Dict>(PyContextToken_Type.tp_dict), "MISSING", &missing));
  type_modified(&PyContextToken_Type);
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_contextvars", "Context Variables", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__contextvars() { return adder::module_def_init(&adder::definition); }
