// pycore_small: small functions of several headers: built-ins by name, parts of modules, types and objects, arenas, and
// what CPython's debug builds call.
#include <cstdio>
#include <cstdlib>

#include "capi/capi.h"
#include "memory/allocator.h"
#include "object/descriptor.h"
#include "runtime/runtime.h"

struct Identifier;
ADDER_EXPORT PyObject* _PyUnicode_FromId(Identifier* identifier);
ADDER_EXPORT PyObject* PyModule_GetFilenameObject(PyObject* module);

using namespace adder;
using adder::capi::null;

// == Built-ins ==

ADDER_EXPORT PyObject* _PyEval_GetBuiltin(PyObject* name) {
  Ref<Object> found = TRY_C(nullptr, dict_get_item(interpreter()->builtins, name));
  if (!found) return null(raise_object(AttributeError, name));
  return found.release();
}
ADDER_EXPORT PyObject* _PyEval_GetBuiltinId(Identifier* identifier) {
  PyObject* name = _PyUnicode_FromId(identifier);
  return name ? _PyEval_GetBuiltin(name) : nullptr;
}

// == Modules ==

ADDER_EXPORT const char* PyModule_GetFilename(PyObject* module) {
  PyObject* name = capi::borrow(PyModule_GetFilenameObject(module));
  return name ? str_as_utf8(as<Str>(name)).data : nullptr;
}
ADDER_EXPORT PyObject* _PyModule_CreateInitialized(PyModuleDef* definition, int) {
  return module_create(definition).to_c();
}
// Names with one leading underscore become None first, then all but __builtins__.
ADDER_EXPORT void _PyModule_ClearDict(PyObject* object) {
  Dict* dict = as<Dict>(object);
  for (bool first : {true, false}) {
    Result<List> keys = dict_keys(dict);
    if (keys.failed()) return error_clear();
    Ref<List> names = keys.take();
    for (isize i = 0; i < list_size(names); ++i) {
      Object* key = list_item(names, i);
      if (!is_str(key) || str_length(as<Str>(key)) == 0) continue;
      Str* name = as<Str>(key);
      bool is_private = str_read_char(name, 0) == '_' && (str_length(name) < 2 || str_read_char(name, 1) != '_');
      if (first ? !is_private : str_equals(name, "__builtins__")) continue;
      if (dict_set_item(dict, key, None).failed()) error_clear();
    }
  }
}
ADDER_EXPORT void _PyModule_Clear(PyObject* module) {
  if (PyObject* dict = as<Module>(module)->md_dict) _PyModule_ClearDict(dict);
}
// Whether an import of the module is going on; no errors.
ADDER_EXPORT int _PyModuleSpec_IsInitializing(PyObject* spec) {
  if (spec) {
    Maybe<Object> value = object_lookup_attr(spec, id::_initializing);
    if (!value.failed()) {
      Ref<Object> flag = value.take();
      if (!flag) return 0;
      Result<bool> truth = object_is_true(flag);
      if (!truth.failed()) return truth.take();
    }
  }
  error_clear();
  return 0;
}

// == Objects and types ==

ADDER_EXPORT PyObject* _PyObject_GetState(PyObject* object) {
  Ref<Str> name = TRY_C(nullptr, str_intern_from_string("__getstate__"));
  return call_method(object, name.get()).to_c();
}
ADDER_EXPORT int PyType_SUPPORTS_WEAKREFS(PyTypeObject* type) { return type->tp_weaklistoffset > 0; }
// The bound form of a slot wrapper.
ADDER_EXPORT PyObject* PyWrapper_New(PyObject* descriptor, PyObject* self) {
  return descriptor->ob_type->tp_descr_get(descriptor, self, self->ob_type);
}

// == Indentation of tracebacks ==

ADDER_EXPORT int PyFile_WriteString(const char* text, PyObject* file);
ADDER_EXPORT int _Py_WriteIndent(int indent, PyObject* file) {
  constexpr int kMost = 100;
  char blanks[kMost + 1];
  int count = indent < 0 ? 0 : indent > kMost ? kMost : indent;
  for (int i = 0; i < count; ++i) blanks[i] = ' ';
  blanks[count] = 0;
  return count ? PyFile_WriteString(blanks, file) : 0;
}
ADDER_EXPORT int _Py_WriteIndentedMargin(int indent, const char* margin, PyObject* file) {
  if (_Py_WriteIndent(indent, file) < 0) return -1;
  return margin ? PyFile_WriteString(margin, file) : 0;
}

// == Arenas (pycore_pyarena.h) ==

struct _arena {
  struct Block {
    Block* next;
  };
  Block* blocks;
  List* objects;
};
ADDER_EXPORT _arena* _PyArena_New() {
  _arena* arena = static_cast<_arena*>(memory::allocate_zeroed(1, sizeof(_arena)));
  if (!arena) return null(raise_no_memory());
  arena->objects = list_new().to_c();
  if (arena->objects) return arena;
  memory::release(arena);
  return nullptr;
}
ADDER_EXPORT void _PyArena_Free(_arena* arena) {
  for (_arena::Block* block = arena->blocks; block;) {
    _arena::Block* next = block->next;
    memory::release(block);
    block = next;
  }
  decref(arena->objects);
  memory::release(arena);
}
ADDER_EXPORT void* _PyArena_Malloc(_arena* arena, size_t size) {
  constexpr usize kHead = 16;
  auto* block = static_cast<_arena::Block*>(memory::allocate(size + kHead));
  if (!block) return null(raise_no_memory());
  block->next = arena->blocks;
  arena->blocks = block;
  return reinterpret_cast<char*>(block) + kHead;
}
// The arena takes over the reference.
ADDER_EXPORT int _PyArena_AddPyObject(_arena* arena, PyObject* object) {
  if (list_append(arena->objects, object).failed()) return -1;
  decref(object);
  return 0;
}

// == Environment ==

ADDER_EXPORT char* Py_GETENV(const char* name) {
  const Config* config = main_interpreter.config;
  return config && !config->use_environment ? nullptr : std::getenv(name);
}

// == Debugging ==

ADDER_EXPORT Py_ssize_t _Py_GetAllocatedBlocks() { return static_cast<isize>(memory::blocks_in_use()); }
ADDER_EXPORT void _PyDebugAllocatorStats(FILE* out, const char* name, int count, size_t size) {
  std::fprintf(out, "%d %ss * %zd bytes each = %zd total\n", count, name, static_cast<isize>(size),
               static_cast<isize>(size) * count);
}
// 0: no allocator of CPython's kind, nothing is printed.
ADDER_EXPORT int _PyObject_DebugMallocStats(FILE*) { return 0; }
ADDER_EXPORT void _Py_BreakPoint() {}
ADDER_EXPORT void _PyObject_AssertFailed(PyObject* object, const char* expression, const char* message,
                                         const char* file, int line, const char* function) {
  std::fprintf(stderr, "%s:%d: ", file, line);
  if (function) std::fprintf(stderr, "%s: ", function);
  std::fprintf(stderr, expression ? "Assertion \"%s\" failed" : "Assertion failed%s", expression ? expression : "");
  std::fprintf(stderr, message ? ": %s\n" : "\n%s", message ? message : "");
  std::fprintf(stderr, "object at %p\n", static_cast<void*>(object));
  fatal("_PyObject_AssertFailed");
}
ADDER_EXPORT void _Py_FatalRefcountErrorFunc(const char*, const char* message) { fatal(message); }
