// str: translate and maketrans.
#include "types/codecs.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str/internal.h"
#include "types/str/methods.h"
#include "types/tuple.h"

namespace adder {
using namespace str_detail;

namespace {
// What a table says about a character: an int or str, None for "delete"; absent if it has no entry.
Maybe<Object> look_up(Object* table, Py_UCS4 character) {
  Ref<Int> key = TRY(int_from_i64(character));
  Result<Object> value = object_get_item(table, key);
  if (value.failed()) {
    if (!error_matches(LookupError)) return Error{};
    error_clear();
    return nullptr;
  }
  return value;
}
// Writes the translation of one character; false if the table maps it to None.
Result<bool> write_translation(Object* table, Py_UCS4 character, StrWriter& out, bool delete_none) {
  Ref<Object> value = TRY(look_up(table, character));
  if (!value) {
    TRY(out.write_char(character));
    return true;
  }
  if (value.get() == None) return delete_none;
  if (is_int(value)) {
    int overflow = 0;
    i64 code = int_as_i64_and_overflow(as<Int>(value.get()), &overflow);
    if (overflow || code < 0 || code > 0x10ffff) {
      return raise(ValueError, "character mapping must be in range(0x%x)", 0x110000);
    }
    TRY(out.write_char(static_cast<Py_UCS4>(code)));
    return true;
  }
  if (is_str(value)) {
    TRY(out.write_str(as<Str>(value.get())));
    return true;
  }
  return raise(TypeError, "character mapping must return integer, None or str");
}
}  // namespace

Result<Object> str_translate(Str* text, Object* table, const char* errors) {
  isize length = str_length(text);
  bool ignore = errors && std::strcmp(errors, "ignore") == 0;
  StrWriter out(length);
  // Each ASCII character is looked up once: its translation if that is one character too.
  constexpr Py_UCS4 kUnknown = 0xffffffff;
  Py_UCS4 cache[128];
  for (Py_UCS4& entry : cache) entry = kUnknown;
  int kind = str_kind(text);
  const void* data = str_data(text);
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read(kind, data, i);
    if (c < 128 && cache[c] != kUnknown) {
      TRY(out.write_char(cache[c]));
      continue;
    }
    isize before = out.size();
    bool written = TRY(write_translation(table, c, out, ignore));
    if (!written) {
      // Not translatable: only the C API's callers get here with an error handler.
      Ref<Str> reason = TRY(str_from_string("character maps to <undefined>"));
      Ref<Int> start = TRY(int_from_ssize_t(i));
      Ref<Int> end = TRY(int_from_ssize_t(i + 1));
      Ref<Object> exception =
          TRY(call(UnicodeTranslateError, static_cast<Object*>(text), static_cast<Object*>(start.get()),
                   static_cast<Object*>(end.get()), static_cast<Object*>(reason.get())));
      if (error_handler_of(errors) == ErrorHandler::kStrict) return raise_instance(exception);
      Ref<Object> handler = TRY(codec_lookup_error(errors));
      Ref<Object> answer = TRY(object_call_one_arg(handler, exception));
      if (!is_tuple(answer) || tuple_size(as<Tuple>(answer.get())) != 2 ||
          !is_str(tuple_item(as<Tuple>(answer.get()), 0)) || !is_int(tuple_item(as<Tuple>(answer.get()), 1))) {
        return raise(TypeError, "translating error handler must return (str, int) tuple");
      }
      TRY(out.write_str(as<Str>(tuple_item(as<Tuple>(answer.get()), 0))));
      isize position = TRY(int_as_ssize_t(tuple_item(as<Tuple>(answer.get()), 1)));
      if (position < 0) position += length;
      if (position < 0 || position > length) {
        return raise(IndexError, "position %zd from error handler out of bounds", position);
      }
      i = position - 1;
      continue;
    }
    if (c < 128 && out.size() == before + 1) cache[c] = str_read(out.kind(), out.data(), before);
  }
  return out.finish();
}

namespace str_methods {
Result<Str> translate(Str* self, Object* table) {
  return Result<Str>::from_c(as<Str>(str_translate(self, table, "ignore").to_c()));
}

Result<Object> maketrans(Object* x, Opt<Str*> y, Opt<Str*> z) {
  Ref<Dict> table = TRY(dict_new());
  if (y) {
    if (!is_str(x)) {
      return raise(TypeError, "first maketrans argument must be a string if there is a second argument");
    }
    Str* from = as<Str>(x);
    Str* to = y.get();
    if (str_length(from) != str_length(to)) {
      return raise(ValueError, "the first two maketrans arguments must have equal length");
    }
    for (isize i = 0; i < str_length(from); ++i) {
      Ref<Int> key = TRY(int_from_i64(str_read_char(from, i)));
      Ref<Int> value = TRY(int_from_i64(str_read_char(to, i)));
      TRY(dict_set_item(table, key, value));
    }
    if (z) {
      for (isize i = 0; i < str_length(z.get()); ++i) {
        Ref<Int> key = TRY(int_from_i64(str_read_char(z.get(), i)));
        TRY(dict_set_item(table, key, None));
      }
    }
    return table;
  }
  if (!is_dict_exact(x)) {
    return raise(TypeError, "if you give only one argument to maketrans it must be a dict");
  }
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(x), position, key, value)) {
    if (is_str(key)) {
      if (str_length(as<Str>(key)) != 1) {
        return raise(ValueError, "string keys in translate table must be of length 1");
      }
      Ref<Int> code = TRY(int_from_i64(str_read_char(as<Str>(key), 0)));
      TRY(dict_set_item(table, code, value));
    } else if (is_int(key)) {
      TRY(dict_set_item(table, key, value));
    } else {
      return raise(TypeError, "keys in translate table must be strings or integers");
    }
  }
  return table;
}
}  // namespace str_methods
}  // namespace adder
