// _imp: what importlib asks of the machine: built-in, frozen and extension modules, the import lock.
#include <cstring>
#include <pthread.h>

#include "bind/bind.h"
#include "import/import.h"
#include "import/marshal.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// == The import lock (of the old `imp`) ==

namespace {
pthread_mutex_t import_mutex = PTHREAD_MUTEX_INITIALIZER;
constinit unsigned long import_owner = 0;
constinit int import_depth = 0;
}  // namespace

void import_acquire_lock() {
  unsigned long me = thread()->thread_id;
  if (import_owner == me) {
    ++import_depth;
    return;
  }
  if (pthread_mutex_trylock(&import_mutex)) {
    WithoutGil released;
    pthread_mutex_lock(&import_mutex);
  }
  import_owner = me;
  import_depth = 1;
}
bool import_release_lock() {
  if (import_owner != thread()->thread_id || import_depth == 0) return false;
  if (--import_depth == 0) {
    import_owner = 0;
    pthread_mutex_unlock(&import_mutex);
  }
  return true;
}
bool import_lock_held() { return import_depth > 0; }

namespace {
// == Functions ==

constexpr Doc acquire_lock_doc =
    "acquire_lock($module, /)\n--\n\nTake the import lock of this process; it is recursive.";
Result<void> imp_acquire_lock(Module*) {
  import_acquire_lock();
  return {};
}
constexpr Doc release_lock_doc = "release_lock($module, /)\n--\n\nGive the import lock back.";
Result<void> imp_release_lock(Module*) {
  if (!import_release_lock()) return raise(RuntimeError, "not holding the import lock");
  return {};
}
constexpr Doc lock_held_doc = "lock_held($module, /)\n--\n\nWhether some thread holds the import lock.";
Result<bool> imp_lock_held(Module*) { return import_lock_held(); }

constexpr Doc extension_suffixes_doc =
    "extension_suffixes($module, /)\n--\n\nThe endings of extension modules' file names.";
Result<Object> imp_extension_suffixes(Module*) {
  Ref<List> list = TRY(list_new());
  for (const char* suffix : {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"}) {
    Ref<Str> text = TRY(str_from_string(suffix));
    TRY(list_append(list, text));
  }
  return list;
}

constexpr Doc create_builtin_doc =
    "create_builtin($module, spec, /)\n--\n\nCreate a built-in module; None if there is none.";
Result<Object> imp_create_builtin(Module*, Object* spec) {
  Ref<Object> name = TRY(object_get_attr(spec, id::name));
  if (!is_str(name)) return raise(TypeError, "name must be string, not %.200s", name->ob_type->tp_name);
  Ref<Object> module = TRY(import_create_builtin(name, spec));
  if (!module) return none_result();
  return module;
}
constexpr Doc exec_builtin_doc = "exec_builtin($module, mod, /)\n--\n\nExecute a built-in module.";
Result<int> imp_exec_builtin(Module*, Object* module) {
  TRY(import_exec_module_definition(module));
  return 0;
}
constexpr Doc create_dynamic_doc = "create_dynamic($module, spec, file=<unset>, /)\n--\n\nCreate an extension module.";
Result<Object> imp_create_dynamic(Module*, Object* spec, Opt<Object*> file) { return import_create_dynamic(spec); }
constexpr Doc exec_dynamic_doc = "exec_dynamic($module, mod, /)\n--\n\nExecute an extension module.";
Result<int> imp_exec_dynamic(Module*, Object* module) {
  TRY(import_exec_module_definition(module));
  return 0;
}
constexpr Doc is_builtin_doc =
    "is_builtin($module, name, /)\n--\n\n1 if there is a built-in module of this name, -1 if it cannot be initialised "
    "again, else 0.";
Result<int> imp_is_builtin(Module*, Str* name) {
  for (const BuiltinModule* module = builtin_modules(); module->name; ++module)
    if (str_equals(name, module->name)) return module->init ? 1 : -1;
  return 0;
}

// == Frozen modules ==

constexpr Doc is_frozen_doc = "is_frozen($module, name, /)\n--\n\nWhether there is a frozen module of this name.";
Result<bool> imp_is_frozen(Module*, Str* name) { return find_frozen_module(name) != nullptr; }
Error no_such_frozen(Object* name) {
  Result<Str> text = str_from_format("No such frozen object named %R", name);
  if (text.failed()) return Error{};
  Ref<Str> message = text.take();
  return raise_import_error(ImportError, message, name, {});
}
constexpr Doc is_frozen_package_doc =
    "is_frozen_package($module, name, /)\n--\n\nWhether the frozen module is a package.";
Result<bool> imp_is_frozen_package(Module*, Str* name) {
  const FrozenModule* frozen = find_frozen_module(name);
  if (!frozen) return no_such_frozen(name);
  return frozen->is_package;
}
constexpr Doc find_frozen_doc =
    "find_frozen($module, name, /, *, withdata=False)\n--\n\n(data, is_package, original name) of a frozen module, or "
    "None.";
Result<Object> imp_find_frozen(Module*, Str* name, bool withdata) {
  const FrozenModule* frozen = find_frozen_module(name);
  if (!frozen) return none_result();
  Ref<Object> original = new_ref(None), data = new_ref(None);
  if (frozen->original_name) original = TRY(str_from_string(frozen->original_name));
  if (withdata) {
    Ref<Object> code = TRY(frozen_module_code(frozen));
    Ref<Bytes> bytes = TRY(marshal_dumps(code, 4));
    data = TRY(memoryview_from_object(bytes));
  }
  return tuple_pack(data.get(), bool_object(frozen->is_package), original.get());
}
constexpr Doc get_frozen_object_doc =
    "get_frozen_object($module, name, data=None, /)\n--\n\nThe code of a frozen module.";
Result<Object> imp_get_frozen_object(Module*, Str* name, Object* data) {
  if (data != None) {
    BufferView view;
    TRY(view.acquire(data));
    if (view.size() == 0) return no_such_frozen(name);
    Ref<Object> code = TRY(marshal_loads({view.data(), static_cast<usize>(view.size())}));
    if (!is_code(code)) return raise(TypeError, "frozen object %R is not a code object", name);
    return code;
  }
  const FrozenModule* frozen = find_frozen_module(name);
  if (!frozen) return no_such_frozen(name);
  return frozen_module_code(frozen);
}
constexpr Doc init_frozen_doc = "init_frozen($module, name, /)\n--\n\nInitialise a frozen module.";
Result<Object> imp_init_frozen(Module*, Str* name) {
  if (!find_frozen_module(name)) return none_result();
  return import_module(static_cast<Object*>(name));
}
constexpr Doc frozen_module_names_doc = "_frozen_module_names($module, /)\n--\n\nThe names of the frozen modules.";
Result<List> imp_frozen_module_names(Module*) { return frozen_module_names(); }
constexpr Doc override_frozen_doc =
    "_override_frozen_modules_for_tests($module, override, /)\n--\n\nFor tests: 1 or -1 overrides -X frozen_modules.";
Result<void> imp_override_frozen(Module*, int override) {
  frozen_override_for_tests(override);
  return {};
}

// == Code and sources ==

Result<void> fix_filenames(Code* code, Object* old_name, Object* new_name) {
  if (!TRY(object_equal(code->co_filename, old_name))) return {};
  set_field(code->co_filename, new_ref(new_name));
  Tuple* constants = as<Tuple>(code->co_consts);
  for (isize i = 0; i < constants->ob_size; ++i)
    if (is_code(constants->ob_item[i])) TRY(fix_filenames(as<Code>(constants->ob_item[i]), old_name, new_name));
  return {};
}
constexpr Doc fix_co_filename_doc =
    "_fix_co_filename($module, code, path, /)\n--\n\nChange co_filename of code and of the code in it.";
Result<void> imp_fix_co_filename(Module*, Object* code, Str* path) {
  if (!is_code(code))
    return raise(TypeError, "_fix_co_filename() argument 1 must be code, not %.50s", code->ob_type->tp_name);
  Ref<Object> old_name = new_ref(as<Code>(code)->co_filename);
  if (TRY(object_equal(old_name, path))) return {};
  return fix_filenames(as<Code>(code), old_name, path);
}

// SipHash-1-3 (Aumasson, Bernstein) with the key (key, 0).
u64 rotate(u64 x, int n) { return (x << n) | (x >> (64 - n)); }
u64 siphash13(u64 k0, u64 k1, const u8* data, usize size) {
  u64 v0 = k0 ^ 0x736f6d6570736575, v1 = k1 ^ 0x646f72616e646f6d, v2 = k0 ^ 0x6c7967656e657261,
      v3 = k1 ^ 0x7465646279746573;
  auto round = [&] {
    v0 += v1, v1 = rotate(v1, 13) ^ v0, v0 = rotate(v0, 32);
    v2 += v3, v3 = rotate(v3, 16) ^ v2;
    v0 += v3, v3 = rotate(v3, 21) ^ v0;
    v2 += v1, v1 = rotate(v1, 17) ^ v2, v2 = rotate(v2, 32);
  };
  u64 last = static_cast<u64>(size) << 56;
  for (; size >= 8; size -= 8, data += 8) {
    u64 word;
    std::memcpy(&word, data, 8);
    v3 ^= word;
    round();
    v0 ^= word;
  }
  for (usize i = 0; i < size; ++i) last |= static_cast<u64>(data[i]) << (8 * i);
  v3 ^= last;
  round();
  v0 ^= last;
  v2 ^= 0xff;
  for (int i = 0; i < 3; ++i) round();
  return v0 ^ v1 ^ v2 ^ v3;
}
constexpr Doc source_hash_doc =
    "source_hash($module, /, key, source)\n--\n\nEight bytes of hash of a source, for .pyc files.";
Result<Object> imp_source_hash(Module*, Object* key, Object* source) {
  i64 number = TRY(int_as_long(key));
  BufferView view;
  TRY(view.acquire(source));
  u64 hash =
      siphash13(static_cast<u64>(number), 0, reinterpret_cast<const u8*>(view.data()), static_cast<usize>(view.size()));
  char bytes[8];
  std::memcpy(bytes, &hash, 8);
  return bytes_from_view({bytes, 8});
}

constinit PyMethodDef functions[] = {method<imp_acquire_lock, acquire_lock_doc>(),
                                     method<imp_release_lock, release_lock_doc>(),
                                     method<imp_lock_held, lock_held_doc>(),
                                     method<imp_extension_suffixes, extension_suffixes_doc>(),
                                     method<imp_create_builtin, create_builtin_doc>(),
                                     method<imp_exec_builtin, exec_builtin_doc>(),
                                     method<imp_create_dynamic, create_dynamic_doc>(),
                                     method<imp_exec_dynamic, exec_dynamic_doc>(),
                                     method<imp_is_builtin, is_builtin_doc>(),
                                     method<imp_is_frozen, is_frozen_doc>(),
                                     method<imp_is_frozen_package, is_frozen_package_doc>(),
                                     method<imp_find_frozen, find_frozen_doc>(),
                                     method<imp_get_frozen_object, get_frozen_object_doc>(),
                                     method<imp_init_frozen, init_frozen_doc>(),
                                     method<imp_frozen_module_names, frozen_module_names_doc>(),
                                     method<imp_override_frozen, override_frozen_doc>(),
                                     method<imp_fix_co_filename, fix_co_filename_doc>(),
                                     method<imp_source_hash, source_hash_doc>(),
                                     {}};

Result<void> imp_exec(Module* module) {
  const char* mode = interpreter()->config ? interpreter()->config->check_hash_pycs_mode : "default";
  return module_add_string(module, "check_hash_based_pycs", mode);
}
int exec_slot(PyObject* module) { return imp_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "_imp", .m_doc = "The machine's side of importlib.", .m_methods = functions, .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__imp() { return adder::module_def_init(&adder::definition); }
