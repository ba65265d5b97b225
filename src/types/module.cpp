// module: modules, and how modules written in C come into being (PEP 489).
//
// Names      a missing attribute asks the module's own __getattr__ (PEP 562).
#include "types/module.h"

#include <cstring>

#include "bind/bind.h"
#include "memory/allocator.h"
#include "object/type_private.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

// The full name of the extension module whose init function runs (import/single_phase.cpp), else null.
extern "C" {
ADDER_EXPORT const char* _Py_PackageContext;
constinit const char* _Py_PackageContext = nullptr;
}

namespace adder {
namespace {

Result<void> set_initial_names(Module* self, Object* name, Object* doc) {
  Dict* dict = module_dict(self);
  TRY(dict_set_item(dict, id::__name__, name));
  TRY(dict_set_item(dict, id::__doc__, doc));
  TRY(dict_set_item(dict, id::__package__, None));
  TRY(dict_set_item(dict, id::__loader__, None));
  TRY(dict_set_item(dict, id::__spec__, None));
  if (is_str_exact(name)) set_field(self->md_name, new_ref(name));
  return {};
}

Result<Module> allocate_module(Type* type) {
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  Module* self = as<Module>(object.get());
  self->md_dict = TRY(dict_new())
  .release();
  return as<Module>(std::move(object));
}

// The module's state: m_size bytes of zeros.
// The block of the module's state, at least `least` bytes; 0: none if the definition asks for none.
Result<void> allocate_state(Module* self, ModuleDef* definition, isize least) {
  isize size = definition->m_size > least ? definition->m_size : least;
  if (size <= 0 || self->md_state) return {};
  self->md_state = memory::allocate_zeroed(1, static_cast<usize>(size));
  if (!self->md_state) return raise_no_memory();
  return {};
}

Result<void> add_functions(Object* module, PyMethodDef* functions, Object* name) {
  for (PyMethodDef* function = functions; function && function->ml_name; ++function) {
    if (function->ml_flags & (METH_CLASS | METH_STATIC)) {
      return raise(ValueError, "module functions cannot set METH_CLASS or METH_STATIC");
    }
    Ref<Object> made = TRY(cfunction_new(function, module, name));
    TRY(object_set_attr(module, function->ml_name, made));
  }
  return {};
}

Result<void> set_doc(Object* module, const char* doc) {
  if (!doc) return {};
  Ref<Str> text = TRY(str_from_string(doc));
  return object_set_attr(module, id::__doc__, text);
}

// == Slots ==

Result<void> module_init(Module* self, Str* name, Object* doc) {
  if (!self->md_dict) self->md_dict = TRY(dict_new())
  .release();
  return set_initial_names(self, name, doc);
}

PyObject* module_new_slot(PyTypeObject* type, PyObject*, PyObject*) { return allocate_module(type).to_c(); }

Result<Object> module_repr(Module* self) {
  Interpreter* state = interpreter();
  if (state->importlib) return call_method(state->importlib, id::_module_repr, static_cast<Object*>(self));
  return str_from_format("<module %R>", self->md_name ? self->md_name : None);
}

// True while `spec` says that the module's body is still running.
bool is_initializing(Object* spec) {
  auto found = object_lookup_attr(spec, id::_initializing);
  if (!found.failed()) {
    Ref<Object> value = found.take();
    if (!value) return false;
    auto truth = object_is_true(value);
    if (!truth.failed()) return truth.take();
  }
  error_clear();
  return false;
}

Result<Object> module_get_attr(Module* self, Object* name) {
  auto generic = object_generic_lookup_attr(self, name);
  Ref<Object> value = TRY(generic);
  if (value) return value;
  if (!self->md_dict) return raise(AttributeError, "module has no attribute '%U'", name);
  Dict* dict = module_dict(self);
  Ref<Object> get_attr = TRY(dict_get_item(dict, id::__getattr__));
  if (get_attr) return object_call_one_arg(get_attr, name);
  Ref<Object> module_name = TRY(dict_get_item(dict, id::__name__));
  if (!module_name || !is_str(module_name)) return raise(AttributeError, "module has no attribute '%U'", name);
  Ref<Object> spec = TRY(dict_get_item(dict, id::__spec__));
  if (spec && spec.get() != None && is_initializing(spec)) {
    return raise(AttributeError,
                 "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)",
                 module_name.get(), name);
  }
  // A submodule that is being imported just now is not bound in its package yet.
  if (spec && spec.get() != None) {
    Ref<Str> attribute = TRY(str_intern_from_string("_uninitialized_submodules"));
    Ref<Object> pending = TRY(object_lookup_attr(spec, attribute));
    if (pending && TRY(sequence_contains(pending, name))) {
      return raise(AttributeError, "cannot access submodule '%U' of module '%U' (most likely due to a circular import)",
                   name, module_name.get());
    }
  }
  return raise(AttributeError, "module '%U' has no attribute '%U'", module_name.get(), name);
}

Result<Object> module_dir(Object* self) {
  Ref<Object> dict = TRY(object_get_attr(self, id::__dict__));
  if (!is_dict(dict)) return raise(TypeError, "%R.__dict__ is not a dictionary", self);
  Ref<Object> own = TRY(dict_get_item(as<Dict>(dict.get()), id::__dir__));
  if (own) return object_call_no_args(own);
  return dict_keys(as<Dict>(dict.get()));
}

Result<Object> dict_of_module(Module* self) {
  Ref<Object> dict = TRY(object_get_attr(self, id::__dict__));
  if (!is_dict(dict)) return raise(TypeError, "<module>.__dict__ is not a dictionary");
  return dict;
}

Result<Object> module_get_annotations(Module* self) {
  Ref<Object> dict = TRY(dict_of_module(self));
  Ref<Object> annotations = TRY(dict_get_item(as<Dict>(dict.get()), id::__annotations__));
  if (annotations) return annotations;
  Ref<Dict> made = TRY(dict_new());
  TRY(dict_set_item(as<Dict>(dict.get()), id::__annotations__, made));
  return made;
}

Result<void> module_set_annotations(Module* self, Opt<Object*> value) {
  Ref<Object> dict = TRY(dict_of_module(self));
  if (value) return dict_set_item(as<Dict>(dict.get()), id::__annotations__, *value);
  if (!TRY(dict_contains(as<Dict>(dict.get()), id::__annotations__))) return raise(AttributeError, "__annotations__");
  return dict_del_item(as<Dict>(dict.get()), id::__annotations__);
}

// m_free and its relatives may not be called before the state they look at exists.
bool definition_is_live(Module* self) { return self->md_def && (self->md_def->m_size <= 0 || self->md_state); }

void module_dealloc(PyObject* object) {
  Module* self = as<Module>(object);
  gc::untrack(self);
  if (self->md_weaklist) weakref_clear_all(self);
  if (definition_is_live(self) && self->md_def->m_free) self->md_def->m_free(self);
  clear_field(self->md_dict);
  clear_field(self->md_name);
  memory::release(self->md_state);
  self->md_state = nullptr;
  self->ob_type->tp_free(self);
}

int module_traverse(PyObject* object, visitproc visit, void* arg) {
  Module* self = as<Module>(object);
  if (definition_is_live(self) && self->md_def->m_traverse) {
    if (int stop = self->md_def->m_traverse(self, visit, arg)) return stop;
  }
  VISIT(self->md_dict);
  return 0;
}

int module_clear(PyObject* object) {
  Module* self = as<Module>(object);
  if (definition_is_live(self) && self->md_def->m_clear) {
    if (int failed = self->md_def->m_clear(self)) return failed;
  }
  clear_field(self->md_dict);
  return 0;
}

constexpr Doc init_doc = "module(name, doc=None)";
constexpr Doc dir_doc = "__dir__($self, /)";

constexpr PyMethodDef documented(PyMethodDef definition, const char* doc) {
  definition.ml_doc = doc;
  return definition;
}
constinit PyMethodDef module_methods[] = {
    documented(method<module_dir, dir_doc>(), "__dir__() -> list\nspecialized dir() implementation"), {}};
constinit PyMemberDef module_members[] = {member("__dict__", T_OBJECT, offsetof(PyModuleObject, md_dict), READONLY),
                                          {}};
constinit PyGetSetDef module_getset[] = {get_set<module_get_annotations, module_set_annotations>("__annotations__"),
                                         {}};

// == Multi-phase initialisation ==

struct DefinitionSlots {
  Object* (*create)(Object*, PyModuleDef*) = nullptr;
  bool has_exec = false;
};

Result<void> read_slots(ModuleDef* definition, const char* name, DefinitionSlots& slots) {
  if (definition->m_size < 0) {
    return raise(SystemError, "module %s: m_size may not be negative for multi-phase initialization", name);
  }
  for (PyModuleDef_Slot* slot = definition->m_slots; slot && slot->slot; ++slot) {
    if (slot->slot == Py_mod_create) {
      if (slots.create) return raise(SystemError, "module %s has multiple create slots", name);
      slots.create = reinterpret_cast<Object* (*)(Object*, PyModuleDef*)>(slot->value);
    } else if (slot->slot == Py_mod_exec) {
      slots.has_exec = true;
    } else {
      return raise(SystemError, "module %s uses unknown slot ID %i", name, slot->slot);
    }
  }
  return {};
}

Result<Object> create_by_slot(const DefinitionSlots& slots, Object* spec, ModuleDef* definition, const char* name) {
  Object* made = slots.create(spec, definition);
  if (!made) {
    if (!error_occurred()) {
      return raise(SystemError, "creation of module %s failed without setting an exception", name);
    }
    return Error{};
  }
  Ref<Object> module = Ref<Object>::steal(made);
  if (error_occurred()) {
    return raise_from_cause(SystemError, "creation of module %s raised unreported exception", name);
  }
  return module;
}

}  // namespace

Result<Module> module_new(Object* name) {
  Ref<Module> module = TRY(allocate_module(&PyModule_Type));
  TRY(set_initial_names(module, name, None));
  return module;
}

Result<Module> module_create(ModuleDef* definition) {
  if (definition->m_slots) {
    return raise(SystemError, "module %s: PyModule_Create is incompatible with m_slots", definition->m_name);
  }
  // An extension module in a package is known by its full name; the last part must be what the definition says.
  const char* full_name = definition->m_name;
  if (_Py_PackageContext) {
    const char* dot = std::strrchr(_Py_PackageContext, '.');
    if (dot && std::strcmp(dot + 1, definition->m_name) == 0) full_name = std::exchange(_Py_PackageContext, nullptr);
  }
  Ref<Str> name = TRY(str_from_string(full_name));
  Ref<Module> module = TRY(module_new(name));
  TRY(allocate_state(module, definition, 0));
  TRY(add_functions(module, definition->m_methods, name));
  TRY(set_doc(module, definition->m_doc));
  module->md_def = definition;
  return module;
}

Result<Object> module_from_def_and_spec(ModuleDef* definition, Object* spec) {
  Ref<Object> name = TRY(object_get_attr(spec, id::name));
  if (!is_str(name)) return raise(TypeError, "module name must be a string");
  Utf8 text = str_as_utf8(as<Str>(name.get()));
  if (!text) return Error{};
  DefinitionSlots slots;
  TRY(read_slots(definition, text.data, slots));
  Ref<Object> module;
  if (slots.create) {
    module = TRY(create_by_slot(slots, spec, definition, text.data));
  } else {
    module = TRY(module_new(name));
  }
  if (is_module(module)) {
    as<Module>(module.get())->md_state = nullptr;
    as<Module>(module.get())->md_def = definition;
  } else {
    if (definition->m_size > 0 || definition->m_traverse || definition->m_clear || definition->m_free) {
      return raise(SystemError, "module %s is not a module object, but requests module state", text.data);
    }
    if (slots.has_exec) {
      return raise(SystemError, "module %s specifies execution slots, but did not create a ModuleType instance",
                   text.data);
    }
  }
  TRY(add_functions(module, definition->m_methods, name));
  TRY(set_doc(module, definition->m_doc));
  return module;
}

Result<void> module_exec_def(Module* module, ModuleDef* definition) {
  const char* name = definition->m_name;
  // Never null afterwards: what has a state is not executed again when it is reloaded.
  TRY(allocate_state(module, definition, 1));
  for (PyModuleDef_Slot* slot = definition->m_slots; slot && slot->slot; ++slot) {
    if (slot->slot == Py_mod_create) continue;
    if (slot->slot != Py_mod_exec)
      return raise(SystemError, "module %s initialized with unknown slot %i", name, slot->slot);
    int failed = reinterpret_cast<int (*)(Object*)>(slot->value)(module);
    if (failed) {
      if (!error_occurred()) {
        return raise(SystemError, "execution of module %s failed without setting an exception", name);
      }
      return Error{};
    }
    if (error_occurred()) {
      return raise_from_cause(SystemError, "execution of module %s raised unreported exception", name);
    }
  }
  return {};
}

// == Filling modules ==

Result<void> module_add_object(Module* module, const char* name, Object* value) {
  if (!module->md_dict) return raise(SystemError, "module has no __dict__");
  Ref<Str> key = TRY(str_intern_from_string(name));
  return dict_set_item(module_dict(module), key, value);
}

Result<void> module_add_int(Module* module, const char* name, i64 value) {
  Ref<Int> number = TRY(int_from_i64(value));
  return module_add_object(module, name, number);
}

Result<void> module_add_string(Module* module, const char* name, const char* value) {
  Ref<Str> text = TRY(str_from_string(value));
  return module_add_object(module, name, text);
}

Result<void> module_add_type(Module* module, Type* type) {
  TRY(type_ready(type));
  return module_add_object(module, type_short_name(type), type);
}

Result<void> module_add_functions(Module* module, PyMethodDef* functions) {
  Ref<Object> name = TRY(object_get_attr(module, id::__name__));
  return add_functions(module, functions, name);
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyModule_Type = {
    .tp_name = "module",
    .tp_basicsize = sizeof(PyModuleObject),
    .tp_dealloc = module_dealloc,
    .tp_repr = slot<module_repr>,
    .tp_getattro = slot<module_get_attr>,
    .tp_setattro = &PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "module(name, doc=None)\n--\n\nCreate a module object.\n\nThe name must be a string; the optional doc argument "
        "can "
        "have any type.",
    .tp_traverse = module_traverse,
    .tp_clear = module_clear,
    .tp_weaklistoffset = offsetof(PyModuleObject, md_weaklist),
    .tp_methods = module_methods,
    .tp_members = module_members,
    .tp_getset = module_getset,
    .tp_dictoffset = offsetof(PyModuleObject, md_dict),
    .tp_init = initializer<module_init, init_doc>,
    .tp_new = module_new_slot,
    .tp_free = object_gc_del,
};

constinit PyTypeObject PyModuleDef_Type = {
    .tp_name = "moduledef",
    .tp_basicsize = sizeof(PyModuleDef),
};
