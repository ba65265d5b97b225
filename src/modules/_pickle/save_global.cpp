// save_global: classes and functions, written as module and name.
#include <cstdio>

#include "import/import.h"
#include "modules/_pickle/pickler.h"
#include "runtime/runtime.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace adder::pickle {
// == Dotted names ==

Result<List> dotted_path(Object* name, Opt<Object*> owner) {
  Ref<Str> dot = TRY(str_from_ordinal('.'));
  Ref<List> path = TRY(str_split(as<Str>(name), dot.get(), -1));
  for (isize i = 0; i < list_size(path); ++i) {
    Object* part = list_item(path, i);
    if (!is_str(part) || !str_equals(as<Str>(part), "<locals>")) continue;
    if (owner) return raise(AttributeError, "Can't pickle local attribute %R on %R", name, owner.get());
    return raise(AttributeError, "Can't pickle local object %R", name);
  }
  return path;
}
Maybe<Object> dotted_attribute(Object* owner, List* path, Ref<Object>* parent) {
  Ref<Object> object = new_ref(owner), holder;
  for (isize i = 0; i < list_size(path); ++i) {
    Ref<Object> name = new_ref(list_item(path, i));
    holder = std::move(object);
    object = TRY(object_lookup_attr(holder, name));
    if (!object) return nullptr;
  }
  if (parent) *parent = std::move(holder);
  return object;
}

namespace {
// Whether the module has the object under the path.
Result<bool> module_has(Object* module_name, Object* module, Object* object, List* path) {
  if (module == None || (is_str(module_name) && str_equals(as<Str>(module_name), "__main__"))) return false;
  Ref<Object> candidate = TRY(dotted_attribute(module, path, nullptr));
  return candidate.get() == object;
}
// The name of the module that an object comes from: its __module__, else the one of sys.modules that has it.
Result<Object> which_module(Object* object, List* path) {
  Ref<Object> name = TRY(object_lookup_attr(object, id::__module__));
  // Bound methods of some built-in types have None.
  if (name && name.get() != None) return name;
  Object* found = sys_get_object("modules").get();
  if (!found) return raise(RuntimeError, "unable to get sys.modules");
  Ref<Object> modules = new_ref(found);
  if (is_dict_exact(modules)) {
    isize position = 0;
    Object *key, *value;
    while (dict_next(as<Dict>(modules.get()), position, key, value)) {
      Ref<Object> module_name = new_ref(key), module = new_ref(value);
      if (TRY(module_has(module_name, module, object, path))) return module_name;
    }
  } else {
    Ref<Object> iterator = TRY(object_get_iter(modules));
    for (;;) {
      Ref<Object> module_name = TRY(iter_next(iterator));
      if (!module_name) break;
      Ref<Object> module = TRY(object_get_item(modules, module_name));
      if (TRY(module_has(module_name, module, object, path))) return module_name;
    }
  }
  return Result<Object>::share(id::__main__);
}

// == Extension codes and Python 2 ==

// The number that copyreg.add_extension() gave to the name; 0: none.
Result<long> extension_code(Pickler* p, Object* object, Object* module_name, Object* global_name) {
  Ref<Tuple> key = TRY(tuple_pack(module_name, global_name));
  Ref<Object> found = TRY(dict_get_item(as<Dict>(p->state->extension_registry), key));
  if (!found) return 0L;
  if (!is_int_exact(found)) {
    return raise_pickling(p->state, "Can't pickle %R: extension code %R isn't an integer", object, found.get());
  }
  long code = TRY(int_as_long(found));
  if (code <= 0 || code > 0x7fffffff) {
    return raise(RuntimeError, "Can't pickle %R: extension code %ld is out of range", object, code);
  }
  return code;
}
Result<void> write_extension(Pickler* p, long code) {
  int size = code <= 0xff ? 1 : code <= 0xffff ? 2 : 4;
  return write_number(p, size == 1 ? kExt1 : size == 2 ? kExt2 : kExt4, static_cast<u64>(code), size);
}
// The names under which Python 2 knows something.
Result<void> map_to_python_2(Pickler* p, Ref<Object>& module_name, Ref<Object>& global_name) {
  Ref<Tuple> key = TRY(tuple_pack(module_name.get(), global_name.get()));
  Ref<Object> pair = TRY(dict_get_item(as<Dict>(p->state->name_3to2), key));
  if (pair) {
    if (!is_tuple(pair) || tuple_size(as<Tuple>(pair.get())) != 2) {
      return raise(RuntimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not %.200s",
                   pair->ob_type->tp_name);
    }
    Object *module = tuple_item(as<Tuple>(pair.get()), 0), *name = tuple_item(as<Tuple>(pair.get()), 1);
    if (!is_str(module) || !is_str(name)) {
      return raise(RuntimeError,
                   "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (%.200s, %.200s)",
                   module->ob_type->tp_name, name->ob_type->tp_name);
    }
    module_name = new_ref(module);
    global_name = new_ref(name);
    return {};
  }
  Ref<Object> module = TRY(dict_get_item(as<Dict>(p->state->import_3to2), module_name));
  if (!module) return {};
  if (!is_str(module)) {
    return raise(RuntimeError, "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %.200s",
                 module->ob_type->tp_name);
  }
  module_name = std::move(module);
  return {};
}

// One line of GLOBAL: UTF-8 in protocol 3, ASCII before. `what`: "module" or "global".
Result<void> write_identifier(Pickler* p, Object* name, const char* what) {
  if (!is_str(name)) return raise_bad_internal_call();
  Str* text = as<Str>(name);
  auto encoded = str_as_encoded_string(text, p->protocol == 3 ? "utf-8" : "ascii", nullptr);
  if (encoded.failed()) {
    if (!error_matches(PyExc_UnicodeEncodeError)) return Error{};
    return raise_pickling(p->state, "can't pickle %s identifier '%S' using pickle protocol %i", what, name,
                          p->protocol);
  }
  Ref<Object> bytes = encoded.take();
  TRY(write(p, bytes_data(as<Bytes>(bytes.get())), bytes_size(as<Bytes>(bytes.get()))));
  return write(p, "\n", 1);
}
}  // namespace

Result<void> save_global(Pickler* p, Object* object, Opt<Object*> name) {
  Ref<Object> global_name = Ref<Object>::share_or_empty(name.get());
  if (!global_name) {
    global_name = TRY(object_lookup_attr(object, id::__qualname__));
    if (!global_name) global_name = TRY(object_get_attr(object, id::__name__));
  }
  if (!is_str(global_name)) {
    return raise(TypeError, "descriptor 'split' for 'str' objects doesn't apply to a '%.100s' object",
                 global_name->ob_type->tp_name);
  }
  Ref<List> path = TRY(dotted_path(global_name, {}));
  Ref<Object> module_name = TRY(which_module(object, path));
  auto imported = import_module(module_name);
  if (imported.failed()) {
    return raise_pickling(p->state, "Can't pickle %R: import of module %R failed", object, module_name.get());
  }
  Ref<Object> module = imported.take();
  Ref<Object> parent;
  Ref<Object> found = TRY(dotted_attribute(module, path, &parent));
  if (!found) {
    return raise_pickling(p->state, "Can't pickle %R: attribute lookup %S on %S failed", object, global_name.get(),
                          module_name.get());
  }
  if (found.get() != object) {
    return raise_pickling(p->state, "Can't pickle %R: it's not the same object as %S.%S", object, module_name.get(),
                          global_name.get());
  }
  if (p->protocol >= 2) {
    if (long code = TRY(extension_code(p, object, module_name, global_name))) return write_extension(p, code);
  }
  Ref<Object> last_name = new_ref(list_item(path, list_size(path) - 1));
  if (parent.get() == module.get()) global_name = last_name.share();
  if (p->protocol >= 4) {
    TRY(save(p, module_name));
    TRY(save(p, global_name));
    TRY(write_opcode(p, kStackGlobal));
  } else if (parent.get() != module.get()) {
    Ref<Tuple> args = TRY(tuple_pack(parent.get(), last_name.get()));
    Ref<Tuple> value = TRY(tuple_pack(p->state->getattr, static_cast<Object*>(args.get())));
    TRY(save_reduce(p, value, {}));
  } else {
    TRY(write_opcode(p, kGlobal));
    if (p->fix_imports && p->protocol < 3) TRY(map_to_python_2(p, module_name, global_name));
    TRY(write_identifier(p, module_name, "module"));
    TRY(write_identifier(p, global_name, "global"));
  }
  return memo_put(p, object);
}
}  // namespace adder::pickle
