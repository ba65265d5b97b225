// _warnings: the filter machine behind warnings.warn (PEP 230), and the warnings that C++ code issues.
//
// Decision   once the library's warnings module is imported its `filters`, `defaultaction` and `onceregistry` count,
// and its
//            _showwarnmsg shows; before that this file's own.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/interpreter.h"
#include "modules/warnings.h"
#include "object/object.h"
#include "runtime/interpreters.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct WarningsState {
  Object *filters, *once_registry, *default_action;
  i64 filters_version;
};
WarningsState* state() { return static_cast<WarningsState*>(interpreter()->warnings_state); }

// warnings.name of the library's module, if that is imported (or may be: `import`); absent otherwise.
Maybe<Object> library_attribute(Str* name, bool import) {
  Ref<Object> module;
  if (import && !runtime_is_finalizing()) {
    Result<Object> imported = import_module("warnings");
    if (imported.failed()) {
      if (!error_matches(ImportError)) return Error{};
      error_clear();
      return nullptr;
    }
    module = imported.take();
  } else {
    if (runtime_is_finalizing() && !interpreter()->modules) return nullptr;
    module = TRY(import_get_module(id::warnings));
    if (!module) return nullptr;
  }
  return object_lookup_attr(module, name);
}

// == Filters ==

Result<Object> current_filters() {
  Ref<Object> filters = TRY(library_attribute(id::filters, false));
  if (filters) set_field(state()->filters, filters.share());
  if (!state()->filters || !is_list(state()->filters)) return raise(ValueError, "_warnings.filters must be a list");
  return new_ref(state()->filters);
}
Result<Object> current_default_action() {
  Ref<Object> action = TRY(library_attribute(id::defaultaction, false));
  if (action) {
    if (!is_str(action))
      return raise(TypeError, "_warnings.defaultaction must be a string, not '%.200s'", action->ob_type->tp_name);
    set_field(state()->default_action, action.share());
  }
  return new_ref(state()->default_action);
}
Result<Object> current_once_registry() {
  Ref<Object> registry = TRY(library_attribute(id::onceregistry, false));
  if (registry) {
    if (!is_dict(registry))
      return raise(TypeError, "_warnings.onceregistry must be a dict, not '%.200s'", registry->ob_type->tp_name);
    set_field(state()->once_registry, registry.share());
  }
  return new_ref(state()->once_registry);
}

// None, a plain string, or a compiled pattern whose match() decides.
Result<bool> matches(Object* pattern, Object* text) {
  if (pattern == None) return true;
  if (is_str_exact(pattern)) {
    if (!is_str(text)) return false;
    return str_equal(as<Str>(pattern), as<Str>(text));
  }
  Ref<Object> match = TRY(call_method(pattern, id::match, text));
  return object_is_true(match);
}

// The action for a warning, and the filter it comes from (None: the default).
Result<Object> action_for(Object* category, Object* text, isize lineno, Object* module, Ref<Object>& filter) {
  Ref<Object> filters = TRY(current_filters());
  List* list = as<List>(filters.get());
  for (isize i = 0; i < list->ob_size; ++i) {
    Ref<Object> item = new_ref(list->ob_item[i]);
    if (!is_tuple(item) || as<Tuple>(item.get())->ob_size != 5)
      return raise(ValueError, "_warnings.filters item %zd isn't a 5-tuple", i);
    Object** field = as<Tuple>(item.get())->ob_item;
    if (!is_str(field[0])) return raise(TypeError, "action must be a string, not '%.200s'", field[0]->ob_type->tp_name);
    bool good = TRY(matches(field[1], text));
    bool subclass = TRY(object_is_subclass(category, field[2]));
    bool in_module = TRY(matches(field[3], module));
    isize line = TRY(int_as_ssize_t(field[4]));
    if (!subclass || !good || !in_module || (line != 0 && line != lineno)) continue;
    Ref<Object> action = new_ref(field[0]);
    filter = std::move(item);
    return action;
  }
  filter = new_ref(None);
  return current_default_action();
}

// == Registries ==

// Whether the key was there; enters it if `add`. A registry of older filters is emptied first.
Result<bool> already_warned(Object* registry, Object* key, bool add) {
  if (!key) return false;
  Dict* dict = as<Dict>(registry);
  Ref<Object> version = TRY(dict_get_item(dict, id::version));
  bool current = false;
  if (version && is_int_exact(version)) {
    int overflow;
    current = int_as_i64_and_overflow(as<Int>(version.get()), &overflow) == state()->filters_version;
  }
  if (!current) {
    dict_clear(dict);
    Ref<Int> now = TRY(int_from_i64(state()->filters_version));
    TRY(dict_set_item(dict, id::version, now));
  } else {
    Ref<Object> entry = TRY(dict_get_item(dict, key));
    if (entry && TRY(object_is_true(entry))) return true;
  }
  if (add) TRY(dict_set_item(dict, key, True));
  return false;
}
Result<bool> update_registry(Object* registry, Object* text, Object* category, bool add_zero) {
  Ref<Tuple> key;
  if (add_zero) {
    Ref<Int> zero = TRY(int_from_i64(0));
    key = TRY(tuple_pack(text, category, zero.get()));
  } else {
    key = TRY(tuple_pack(text, category));
  }
  return already_warned(registry, key, true);
}

// The name of a module from its file name: without ".py"; "<unknown>" for an empty one.
Result<Object> module_of(Object* filename) {
  if (!is_str(filename)) return new_ref(filename);
  isize size = str_length(as<Str>(filename));
  if (size == 0) return str_from_string("<unknown>");
  Ref<Str> tail = TRY(str_substring(as<Str>(filename), size < 3 ? 0 : size - 3, size));
  if (size >= 3 && str_equals(tail, ".py")) return str_substring(as<Str>(filename), 0, size - 3);
  return new_ref(filename);
}

// == Showing ==

Result<void> show_plainly(Object* filename, isize lineno, Object* text, Object* category, Object* source_line_text) {
  Object* file = sys_get_object("stderr").get();
  Ref<Object> name = TRY(object_get_attr(category, id::__name__));
  Ref<Str> head = TRY(str_from_format("%S:%zd: %S: %S\n", filename, lineno, name.get(), text));
  Ref<Str> line;
  if (source_line_text) {
    line = TRY(object_str(source_line_text));
    Ref<Object> stripped = TRY(call_method(static_cast<Object*>(line.get()), id::strip));
    line = as<Str>(std::move(stripped));
  } else if (is_str(filename)) {
    line = TRY(source_line(filename, static_cast<int>(lineno)));
  }
  if (line && str_length(line)) head = TRY(str_from_format("%U  %U\n", head.get(), line.get()));
  if (!file || file == None) {
    if (!file)
      if (Utf8 utf8 = str_as_utf8(head)) std::fputs(utf8.data, stderr);
    return {};
  }
  Ref<Object> held = new_ref(file);
  Ref<Object> ignored = TRY(call_method(held.get(), id::write, head.get()));
  return {};
}

Result<void> show(Object* category, Object* text, Object* message, Object* filename, isize lineno,
                  Object* source_line_text, Object* source) {
  // The library shows if it is there; a source (ResourceWarning) is reason enough to import it.
  Ref<Object> function = TRY(library_attribute(id::_showwarnmsg, source != nullptr));
  if (!function) return show_plainly(filename, lineno, text, category, source_line_text);
  if (!is_callable(function)) return raise(TypeError, "warnings._showwarnmsg() must be set to a callable");
  Ref<Object> type = TRY(library_attribute(id::WarningMessage, false));
  if (!type) return raise(RuntimeError, "unable to get warnings.WarningMessage");
  Ref<Int> line = TRY(int_from_i64(lineno));
  Object* none = None;
  Object* origin = source ? source : None;
  Ref<Object> record = TRY(call(type.get(), message, category, filename, line.get(), none, none, origin));
  Ref<Object> ignored = TRY(call(function.get(), record.get()));
  return {};
}

// == The heart ==

Result<void> issue(Object* category, Object* message, Object* filename, isize lineno, Opt<Object*> module_or_none,
                   Object* registry, Object* source_line_text, Object* source) {
  if (registry && registry != None && !is_dict(registry)) return raise(TypeError, "'registry' must be a dict or None");
  if (registry == None) registry = nullptr;
  if (module_or_none.get() == None) return {};
  Ref<Object> module = module_or_none ? new_ref(module_or_none.get()) : TRY(module_of(filename));
  Ref<Object> text, instance;
  if (TRY(object_is_instance(message, Warning))) {
    text = TRY(object_str(message));
    instance = new_ref(message);
    category = message->ob_type;
  } else {
    text = new_ref(message);
    instance = TRY(call(category, message));
  }
  Ref<Int> line = TRY(int_from_i64(lineno));
  Ref<Tuple> key = TRY(tuple_pack(text.get(), category, line.get()));
  if (registry && TRY(already_warned(registry, key, false))) return {};
  Ref<Object> filter;
  Ref<Object> action_object = TRY(action_for(category, text, lineno, module, filter));
  Str* action = as<Str>(action_object.get());
  if (str_equals(action, "error")) return raise_object(reinterpret_cast<Type*>(category), instance);
  if (str_equals(action, "ignore")) return {};
  bool already = false;
  if (!str_equals(action, "always")) {
    if (registry) TRY(dict_set_item(as<Dict>(registry), key, True));
    if (str_equals(action, "once")) {
      Ref<Object> once = registry ? new_ref(registry) : TRY(current_once_registry());
      already = TRY(update_registry(once, text, category, false));
    } else if (str_equals(action, "module")) {
      if (registry) already = TRY(update_registry(registry, text, category, false));
    } else if (!str_equals(action, "default")) {
      return raise(RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action_object.get(),
                   filter.get());
    }
  }
  if (already) return {};
  return show(category, text, instance, filename, lineno, source_line_text, source);
}

Result<bool> is_importlib_frame(Code* code) {
  if (!is_str(code->co_filename)) return false;
  Str* name = as<Str>(code->co_filename);
  Ref<Str> importlib = TRY(str_from_string("importlib"))
  , bootstrap = TRY(str_from_string("_bootstrap"));
  return TRY(str_contains(name, importlib))
  &&TRY(str_contains(name, bootstrap));
}

// Where the warning is about: `stack_level` frames up, importlib's own left out (unless the nearest is one of them).
Result<void> context_of(isize stack_level, Ref<Object>& filename, isize& lineno, Ref<Object>& module,
                        Ref<Object>& registry) {
  Ref<Frame> frame = TRY(frame_current());
  auto code_of = [](Frame* f) { return frame_get_code(f); };
  auto step = [&](bool skip_importlib) -> Result<void> {
    do {
      Ref<Frame> back = TRY(frame_back(frame));
      frame = std::move(back);
      if (!frame || !skip_importlib) return {};
      Ref<Code> code = TRY(code_of(frame));
      if (!TRY(is_importlib_frame(code))) return {};
    } while (frame);
    return {};
  };
  bool inside_importlib = false;
  if (frame) {
    Ref<Code> code = TRY(code_of(frame));
    inside_importlib = TRY(is_importlib_frame(code));
  }
  bool plain = stack_level <= 0 || inside_importlib;
  while (--stack_level > 0 && frame) TRY(step(!plain));
  Ref<Object> globals;
  if (!frame) {
    globals = new_ref<Object>(interpreter()->sys_dict);
    filename = TRY(str_from_string("sys"));
    lineno = 1;
  } else {
    globals = TRY(object_get_attr(static_cast<Object*>(frame.get()), "f_globals"));
    Ref<Code> code = TRY(code_of(frame));
    filename = new_ref(code->co_filename);
    lineno = frame_get_lineno(frame);
  }
  module = TRY(dict_get_item(as<Dict>(globals.get()), id::__name__));
  if (!module || !(module.get() == None || is_str(module))) module = TRY(str_from_string("<string>"));
  registry = TRY(dict_get_item(as<Dict>(globals.get()), id::__warningregistry__));
  if (!registry) {
    registry = TRY(dict_new());
    TRY(dict_set_item(as<Dict>(globals.get()), id::__warningregistry__, registry));
  }
  return {};
}

Result<void> do_warn(Object* message, Object* category, isize stack_level, Object* source) {
  Ref<Object> filename, module, registry;
  isize lineno = 0;
  TRY(context_of(stack_level, filename, lineno, module, registry));
  return issue(category, message, filename, lineno, module.get(), registry, nullptr, source);
}

// The category that warn() takes: a warning's own class, or the one given.
Result<Object> category_of(Object* message, Object* category) {
  if (TRY(object_is_instance(message, Warning))) return new_ref<Object>(message->ob_type);
  if (!category || category == None) return new_ref<Object>(UserWarning);
  if (!is_type(category) || !TRY(object_is_subclass(category, Warning)))
    return raise(TypeError, "category must be a Warning subclass, not '%s'", category->ob_type->tp_name);
  return new_ref(category);
}

// == Functions ==

constexpr Doc warn_doc =
    "warn($module, /, message, category=None, stacklevel=1, source=None)\n--\n\nIssue a warning, or maybe ignore it or "
    "raise an exception.";
Result<void> warnings_warn(Module*, Object* message, Object* category, isize stacklevel, Object* source) {
  Ref<Object> type = TRY(category_of(message, category));
  return do_warn(message, type, stacklevel, source == None ? nullptr : source);
}

// The source line from the module's loader, if `module_globals` has one.
Maybe<Object> line_from_loader(Object* globals, isize lineno) {
  Ref<Object> loader = TRY(dict_get_item(as<Dict>(globals), id::__loader__));
  Ref<Object> name = TRY(dict_get_item(as<Dict>(globals), id::__name__));
  if (!loader || !name) return nullptr;
  Ref<Object> get_source = TRY(object_lookup_attr(loader, id::get_source));
  if (!get_source) return nullptr;
  Ref<Object> source = TRY(call(get_source.get(), name.get()));
  if (source.get() == None) return nullptr;
  Ref<Object> lines = TRY(call_method(source.get(), id::splitlines));
  if (!is_list(lines) || lineno < 1 || lineno > as<List>(lines.get())->ob_size) return nullptr;
  return new_ref(as<List>(lines.get())->ob_item[lineno - 1]);
}

constexpr Doc warn_explicit_doc =
    "warn_explicit($module, /, message, category, filename, lineno, module=<unset>, registry=None, "
    "module_globals=None, source=None)\n--\n\n"
    "Issue a warning about a place that is given.";
Result<void> warnings_warn_explicit(Module*, Object* message, Object* category, Str* filename, int lineno,
                                    Opt<Object*> module, Object* registry, Object* module_globals, Object* source) {
  Ref<Object> line;
  if (module_globals != None) {
    if (!is_dict(module_globals))
      return raise(TypeError, "module_globals must be a dict, not '%.200s'", module_globals->ob_type->tp_name);
    line = TRY(line_from_loader(module_globals, lineno));
  }
  return issue(category, message, filename, lineno, module, registry, line.get(), source == None ? nullptr : source);
}

constexpr Doc filters_mutated_doc = "_filters_mutated($module, /)\n--\n\nThe filters have changed.";
Result<void> warnings_filters_mutated(Module*) {
  ++state()->filters_version;
  return {};
}

constinit PyMethodDef functions[] = {method<warnings_warn, warn_doc>(),
                                     method<warnings_warn_explicit, warn_explicit_doc>(),
                                     method<warnings_filters_mutated, filters_mutated_doc>(),
                                     {}};

Result<Object> make_filter(const char* action, const char* module, Type* category) {
  Ref<Str> action_name = TRY(str_intern_from_string(action));
  Ref<Object> module_name = new_ref(None);
  if (module) module_name = TRY(str_intern_from_string(module));
  Ref<Int> zero = TRY(int_from_i64(0));
  Object* none = None;
  return tuple_pack(action_name.get(), none, category, module_name.get(), zero.get());
}

Result<void> warnings_exec(Module* module) {
  WarningsState* s = state();
  TRY(module_add_object(module, "filters", s->filters));
  TRY(module_add_object(module, "_onceregistry", s->once_registry));
  return module_add_object(module, "_defaultaction", s->default_action);
}
int exec_slot(PyObject* module) { return warnings_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {.m_name = "_warnings",
                                    .m_doc = "The machine's side of the warnings module.",
                                    .m_methods = functions,
                                    .m_slots = slots};
}  // namespace

// == What other rooms use ==

Result<void> warnings_initialize() {
  WarningsState* s = new WarningsState{};
  interpreter()->warnings_state = s;
  Ref<List> filters = TRY(list_new());
  auto add = [&](const char* action, const char* module, Type* category) -> Result<void> {
    Ref<Object> filter = TRY(make_filter(action, module, category));
    return list_append(filters, filter);
  };
  TRY(add("default", "__main__", DeprecationWarning));
  TRY(add("ignore", nullptr, DeprecationWarning));
  TRY(add("ignore", nullptr, PendingDeprecationWarning));
  TRY(add("ignore", nullptr, ImportWarning));
  TRY(add("ignore", nullptr, ResourceWarning));
  s->filters = filters.release();
  s->once_registry = TRY(dict_new())
  .release();
  s->default_action = new_ref<Object>(id::default_).release();
  s->filters_version = 0;
  interpreter()->warnings_ready = true;
  return {};
}

void warnings_finalize(Interpreter* owner) {
  auto* s = static_cast<WarningsState*>(std::exchange(owner->warnings_state, nullptr));
  if (!s) return;
  for (Object* object : {s->filters, s->once_registry, s->default_action}) {
    Ref<Object> released = Ref<Object>::steal(object);
  }
  delete s;
}

Result<void> warn(Type* category, isize stack_level, const char* format, ...) {
  if (!interpreter()->warnings_ready) return {};
  va_list arguments;
  va_start(arguments, format);
  Result<Str> text = str_from_format_v(format, arguments);
  va_end(arguments);
  Ref<Str> message = TRY(text);
  return do_warn(message, category, stack_level, nullptr);
}

Result<void> warn_explicit(Type* category, Object* message, Object* filename, int line) {
  if (!interpreter()->warnings_ready) return {};
  return issue(category, message, filename, line, {}, nullptr, nullptr, nullptr);
}

Result<void> warn_explicit_in(Type* category, Object* message, Object* filename, int line, Opt<Object*> module,
                              Opt<Object*> registry) {
  if (!interpreter()->warnings_ready) return {};
  return issue(category, message, filename, line, module, registry.get(), nullptr, nullptr);
}

Result<void> warn_resource(Object* source, isize stack_level, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  Result<Str> text = str_from_format_v(format, arguments);
  va_end(arguments);
  Ref<Str> message = TRY(text);
  return do_warn(message, ResourceWarning, stack_level, source);
}
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__warnings() { return adder::module_def_init(&adder::definition); }
