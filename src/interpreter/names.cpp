// names: globals, class and module scopes, imports.
#include "import/import.h"
#include "interpreter/semantics.h"
#include "object/sequence.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::sem {
namespace {
// NameError that carries `name`, for suggestions in tracebacks.
void raise_name_error(Type* type, const char* format, Object* name) {
  (void)raise(type, format, name);
  Object *kind, *value, *traceback;
  error_fetch(&kind, &value, &traceback);
  if (value && value->ob_type == NameError) {
    PyNameErrorObject* error = static_cast<PyNameErrorObject*>(value);
    if (!error->name) {
      incref(name);
      error->name = name;
    }
  }
  error_restore(kind, value, traceback);
}
void raise_undefined(Object* name) { raise_name_error(NameError, "name '%U' is not defined", name); }

// A name in the builtins of the frame: null with NameError.
Object* load_builtin(InterpreterFrame* frame, Str* name) {
  if (is_dict_exact(frame->builtins)) {
    Maybe<Object> found = dict_get_item(as<Dict>(frame->builtins), name);
    if (found.failed()) return nullptr;
    if (Object* value = found.to_c()) return value;
    raise_undefined(name);
    return nullptr;
  }
  Object* value = object_get_item(frame->builtins, name).to_c();
  if (!value && error_matches(KeyError)) {
    error_clear();
    raise_undefined(name);
  }
  return value;
}
}  // namespace

void raise_unbound(Code* code, u32 slot) {
  Str* name = frame_slot_name(code, slot);
  u32 locals = static_cast<u32>(code->co_nlocals);
  if (slot < locals) {
    raise_name_error(UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value", name);
  } else if (slot < locals + static_cast<u32>(code->co_ncellvars)) {
    raise_name_error(UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value", name);
  } else {
    raise_name_error(NameError, "cannot access free variable '%U' where it is not associated with a value in enclosing scope",
                     name);
  }
}

Object* load_global(InterpreterFrame* frame, Str* name) {
  if (is_dict_exact(frame->globals)) {
    Maybe<Object> found = dict_get_item(as<Dict>(frame->globals), name);
    if (found.failed()) return nullptr;
    if (Object* value = found.to_c()) return value;
  } else {
    Object* value = object_get_item(frame->globals, name).to_c();
    if (value) return value;
    if (!error_matches(KeyError)) return nullptr;
    error_clear();
  }
  return load_builtin(frame, name);
}

Object* load_global_cached(InterpreterFrame* frame, Cache* cache) {
  Object* value = load_global(frame, cache->name);
  if (!value || cache->misses > 64) return value;
  ++cache->misses;
  cache->kind = 0;
  if (!is_dict_exact(frame->globals) || !is_dict_exact(frame->builtins)) return value;
  Dict* globals = as<Dict>(frame->globals);
  u32 version = dict_keys_version(globals);
  if (!version) return value;
  isize slot = dict_slot_of_str(globals, cache->name);
  if (slot >= 0 && dict_value_at(globals, slot)) {
    cache->version = version;
    cache->slot = slot;
    cache->kind = kGlobalCache;
    return value;
  }
  Dict* builtins = as<Dict>(frame->builtins);
  u32 builtins_version = dict_keys_version(builtins);
  slot = builtins_version ? dict_slot_of_str(builtins, cache->name) : -1;
  if (slot >= 0 && dict_value_at(builtins, slot)) {
    cache->version = version;
    cache->version2 = builtins_version;
    cache->slot = slot;
    cache->kind = kBuiltinCache;
  }
  return value;
}

Object* load_name(InterpreterFrame* frame, Str* name) {
  Object* locals = frame->locals;
  if (!locals) {
    (void)raise(SystemError, "no locals when loading %R", static_cast<Object*>(name));
    return nullptr;
  }
  if (is_dict_exact(locals)) {
    Maybe<Object> found = dict_get_item(as<Dict>(locals), name);
    if (found.failed()) return nullptr;
    if (Object* value = found.to_c()) return value;
  } else {
    Object* value = object_get_item(locals, name).to_c();
    if (value) return value;
    if (!error_matches(KeyError)) return nullptr;
    error_clear();
  }
  return load_global(frame, name);
}

bool store_name(InterpreterFrame* frame, Str* name, Object* value) {
  if (!frame->locals) {
    (void)raise(SystemError, "no locals found when storing %R", static_cast<Object*>(name));
    return false;
  }
  if (is_dict_exact(frame->locals)) return !dict_set_item(as<Dict>(frame->locals), name, value).failed();
  return !object_set_item(frame->locals, name, value).failed();
}

bool delete_name(InterpreterFrame* frame, Str* name) {
  if (!frame->locals) {
    (void)raise(SystemError, "no locals when deleting %R", static_cast<Object*>(name));
    return false;
  }
  if (!object_del_item(frame->locals, name).failed()) return true;
  if (error_matches(KeyError)) {
    error_clear();
    raise_undefined(name);
  }
  return false;
}

bool delete_global(InterpreterFrame* frame, Str* name) {
  if (!object_del_item(frame->globals, name).failed()) return true;
  if (error_matches(KeyError)) {
    error_clear();
    raise_undefined(name);
  }
  return false;
}

Object* load_class_deref(InterpreterFrame* frame, u32 slot) {
  Str* name = frame_slot_name(frame->code, slot);
  if (frame->locals) {
    if (is_dict_exact(frame->locals)) {
      Maybe<Object> found = dict_get_item(as<Dict>(frame->locals), name);
      if (found.failed()) return nullptr;
      if (Object* value = found.to_c()) return value;
    } else {
      Object* value = object_get_item(frame->locals, name).to_c();
      if (value) return value;
      if (!error_matches(KeyError)) return nullptr;
      error_clear();
    }
  }
  Object* value = as<Cell>(frame->slots[slot])->ob_ref;
  if (!value) {
    raise_unbound(frame->code, slot);
    return nullptr;
  }
  incref(value);
  return value;
}

bool setup_annotations(InterpreterFrame* frame) {
  Object* locals = frame->locals;
  if (!locals) {
    (void)raise(SystemError, "no locals found when setting up annotations");
    return false;
  }
  if (is_dict_exact(locals)) {
    Result<bool> there = dict_contains(as<Dict>(locals), id::__annotations__);
    if (there.failed()) return false;
    if (there.take()) return true;
  } else {
    Result<Object> found = object_get_item(locals, id::__annotations__);
    if (!found.failed()) {
      Ref<Object> released = found.take();
      return true;
    }
    if (!error_matches(KeyError)) return false;
    error_clear();
  }
  Result<Dict> made = dict_new();
  if (made.failed()) return false;
  Ref<Dict> annotations = made.take();
  return !object_set_item(locals, id::__annotations__, annotations).failed();
}

Object* load_build_class(InterpreterFrame* frame) {
  if (is_dict_exact(frame->builtins)) {
    Maybe<Object> found = dict_get_item(as<Dict>(frame->builtins), id::__build_class__);
    if (found.failed()) return nullptr;
    if (Object* value = found.to_c()) return value;
    (void)raise(NameError, "__build_class__ not found");
    return nullptr;
  }
  Object* value = object_get_item(frame->builtins, id::__build_class__).to_c();
  if (!value && error_matches(KeyError)) (void)raise(NameError, "__build_class__ not found");
  return value;
}

// == Imports ==

Object* import_name(InterpreterFrame* frame, Str* name, Object* from_list, Object* level) {
  Maybe<Object> found = is_dict(frame->builtins) ? dict_get_item(as<Dict>(frame->builtins), id::__import__)
                                                 : Maybe<Object>(object_get_item(frame->builtins, id::__import__));
  if (found.failed()) return nullptr;
  Ref<Object> function = found.take();
  if (!function) {
    (void)raise(ImportError, "__import__ not found");
    return nullptr;
  }
  Object* locals = frame->locals ? frame->locals : None;
  if (function.get() == interpreter()->import_func && is_int(level)) {
    int overflow = 0;
    i64 value = int_as_i64_and_overflow(as<Int>(level), &overflow);
    return import_module_level(name, frame->globals, locals, from_list, static_cast<int>(value)).to_c();
  }
  return call(function.get(), static_cast<Object*>(name), frame->globals, locals, from_list, level).to_c();
}

Object* import_from(Object* module, Str* name) {
  Maybe<Object> found = object_lookup_attr(module, name);
  if (found.failed()) return nullptr;
  if (Object* value = found.to_c()) return value;
  // A circular import may have put the submodule into sys.modules already.
  Maybe<Object> package_name = object_lookup_attr(module, id::__name__);
  if (package_name.failed()) return nullptr;
  Ref<Object> package = package_name.take();
  if (package && is_str(package.get())) {
    Result<Str> full = str_from_format("%U.%U", package.get(), static_cast<Object*>(name));
    if (full.failed()) return nullptr;
    Ref<Str> full_name = full.take();
    Maybe<Object> submodule = import_get_module(full_name);
    if (submodule.failed()) return nullptr;
    if (Object* value = submodule.to_c()) return value;
  }
  Ref<Object> shown = package && is_str(package.get()) ? package.share() : Ref<Object>();
  if (!shown) {
    Result<Str> unknown = str_from_string("<unknown module name>");
    if (unknown.failed()) return nullptr;
    shown = unknown.take();
  }
  Ref<Object> path;
  if (is_module(module)) {
    Opt<Object*> file = dict_get_item_str(module_dict(as<Module>(module)), id::__file__);
    if (file && is_str(*file)) path = new_ref(*file);
  }
  Ref<Str> message;
  if (!path) {
    Result<Str> text = str_from_format("cannot import name %R from %R (unknown location)", static_cast<Object*>(name), shown.get());
    if (text.failed()) return nullptr;
    message = text.take();
  } else {
    bool initializing = false;
    Maybe<Object> spec = object_lookup_attr(module, id::__spec__);
    if (spec.failed()) return nullptr;
    if (Ref<Object> held = spec.take(); held && held.get() != None) {
      Result<Str> attribute = str_from_string("_initializing");
      if (attribute.failed()) return nullptr;
      Ref<Str> attribute_name = attribute.take();
      Maybe<Object> flag = object_lookup_attr(held, attribute_name);
      if (flag.failed()) error_clear();
      if (Ref<Object> value = flag.take()) initializing = is_true(value.get()) == 1;
    }
    Result<Str> text = str_from_format(
        initializing ? "cannot import name %R from partially initialized module %R (most likely due to a circular import) (%S)"
                     : "cannot import name %R from %R (%S)",
        static_cast<Object*>(name), shown.get(), path.get());
    if (text.failed()) return nullptr;
    message = text.take();
  }
  Result<Object> made = object_call_one_arg(ImportError, message);
  if (made.failed()) return nullptr;
  Ref<Object> error = made.take();
  PyImportErrorObject* fields = static_cast<PyImportErrorObject*>(error.get());
  set_field(fields->name, std::move(shown));
  set_field(fields->path, path ? std::move(path) : new_ref<Object>(None));
  (void)raise_instance(error);
  return nullptr;
}

namespace {
bool import_all(Object* locals, Object* module) {
  bool skip_private = false;
  Maybe<Object> listed = object_lookup_attr(module, id::__all__);
  if (listed.failed()) return false;
  Ref<Object> all = listed.take();
  if (!all) {
    Maybe<Object> dict = object_lookup_attr(module, id::__dict__);
    if (dict.failed()) return false;
    Ref<Object> names = dict.take();
    if (!names) {
      (void)raise(ImportError, "from-import-* object has no __dict__ and no __all__");
      return false;
    }
    Result<List> keys = mapping_keys(names);
    if (keys.failed()) return false;
    all = keys.take();
    skip_private = true;
  }
  for (isize position = 0;; ++position) {
    Result<Object> item = sequence_get_item(all, position);
    if (item.failed()) {
      if (!error_matches(IndexError)) return false;
      error_clear();
      return true;
    }
    Ref<Object> name = item.take();
    if (!is_str(name.get())) {
      Result<Object> module_name = object_get_attr(module, id::__name__);
      if (module_name.failed()) return false;
      Ref<Object> shown = module_name.take();
      if (!is_str(shown.get())) {
        (void)raise(TypeError, "module __name__ must be a string, not %.100s", shown->ob_type->tp_name);
        return false;
      }
      (void)raise(TypeError, "%s in %U.%s must be str, not %.100s", skip_private ? "Key" : "Item", shown.get(),
                  skip_private ? "__dict__" : "__all__", name->ob_type->tp_name);
      return false;
    }
    if (skip_private && str_length(as<Str>(name.get())) && str_read_char(as<Str>(name.get()), 0) == '_') continue;
    Result<Object> value = object_get_attr(module, name);
    if (value.failed()) return false;
    Ref<Object> held = value.take();
    if (object_set_item(locals, name, held).failed()) return false;
  }
}
}  // namespace

bool import_star(ThreadState* state, InterpreterFrame* frame, Object* module) {
  Object* locals = frame_locals_mapping(frame);
  if (!locals) return false;
  bool good = import_all(locals, module);
  frame_locals_to_fast(frame, false);
  return good;
}
}  // namespace adder::sem
