// dialect: the type _csv.Dialect, the checked parameters of a format.
#include "bind/bind.h"
#include "modules/_csv/csv.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::csv {
namespace {
// == Parameters ==

Result<Py_UCS4> single_character(Object* value, const char* name) {
  if (str_length(as<Str>(value)) != 1) return raise(TypeError, "\"%s\" must be a 1-character string", name);
  return str_read_char(as<Str>(value), 0);
}
Result<Py_UCS4> character(Opt<Object*> value, const char* name, Py_UCS4 missing) {
  if (!value) return missing;
  if (!is_str(value.get()))
    return raise(TypeError, "\"%s\" must be string, not %.200s", name, type_of(value.get())->tp_name);
  return single_character(value.get(), name);
}
Result<Py_UCS4> character_or_none(Opt<Object*> value, const char* name, Py_UCS4 missing) {
  if (!value) return missing;
  if (value.get() == None) return kNotSet;
  if (!is_str(value.get())) {
    return raise(TypeError, "\"%s\" must be string or None, not %.200s", name, type_of(value.get())->tp_name);
  }
  return single_character(value.get(), name);
}
Result<int> quoting_of(Opt<Object*> value) {
  if (!value) return static_cast<int>(QuoteMinimal);
  if (!is_int_exact(value.get())) return raise(TypeError, "\"quoting\" must be an integer");
  int quoting = TRY(int_as_int(value.get()));
  if (quoting < QuoteMinimal || quoting > QuoteNone) return raise(TypeError, "bad \"quoting\" value");
  return quoting;
}
Result<bool> flag(Opt<Object*> value, bool missing) {
  return value ? object_is_true(value.get()) : Result<bool>(missing);
}

enum Parameter {
  Base,
  Delimiter,
  DoubleQuote,
  Escape,
  LineTerminator,
  Quote,
  QuotingMode,
  SkipInitialSpace,
  Strict,
  kParameters
};
constexpr const char* names[kParameters] = {
    "dialect",   "delimiter", "doublequote",      "escapechar", "lineterminator",
    "quotechar", "quoting",   "skipinitialspace", "strict",
};

Result<void> take_arguments(Tuple* args, Dict* kwargs, Object** given) {
  isize count = tuple_size(args);
  if (count > kParameters) {
    return raise(TypeError, "function takes at most %d arguments (%zd given)", static_cast<int>(kParameters), count);
  }
  for (isize i = 0; i < count; ++i) given[i] = tuple_item(args, i);
  isize position = 0;
  Object *key, *value;
  while (kwargs && dict_next(kwargs, position, key, value)) {
    int index = 0;
    while (index < kParameters && !(is_str(key) && str_equals(as<Str>(key), names[index]))) ++index;
    if (index == kParameters) return raise(TypeError, "'%S' is an invalid keyword argument for this function", key);
    if (given[index]) {
      return raise(TypeError, "argument for function given by name ('%s') and position (%d)", names[index], index + 1);
    }
    given[index] = value;
  }
  return {};
}

Result<Object> dialect_new(Type* type, Tuple* args, Dict* kwargs) {
  Object* given[kParameters] = {};
  TRY(take_arguments(args, kwargs, given));
  Ref<Object> base = Ref<Object>::share_or_empty(given[Base]);
  Ref<Object> values[kParameters];
  bool any = false;
  for (int i = Delimiter; i < kParameters; ++i) {
    values[i] = Ref<Object>::share_or_empty(given[i]);
    any = any || given[i];
  }
  if (base) {
    if (is_str(base)) base = TRY(get_dialect(base));
    if (!any && type_check(base, &dialect_type)) return base;
    for (int i = Delimiter; i < kParameters; ++i) {
      if (values[i]) continue;
      Result<Object> inherited = object_get_attr(base, names[i]);
      if (inherited.failed())
        error_clear();
      else
        values[i] = inherited.take();
    }
  }
  auto value = [&](Parameter p) { return Opt<Object*>(values[p].get()); };
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  Dialect* self = static_cast<Dialect*>(object.get());
  self->delimiter = TRY(character(value(Delimiter), "delimiter", ','));
  self->double_quote = TRY(flag(value(DoubleQuote), true));
  self->escape = TRY(character_or_none(value(Escape), "escapechar", kNotSet));
  if (!values[LineTerminator]) {
    self->line_terminator = TRY(str_from_latin1("\r\n"))
    .release();
  } else if (values[LineTerminator].get() != None) {
    if (!is_str(values[LineTerminator])) return raise(TypeError, "\"lineterminator\" must be a string");
    self->line_terminator = new_ref(as<Str>(values[LineTerminator].get())).release();
  }
  self->quote = TRY(character_or_none(value(Quote), "quotechar", '"'));
  self->quoting = TRY(quoting_of(value(QuotingMode)));
  self->skip_initial_space = TRY(flag(value(SkipInitialSpace), false));
  self->strict = TRY(flag(value(Strict), false));
  if (values[Quote].get() == None && !values[QuotingMode]) self->quoting = QuoteNone;
  if (self->quoting != QuoteNone && self->quote == kNotSet) {
    return raise(TypeError, "quotechar must be set if quoting enabled");
  }
  if (!self->line_terminator) return raise(TypeError, "lineterminator must be set");
  return object;
}
PyObject* dialect_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return dialect_new(type, as<Tuple>(args), static_cast<Dict*>(kwargs)).to_c();
}
void dialect_dealloc(PyObject* self) {
  clear_field(static_cast<Dialect*>(self)->line_terminator);
  self->ob_type->tp_free(self);
}

// == Attributes ==

Result<Object> character_or_none_object(Py_UCS4 c) {
  return c == kNotSet ? none_result() : Result<Object>(str_from_ordinal(c));
}
Result<Object> get_delimiter(Dialect* self) { return character_or_none_object(self->delimiter); }
Result<Object> get_escape(Dialect* self) { return character_or_none_object(self->escape); }
Result<Object> get_quote(Dialect* self) { return character_or_none_object(self->quote); }
Result<Object> get_line_terminator(Dialect* self) {
  return new_ref<Object>(self->line_terminator ? static_cast<Object*>(self->line_terminator) : None);
}
Result<int> get_quoting(Dialect* self) { return self->quoting; }

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nraises an exception to avoid pickling";
Result<Object> reduce(Dialect* self) {
  return raise(TypeError, "cannot pickle '%.100s' instances", type_short_name(type_of(self)));
}
constexpr Doc reduce_ex_doc = "__reduce_ex__($self, protocol=None, /)\n--\n\nraises an exception to avoid pickling";
Result<Object> reduce_ex(Dialect* self, Object*) { return reduce(self); }

constinit PyMethodDef methods[] = {method<reduce, reduce_doc>(), method<reduce_ex, reduce_ex_doc>(), {}};
constinit PyMemberDef members[] = {
    member("skipinitialspace", T_BOOL, offsetof(Dialect, skip_initial_space), READONLY),
    member("doublequote", T_BOOL, offsetof(Dialect, double_quote), READONLY),
    member("strict", T_BOOL, offsetof(Dialect, strict), READONLY),
    {},
};
constinit PyGetSetDef getters[] = {
    get_set<get_delimiter>("delimiter"),
    get_set<get_escape>("escapechar"),
    get_set<get_line_terminator>("lineterminator"),
    get_set<get_quote>("quotechar"),
    get_set<get_quoting>("quoting"),
    {},
};
}  // namespace

Result<Object> make_dialect(Opt<Object*> dialect, Opt<Object*> parameters) {
  Ref<Tuple> args = dialect ? TRY(tuple_pack(dialect.get())) : new_ref(tuple_empty());
  return object_call(&dialect_type, args, parameters);
}

constinit Type dialect_type = {
    .tp_name = "_csv.Dialect",
    .tp_basicsize = sizeof(Dialect),
    .tp_dealloc = dialect_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n",
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getters,
    .tp_alloc = type_generic_alloc,
    .tp_new = dialect_new_slot,
    .tp_free = object_plain_del,
};
}  // namespace adder::csv
