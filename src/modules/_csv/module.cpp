// _csv: the module: readers, writers, and the registry of dialects.
//
// See        library reference "csv"; PEP 305; tests/python/test_csv_module.py
#include "bind/bind.h"
#include "import/import.h"
#include "modules/_csv/csv.h"
#include "modules/exception_class.h"
#include "runtime/interpreters.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace adder::csv {
constinit Object* error_class = nullptr;
constinit long field_limit = 128 * 1024;

// The registered dialects by name: each interpreter's own.
static Result<Dict> dialects() { return interpreter_own_dict("_csv.dialects"); }

Result<Object> get_dialect(Object* name) {
  Ref<Dict> known = TRY(dialects());
  Ref<Object> dialect = TRY(dict_get_item(known, name));
  if (!dialect) return raise_csv("unknown dialect");
  return dialect;
}

namespace {
// reader(), writer() and register_dialect() take one or two positional arguments and any keywords.
template <auto Fn>
PyObject* one_or_two(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
  auto run = [&]() -> Result<Object> {
    if (nargs < 1) return raise(TypeError, " expected at least 1 argument, got %zd", nargs);
    if (nargs > 2) return raise(TypeError, " expected at most 2 arguments, got %zd", nargs);
    Ref<Dict> parameters;
    if (names) parameters = TRY(keywords_as_dict(args + nargs, as<Tuple>(names)));
    return Fn(args[0], nargs > 1 ? Opt<Object*>(args[1]) : Opt<Object*>(), parameters.get());
  };
  return run().to_c();
}

Result<Object> register_dialect(Object* name, Opt<Object*> dialect, Opt<Object*> parameters) {
  if (!is_str(name)) return raise(TypeError, "dialect name must be a string");
  Ref<Object> checked = TRY(make_dialect(dialect, parameters));
  Ref<Dict> known = TRY(dialects());
  TRY(dict_set_item(known, name, checked));
  return none_result();
}
constexpr Doc list_dialects_doc =
    "list_dialects($module, /)\n--\n\nReturn a list of all known dialect names.\n\n    names = csv.list_dialects()";
Result<List> list_dialects(Module*) {
  Ref<Dict> known = TRY(dialects());
  return dict_keys(known);
}
constexpr Doc unregister_dialect_doc =
    "unregister_dialect($module, /, name)\n--\n\nDelete the name/dialect mapping associated with a string name.\n\n    "
    "csv.unregister_dialect(name)";
Result<void> unregister_dialect(Module*, Object* name) {
  Ref<Dict> known = TRY(dialects());
  Ref<Object> dialect = TRY(dict_pop(known, name));
  if (!dialect) return raise_csv("unknown dialect");
  return {};
}
constexpr Doc get_dialect_doc =
    "get_dialect($module, /, name)\n--\n\nReturn the dialect instance associated with name.\n\n    dialect = "
    "csv.get_dialect(name)";
Result<Object> get_dialect_function(Module*, Object* name) { return get_dialect(name); }
constexpr Doc field_size_limit_doc =
    "field_size_limit($module, /, new_limit=<unrepresentable>)\n--\n\nSets an upper limit on parsed fields.\n\n    "
    "csv.field_size_limit([limit])\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old limit "
    "is returned";
Result<isize> field_size_limit(Module*, Opt<Object*> new_limit) {
  long old_limit = field_limit;
  if (new_limit) {
    if (!is_int_exact(new_limit.get())) return raise(TypeError, "limit must be an integer");
    field_limit = TRY(int_as_long(new_limit.get()));
  }
  return static_cast<isize>(old_limit);
}

constexpr int kFastKeywords = METH_FASTCALL | METH_KEYWORDS;
constinit PyMethodDef functions[] = {
    raw_method("reader", one_or_two<make_reader>, kFastKeywords,
               "    csv_reader = reader(iterable [, dialect='excel']\n                        [optional keyword "
               "args])\n    for row in "
               "csv_reader:\n        process(row)\n\nThe rows are lists of the fields of each record; a record can "
               "span several\nlines. "
               "Keyword arguments override settings of the dialect.\n"),
    raw_method("writer", one_or_two<make_writer>, kFastKeywords,
               "    csv_writer = csv.writer(fileobj [, dialect='excel']\n                            [optional keyword "
               "args])\n    for row "
               "in sequence:\n        csv_writer.writerow(row)\n\nThe \"fileobj\" argument can be any object that "
               "supports the file "
               "API.\n"),
    method<list_dialects, list_dialects_doc>(),
    raw_method(
        "register_dialect", one_or_two<register_dialect>, kFastKeywords,
        "Create a mapping from a string name to a dialect class.\n    dialect = csv.register_dialect(name[, dialect[, "
        "**fmtparams]])"),
    method<unregister_dialect, unregister_dialect_doc>(),
    method<get_dialect_function, get_dialect_doc>(),
    method<field_size_limit, field_size_limit_doc>(),
    {},
};

Result<void> exec(Module* module) {
  TRY(module_add_type(module, &dialect_type));
  TRY(type_ready(&reader_type));
  TRY(type_ready(&writer_type));
  TRY(module_add_object(module, "Reader", &reader_type));
  TRY(module_add_object(module, "Writer", &writer_type));
  if (!error_class) {
    error_class = TRY(make_exception_class("_csv", "Error", as<Type>(PyExc_Exception)))
    .release();
  }
  TRY(module_add_object(module, "Error", error_class));
  Ref<Dict> known = TRY(dialects());
  TRY(module_add_object(module, "_dialects", known));
  TRY(module_add_string(module, "__version__", "1.0"));
  TRY(module_add_int(module, "QUOTE_MINIMAL", QuoteMinimal));
  TRY(module_add_int(module, "QUOTE_ALL", QuoteAll));
  TRY(module_add_int(module, "QUOTE_NONNUMERIC", QuoteNonnumeric));
  return module_add_int(module, "QUOTE_NONE", QuoteNone);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("_csv", "CSV parsing and writing.\n\nThe machine room of the module csv.\n", functions, slots);
}  // namespace
}  // namespace adder::csv

ADDER_EXPORT PyObject* PyInit__csv() { return adder::module_def_init(&adder::csv::definition); }
