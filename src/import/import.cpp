// import: __import__ and its relatives: resolves names, looks into sys.modules, leaves the rest to importlib.
//
// See        docs/import.md; language reference, section 5
#include "import/import.h"

#include <cstdio>
#include <cstring>
#include <ctime>

#include "interpreter/interpreter.h"
#include "object/object.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == Absolute names (PEP 328, PEP 366, PEP 451) ==

Result<Str> check_str(Object* object, const char* message) {
  if (!is_str(object)) return raise(TypeError, "%s", message);
  return new_ref(as<Str>(object));
}

// The package that relative imports of a module with these globals start from.
Result<Str> package_of(Dict* globals) {
  Ref<Object> package = TRY(dict_get_item(globals, id::__package__));
  Ref<Object> spec = TRY(dict_get_item(globals, id::__spec__));
  bool has_spec = spec && spec.get() != None;
  if (package && package.get() != None) {
    Ref<Str> name = TRY(check_str(package, "package must be a string"));
    if (has_spec) {
      Ref<Object> parent = TRY(object_get_attr(spec, id::parent));
      if (!TRY(object_equal(package, parent))) TRY(warn(ImportWarning, 1, "__package__ != __spec__.parent"));
    }
    return name;
  }
  if (has_spec) {
    Ref<Object> parent = TRY(object_get_attr(spec, id::parent));
    return check_str(parent, "__spec__.parent must be a string");
  }
  TRY(warn(ImportWarning, 1,
           "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__"));
  Ref<Object> name = TRY(dict_get_item(globals, id::__name__));
  if (!name) return raise(KeyError, "'__name__' not in globals");
  Ref<Str> text = TRY(check_str(name, "__name__ must be a string"));
  if (TRY(dict_contains(globals, id::__path__))) return text;
  isize dot = str_find_char(text, '.', 0, str_length(text), -1);
  if (dot < 0) return raise(ImportError, "attempted relative import with no known parent package");
  return str_substring(text, 0, dot);
}

Result<Str> absolute_name(Str* name, Opt<Object*> globals, int level) {
  if (!globals || !is_dict(globals.get())) {
    if (!globals) return raise(KeyError, "'__name__' not in globals");
    return raise(TypeError, "globals must be a dict");
  }
  Ref<Str> package = TRY(package_of(as<Dict>(globals.get())));
  isize end = str_length(package);
  if (end == 0) return raise(ImportError, "attempted relative import with no known parent package");
  for (int up = 1; up < level; ++up) {
    end = str_find_char(package, '.', 0, end, -1);
    if (end < 0) return raise(ImportError, "attempted relative import beyond top-level package");
  }
  Ref<Str> base = TRY(str_substring(package, 0, end));
  if (str_length(name) == 0) return base;
  return str_from_format("%U.%U", base.get(), name);
}

// == Loading ==

i64 microseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * i64{1000000} + now.tv_nsec / 1000;
}

Result<Object> find_and_load(Str* name) {
  Interpreter* self = interpreter();
  if (!self->importlib) {
    Utf8 text = str_as_utf8(name);
    if (!text) return Error{};
    Ref<Object> module = TRY(import_builtin_early(text.data));
    if (module) return module;
    return raise(ModuleNotFoundError, "No module named %R (importlib is not ready)", name);
  }
  if (audit_wanted()) {
    Object* path = sys_get_object("path").value_or(None);
    Object* meta_path = sys_get_object("meta_path").value_or(None);
    Object* path_hooks = sys_get_object("path_hooks").value_or(None);
    TRY(audit("import", static_cast<Object*>(name), None, path, meta_path, path_hooks));
  }
  // -X importtime: time in this import and, apart, in the imports that it makes.
  static constinit int depth = 1;
  static constinit i64 nested = 0;
  static constinit bool header = true;
  bool timing = self->config && self->config->import_time;
  i64 start = 0, outer_nested = nested;
  if (timing) {
    if (header) std::fputs("import time: self [us] | cumulative | imported package\n", stderr);
    header = false;
    start = microseconds();
    nested = 0;
    ++depth;
  }
  Result<Object> module =
      call_method(self->importlib, id::_find_and_load, name, self->import_func ? self->import_func : None);
  if (timing) {
    --depth;
    i64 total = microseconds() - start;
    if (Utf8 text = str_as_utf8(name))
      std::fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", total - nested, total, (depth - 1) * 2, "",
                   text.data);
    else
      error_clear();
    nested = outer_nested + total;
  }
  return module;
}

// Waits for another thread that is just importing the module.
Result<void> wait_until_initialized(Object* module, Object* name) {
  Ref<Object> spec = TRY(object_lookup_attr(module, id::__spec__));
  if (!spec || spec.get() == None) return {};
  Ref<Object> initializing = TRY(object_lookup_attr(spec, id::_initializing));
  if (!initializing || !TRY(object_is_true(initializing))) return {};
  Ref<Object> result = TRY(call_method(interpreter()->importlib, id::_lock_unlock_module, name));
  return {};
}

// importlib's own frames say nothing to whoever reads the traceback: chunks of them are cut out of the set exception,
// all for ImportError, otherwise those that end in _call_with_frames_removed.
void remove_importlib_frames() {
  ThreadState* state = thread();
  Object* traceback = state->curexc_traceback;
  if (!traceback || !is_traceback(traceback) || (interpreter()->config && interpreter()->config->verbose)) return;
  bool always = error_matches(ImportError);
  Traceback* first = as<Traceback>(traceback);
  incref(first);
  Object* head = first;
  Object** outer_link = nullptr;  // the link to the first entry of the chunk; null: head
  bool in_chunk = false;
  for (Traceback *entry = first, *next; entry; entry = next) {
    next = entry->tb_next;
    Result<Code> code_object = frame_get_code(entry->tb_frame);
    if (code_object.failed()) {
      error_clear();
      break;
    }
    Ref<Code> held = code_object.take();
    Code* code = held.get();
    bool importlib =
        is_str(code->co_filename) && (str_equals(as<Str>(code->co_filename), "<frozen importlib._bootstrap>") ||
                                      str_equals(as<Str>(code->co_filename), "<frozen importlib._bootstrap_external>"));
    if (!importlib) {
      in_chunk = false;
      outer_link = reinterpret_cast<Object**>(&entry->tb_next);
      continue;
    }
    if (!in_chunk) in_chunk = true;
    bool cut = always || (is_str(code->co_name) && str_equals(as<Str>(code->co_name), "_call_with_frames_removed"));
    if (!cut) continue;
    // Everything from the start of the chunk to here goes.
    Object*& link = outer_link ? *outer_link : head;
    Object* old = link;
    link = next;
    incref_or_null(next);
    decref_or_null(old);
    if (!next) break;
  }
  Object* old = state->curexc_traceback;
  state->curexc_traceback = head;
  decref_or_null(old);
  // The exception carries its traceback as well, if it was normalised with one.
  if (state->curexc_value && is_exception_instance(state->curexc_value) &&
      exception_get_traceback(state->curexc_value).get() == traceback)
    exception_set_traceback(state->curexc_value, head);
}

Result<Object> import_resolved(Str* name, Str* full_name, Opt<Object*> fromlist, int level) {
  Interpreter* self = interpreter();
  Ref<Object> module = TRY(import_get_module(full_name));
  if (module && module.get() != None) {
    if (self->importlib) TRY(wait_until_initialized(module, full_name));
  } else {
    module = TRY(find_and_load(full_name));
  }
  bool has_from = fromlist && fromlist.get() != None && TRY(object_is_true(fromlist.get()));
  if (has_from) {
    Ref<Object> path = TRY(object_lookup_attr(module, id::__path__));
    if (!path || !self->importlib) return module;
    return call_method(self->importlib, id::_handle_fromlist, module.get(), fromlist.get(),
                       self->import_func ? self->import_func : None);
  }
  isize length = str_length(name);
  if (level > 0 && length == 0) return module;
  isize dot = str_find_char(name, '.', 0, length, 1);
  if (dot < 0) return module;
  if (level == 0) {
    Ref<Str> front = TRY(str_substring(name, 0, dot));
    return import_module_level(front, {}, {}, {}, 0);
  }
  Ref<Str> front = TRY(str_substring(full_name, 0, str_length(full_name) - (length - dot)));
  Ref<Object> result = TRY(import_get_module(front));
  if (!result) return raise(KeyError, "%R not in sys.modules as expected", front.get());
  return result;
}
}  // namespace

// == Public ==

Maybe<Object> import_get_module(Object* name) {
  Dict* modules = interpreter()->modules;
  if (!modules) return raise(RuntimeError, "unable to get sys.modules");
  return dict_get_item(modules, name);
}

Result<Object> import_module_level(Object* name, Opt<Object*> globals, Opt<Object*> locals, Opt<Object*> fromlist,
                                   int level) {
  if (!name) return raise(ValueError, "Empty module name");
  if (!is_str(name)) return raise(TypeError, "module name must be a string");
  if (level < 0) return raise(ValueError, "level must be >= 0");
  Ref<Str> full_name;
  if (level > 0) {
    full_name = TRY(absolute_name(as<Str>(name), globals, level));
  } else {
    if (str_length(as<Str>(name)) == 0) return raise(ValueError, "Empty module name");
    full_name = new_ref(as<Str>(name));
  }
  Result<Object> result = import_resolved(as<Str>(name), full_name, fromlist, level);
  if (result.failed()) remove_importlib_frames();
  return result;
}

Result<Object> import_module(Object* name) {
  Ref<Object> module = TRY(import_get_module(name));
  if (module && module.get() != None) {
    if (interpreter()->importlib) TRY(wait_until_initialized(module, name));
    return module;
  }
  Ref<Object> top = TRY(import_module_level(name, {}, {}, {}, 0));
  Ref<Object> leaf = TRY(import_get_module(name));
  if (!leaf) {
    (void)raise_key_error(name);
    return Error{};
  }
  return leaf;
}

Result<Object> import_module(const char* name) {
  Ref<Str> text = TRY(str_intern_from_string(name));
  return import_module(text.get());
}

Result<Module> import_add_module(const char* name) {
  Ref<Str> text = TRY(str_intern_from_string(name));
  Ref<Object> module = TRY(import_get_module(text));
  if (module && is_module(module)) return as<Module>(std::move(module));
  Ref<Module> made = TRY(module_new(text));
  TRY(dict_set_item(interpreter()->modules, text, made));
  return made;
}

Result<Object> import_attribute(const char* module, const char* name) {
  Ref<Object> object = TRY(import_module(module));
  return object_get_attr(object, name);
}
}  // namespace adder
