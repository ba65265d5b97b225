// modsupport: modsupport.h of the C API beyond formats: counts, keywords as Argument Clinic takes them, filling
// modules.
#include <climits>
#include <cstdarg>
#include <cstring>

#include "capi/getargs.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;

namespace {
const char* plural(Py_ssize_t count) { return count == 1 ? "" : "s"; }

// The names of the parameters that may be given by name, once for each parser.
bool prepare(_PyArg_Parser* parser) {
  if (parser->kwtuple) return true;
  int positional = 0, count = 0;
  while (parser->keywords[positional] && !*parser->keywords[positional]) ++positional;
  while (parser->keywords[positional + count]) ++count;
  auto made = tuple_new(count);
  if (made.failed()) return false;
  Ref<Tuple> names = made.take();
  for (int i = 0; i < count; ++i) {
    auto name = str_intern_from_string(parser->keywords[positional + i]);
    if (name.failed()) return false;
    tuple_init_item(names, i, name.take());
  }
  if (!parser->fname && parser->format) {
    if (const char* colon = std::strchr(parser->format, ':')) parser->fname = colon + 1;
  }
  parser->pos = positional;
  parser->kwtuple = names.release();
  return true;
}
// Index of a name among the keywords, or -1.
Py_ssize_t index_of(Tuple* names, Object* key) {
  for (Py_ssize_t i = 0; i < tuple_size(names); ++i) {
    if (tuple_item(names, i) == key) return i;
  }
  for (Py_ssize_t i = 0; i < tuple_size(names); ++i) {
    if (str_equal(as<Str>(tuple_item(names, i)), as<Str>(key))) return i;
  }
  return -1;
}
}  // namespace

// == Counts ==

ADDER_EXPORT int _PyArg_CheckPositional(const char* name, Py_ssize_t count, Py_ssize_t min, Py_ssize_t max) {
  if (count < min) {
    if (name) {
      (void)raise(TypeError, "%.200s expected %s%zd argument%s, got %zd", name, min == max ? "" : "at least ", min,
                  plural(min), count);
    } else {
      (void)raise(TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", min == max ? "" : "at least ",
                  min, plural(min), count);
    }
    return 0;
  }
  if (count == 0 || count <= max) return 1;
  if (name) {
    (void)raise(TypeError, "%.200s expected %s%zd argument%s, got %zd", name, min == max ? "" : "at most ", max,
                plural(max), count);
  } else {
    (void)raise(TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", min == max ? "" : "at most ", max,
                plural(max), count);
  }
  return 0;
}
namespace {
bool unpack(PyObject* const* args, Py_ssize_t count, const char* name, Py_ssize_t min, Py_ssize_t max,
            va_list arguments) {
  if (!_PyArg_CheckPositional(name, count, min, max)) return false;
  for (Py_ssize_t i = 0; i < count; ++i) *va_arg(arguments, PyObject**) = args[i];
  return true;
}
}  // namespace
ADDER_EXPORT int PyArg_UnpackTuple(PyObject* args, const char* name, Py_ssize_t min, Py_ssize_t max, ...) {
  if (!is_tuple(args)) {
    (void)raise(SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
    return 0;
  }
  va_list arguments;
  va_start(arguments, max);
  bool done = unpack(tuple_items(as<Tuple>(args)), tuple_size(as<Tuple>(args)), name, min, max, arguments);
  va_end(arguments);
  return done;
}
ADDER_EXPORT int _PyArg_UnpackStack(PyObject* const* args, Py_ssize_t count, const char* name, Py_ssize_t min,
                                    Py_ssize_t max, ...) {
  va_list arguments;
  va_start(arguments, max);
  bool done = unpack(args, count, name, min, max, arguments);
  va_end(arguments);
  return done;
}
ADDER_EXPORT void _PyArg_BadArgument(const char* function, const char* shown, const char* expected,
                                     PyObject* argument) {
  (void)raise(TypeError, "%.200s() %.200s must be %.50s, not %.50s", function, shown, expected,
              argument == None ? "None" : argument->ob_type->tp_name);
}
ADDER_EXPORT int _PyArg_NoKeywords(const char* name, PyObject* kwargs) {
  if (!kwargs) return 1;
  if (!is_dict(kwargs)) {
    (void)raise_bad_internal_call();
    return 0;
  }
  if (dict_size(as<Dict>(kwargs)) == 0) return 1;
  (void)raise(TypeError, "%.200s() takes no keyword arguments", name);
  return 0;
}
ADDER_EXPORT int _PyArg_NoPositional(const char* name, PyObject* args) {
  if (!args) return 1;
  if (!is_tuple(args)) {
    (void)raise_bad_internal_call();
    return 0;
  }
  if (tuple_size(as<Tuple>(args)) == 0) return 1;
  (void)raise(TypeError, "%.200s() takes no positional arguments", name);
  return 0;
}
ADDER_EXPORT int _PyArg_NoKwnames(const char* name, PyObject* names) {
  if (!names || tuple_size(as<Tuple>(names)) == 0) return 1;
  (void)raise(TypeError, "%s() takes no keyword arguments", name);
  return 0;
}
ADDER_EXPORT int PyArg_ValidateKeywordArguments(PyObject* kwargs) {
  if (!is_dict(kwargs)) {
    (void)raise_bad_internal_call();
    return 0;
  }
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(kwargs), position, key, value)) {
    if (is_str(key)) continue;
    (void)raise(TypeError, "keywords must be strings");
    return 0;
  }
  return 1;
}

// == Keywords ==

namespace {
// Keyword arguments of either calling convention.
struct Keywords {
  PyObject* const* values;  // in the order of `names`
  PyObject* dict;
  PyObject* names;
  Py_ssize_t count;

  // Borrowed; null without an exception if the name is not among them. False: an exception is set.
  bool find(Object* name, PyObject** value) const {
    *value = nullptr;
    if (names) {
      // Names that callers write are interned, so they nearly always are the same object.
      for (Py_ssize_t i = 0; i < count; ++i) {
        if (tuple_item(as<Tuple>(names), i) == name) return *value = values[i], true;
      }
      for (Py_ssize_t i = 0; i < count; ++i) {
        Object* key = tuple_item(as<Tuple>(names), i);
        if (is_str(key) && str_equal(as<Str>(key), as<Str>(name))) return *value = values[i], true;
      }
      return true;
    }
    auto found = dict_get_item(as<Dict>(dict), name);
    if (found.failed()) return false;
    Ref<Object> kept = found.take();
    *value = kept.get();  // the dict keeps it
    return true;
  }
  // Calls visit(key) until it gives false.
  template <class Visit>
  void for_each(Visit visit) const {
    if (names) {
      for (Py_ssize_t i = 0; i < count; ++i)
        if (!visit(tuple_item(as<Tuple>(names), i))) return;
      return;
    }
    isize position = 0;
    Object *key, *value;
    while (dict_next(as<Dict>(dict), position, key, value))
      if (!visit(key)) return;
  }
};

// Puts the arguments where `place` says. What is missing is reported before what is too much. `tell_twice`: an argument
// given by position and by name has an error of its own.
template <class Place>
bool place_arguments(_PyArg_Parser* parser, PyObject* const* args, Py_ssize_t given, const Keywords& keywords,
                     int min_positional, int max_positional, int min_total, int count, bool tell_twice, Place place) {
  Tuple* parameters = as<Tuple>(parser->kwtuple);
  const char* function = parser->fname ? parser->fname : "function";
  const char* parens = parser->fname ? "()" : "";
  int positional_only = parser->pos;
  for (int i = 0; i < count && i < given; ++i) place(i) = args[i];
  Py_ssize_t left = keywords.count;
  if (!left && given >= positional_only && given >= min_positional && min_total <= max_positional) {
    for (int i = static_cast<int>(given); i < count; ++i) place(i) = nullptr;
    return true;
  }
  for (int i = static_cast<int>(given); i < count; ++i) {
    PyObject* value = nullptr;
    if (left && i >= positional_only && !keywords.find(tuple_item(parameters, i - positional_only), &value))
      return false;
    place(i) = value;
    if (value) {
      --left;
    } else if (i >= positional_only && (i < min_positional || (max_positional <= i && i < min_total))) {
      (void)raise(TypeError, "%.200s%s missing required argument '%U' (pos %i)", function, parens,
                  tuple_item(parameters, i - positional_only), i + 1);
      return false;
    }
  }
  if (!left) return true;
  for (int i = positional_only; tell_twice && i < given; ++i) {
    PyObject* value;
    Object* name = tuple_item(parameters, i - positional_only);
    if (!keywords.find(name, &value)) return false;
    if (!value) continue;
    (void)raise(TypeError, "argument for %.200s%s given by name ('%U') and position (%d)", function, parens, name,
                i + 1);
    return false;
  }
  keywords.for_each([&](Object* key) {
    if (!is_str(key)) {
      (void)raise(TypeError, "keywords must be strings");
      return false;
    }
    if (index_of(parameters, key) >= 0) return true;
    (void)raise(TypeError, "'%S' is an invalid keyword argument for %.200s%s", key,
                parser->fname ? parser->fname : "this function", parens);
    return false;
  });
  if (!error_occurred()) {
    (void)raise(TypeError, "invalid keyword argument for %.200s%s", parser->fname ? parser->fname : "this function",
                parens);
  }
  return false;
}
}  // namespace

// Puts the arguments in the order of the parameters into `buffer`; what is absent is null.
ADDER_EXPORT PyObject* const* _PyArg_UnpackKeywords(PyObject* const* args, Py_ssize_t given, PyObject* kwargs,
                                                    PyObject* names, _PyArg_Parser* parser, int min_positional,
                                                    int max_positional, int min_keyword, PyObject** buffer) {
  if (kwargs && !is_dict(kwargs)) {
    (void)raise_bad_internal_call();
    return nullptr;
  }
  if (!args && given == 0) args = buffer;
  if (!prepare(parser)) return nullptr;
  Tuple* keywords = as<Tuple>(parser->kwtuple);
  const char* function = parser->fname ? parser->fname : "function";
  const char* parens = parser->fname ? "()" : "";
  int positional_only = parser->pos;
  int count = positional_only + static_cast<int>(tuple_size(keywords));
  int min_total = min_keyword ? max_positional + min_keyword : min_positional;
  Py_ssize_t by_name = names ? tuple_size(as<Tuple>(names)) : kwargs ? dict_size(as<Dict>(kwargs)) : 0;
  if (by_name == 0 && min_keyword == 0 && min_positional <= given && given <= max_positional) {
    if (given == count) return args;
  }
  if (given + by_name > count) {
    (void)raise(TypeError, "%.200s%s takes %s %d %sargument%s (%zd given)", function, parens, "at most", count,
                given == 0 ? "keyword " : "", plural(count), given + by_name);
    return nullptr;
  }
  if (given > max_positional) {
    if (max_positional == 0) {
      (void)raise(TypeError, "%.200s%s takes no positional arguments", function, parens);
    } else {
      (void)raise(TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", function, parens,
                  min_positional < max_positional ? "at most" : "exactly", max_positional, plural(max_positional),
                  given);
    }
    return nullptr;
  }
  if (given < min_positional && given < positional_only) {
    int limit = positional_only < min_positional ? positional_only : min_positional;
    (void)raise(TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", function, parens,
                limit < max_positional ? "at least" : "exactly", limit, plural(limit), given);
    return nullptr;
  }
  auto place = [&](Py_ssize_t i) -> PyObject*& { return buffer[i]; };
  Keywords given_keywords{args + given, kwargs, names, by_name};
  if (!place_arguments(parser, args, given, given_keywords, min_positional, max_positional, min_total, count, true,
                       place))
    return nullptr;
  return buffer;
}

// As _PyArg_UnpackKeywords, for functions with *args: the positional arguments from index `vararg` on become a tuple,
// which is new, in buffer[vararg]; the keyword-only parameters follow it.
ADDER_EXPORT PyObject* const* _PyArg_UnpackKeywordsWithVararg(PyObject* const* args, Py_ssize_t given, PyObject* kwargs,
                                                              PyObject* names, _PyArg_Parser* parser,
                                                              int min_positional, int max_positional, int min_keyword,
                                                              int vararg, PyObject** buffer) {
  if (kwargs && !is_dict(kwargs)) {
    (void)raise_bad_internal_call();
    return nullptr;
  }
  if (!prepare(parser)) return nullptr;
  Tuple* keywords = as<Tuple>(parser->kwtuple);
  const char* function = parser->fname ? parser->fname : "function";
  const char* parens = parser->fname ? "()" : "";
  int positional_only = parser->pos;
  // Parameters without the one that takes the rest.
  int count = positional_only + static_cast<int>(tuple_size(keywords));
  int min_total = min_keyword ? max_positional + min_keyword : min_positional;
  Py_ssize_t by_name = names ? tuple_size(as<Tuple>(names)) : kwargs ? dict_size(as<Dict>(kwargs)) : 0;
  Py_ssize_t limit = positional_only < min_positional ? positional_only : min_positional;
  if (given < limit) {
    (void)raise(TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", function, parens,
                limit < max_positional ? "at least" : "exactly", static_cast<int>(limit), plural(limit), given);
    return nullptr;
  }
  Py_ssize_t rest_size = given > vararg ? given - vararg : 0;
  auto rest_tuple = tuple_new(rest_size);
  if (rest_tuple.failed()) return nullptr;
  Ref<Tuple> rest = rest_tuple.take();
  for (Py_ssize_t i = 0; i < rest_size; ++i) tuple_init_item(rest, i, new_ref(args[vararg + i]));
  // Parameter `i` has the place `i` in front of the rest, `i + 1` behind it.
  auto place = [&](Py_ssize_t i) -> PyObject*& { return buffer[i < vararg ? i : i + 1]; };
  Keywords given_keywords{args + given, kwargs, names, by_name};
  if (!place_arguments(parser, args, given < vararg ? given : vararg, given_keywords, min_positional, max_positional,
                       min_total, count, false, place))
    return nullptr;
  buffer[vararg] = rest.release();
  return buffer;
}

// == Modules ==

ADDER_EXPORT int PyModule_AddObjectRef(PyObject* module, const char* name, PyObject* value) {
  if (!is_module(module)) {
    (void)raise(TypeError, "PyModule_AddObjectRef() first argument must be a module");
    return -1;
  }
  if (!value) {
    if (!error_occurred()) {
      (void)raise(SystemError, "PyModule_AddObjectRef() must be called with an exception raised if value is NULL");
    }
    return -1;
  }
  return module_add_object(as<Module>(module), name, value).to_c();
}
ADDER_EXPORT int PyModule_AddObject(PyObject* module, const char* name, PyObject* value) {
  int status = PyModule_AddObjectRef(module, name, value);
  if (status == 0) decref(value);
  return status;
}
ADDER_EXPORT int PyModule_AddIntConstant(PyObject* module, const char* name, long value) {
  return module_add_int(as<Module>(module), name, value).to_c();
}
ADDER_EXPORT int PyModule_AddStringConstant(PyObject* module, const char* name, const char* value) {
  return module_add_string(as<Module>(module), name, value).to_c();
}
ADDER_EXPORT int PyModule_AddType(PyObject* module, PyTypeObject* type) {
  return module_add_type(as<Module>(module), type).to_c();
}
ADDER_EXPORT int PyModule_AddFunctions(PyObject* module, PyMethodDef* functions) {
  return module_add_functions(as<Module>(module), functions).to_c();
}
ADDER_EXPORT int PyModule_SetDocString(PyObject* module, const char* doc) {
  auto text = str_from_string(doc);
  if (text.failed()) return -1;
  Ref<Str> value = text.take();
  return object_set_attr(module, "__doc__", value.get()).to_c();
}
ADDER_EXPORT int PyModule_ExecDef(PyObject* module, PyModuleDef* definition) {
  return module_exec_def(as<Module>(module), definition).to_c();
}
// A warning if the module was compiled for another version of the C API.
static Result<void> check_api_version(const char* name, int version) {
  constexpr int kApiVersion = 1013, kStableAbiVersion = 3;
  if (version == kApiVersion || version == kStableAbiVersion) return {};
  return warn(RuntimeWarning, 1,
              "Python C API version mismatch for module %.100s: This Python has API version %d, module %.100s has "
              "version %d.",
              name, kApiVersion, name, version);
}
ADDER_EXPORT PyObject* PyModule_FromDefAndSpec2(PyModuleDef* definition, PyObject* spec, int version) {
  if (check_api_version(definition->m_name, version).failed()) return nullptr;
  return module_from_def_and_spec(definition, spec).to_c();
}
ADDER_EXPORT PyObject* PyModule_Create2(PyModuleDef* definition, int version) {
  if (check_api_version(definition->m_name, version).failed()) return nullptr;
  return module_create(definition).to_c();
}
