// frozen: modules whose code the executable carries.
//
// Decision   what importlib needs before it can read files is always frozen; the modules that every start imports are
// frozen as in
//            CPython 3.11, if the library's file is still the one that the build compiled. So a patched library is
//            obeyed.
// See        docs/import.md, src/import/frozen_modules.def
#include "import/frozen.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/stat.h>

#include "import/import.h"
#include "import/marshal.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/list.h"
#include "types/str.h"

// Tables of the C API (cpython/import.h). Ours are in them by name only: an embedding program may put its own into
// PyImport_FrozenModules.
extern "C" {
struct _frozen {
  const char* name;
  const unsigned char* code;
  int size;  // negative: a package, in older programs
  int is_package;
  PyObject* (*get_code)();
};
extern __attribute__((visibility("default"))) const _frozen* PyImport_FrozenModules;
extern __attribute__((visibility("default"))) const _frozen* _PyImport_FrozenBootstrap;
extern __attribute__((visibility("default"))) const _frozen* _PyImport_FrozenStdlib;
extern __attribute__((visibility("default"))) const _frozen* _PyImport_FrozenTest;
}

namespace adder {
// compiler/compiler.h
Result<Code> compile_source(std::string_view source, Str* filename, int start, PyCompilerFlags* flags, int optimize);

namespace {
enum class Kind : u8 { kBootstrap, kLibrary, kTest };
struct Entry {
  Kind kind;
  FrozenModule module;
};
constexpr Entry entries[] = {
#define FROZEN(kind, name, original, path, is_package) {Kind::kind, {name, original, path, nullptr, 0, is_package}},
#include "import/frozen_modules.def"
#undef FROZEN
};

// The names of one kind, and an empty entry behind them.
template <Kind kKind>
struct NameTable {
  _frozen items[sizeof entries / sizeof *entries + 1]{};
  constexpr NameTable() {
    int count = 0;
    for (const Entry& entry : entries) {
      if (entry.kind == kKind) items[count++] = {entry.module.name, nullptr, 0, entry.module.is_package, nullptr};
    }
  }
};
constexpr NameTable<Kind::kBootstrap> bootstrap_names;
constexpr NameTable<Kind::kLibrary> library_names;
constexpr NameTable<Kind::kTest> test_names;

// 1 and -1: _imp._override_frozen_modules_for_tests.
constinit int override_for_tests = 0;

bool library_is_frozen() {
  if (override_for_tests) return override_for_tests > 0;
  return interpreter()->config->use_frozen_modules;
}

const char* library_path(const FrozenModule& module, char (&path)[4096]) {
  const char* library = interpreter()->config->stdlib_dir;
  std::snprintf(path, sizeof path, "%s/%s", library ? library : "", module.path);
  return path;
}

// Whether a file is the one that was compiled; by place in frozen_code. Looked at once: the library does not change
// under a running program, and each module is asked for several times.
enum class Same : u8 { kUnknown, kYes, kNo };
constexpr usize kMaxFrozenFiles = 64;
constinit Same compared[kMaxFrozenFiles] = {};

// What the build compiled of this file, if it is still the same file.
const FrozenCode* find_frozen_code(const FrozenModule& module) {
  if (!frozen_code) return nullptr;
  for (const FrozenCode* entry = frozen_code; entry->path; ++entry) {
    if (std::strcmp(entry->path, module.path)) continue;
    usize place = static_cast<usize>(entry - frozen_code);
    if (place < kMaxFrozenFiles && compared[place] != Same::kUnknown) {
      return compared[place] == Same::kYes ? entry : nullptr;
    }
    char path[4096];
    struct stat status;
    bool same = ::stat(library_path(module, path), &status) == 0 && status.st_size == entry->source_size &&
                status.st_mtime == entry->source_time;
    if (place < kMaxFrozenFiles) compared[place] = same ? Same::kYes : Same::kNo;
    return same ? entry : nullptr;
  }
  return nullptr;
}

Result<Object> read_file(const char* path) {
  std::FILE* file = std::fopen(path, "rbe");
  if (!file) return raise_errno();
  char* data = nullptr;
  usize size = 0, capacity = 0;
  for (;;) {
    if (size == capacity) {
      capacity = capacity ? capacity * 2 : 65536;
      char* bigger = static_cast<char*>(std::realloc(data, capacity));
      if (!bigger) break;
      data = bigger;
    }
    usize got = std::fread(data + size, 1, capacity - size, file);
    if (got == 0) break;
    size += got;
  }
  std::fclose(file);
  Result<Bytes> bytes = bytes_from_view({data, size});
  std::free(data);
  return bytes;
}
}  // namespace

const FrozenModule* find_frozen_module(Object* name) {
  static thread_local FrozenModule found;
  for (const _frozen* entry = PyImport_FrozenModules; entry && entry->name; ++entry) {
    if (!str_equals(as<Str>(name), entry->name)) continue;
    found = {entry->name,
             entry->name,
             nullptr,
             entry->code,
             entry->size < 0 ? -entry->size : entry->size,
             entry->is_package || entry->size < 0,
             entry->get_code};
    return &found;
  }
  for (const Entry& entry : entries) {
    if (!str_equals(as<Str>(name), entry.module.name)) continue;
    if (entry.kind == Kind::kBootstrap) return &entry.module;
    return library_is_frozen() && (!entry.module.path || find_frozen_code(entry.module)) ? &entry.module : nullptr;
  }
  return nullptr;
}

Result<List> frozen_module_names() {
  Ref<List> list = TRY(list_new());
  auto add = [&](const char* name) -> Result<void> {
    Ref<Str> text = TRY(str_from_string(name));
    return list_append(list, text);
  };
  for (const _frozen* entry = PyImport_FrozenModules; entry && entry->name; ++entry) TRY(add(entry->name));
  for (const Entry& entry : entries) TRY(add(entry.module.name));
  return list;
}

void frozen_override_for_tests(int override) { override_for_tests = override; }

Result<Object> frozen_module_code(const FrozenModule* module) {
  if (module->make_code) return Result<Object>::from_c(module->make_code());
  if (module->data)
    return marshal_loads({reinterpret_cast<const char*>(module->data), static_cast<usize>(module->size)});
  if (module->path) {
    if (const FrozenCode* code = find_frozen_code(*module)) {
      return marshal_loads({reinterpret_cast<const char*>(code->data), static_cast<usize>(code->size)});
    }
  }
  char path[4096];
  Ref<Object> source = module->path ? TRY(read_file(library_path(*module, path))) : Ref<Object>(TRY(bytes_from_view("")));
  const char* original = module->original_name ? module->original_name : module->name;
  Ref<Str> filename = TRY(str_from_format("<frozen %s>", *original == '<' ? original + 1 : original));
  PyCompilerFlags flags = {0, 11};
  return compile_source(bytes_view(as<Bytes>(source.get())), filename, Py_file_input, &flags, -1);
}
}  // namespace adder

const _frozen* PyImport_FrozenModules = nullptr;
const _frozen* _PyImport_FrozenBootstrap = adder::bootstrap_names.items;
const _frozen* _PyImport_FrozenStdlib = adder::library_names.items;
const _frozen* _PyImport_FrozenTest = adder::test_names.items;
