// unicodedata: the Unicode Character Database as Python sees it.
//
// Every function is also a method of unicodedata.ucd_3_2_0, the database as of Unicode 3.2.0: the receiver, the module
// or that object, says which edition answers. See        base/unicode.h, docs/unicode.md,
// tests/python/test_unicodedata.py
#include <cstdio>
#include <cstring>

#include "base/unicode.h"
#include "bind/bind.h"
#include "import/import.h"
#include "object/buffer.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
using unicode::Edition;

// An edition other than the current one.
struct Database : PyObject {
  const char* version;
};
extern PyTypeObject database_type;

Edition edition_of(Object* self) { return self->ob_type == &database_type ? Edition::k3_2_0 : Edition::kCurrent; }

// == Properties ==

constexpr Doc category_doc =
    "category($self, chr, /)\n--\n\nReturns the general category assigned to the character chr as string.";
Result<Object> category(Object* self, Char chr) {
  return str_from_string(unicode::category_name(chr.value, edition_of(self)));
}

constexpr Doc bidirectional_doc =
    "bidirectional($self, chr, /)\n--\n\nReturns the bidirectional class assigned to the character chr as "
    "string.\n\nIf no such value is defined, an empty string is returned.";
Result<Object> bidirectional(Object* self, Char chr) {
  return str_from_string(unicode::bidirectional_name(chr.value, edition_of(self)));
}

constexpr Doc combining_doc =
    "combining($self, chr, /)\n--\n\nReturns the canonical combining class assigned to the character chr as "
    "integer.\n\nReturns 0 if no combining class is defined.";
Result<int> combining(Object* self, Char chr) { return unicode::combining_class(chr.value, edition_of(self)); }

constexpr Doc mirrored_doc =
    "mirrored($self, chr, /)\n--\n\nReturns the mirrored property assigned to the character chr as integer.\n\nReturns "
    "1 if the character has been identified as a \"mirrored\"\ncharacter in bidirectional text, 0 otherwise.";
Result<int> mirrored(Object* self, Char chr) { return unicode::is_mirrored(chr.value, edition_of(self)) ? 1 : 0; }

constexpr Doc east_asian_width_doc =
    "east_asian_width($self, chr, /)\n--\n\nReturns the east asian width assigned to the character chr as string.";
Result<Object> east_asian_width(Object* self, Char chr) {
  return str_from_string(unicode::east_asian_width_name(chr.value, edition_of(self)));
}

constexpr Doc decomposition_doc =
    "decomposition($self, chr, /)\n--\n\nReturns the character decomposition mapping assigned to the character chr as "
    "string.\n\nAn empty string is returned in case no such mapping is defined.";
Result<Object> decomposition(Object* self, Char chr) {
  unicode::Decomposition mapping = unicode::decomposition(chr.value, edition_of(self));
  StrWriter writer;
  TRY(writer.write_ascii(mapping.prefix));
  for (int i = 0; i < mapping.size; ++i) {
    if (writer.size() != 0) TRY(writer.write_char(' '));
    char code[16];
    int size = std::snprintf(code, sizeof code, "%04X", static_cast<unsigned>(mapping.codes[i]));
    TRY(writer.write_ascii({code, static_cast<usize>(size)}));
  }
  return writer.finish();
}

// == Values ==

constexpr Doc decimal_doc =
    "decimal($self, chr, default=<unrepresentable>, /)\n--\n\nConverts a Unicode character into its equivalent decimal "
    "value.\n\nReturns the decimal value assigned to the character chr as integer.\nIf no such value is defined, "
    "default is returned, or, if not given,\nValueError is raised.";
Result<Object> decimal(Object* self, Char chr, Opt<Object*> default_value) {
  int value = unicode::decimal_value(chr.value, edition_of(self));
  if (value >= 0) return int_from_i64(value);
  if (default_value) return new_ref(default_value.get());
  return raise(ValueError, "not a decimal");
}

constexpr Doc digit_doc =
    "digit($self, chr, default=<unrepresentable>, /)\n--\n\nConverts a Unicode character into its equivalent digit "
    "value.\n\nReturns the digit value assigned to the character chr as integer.\nIf no such value is defined, default "
    "is returned, or, if not given,\nValueError is raised.";
Result<Object> digit(Object*, Char chr, Opt<Object*> default_value) {
  int value = unicode::digit_value(chr.value);  // of whatever edition, as in CPython
  if (value >= 0) return int_from_i64(value);
  if (default_value) return new_ref(default_value.get());
  return raise(ValueError, "not a digit");
}

constexpr Doc numeric_doc =
    "numeric($self, chr, default=<unrepresentable>, /)\n--\n\nConverts a Unicode character into its equivalent numeric "
    "value.\n\nReturns the numeric value assigned to the character chr as float.\nIf no such value is defined, default "
    "is returned, or, if not given,\nValueError is raised.";
Result<Object> numeric(Object* self, Char chr, Opt<Object*> default_value) {
  double value = unicode::numeric_value(chr.value, edition_of(self));
  if (value != -1.0) return float_from_double(value);
  if (default_value) return new_ref(default_value.get());
  return raise(ValueError, "not a numeric character");
}

// == Names ==

constexpr Doc name_doc =
    "name($self, chr, default=<unrepresentable>, /)\n--\n\nReturns the name assigned to the character chr as a "
    "string.\n\nIf no name is defined, default is returned, or, if not given,\nValueError is raised.";
Result<Object> name(Object* self, Char chr, Opt<Object*> default_value) {
  char buffer[unicode::kNameBufferSize];
  size_t size = unicode::name_of(chr.value, buffer, edition_of(self));
  if (size != 0) return str_from_latin1({buffer, size});
  if (default_value) return new_ref(default_value.get());
  return raise(ValueError, "no such name");
}

constexpr isize kNameLimit = 256;  // longer ones are not looked up

constexpr Doc lookup_doc =
    "lookup($self, name, /)\n--\n\nLook up character by name.\n\nIf a character with the given name is found, return "
    "the\ncorresponding character.  If not found, KeyError is raised.";
Result<Object> lookup(Object* self, Object* name) {
  BufferView view;
  const char* data;
  isize size;
  if (is_str(name)) {
    Utf8 text = str_as_utf8(as<Str>(name));
    if (!text) return Error{};
    data = text.data;
    size = text.size;
  } else {
    TRY(view.acquire(name));
    if (!is_bytes(name)) {
      return raise(TypeError, "lookup() argument must be read-only bytes-like object, not %.50s",
                   name->ob_type->tp_name);
    }
    data = view.data();
    size = view.size();
  }
  if (size > kNameLimit) return raise(KeyError, "name too long");
  char32_t codes[4];
  codes[0] = unicode::code_of_name(data, static_cast<size_t>(size), true, edition_of(self));
  if (codes[0] != unicode::kNoCode) return str_from_ordinal(codes[0]);
  if (edition_of(self) == Edition::kCurrent) {
    int count = unicode::named_sequence(data, static_cast<size_t>(size), codes);
    if (count != 0) return str_from_kind_and_data(4, codes, count);
  }
  return raise(KeyError, "undefined character name '%s'", data);
}

// == Normal forms ==

// Finds the form by its name; false if there is none.
bool find_form(Str* name, unicode::Form& form) {
  static constexpr const char* kNames[] = {"NFD", "NFKD", "NFC", "NFKC"};
  for (int i = 0; i < 4; ++i) {
    if (str_equals(name, kNames[i])) {
      form = static_cast<unicode::Form>(i);
      return true;
    }
  }
  return false;
}

// Appends the normal form of `text` to `out`.
Result<void> normalize_text(Object* self, unicode::Form form, Str* text, unicode::CodePoints& out) {
  isize size = str_length(text);
  unicode::CodePoints wide;
  const char32_t* data = static_cast<const char32_t*>(str_data(text));
  if (str_kind(text) != 4) {
    for (isize i = 0; i < size; ++i) {
      if (!wide.append(str_read_char(text, i))) return raise_no_memory();
    }
    data = wide.data();
  }
  if (!unicode::normalize(form, edition_of(self), data, static_cast<size_t>(size), out)) return raise_no_memory();
  return {};
}

// The cheap answer, for the current edition.
unicode::QuickCheck quick_check(unicode::Form form, Str* text) {
  if (str_is_ascii(text)) return unicode::QuickCheck::kYes;
  int kind = str_kind(text);
  const void* data = str_data(text);
  auto result = unicode::QuickCheck::kYes;
  int last_class = 0;
  for (isize i = 0; i < str_length(text); ++i) {
    char32_t c = str_read(kind, data, i);
    int combining_class = unicode::database_record(c).combining;
    if (combining_class != 0 && last_class > combining_class) return unicode::QuickCheck::kNo;
    last_class = combining_class;
    unicode::QuickCheck each = unicode::quick_check(c, form);
    if (each == unicode::QuickCheck::kNo) return each;
    if (each == unicode::QuickCheck::kMaybe) result = each;
  }
  return result;
}

constexpr Doc normalize_doc =
    "normalize($self, form, unistr, /)\n--\n\nReturn the normal form 'form' for the Unicode string unistr.\n\nValid "
    "values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.";
Result<Object> normalize(Object* self, Str* form, Str* unistr) {
  if (str_length(unistr) == 0) return new_ref<Object>(unistr);
  unicode::Form wanted;
  if (!find_form(form, wanted)) return raise(ValueError, "invalid normalization form");
  if (edition_of(self) == Edition::kCurrent && quick_check(wanted, unistr) == unicode::QuickCheck::kYes) {
    return new_ref<Object>(unistr);
  }
  unicode::CodePoints out;
  TRY(normalize_text(self, wanted, unistr, out));
  return str_from_kind_and_data(4, out.data(), static_cast<isize>(out.size()));
}

constexpr Doc is_normalized_doc =
    "is_normalized($self, form, unistr, /)\n--\n\nReturn whether the Unicode string unistr is in the normal form "
    "'form'.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.";
Result<bool> is_normalized(Object* self, Str* form, Str* unistr) {
  if (str_length(unistr) == 0) return true;
  unicode::Form wanted;
  if (!find_form(form, wanted)) return raise(ValueError, "invalid normalization form");
  if (edition_of(self) == Edition::kCurrent) {
    unicode::QuickCheck quick = quick_check(wanted, unistr);
    if (quick != unicode::QuickCheck::kMaybe) return quick == unicode::QuickCheck::kYes;
  }
  unicode::CodePoints out;
  TRY(normalize_text(self, wanted, unistr, out));
  if (static_cast<isize>(out.size()) != str_length(unistr)) return false;
  for (isize i = 0; i < str_length(unistr); ++i) {
    if (out.data()[i] != str_read_char(unistr, i)) return false;
  }
  return true;
}

// == Type object and module ==

constinit PyMethodDef functions[] = {
    method<decimal, decimal_doc>(),
    method<digit, digit_doc>(),
    method<numeric, numeric_doc>(),
    method<category, category_doc>(),
    method<bidirectional, bidirectional_doc>(),
    method<combining, combining_doc>(),
    method<mirrored, mirrored_doc>(),
    method<east_asian_width, east_asian_width_doc>(),
    method<decomposition, decomposition_doc>(),
    method<name, name_doc>(),
    method<lookup, lookup_doc>(),
    method<is_normalized, is_normalized_doc>(),
    method<normalize, normalize_doc>(),
    {},
};

constinit PyMemberDef database_members[] = {
    member("unidata_version", T_STRING, offsetof(Database, version), READONLY),
    {},
};

constinit PyTypeObject database_type = {
    .tp_name = "unicodedata.UCD",
    .tp_basicsize = sizeof(Database),
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = functions,
    .tp_members = database_members,
};

Result<void> exec(Module* module) {
  TRY(module_add_string(module, "unidata_version", unicode::kVersion));
  TRY(module_add_type(module, &database_type));
  Ref<Database> old = TRY(object_new<Database>(&database_type));
  old->version = "3.2.0";
  return module_add_object(module, "ucd_3_2_0", old);
}

constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "unicodedata",
    "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode "
    "characters. The data in\nthis database is based on the UnicodeData.txt file version\n14.0.0 which is publicly "
    "available from ftp://ftp.unicode.org/.\n\nThe module uses the same names and symbols as defined by "
    "the\nUnicodeData File Format 14.0.0.",
    functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_unicodedata() { return adder::module_def_init(&adder::definition); }
