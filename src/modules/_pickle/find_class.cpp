// find_class: classes and functions by module and name, and by extension code.
#include "import/import.h"
#include "modules/_pickle/pickler.h"
#include "modules/_pickle/unpickler.h"
#include "runtime/runtime.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder::pickle {
namespace {
// The names under which Python 3 knows what Python 2 called so.
Result<void> map_to_python_3(Unpickler* u, Ref<Object>& module_name, Ref<Object>& global_name) {
  Ref<Tuple> key = TRY(tuple_pack(module_name.get(), global_name.get()));
  Ref<Object> pair = TRY(dict_get_item(as<Dict>(u->state->name_2to3), key));
  if (pair) {
    if (!is_tuple(pair) || tuple_size(as<Tuple>(pair.get())) != 2) {
      return raise(RuntimeError, "_compat_pickle.NAME_MAPPING values should be 2-tuples, not %.200s",
                   pair->ob_type->tp_name);
    }
    Object *module = tuple_item(as<Tuple>(pair.get()), 0), *name = tuple_item(as<Tuple>(pair.get()), 1);
    if (!is_str(module) || !is_str(name)) {
      return raise(RuntimeError, "_compat_pickle.NAME_MAPPING values should be pairs of str, not (%.200s, %.200s)",
                   module->ob_type->tp_name, name->ob_type->tp_name);
    }
    module_name = new_ref(module);
    global_name = new_ref(name);
    return {};
  }
  Ref<Object> module = TRY(dict_get_item(as<Dict>(u->state->import_2to3), module_name));
  if (!module) return {};
  if (!is_str(module)) {
    return raise(RuntimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not %.200s",
                 module->ob_type->tp_name);
  }
  module_name = std::move(module);
  return {};
}
}  // namespace

Result<Object> find_class_by_default(Unpickler* u, Object* module_argument, Object* global_argument) {
  TRY(audit("pickle.find_class", module_argument, global_argument));
  Ref<Object> module_name = new_ref(module_argument), global_name = new_ref(global_argument);
  if (u->protocol < 3 && u->fix_imports) TRY(map_to_python_3(u, module_name, global_name));
  Ref<Object> module = TRY(import_module(module_name));
  Ref<Object> found;
  if (u->protocol < 4) {
    // Dots mean nothing to old protocols.
    found = TRY(object_lookup_attr(module, global_name));
  } else {
    if (!is_str(global_name)) {
      return raise(TypeError, "descriptor 'split' for 'str' objects doesn't apply to a '%.100s' object",
                   global_name->ob_type->tp_name);
    }
    Ref<List> path = TRY(dotted_path(global_name, module.get()));
    found = TRY(dotted_attribute(module, path, nullptr));
  }
  if (!found) return raise(AttributeError, "Can't get attribute %R on %R", global_name.get(), module.get());
  return found;
}
Result<Object> find_class(Unpickler* u, Object* module_name, Object* global_name) {
  if (u->ob_type == &unpickler_type) return find_class_by_default(u, module_name, global_name);
  return call_method(u, u->state->find_class, module_name, global_name);
}

Result<void> load_global(Unpickler* u) {
  isize size;
  char* line = input_read_line(u, 2, size);
  if (!line) return Error{};
  Ref<Str> module_name = TRY(str_decode_utf8(line, size - 1, "strict"));
  line = input_read_line(u, 2, size);
  if (!line) return Error{};
  Ref<Str> global_name = TRY(str_decode_utf8(line, size - 1, "strict"));
  Ref<Object> found = TRY(find_class(u, module_name, global_name));
  return stack_push(u, std::move(found));
}
Result<void> load_stack_global(Unpickler* u) {
  // One text for all that may be missing.
  if (u->stack->size - 2 < u->stack->fence) return raise_unpickling(u->state, "STACK_GLOBAL requires str");
  Ref<Object> global_name = TRY(stack_pop(u));
  Ref<Object> module_name = TRY(stack_pop(u));
  if (!is_str_exact(global_name) || !is_str_exact(module_name)) {
    return raise_unpickling(u->state, "STACK_GLOBAL requires str");
  }
  Ref<Object> found = TRY(find_class(u, module_name, global_name));
  return stack_push(u, std::move(found));
}
Result<void> load_extension(Unpickler* u, int size) {
  const char* data = input_read(u, size);
  if (!data) return Error{};
  u32 raw = 0;
  std::memcpy(&raw, data, static_cast<usize>(size));
  i64 code = size == 4 ? static_cast<i32>(raw) : static_cast<i64>(raw);
  if (code <= 0) return raise_unpickling(u->state, "EXT specifies code <= 0");
  Ref<Int> key = TRY(int_from_i64(code));
  Ref<Object> known = TRY(dict_get_item(as<Dict>(u->state->extension_cache), key));
  if (known) return stack_push(u, std::move(known));
  Ref<Object> pair = TRY(dict_get_item(as<Dict>(u->state->inverted_registry), key));
  if (!pair) return raise(ValueError, "unregistered extension code %ld", static_cast<long>(code));
  bool is_pair = is_tuple(pair) && tuple_size(as<Tuple>(pair.get())) == 2 &&
                 is_str(tuple_item(as<Tuple>(pair.get()), 0)) && is_str(tuple_item(as<Tuple>(pair.get()), 1));
  if (!is_pair) {
    return raise(ValueError, "_inverted_registry[%ld] isn't a 2-tuple of strings", static_cast<long>(code));
  }
  Ref<Object> found = TRY(find_class(u, tuple_item(as<Tuple>(pair.get()), 0), tuple_item(as<Tuple>(pair.get()), 1)));
  TRY(dict_set_item(as<Dict>(u->state->extension_cache), key, found));
  return stack_push(u, std::move(found));
}
}  // namespace adder::pickle
