// arguments: distributes the arguments of a call over the parameters that a Doc describes, and converts them.
//
// Messages    those of CPython 3.11's generated argument code; user programs and tests compare them.
#include <cstring>

#include "bind/bind.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
const char* plural(isize count) { return count == 1 ? "" : "s"; }

Result<void> check_positional_only(const Doc& doc, isize nargs) {
  if (nargs < doc.required) {
    return raise(TypeError, "%.200s expected %s%d argument%s, got %zd", doc.name, doc.required == doc.count ? "" : "at least ",
                 doc.required, plural(doc.required), nargs);
  }
  if (nargs > doc.count) {
    if (doc.count == 0) return raise(TypeError, "%.200s() takes no arguments (%zd given)", doc.name, nargs);
    return raise(TypeError, "%.200s expected %s%d argument%s, got %zd", doc.name, doc.required == doc.count ? "" : "at most ",
                 doc.count, plural(doc.count), nargs);
  }
  return {};
}

Result<void> check_counts(const Doc& doc, isize nargs, isize nkeywords) {
  if (!doc.has_args && !doc.has_kwargs && nargs + nkeywords > doc.count) {
    return raise(TypeError, "%.200s() takes at most %d %sargument%s (%zd given)", doc.name, doc.count,
                 nargs == 0 ? "keyword " : "", plural(doc.count), nargs + nkeywords);
  }
  // print() looks at the names before it counts them.
  if (doc.has_args && !doc.has_kwargs && nkeywords > doc.count - doc.positional_only && std::strcmp(doc.name, "print") != 0) {
    int count = doc.count - doc.positional_only;
    return raise(TypeError, "%.200s() takes at most %d keyword argument%s (%zd given)", doc.name, count, plural(count),
                 nkeywords);
  }
  if (!doc.has_args && nargs > doc.positional) {
    if (doc.positional == 0) return raise(TypeError, "%.200s() takes no positional arguments", doc.name);
    return raise(TypeError, "%.200s() takes %s %d positional argument%s (%zd given)", doc.name,
                 doc.required < doc.positional ? "at most" : "exactly", doc.positional, plural(doc.positional), nargs);
  }
  int needed = doc.required < doc.positional_only ? doc.required : doc.positional_only;
  if (nargs < needed) {
    return raise(TypeError, "%.200s() takes %s %d positional argument%s (%zd given)", doc.name,
                 needed < doc.positional ? "at least" : "exactly", needed, plural(needed), nargs);
  }
  return {};
}

// Index of the parameter that a keyword names, or -1.
int find_parameter(const Doc& doc, Str* name) {
  for (int i = doc.positional_only; i < doc.count; ++i) {
    if (str_equals(name, doc.parameter[i])) return i;
  }
  return -1;
}

Result<void> accept_keyword(const Doc& doc, Object* name, Object* value, Object** out, Ref<Dict>* keywords) {
  if (!is_str(name)) return raise(TypeError, "keywords must be strings");
  int index = find_parameter(doc, as<Str>(name));
  if (index < 0) {
    if (doc.has_kwargs) return dict_set_item(*keywords, name, value);
    return raise(TypeError, "'%S' is an invalid keyword argument for %.200s()", name, doc.name);
  }
  if (out[index]) {
    return raise(TypeError, "argument for %.200s() given by name ('%U') and position (%d)", doc.name, name, index + 1);
  }
  out[index] = value;
  return {};
}

Result<void> check_missing(const Doc& doc, Object* const* out) {
  for (int i = 0; i < doc.count; ++i) {
    if (!out[i] && !doc.default_text[i]) {
      return raise(TypeError, "%.200s() missing required argument '%s' (pos %d)", doc.name, doc.parameter[i], i + 1);
    }
  }
  return {};
}

Result<void> take_positional(const Doc& doc, Object* const* args, isize nargs, Object** out, Ref<Tuple>* rest,
                             Ref<Dict>* keywords) {
  isize named = nargs < doc.positional ? nargs : doc.positional;
  for (isize i = 0; i < named; ++i) out[i] = args[i];
  if (doc.has_args) *rest = TRY(tuple_from_array(args + named, nargs - named));
  if (doc.has_kwargs) *keywords = TRY(dict_new());
  return {};
}

// A keyword was refused: the error that is set stands, unless a required argument is missing, which is told first.
// `each(visit)` calls visit(name, value) for all keywords.
template <class Each>
Error refuse_keyword(const Doc& doc, Object** out, Each each) {
  Ref<Object> refused = error_take();
  each([&](Object* name, Object* value) {
    int index = is_str(name) ? find_parameter(doc, as<Str>(name)) : -1;
    if (index >= 0 && !out[index]) out[index] = value;
  });
  if (!check_missing(doc, out).failed()) error_set(std::move(refused));
  return Error{};
}

Result<void> parse_vector(const Doc& doc, Object* const* args, isize nargs, Opt<Tuple*> names, Object** out, Ref<Tuple>* rest,
                          Ref<Dict>* keywords) {
  isize nkeywords = names ? tuple_size(names.get()) : 0;
  if (doc.all_positional_only()) {
    if (nkeywords > 0) return raise(TypeError, "%.200s() takes no keyword arguments", doc.name);
    TRY(check_positional_only(doc, nargs));
  } else {
    TRY(check_counts(doc, nargs, nkeywords));
  }
  TRY(take_positional(doc, args, nargs, out, rest, keywords));
  for (isize i = 0; i < nkeywords; ++i) {
    if (ADDER_UNLIKELY(accept_keyword(doc, tuple_item(names.get(), i), args[nargs + i], out, keywords).failed())) {
      return refuse_keyword(doc, out, [&](auto visit) {
        for (isize k = 0; k < nkeywords; ++k) visit(tuple_item(names.get(), k), args[nargs + k]);
      });
    }
  }
  return check_missing(doc, out);
}

Result<void> parse_tuple(const Doc& doc, Tuple* args, Opt<Dict*> kwargs, Object** out, Ref<Tuple>* rest, Ref<Dict>* keywords) {
  isize nargs = tuple_size(args), nkeywords = kwargs ? dict_size(kwargs.get()) : 0;
  if (doc.all_positional_only()) {
    if (nkeywords > 0) return raise(TypeError, "%.200s() takes no keyword arguments", doc.name);
    TRY(check_positional_only(doc, nargs));
  } else {
    TRY(check_counts(doc, nargs, nkeywords));
  }
  TRY(take_positional(doc, tuple_items(args), nargs, out, rest, keywords));
  if (nkeywords > 0) {
    isize position = 0;
    Object *name, *value;
    while (dict_next(kwargs.get(), position, name, value)) {
      if (ADDER_UNLIKELY(accept_keyword(doc, name, value, out, keywords).failed())) {
        return refuse_keyword(doc, out, [&](auto visit) {
          isize at = 0;
          while (dict_next(kwargs.get(), at, name, value)) visit(name, value);
        });
      }
    }
  }
  return check_missing(doc, out);
}

bool wrong_type(const Doc& doc, int index, const char* expected, Object* object) {
  const char* given = object == None ? "None" : type_of(object)->tp_name;
  if (doc.count == 1) {
    (void)raise(TypeError, "%.200s() argument must be %.50s, not %.50s", doc.name, expected, given);
  } else if (index >= doc.positional_only) {
    (void)raise(TypeError, "%.200s() argument '%s' must be %.50s, not %.50s", doc.name, doc.parameter[index], expected, given);
  } else {
    (void)raise(TypeError, "%.200s() argument %d must be %.50s, not %.50s", doc.name, index + 1, expected, given);
  }
  return false;
}

template <class Value>
bool store(Result<Value> result, Value& out) {
  if (result.failed()) return false;
  out = result.take();
  return true;
}
}  // namespace

bool parse_arguments(const Doc& doc, Object* const* args, isize nargs, Opt<Tuple*> keyword_names, Object** out,
                     Ref<Tuple>* rest, Ref<Dict>* keywords) {
  return !parse_vector(doc, args, nargs, keyword_names, out, rest, keywords).failed();
}

bool parse_arguments(const Doc& doc, Tuple* args, Opt<Dict*> kwargs, Object** out, Ref<Tuple>* rest, Ref<Dict>* keywords) {
  return !parse_tuple(doc, args, kwargs, out, rest, keywords).failed();
}

bool convert_argument(const Doc&, int, Object* object, bool& out) {
  if (object == True || object == False) {
    out = object == True;
    return true;
  }
  return store(object_is_true(object), out);
}
bool convert_argument(const Doc&, int, Object* object, isize& out) { return store(int_as_ssize_t(object), out); }
bool convert_argument(const Doc&, int, Object* object, int& out) { return store(int_as_int(object), out); }
bool convert_argument(const Doc&, int, Object* object, u64& out) { return store(int_as_u64(object), out); }
bool convert_argument(const Doc&, int, Object* object, u32& out) {
  u64 wide = 0;
  if (!store(int_as_u64(object), wide)) return false;
  if (wide > UINT32_MAX) {
    (void)raise(OverflowError, "Python int too large to convert to C unsigned int");
    return false;
  }
  out = static_cast<u32>(wide);
  return true;
}
bool convert_argument(const Doc&, int, Object* object, double& out) { return store(float_as_double(object), out); }

bool convert_argument(const Doc& doc, int index, Object* object, Char& out) {
  if (!is_str(object)) return wrong_type(doc, index, "a unicode character", object);
  if (str_length(as<Str>(object)) != 1) return wrong_type(doc, index, "a unicode character", object);
  out.value = str_read_char(as<Str>(object), 0);
  return true;
}

bool convert_argument(const Doc&, int, Object* object, SliceIndex& out) {
  if (!index_check(object)) {
    (void)raise(TypeError, "slice indices must be integers or have an __index__ method");
    return false;
  }
  auto value = number_as_ssize_t(object, nullptr);
  if (value.failed()) return false;
  out.value = value.take();
  return true;
}

bool convert_argument(const Doc& doc, int index, Object* object, Str*& out) {
  if (!is_str(object)) return wrong_type(doc, index, "str", object);
  out = as<Str>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, Opt<Str*>& out) {
  if (object == None && doc.default_is(index, "None")) {
    out = nullptr;
    return true;
  }
  if (!is_str(object)) return wrong_type(doc, index, doc.default_is(index, "None") ? "str or None" : "str", object);
  out = as<Str>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, Bytes*& out) {
  if (!is_bytes(object)) return wrong_type(doc, index, "bytes", object);
  out = as<Bytes>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, Int*& out) {
  if (!is_int(object)) return wrong_type(doc, index, "int", object);
  out = as<Int>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, List*& out) {
  if (!is_list(object)) return wrong_type(doc, index, "list", object);
  out = as<List>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, Dict*& out) {
  if (!is_dict(object)) return wrong_type(doc, index, "dict", object);
  out = as<Dict>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, Tuple*& out) {
  if (!is_tuple(object)) return wrong_type(doc, index, "tuple", object);
  out = as<Tuple>(object);
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, Type*& out) {
  if (!is_type(object)) return wrong_type(doc, index, "type", object);
  out = reinterpret_cast<Type*>(object);
  return true;
}

PyObject* integer_to_c(i64 value) { return int_from_i64(value).to_c(); }
PyObject* unsigned_to_c(u64 value) { return int_from_u64(value).to_c(); }
PyObject* double_to_c(double value) { return float_from_double(value).to_c(); }
}  // namespace adder
