// str: the type object: construction, slots, indexing, iteration, encoding.
//
// See        str/methods.h for where each method is; docs/text.md; tests/python/test_str.py
#include "memory/allocator.h"
#include "runtime/builtins.h"
#include "types/codecs.h"
#include "types/format.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str/internal.h"
#include "types/str/methods.h"
#include "types/tuple.h"

extern "C" void adder_str_dealloc(PyObject* object);

namespace adder {
using namespace str_detail;

namespace {
// == Construction ==

constexpr Doc new_doc = "str($type, /, object='', encoding='utf-8', errors='strict')";
constexpr const char* kTypeDoc =
    "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
    "Create a new string object from the given object. If encoding or\n"
    "errors is specified, then the object must expose a data buffer\n"
    "that will be decoded using the given encoding and error handler.\n"
    "Otherwise, returns the result of object.__str__() (if defined)\nor repr(object).\n"
    "encoding defaults to sys.getdefaultencoding().\nerrors defaults to 'strict'.";

// str(bytes, encoding, errors) for anything with a buffer.
Result<Object> decode_object(Object* object, const char* encoding, const char* errors) {
  auto decode = [&](const char* data, isize size) -> Result<Object> {
    if (size) return str_decode(data, size, encoding, errors);
    TRY(codec_check_names(encoding, errors));
    return Result<Object>::share(str_empty());
  };
  if (is_bytes(object)) return decode(bytes_data(as<Bytes>(object)), bytes_size(as<Bytes>(object)));
  if (is_str(object)) return raise(TypeError, "decoding str is not supported");
  if (!check_buffer(object)) {
    return raise(TypeError, "decoding to str: need a bytes-like object, %.80s found", type_of(object)->tp_name);
  }
  BufferView view;
  TRY(view.acquire(object));
  return decode(view.data(), view.size());
}
// A C string of an argument, which has no NUL inside.
bool c_text(Opt<Str*> text, const char*& out) {
  out = nullptr;
  if (!text) return true;
  Utf8 utf8 = str_as_utf8(text.get());
  if (!utf8) return false;
  if (static_cast<isize>(std::strlen(utf8.data)) != utf8.size) {
    (void)raise(ValueError, "embedded null character");
    return false;
  }
  out = utf8.data;
  return true;
}
// An instance of a subclass with the characters of `s`: they stand apart from the head.
Result<Object> subtype_new(Type* type, Str* s) {
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  Str* self = as<Str>(object.get());
  isize size = (str_length(s) + 1) * str_kind(s);
  void* data = memory::allocate(static_cast<usize>(size));
  if (!data) {
    self->state = {};
    self->data.any = nullptr;
    return raise_no_memory();
  }
  std::memcpy(data, str_data(s), static_cast<usize>(size));
  self->length = str_length(s);
  self->hash = s->hash;
  self->state = {.interned = 0, .kind = s->state.kind, .compact = 0, .ascii = s->state.ascii, .ready = 1};
  self->wstr = nullptr;
  self->data.any = data;
  if (str_is_ascii(s)) {
    self->utf8 = static_cast<char*>(data);
    self->utf8_length = str_length(s);
  } else {
    self->utf8 = nullptr;
    self->utf8_length = 0;
  }
  self->wstr_length = 0;
  return object;
}
Result<Object> str_new_slot(Type* type, Opt<Object*> object, Opt<Str*> encoding, Opt<Str*> errors) {
  Ref<Object> text;
  if (!object) {
    text = Ref<Object>::share(str_empty());
  } else if (!encoding && !errors) {
    if (type != &PyUnicode_Type || !is_str_exact(object.get()))
      text = TRY(object_str(object.get()));
    else
      text = Ref<Object>::share(object.get());
  } else {
    const char *encoding_text, *errors_text;
    if (!c_text(encoding, encoding_text) || !c_text(errors, errors_text)) return Error{};
    text = TRY(decode_object(object.get(), encoding_text, errors_text));
  }
  if (type == &PyUnicode_Type) return text;
  return subtype_new(type, as<Str>(text.get()));
}

PyObject* str_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  isize nargs = static_cast<isize>(vectorcall_nargs(nargsf));
  if (nargs == 1 && !names && type == static_cast<Object*>(&PyUnicode_Type)) return object_str(args[0]).to_c();
  return bind_detail::Thunk<str_new_slot, new_doc>::Call::from_vector(args, nargs, names,
                                                                      reinterpret_cast<Type*>(type));
}

// == Slots ==

Result<Str> str_repr_slot(Str* self) { return repr_of(self); }
Result<Str> str_str_slot(Str* self) { return share_exact(self); }
Result<isize> str_hash_slot(Str* self) { return static_cast<isize>(str_hash(self)); }
Result<Object> str_rich_compare(Str* self, Object* other, int op) {
  if (!is_str(other)) return not_implemented();
  Str* right = as<Str>(other);
  if (op == Py_EQ) return bool_result(str_equal(self, right));
  if (op == Py_NE) return bool_result(!str_equal(self, right));
  return bool_result(compare_values(str_compare(self, right), 0, op));
}
Result<isize> str_length_slot(Str* self) { return str_length(self); }
Result<Object> str_concat_slot(Str* self, Object* other) {
  if (!is_str(other)) {
    return raise(TypeError, "can only concatenate str (not \"%.200s\") to str", type_of(other)->tp_name);
  }
  return str_concat(self, as<Str>(other));
}
Result<Str> str_repeat_slot(Str* self, isize count) { return str_methods::repeat(self, count); }
Result<Str> str_item_slot(Str* self, isize index) {
  if (index < 0 || index >= str_length(self)) return raise(IndexError, "string index out of range");
  return str_from_ordinal(str_read_char(self, index));
}
Result<bool> str_contains_slot(Str* self, Object* pattern) { return str_contains(self, pattern); }
Result<Str> str_subscript(Str* self, Object* key) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    if (index < 0) index += str_length(self);
    return str_item_slot(self, index);
  }
  if (is_slice(key)) {
    isize start, stop, step;
    TRY(slice_unpack(as<Slice>(key), start, stop, step));
    isize size = slice_adjust_indices(str_length(self), start, stop, step);
    if (size <= 0) return Result<Str>::share(str_empty());
    if (step == 1) return str_substring(self, start, start + size);
    int kind = str_kind(self);
    const void* data = str_data(self);
    Ref<Str> result = TRY(str_new(size, str_max_char_value(self)));
    void* out = str_data(result);
    for (isize i = 0; i < size; ++i) str_write(kind, out, i, str_read(kind, data, start + i * step));
    if (size == 1) return str_from_ordinal(str_read(kind, out, 0));
    return canonical(std::move(result));
  }
  return raise(TypeError, "string indices must be integers, not '%.200s'", type_of(key)->tp_name);
}
PyObject* str_remainder_slot(PyObject* left, PyObject* right) {
  if (!is_str(left)) return not_implemented().to_c();
  return str_format_percent(as<Str>(left), right).to_c();
}

// == Iteration ==

struct StrIterator : PyObject {
  isize index;
  Str* text;  // null: exhausted
};
Result<Object> str_iter(Str* self) {
  Ref<StrIterator> iterator =
      TRY(object_new<StrIterator>(str_is_ascii(self) ? &_PyUnicodeASCIIIter_Type : &PyUnicodeIter_Type));
  iterator->index = 0;
  iterator->text = Ref<Str>::share(self).release();
  gc::track(iterator);
  return iterator;
}
Maybe<Str> ascii_iterator_next(StrIterator* self) {
  Str* text = self->text;
  if (!text) return nullptr;
  if (self->index < str_length(text)) return str_from_ordinal(str_data_1(text)[self->index++]);
  clear_field(self->text);
  return nullptr;
}
Maybe<Str> iterator_next(StrIterator* self) {
  Str* text = self->text;
  if (!text) return nullptr;
  if (self->index < str_length(text)) return str_from_ordinal(str_read_char(text, self->index++));
  clear_field(self->text);
  return nullptr;
}
void iterator_dealloc(PyObject* object) {
  gc::untrack(object);
  StrIterator* self = as<StrIterator>(object);
  clear_field(self->text);
  object_free(object);
}
int iterator_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<StrIterator>(object)->text);
  return 0;
}
constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nHow many characters are left, as an estimate for list(iterator).";
Result<isize> iterator_length_hint(StrIterator* self) { return self->text ? str_length(self->text) - self->index : 0; }
constexpr Doc iterator_reduce_doc = "__reduce__($self, /)\n--\n\nState of the iterator, for pickling.";
Result<Object> iterator_reduce(StrIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  if (self->text) {
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(self->text)));
    Ref<Int> index = TRY(int_from_ssize_t(self->index));
    return tuple_pack(iter.get(), static_cast<Object*>(arguments.get()), static_cast<Object*>(index.get()));
  }
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(str_empty())));
  return tuple_pack(iter.get(), static_cast<Object*>(arguments.get()));
}
constexpr Doc iterator_setstate_doc = "__setstate__($self, state, /)\n--\n\nSets the position, for unpickling.";
Result<void> iterator_setstate(StrIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (self->text) {
    if (index < 0) index = 0;
    if (index > str_length(self->text)) index = str_length(self->text);
    self->index = index;
  }
  return {};
}
constinit PyMethodDef iterator_methods[] = {
    method<iterator_length_hint, length_hint_doc>(),
    method<iterator_reduce, iterator_reduce_doc>(),
    method<iterator_setstate, iterator_setstate_doc>(),
    {},
};

// == Methods ==

// A method whose arguments a signature cannot express: (self, args, nargs).
template <auto Fn>
PyObject* positional(PyObject* self, PyObject* const* args, Py_ssize_t nargs) {
  return result_to_c(Fn(as<Str>(self), args, nargs));
}
template <auto Fn>
constexpr PyMethodDef positional_method(const char* name, const char* doc) {
  return raw_method(name, static_cast<PyCFunctionFast>(&positional<Fn>), METH_FASTCALL, doc);
}

constexpr Doc encode_doc =
    "encode($self, /, encoding='utf-8', errors='strict')\n--\n\n"
    "Encode the string using the codec registered for encoding.\n\n  encoding\n"
    "    The encoding in which to encode the string.\n  errors\n"
    "    The error handling scheme to use for encoding errors.\n"
    "    The default is 'strict' meaning that encoding errors raise a\n"
    "    UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and\n"
    "    'xmlcharrefreplace' as well as any other name registered with\n"
    "    codecs.register_error that can handle UnicodeEncodeErrors.";
Result<Object> encode(Str* self, Opt<Str*> encoding, Opt<Str*> errors) {
  const char *encoding_text, *errors_text;
  if (!c_text(encoding, encoding_text) || !c_text(errors, errors_text)) return Error{};
  return str_as_encoded_string(self, encoding_text, errors_text);
}
constexpr Doc replace_doc =
    "replace($self, old, new, count=-1, /)\n--\n\n"
    "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n"
    "    Maximum number of occurrences to replace.\n"
    "    -1 (the default value) means replace all occurrences.\n\n"
    "If the optional argument count is given, only the first count occurrences are\nreplaced.";
constexpr Doc split_doc =
    "split($self, /, sep=None, maxsplit=-1)\n--\n\n"
    "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n"
    "    The separator used to split the string.\n\n"
    "    When set to None (the default value), will split on any whitespace\n"
    "    character (including \\\\n \\\\r \\\\t \\\\f and spaces) and will discard\n"
    "    empty strings from the result.\n  maxsplit\n"
    "    Maximum number of splits (starting from the left).\n    -1 (the default value) means no limit.\n"
    "\nNote, str.split() is mainly useful for data that has been intentionally\n"
    "delimited.  With natural text that includes punctuation, consider using\n"
    "the regular expression module.";
constexpr Doc rsplit_doc =
    "rsplit($self, /, sep=None, maxsplit=-1)\n--\n\n"
    "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n"
    "    The separator used to split the string.\n\n"
    "    When set to None (the default value), will split on any whitespace\n"
    "    character (including \\\\n \\\\r \\\\t \\\\f and spaces) and will discard\n"
    "    empty strings from the result.\n  maxsplit\n"
    "    Maximum number of splits (starting from the left).\n    -1 (the default value) means no limit.\n"
    "\nSplitting starts at the end of the string and works to the front.";
constexpr Doc splitlines_doc =
    "splitlines($self, /, keepends=False)\n--\n\n"
    "Return a list of the lines in the string, breaking at line boundaries.\n\n"
    "Line breaks are not included in the resulting list unless keepends is given and\ntrue.";
constexpr Doc join_doc =
    "join($self, iterable, /)\n--\n\nConcatenate any number of strings.\n\n"
    "The string whose method is called is inserted in between each given string.\n"
    "The result is returned as a new string.\n\nExample: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'";
constexpr Doc capitalize_doc =
    "capitalize($self, /)\n--\n\nReturn a capitalized version of the string.\n\n"
    "More specifically, make the first character have upper case and the rest lower\ncase.";
constexpr Doc casefold_doc =
    "casefold($self, /)\n--\n\nReturn a version of the string suitable for caseless comparisons.";
constexpr Doc title_doc =
    "title($self, /)\n--\n\nReturn a version of the string where each word is titlecased.\n\n"
    "More specifically, words start with uppercased characters and all remaining\n"
    "cased characters have lower case.";
constexpr Doc center_doc =
    "center($self, width, fillchar=' ', /)\n--\n\nReturn a centered string of length width.\n\n"
    "Padding is done using the specified fill character (default is a space).";
constexpr Doc ljust_doc =
    "ljust($self, width, fillchar=' ', /)\n--\n\nReturn a left-justified string of length width.\n\n"
    "Padding is done using the specified fill character (default is a space).";
constexpr Doc rjust_doc =
    "rjust($self, width, fillchar=' ', /)\n--\n\nReturn a right-justified string of length width.\n\n"
    "Padding is done using the specified fill character (default is a space).";
constexpr Doc expandtabs_doc =
    "expandtabs($self, /, tabsize=8)\n--\n\n"
    "Return a copy where all tab characters are expanded using spaces.\n\n"
    "If tabsize is not given, a tab size of 8 characters is assumed.";
constexpr Doc partition_doc =
    "partition($self, sep, /)\n--\n\nPartition the string into three parts using the given separator.\n\n"
    "This will search for the separator in the string.  If the separator is found,\n"
    "returns a 3-tuple containing the part before the separator, the separator\n"
    "itself, and the part after it.\n\n"
    "If the separator is not found, returns a 3-tuple containing the original string\n"
    "and two empty strings.";
constexpr Doc rpartition_doc =
    "rpartition($self, sep, /)\n--\n\nPartition the string into three parts using the given separator.\n"
    "\nThis will search for the separator in the string, starting at the end. If\n"
    "the separator is found, returns a 3-tuple containing the part before the\n"
    "separator, the separator itself, and the part after it.\n\n"
    "If the separator is not found, returns a 3-tuple containing two empty strings\n"
    "and the original string.";
constexpr Doc lower_doc = "lower($self, /)\n--\n\nReturn a copy of the string converted to lowercase.";
constexpr Doc upper_doc = "upper($self, /)\n--\n\nReturn a copy of the string converted to uppercase.";
constexpr Doc swapcase_doc =
    "swapcase($self, /)\n--\n\n"
    "Convert uppercase characters to lowercase and lowercase characters to uppercase.";
constexpr Doc strip_doc =
    "strip($self, chars=None, /)\n--\n\n"
    "Return a copy of the string with leading and trailing whitespace removed.\n\n"
    "If chars is given and not None, remove characters in chars instead.";
constexpr Doc lstrip_doc =
    "lstrip($self, chars=None, /)\n--\n\nReturn a copy of the string with leading whitespace removed.\n\n"
    "If chars is given and not None, remove characters in chars instead.";
constexpr Doc rstrip_doc =
    "rstrip($self, chars=None, /)\n--\n\nReturn a copy of the string with trailing whitespace removed.\n"
    "\nIf chars is given and not None, remove characters in chars instead.";
constexpr Doc translate_doc =
    "translate($self, table, /)\n--\n\n"
    "Replace each character in the string using the given translation table.\n\n  table\n"
    "    Translation table, which must be a mapping of Unicode ordinals to\n"
    "    Unicode ordinals, strings, or None.\n\n"
    "The table must implement lookup/indexing via __getitem__, for instance a\n"
    "dictionary or list.  If this operation raises LookupError, the character is\n"
    "left untouched.  Characters mapped to None are deleted.";
constexpr const char* kMaketransText =
    "Return a translation table usable for str.translate().\n\n"
    "If there is only one argument, it must be a dictionary mapping Unicode\n"
    "ordinals (integers) or characters to Unicode ordinals, strings or None.\n"
    "Character keys will be then converted to ordinals.\n"
    "If there are two arguments, they must be strings of equal length, and\n"
    "in the resulting dictionary, each character in x will be mapped to the\n"
    "character at the same position in y. If there is a third argument, it\n"
    "must be a string, whose characters will be mapped to None in the result.";
constexpr Doc removeprefix_doc =
    "removeprefix($self, prefix, /)\n--\n\n"
    "Return a str with the given prefix string removed if present.\n\n"
    "If the string starts with the prefix string, return string[len(prefix):].\n"
    "Otherwise, return a copy of the original string.";
constexpr Doc removesuffix_doc =
    "removesuffix($self, suffix, /)\n--\n\n"
    "Return a str with the given suffix string removed if present.\n\n"
    "If the string ends with the suffix string and that suffix is not empty,\n"
    "return string[:-len(suffix)]. Otherwise, return a copy of the original\nstring.";
constexpr Doc isalnum_doc =
    "isalnum($self, /)\n--\n\nReturn True if the string is an alpha-numeric string, False otherwise.\n\n"
    "A string is alpha-numeric if all characters in the string are alpha-numeric and\n"
    "there is at least one character in the string.";
constexpr Doc isalpha_doc =
    "isalpha($self, /)\n--\n\nReturn True if the string is an alphabetic string, False otherwise.\n\n"
    "A string is alphabetic if all characters in the string are alphabetic and there\n"
    "is at least one character in the string.";
constexpr Doc isascii_doc =
    "isascii($self, /)\n--\n\nReturn True if all characters in the string are ASCII, False otherwise.\n\n"
    "ASCII characters have code points in the range U+0000-U+007F.\nEmpty string is ASCII too.";
constexpr Doc isdecimal_doc =
    "isdecimal($self, /)\n--\n\nReturn True if the string is a decimal string, False otherwise.\n\n"
    "A string is a decimal string if all characters in the string are decimal and\n"
    "there is at least one character in the string.";
constexpr Doc isdigit_doc =
    "isdigit($self, /)\n--\n\nReturn True if the string is a digit string, False otherwise.\n\n"
    "A string is a digit string if all characters in the string are digits and there\n"
    "is at least one character in the string.";
constexpr Doc isidentifier_doc =
    "isidentifier($self, /)\n--\n\n"
    "Return True if the string is a valid Python identifier, False otherwise.\n\n"
    "Call keyword.iskeyword(s) to test whether string s is a reserved identifier,\n"
    "such as \"def\" or \"class\".";
constexpr Doc islower_doc =
    "islower($self, /)\n--\n\nReturn True if the string is a lowercase string, False otherwise.\n\n"
    "A string is lowercase if all cased characters in the string are lowercase and\n"
    "there is at least one cased character in the string.";
constexpr Doc isnumeric_doc =
    "isnumeric($self, /)\n--\n\nReturn True if the string is a numeric string, False otherwise.\n\n"
    "A string is numeric if all characters in the string are numeric and there is at\n"
    "least one character in the string.";
constexpr Doc isprintable_doc =
    "isprintable($self, /)\n--\n\nReturn True if the string is printable, False otherwise.\n\n"
    "A string is printable if all of its characters are considered printable in\n"
    "repr() or if it is empty.";
constexpr Doc isspace_doc =
    "isspace($self, /)\n--\n\nReturn True if the string is a whitespace string, False otherwise.\n\n"
    "A string is whitespace if all characters in the string are whitespace and there\n"
    "is at least one character in the string.";
constexpr Doc istitle_doc =
    "istitle($self, /)\n--\n\nReturn True if the string is a title-cased string, False otherwise.\n\n"
    "In a title-cased string, upper- and title-case characters may only\n"
    "follow uncased characters and lowercase characters only cased ones.";
constexpr Doc isupper_doc =
    "isupper($self, /)\n--\n\nReturn True if the string is an uppercase string, False otherwise.\n\n"
    "A string is uppercase if all cased characters in the string are uppercase and\n"
    "there is at least one cased character in the string.";
constexpr Doc zfill_doc =
    "zfill($self, width, /)\n--\n\n"
    "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\n"
    "The string is never truncated.";
constexpr Doc format_doc =
    "__format__($self, format_spec, /)\n--\n\n"
    "Return a formatted version of the string as described by format_spec.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nReturn the size of the string in memory, in bytes.";

Result<Str> format_method(Str* self, Str* spec) {
  if (str_length(spec) == 0) return is_str_exact(self) ? Result<Str>::share(self) : object_str(self);
  return format_str(self, spec);
}
Result<isize> sizeof_method(Str* self) {
  isize head = self->state.compact ? (str_is_ascii(self) ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject))
                                   : sizeof(PyUnicodeObject);
  isize size = head + (str_length(self) + 1) * str_kind(self);
  if (self->wstr && !(self->state.compact && self->wstr == str_data(self))) {
    isize length = self->state.compact && str_is_ascii(self) ? str_length(self) : self->wstr_length;
    size += (length + 1) * static_cast<isize>(sizeof(wchar_t));
  }
  if (!(self->state.compact && str_is_ascii(self)) && self->utf8 && self->utf8 != str_data(self)) {
    size += self->utf8_length + 1;
  }
  return size;
}
PyObject* getnewargs_method(PyObject* self, PyObject*) {
  Ref<Str> copy = TRY_C(nullptr, exact_copy(as<Str>(self)));
  return tuple_pack(static_cast<Object*>(copy.get())).to_c();
}
PyObject* format_raw(PyObject* self, PyObject* args, PyObject* kwargs) {
  return str_format(as<Str>(self), as<Tuple>(args), kwargs).to_c();
}
PyObject* format_map_raw(PyObject* self, PyObject* mapping) { return str_format_map(as<Str>(self), mapping).to_c(); }
PyObject* maketrans_raw(PyObject*, PyObject* const* args, Py_ssize_t nargs) {
  if (nargs < 1 || nargs > 3) {
    (void)raise(TypeError,
                nargs < 1 ? "maketrans expected at least 1 argument, got %zd"
                          : "maketrans expected at most 3 arguments, got %zd",
                nargs);
    return nullptr;
  }
  for (isize i = 1; i < nargs; ++i) {
    if (!is_str(args[i])) {
      (void)raise(TypeError, "maketrans() argument %zd must be str, not %.50s", i + 1, type_of(args[i])->tp_name);
      return nullptr;
    }
  }
  return str_methods::maketrans(args[0], nargs > 1 ? as<Str>(args[1]) : nullptr, nargs > 2 ? as<Str>(args[2]) : nullptr)
      .to_c();
}
constexpr PyMethodDef keywords_method(const char* name, PyCFunctionWithKeywords function, const char* doc) {
  PyMethodDef def;
  def.ml_name = name;
  def.ml_keywords = function;
  def.ml_flags = METH_VARARGS | METH_KEYWORDS;
  def.ml_doc = doc;
  return def;
}

namespace m = str_methods;
constinit PyMethodDef methods[] = {
    method<encode, encode_doc>(),
    method<m::replace, replace_doc>(),
    method<m::split, split_doc>(),
    method<m::rsplit, rsplit_doc>(),
    method<m::join, join_doc>(),
    method<m::capitalize, capitalize_doc>(),
    method<m::casefold, casefold_doc>(),
    method<m::title, title_doc>(),
    method<m::center, center_doc>(),
    positional_method<m::count>(
        "count",
        "S.count(sub[, start[, end]]) -> int\n\n"
        "Return the number of non-overlapping occurrences of substring sub in\n"
        "string S[start:end].  Optional arguments start and end are\ninterpreted as in slice notation."),
    method<m::expandtabs, expandtabs_doc>(),
    positional_method<m::find>(
        "find",
        "S.find(sub[, start[, end]]) -> int\n\nReturn the lowest index in S where substring sub is found,\n"
        "such that sub is contained within S[start:end].  Optional\n"
        "arguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure."),
    method<m::partition, partition_doc>(),
    positional_method<m::index>(
        "index",
        "S.index(sub[, start[, end]]) -> int\n\nReturn the lowest index in S where substring sub is found,\n"
        "such that sub is contained within S[start:end].  Optional\n"
        "arguments start and end are interpreted as in slice notation.\n\n"
        "Raises ValueError when the substring is not found."),
    method<m::ljust, ljust_doc>(),
    method<m::lower, lower_doc>(),
    method<m::lstrip, lstrip_doc>(),
    positional_method<m::rfind>(
        "rfind",
        "S.rfind(sub[, start[, end]]) -> int\n\nReturn the highest index in S where substring sub is found,\n"
        "such that sub is contained within S[start:end].  Optional\n"
        "arguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure."),
    positional_method<m::rindex>("rindex",
                                 "S.rindex(sub[, start[, end]]) -> int\n\n"
                                 "Return the highest index in S where substring sub is found,\n"
                                 "such that sub is contained within S[start:end].  Optional\n"
                                 "arguments start and end are interpreted as in slice notation.\n\n"
                                 "Raises ValueError when the substring is not found."),
    method<m::rjust, rjust_doc>(),
    method<m::rstrip, rstrip_doc>(),
    method<m::rpartition, rpartition_doc>(),
    method<m::splitlines, splitlines_doc>(),
    method<m::strip, strip_doc>(),
    method<m::swapcase, swapcase_doc>(),
    method<m::translate, translate_doc>(),
    method<m::upper, upper_doc>(),
    positional_method<m::startswith>(
        "startswith",
        "S.startswith(prefix[, start[, end]]) -> bool\n\n"
        "Return True if S starts with the specified prefix, False otherwise.\n"
        "With optional start, test S beginning at that position.\n"
        "With optional end, stop comparing S at that position.\nprefix can also be a tuple of strings to try."),
    positional_method<m::endswith>(
        "endswith",
        "S.endswith(suffix[, start[, end]]) -> bool\n\n"
        "Return True if S ends with the specified suffix, False otherwise.\n"
        "With optional start, test S beginning at that position.\n"
        "With optional end, stop comparing S at that position.\nsuffix can also be a tuple of strings to try."),
    method<m::removeprefix, removeprefix_doc>(),
    method<m::removesuffix, removesuffix_doc>(),
    method<m::isascii, isascii_doc>(),
    method<m::islower, islower_doc>(),
    method<m::isupper, isupper_doc>(),
    method<m::istitle, istitle_doc>(),
    method<m::isspace, isspace_doc>(),
    method<m::isdecimal, isdecimal_doc>(),
    method<m::isdigit, isdigit_doc>(),
    method<m::isnumeric, isnumeric_doc>(),
    method<m::isalpha, isalpha_doc>(),
    method<m::isalnum, isalnum_doc>(),
    method<m::isidentifier, isidentifier_doc>(),
    method<m::isprintable, isprintable_doc>(),
    method<m::zfill, zfill_doc>(),
    keywords_method("format", format_raw,
                    "S.format(*args, **kwargs) -> str\n\n"
                    "Return a formatted version of S, using substitutions from args and kwargs.\n"
                    "The substitutions are identified by braces ('{' and '}')."),
    raw_method("format_map", format_map_raw, METH_O,
               "S.format_map(mapping) -> str\n\nReturn a formatted version of S, using substitutions from mapping.\n"
               "The substitutions are identified by braces ('{' and '}')."),
    method<format_method, format_doc>(),
    raw_method("maketrans", maketrans_raw, METH_FASTCALL | METH_STATIC, kMaketransText),
    method<sizeof_method, sizeof_doc>(),
    raw_method("__getnewargs__", getnewargs_method, METH_NOARGS, nullptr),
    {},
};
constinit PyNumberMethods as_number = {.nb_remainder = str_remainder_slot};
constinit PySequenceMethods as_sequence = {
    .sq_length = slot<str_length_slot>,
    .sq_concat = slot<str_concat_slot>,
    .sq_repeat = slot<str_repeat_slot>,
    .sq_item = slot<str_item_slot>,
    .sq_contains = slot<str_contains_slot>,
};
constinit PyMappingMethods as_mapping = {.mp_length = slot<str_length_slot>, .mp_subscript = slot<str_subscript>};
}  // namespace
}  // namespace adder

// == Type objects ==

using namespace adder;
constinit PyTypeObject PyUnicode_Type = {
    .tp_name = "str",
    .tp_basicsize = sizeof(PyUnicodeObject),
    .tp_dealloc = adder_str_dealloc,
    .tp_repr = slot<str_repr_slot>,
    .tp_as_number = &as_number,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = slot<str_hash_slot>,
    .tp_str = slot<str_str_slot>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_UNICODE_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = kTypeDoc,
    .tp_richcompare = slot<str_rich_compare>,
    .tp_iter = slot<str_iter>,
    .tp_methods = methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<str_new_slot, new_doc>,
    .tp_free = object_plain_del,
    .tp_vectorcall = str_vectorcall,
};
constinit PyTypeObject PyUnicodeIter_Type = {
    .tp_name = "str_iterator",
    .tp_basicsize = sizeof(StrIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
constinit PyTypeObject _PyUnicodeASCIIIter_Type = {
    .tp_name = "str_ascii_iterator",
    .tp_basicsize = sizeof(StrIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<ascii_iterator_next>,
    .tp_methods = iterator_methods,
};
