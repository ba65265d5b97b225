// _locale: the C library's locales.
//
// See        library reference "locale"; tests/python/test_locale_module.py
#include <cerrno>
#include <climits>
#include <clocale>
#include <cwchar>
#include <langinfo.h>
#include <libintl.h>

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "modules/exception_class.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
constinit Object* error_class = nullptr;
Error raise_error(const char* message) { return raise(reinterpret_cast<Type*>(error_class), "%s", message); }

// Text in the encoding of the locale; what cannot be decoded becomes surrogates.
Result<Str> decoded(const char* text) { return str_decode_fs_default(text); }

// A name for the C library; absent for None.
struct Name {
  Ref<Object> bytes;
  const char* get() const { return bytes ? bytes_data(as<Bytes>(bytes.get())) : nullptr; }
  Result<void> take(Object* object) {
    if (object == None) return {};
    bytes = TRY(str_encode_fs_default(as<Str>(object)));
    std::string_view view = bytes_view(as<Bytes>(bytes.get()));
    if (view.find('\0') != view.npos) return raise(ValueError, "embedded null character");
    return {};
  }
};
// For parameters that take a str or None.
Object* object_or_none(Opt<Str*> text) { return text ? reinterpret_cast<Object*>(text.get()) : None; }

// == Locales ==

constexpr Doc setlocale_doc =
    "setlocale($module, category, locale=None, /)\n--\n\nActivates/queries locale processing.";
Result<Str> set_locale(Module*, int category, Opt<Str*> locale) {
  Name name;
  TRY(name.take(object_or_none(locale)));
  const char* result = std::setlocale(category, name.get());
  if (!result) return raise_error(locale ? "unsupported locale setting" : "locale query failed");
  return decoded(result);
}

// The grouping bytes as a list of numbers, ended by 0 or CHAR_MAX.
Result<Object> grouping_list(const char* grouping) {
  Ref<List> list = TRY(list_new(0));
  if (!grouping[0]) return list;
  for (const char* p = grouping;; ++p) {
    TRY(list_append_steal(list, TRY(int_from_i64(*p))));
    if (*p == 0 || *p == CHAR_MAX) return list;
  }
}
constexpr Doc localeconv_doc = "localeconv($module, /)\n--\n\nReturns numeric and monetary locale-specific parameters.";
Result<Dict> locale_conventions(Module*) {
  const lconv* conventions = std::localeconv();
  Ref<Dict> result = TRY(dict_new());
#define TEXT(field) TRY(dict_set_item_string(result, #field, TRY(decoded(conventions->field)).get()));
#define NUMBER(field) TRY(dict_set_item_string(result, #field, TRY(int_from_i64(conventions->field)).get()));
  TEXT(int_curr_symbol)
  TEXT(currency_symbol)
  TEXT(mon_decimal_point)
  TEXT(mon_thousands_sep)
  TRY(dict_set_item_string(result, "mon_grouping", TRY(grouping_list(conventions->mon_grouping)).get()));
  TEXT(positive_sign)
  TEXT(negative_sign)
  NUMBER(int_frac_digits)
  NUMBER(frac_digits)
  NUMBER(p_cs_precedes)
  NUMBER(p_sep_by_space)
  NUMBER(n_cs_precedes)
  NUMBER(n_sep_by_space)
  NUMBER(p_sign_posn)
  NUMBER(n_sign_posn)
  TEXT(decimal_point)
  TEXT(thousands_sep)
#undef TEXT
#undef NUMBER
  TRY(dict_set_item_string(result, "grouping", TRY(grouping_list(conventions->grouping)).get()));
  return result;
}

constexpr Doc nl_langinfo_doc =
    "nl_langinfo($module, key, /)\n--\n\nReturn the value for the locale information associated with key.";
struct Constant {
  const char* name;
  int value;
};
constexpr Constant language_constants[] = {
#define ITEM(name) \
  { #name, name }
    ITEM(DAY_1),
    ITEM(DAY_2),
    ITEM(DAY_3),
    ITEM(DAY_4),
    ITEM(DAY_5),
    ITEM(DAY_6),
    ITEM(DAY_7),
    ITEM(ABDAY_1),
    ITEM(ABDAY_2),
    ITEM(ABDAY_3),
    ITEM(ABDAY_4),
    ITEM(ABDAY_5),
    ITEM(ABDAY_6),
    ITEM(ABDAY_7),
    ITEM(MON_1),
    ITEM(MON_2),
    ITEM(MON_3),
    ITEM(MON_4),
    ITEM(MON_5),
    ITEM(MON_6),
    ITEM(MON_7),
    ITEM(MON_8),
    ITEM(MON_9),
    ITEM(MON_10),
    ITEM(MON_11),
    ITEM(MON_12),
    ITEM(ABMON_1),
    ITEM(ABMON_2),
    ITEM(ABMON_3),
    ITEM(ABMON_4),
    ITEM(ABMON_5),
    ITEM(ABMON_6),
    ITEM(ABMON_7),
    ITEM(ABMON_8),
    ITEM(ABMON_9),
    ITEM(ABMON_10),
    ITEM(ABMON_11),
    ITEM(ABMON_12),
    ITEM(RADIXCHAR),
    ITEM(THOUSEP),
    ITEM(CRNCYSTR),
    ITEM(D_T_FMT),
    ITEM(D_FMT),
    ITEM(T_FMT),
    ITEM(AM_STR),
    ITEM(PM_STR),
    ITEM(CODESET),
    ITEM(T_FMT_AMPM),
    ITEM(ERA),
    ITEM(ERA_D_FMT),
    ITEM(ERA_D_T_FMT),
    ITEM(ERA_T_FMT),
    ITEM(ALT_DIGITS),
    ITEM(YESEXPR),
    ITEM(NOEXPR),
#undef ITEM
    {"_DATE_FMT", _DATE_FMT},
};
Result<Str> language_information(Module*, int key) {
  for (const Constant& constant : language_constants) {
    if (constant.value != key) continue;
    const char* text = nl_langinfo(key);
    return decoded(text ? text : "");
  }
  return raise(ValueError, "unsupported langinfo constant");
}

constexpr Doc getencoding_doc = "getencoding($module, /)\n--\n\nGet the current locale encoding.";
Result<Str> get_encoding(Module*) {
  const char* codeset = nl_langinfo(CODESET);
  return str_from_string(codeset && codeset[0] ? codeset : "UTF-8");
}

// == Collation ==

// A string as wide characters, NUL at the end.
class Wide {
 public:
  ~Wide() { memory::release(text_); }
  Result<void> take(Str* text) {
    isize length = str_length(text);
    TRY(resize(length + 1));
    for (isize i = 0; i < length; ++i) {
      text_[i] = static_cast<wchar_t>(str_read_char(text, i));
      if (!text_[i]) return raise(ValueError, "embedded null character");
    }
    text_[length] = 0;
    return {};
  }
  Result<void> resize(isize size) {
    void* larger = memory::reallocate(text_, static_cast<usize>(size) * sizeof(wchar_t));
    if (!larger) return raise_no_memory();
    text_ = static_cast<wchar_t*>(larger);
    return {};
  }
  wchar_t* get() const { return text_; }

 private:
  wchar_t* text_ = nullptr;
};

constexpr Doc strcoll_doc = "strcoll($module, os1, os2, /)\n--\n\nCompares two strings according to the locale.";
Result<int> string_collate(Module*, Str* left, Str* right) {
  Wide first, second;
  TRY(first.take(left));
  TRY(second.take(right));
  return std::wcscoll(first.get(), second.get());
}

constexpr Doc strxfrm_doc =
    "strxfrm($module, string, /)\n--\n\nReturn a string that can be used as a key for locale-aware comparisons.";
Result<Str> string_transform(Module*, Str* text) {
  Wide source, result;
  TRY(source.take(text));
  errno = 0;
  usize size = std::wcsxfrm(nullptr, source.get(), 0);
  if (errno && errno != ERANGE) return raise_errno();
  TRY(result.resize(static_cast<isize>(size) + 1));
  size = std::wcsxfrm(result.get(), source.get(), size + 1);
  // The C library's keys may hold values beyond Unicode: they are cut to surrogate-free parts that sort alike.
  bool valid = true;
  for (usize i = 0; i < size; ++i) valid = valid && static_cast<Py_UCS4>(result.get()[i]) <= 0x10ffff;
  if (valid) return str_from_wide_char(result.get(), static_cast<isize>(size));
  StrWriter writer;
  for (usize i = 0; i < size; ++i) {
    auto value = static_cast<u32>(result.get()[i]);
    TRY(writer.write_char(0x10000 + (value >> 16)));
    TRY(writer.write_char(0x10000 + (value & 0xffff)));
  }
  return writer.finish();
}

// == Message catalogues ==

constexpr Doc gettext_doc = "gettext($module, msg, /)\n--\n\ngettext(msg) -> string\n\nReturn translation of msg.";
Result<Str> translate(Object* domain, Str* message, int category) {
  Name domain_name, text;
  TRY(domain_name.take(domain));
  TRY(text.take(message));
  return decoded(::dcgettext(domain_name.get(), text.get(), category));
}
Result<Str> get_text(Module*, Str* message) { return translate(None, message, LC_MESSAGES); }
constexpr Doc dgettext_doc =
    "dgettext($module, domain, msg, /)\n--\n\ndgettext(domain, msg) -> string\n\nReturn translation of msg in domain.";
Result<Str> domain_get_text(Module*, Object* domain, Str* message) {
  if (domain != None && !is_str(domain)) {
    return raise(TypeError, "dgettext() argument 1 must be str or None, not %.50s", type_of(domain)->tp_name);
  }
  return translate(domain, message, LC_MESSAGES);
}
constexpr Doc dcgettext_doc =
    "dcgettext($module, domain, msg, category, /)\n--\n\nReturn translation of msg in domain and category.";
Result<Str> domain_category_get_text(Module*, Object* domain, Str* message, int category) {
  if (domain != None && !is_str(domain)) {
    return raise(TypeError, "dcgettext() argument 1 must be str or None, not %.50s", type_of(domain)->tp_name);
  }
  return translate(domain, message, category);
}
constexpr Doc textdomain_doc =
    "textdomain($module, domain, /)\n--\n\nSet the C library's textdmain to domain, returning the new domain.";
Result<Str> text_domain(Module*, Object* domain) {
  if (domain != None && !is_str(domain)) {
    return raise(TypeError, "textdomain() argument must be str or None, not %.50s", type_of(domain)->tp_name);
  }
  Name name;
  TRY(name.take(domain));
  const char* result = ::textdomain(name.get());
  if (!result) return raise_errno();
  return decoded(result);
}
constexpr Doc bindtextdomain_doc = "bindtextdomain($module, domain, dir, /)\n--\n\nBind the C library's domain to dir.";
Result<Str> bind_text_domain(Module*, Str* domain, Object* directory) {
  if (str_length(domain) == 0) return raise_error("domain must be a non-empty string");
  Name name, path;
  TRY(name.take(domain));
  if (directory != None) path.bytes = TRY(fs_converter(directory));
  const char* result = ::bindtextdomain(name.get(), path.get());
  if (!result) return raise_errno();
  return decoded(result);
}
constexpr Doc bind_codeset_doc =
    "bind_textdomain_codeset($module, domain, codeset, /)\n--\n\nBind the C library's domain to codeset.";
Result<Object> bind_codeset(Module*, Str* domain, Object* codeset) {
  if (codeset != None && !is_str(codeset)) {
    return raise(TypeError, "bind_textdomain_codeset() argument 2 must be str or None, not %.50s",
                 type_of(codeset)->tp_name);
  }
  Name name, encoding;
  TRY(name.take(domain));
  TRY(encoding.take(codeset));
  const char* result = ::bind_textdomain_codeset(name.get(), encoding.get());
  if (!result) return none_result();
  return decoded(result);
}

// == Module ==

constexpr Constant constants[] = {
    {"LC_CTYPE", LC_CTYPE},       {"LC_TIME", LC_TIME},       {"LC_COLLATE", LC_COLLATE}, {"LC_MONETARY", LC_MONETARY},
    {"LC_MESSAGES", LC_MESSAGES}, {"LC_NUMERIC", LC_NUMERIC}, {"LC_ALL", LC_ALL},         {"CHAR_MAX", CHAR_MAX},
};
constinit PyMethodDef functions[] = {
    method<set_locale, setlocale_doc>(),
    method<locale_conventions, localeconv_doc>(),
    method<string_collate, strcoll_doc>(),
    method<string_transform, strxfrm_doc>(),
    method<language_information, nl_langinfo_doc>(),
    method<get_text, gettext_doc>(),
    method<domain_get_text, dgettext_doc>(),
    method<domain_category_get_text, dcgettext_doc>(),
    method<text_domain, textdomain_doc>(),
    method<bind_text_domain, bindtextdomain_doc>(),
    method<bind_codeset, bind_codeset_doc>(),
    method<get_encoding, getencoding_doc>(),
    {},
};
Result<void> exec(Module* module) {
  if (!error_class) error_class = TRY(make_exception_class("locale", "Error", as<Type>(PyExc_Exception)))
  .release();
  TRY(module_add_object(module, "Error", error_class));
  for (const Constant& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  for (const Constant& constant : language_constants) TRY(module_add_int(module, constant.name, constant.value));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_locale", "Support for POSIX locales.", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__locale() { return adder::module_def_init(&adder::definition); }
