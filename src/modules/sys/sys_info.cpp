// sys_info: what sys says about the machine and the configuration: struct sequences, versions, names, paths.
#include <cfloat>
#include <climits>
#include <cstdio>
#include <cstring>
#include <sys/utsname.h>
#include <unistd.h>

#include "import/import.h"
#include "modules/sys/sys.h"
#include "object/type.h"
#include "runtime/build_config.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
constinit PyTypeObject sys_flags_type = {}, sys_version_info_type = {}, sys_float_info_type = {},
                       sys_int_info_type = {}, sys_hash_info_type = {}, sys_thread_info_type = {},
                       sys_adder_version_info_type = {};

namespace sys_module {
namespace {
constexpr int kMajor = 3, kMinor = 11, kMicro = 2;
constexpr int kHexVersion = (kMajor << 24) | (kMinor << 16) | (kMicro << 8) | 0xf0;

PyStructSequence_Field flags_fields[] = {{"debug", "-d"},
                                         {"inspect", "-i"},
                                         {"interactive", "-i"},
                                         {"optimize", "-O or -OO"},
                                         {"dont_write_bytecode", "-B"},
                                         {"no_user_site", "-s"},
                                         {"no_site", "-S"},
                                         {"ignore_environment", "-E"},
                                         {"verbose", "-v"},
                                         {"bytes_warning", "-b"},
                                         {"quiet", "-q"},
                                         {"hash_randomization", "-R"},
                                         {"isolated", "-I"},
                                         {"dev_mode", "-X dev"},
                                         {"utf8_mode", "-X utf8"},
                                         {"warn_default_encoding", "-X warn_default_encoding"},
                                         {"safe_path", "-P"},
                                         {"int_max_str_digits", "-X int_max_str_digits"},
                                         {nullptr, nullptr}};
PyStructSequence_Desc flags_description = {"sys.flags", "Flags from the command line and the environment.",
                                           flags_fields, 18};

PyStructSequence_Field version_fields[] = {
    {"major", "Major release number"},   {"minor", "Minor release number"},
    {"micro", "Patch release number"},   {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"},
    {"serial", "Serial release number"}, {nullptr, nullptr}};
PyStructSequence_Desc version_description = {"sys.version_info", "The version as a named tuple.", version_fields, 5};
PyStructSequence_Desc adder_version_description = {"sys.adder_version_info", "The version of Adder as a named tuple.",
                                                   version_fields, 5};

PyStructSequence_Field float_fields[] = {{"max", "maximum representable finite float"},
                                         {"max_exp", "maximum int e such that radix**(e-1) is representable"},
                                         {"max_10_exp", "maximum int e such that 10**e is representable"},
                                         {"min", "minimum positive normalized float"},
                                         {"min_exp", "minimum int e such that radix**(e-1) is a normalized float"},
                                         {"min_10_exp", "minimum int e such that 10**e is a normalized float"},
                                         {"dig", "decimal digits that survive"},
                                         {"mant_dig", "mantissa digits"},
                                         {"epsilon", "difference between 1 and the next float"},
                                         {"radix", "radix of the exponent"},
                                         {"rounds", "rounding mode of additions"},
                                         {nullptr, nullptr}};
PyStructSequence_Desc float_description = {"sys.float_info", "Limits of the float type.", float_fields, 11};

PyStructSequence_Field int_fields[] = {{"bits_per_digit", "bits of a digit"},
                                       {"sizeof_digit", "bytes of the C type of a digit"},
                                       {"default_max_str_digits", "default limit of digits in conversions"},
                                       {"str_digits_check_threshold", "smallest limit that can be set"},
                                       {nullptr, nullptr}};
PyStructSequence_Desc int_description = {"sys.int_info", "Inner representation of int.", int_fields, 4};

PyStructSequence_Field hash_fields[] = {{"width", "bits of a hash"},
                                        {"modulus", "prime modulus of numeric hashes"},
                                        {"inf", "hash of infinity"},
                                        {"nan", "not used"},
                                        {"imag", "multiplier of the imaginary part"},
                                        {"algorithm", "hash of str, bytes and memoryview"},
                                        {"hash_bits", "bits of the algorithm's output"},
                                        {"seed_bits", "bits of its key"},
                                        {"cutoff", "length of the small string optimization"},
                                        {nullptr, nullptr}};
PyStructSequence_Desc hash_description = {"sys.hash_info", "Parameters of hashing.", hash_fields, 9};

PyStructSequence_Field thread_fields[] = {{"name", "name of the thread implementation"},
                                          {"lock", "name of the lock implementation"},
                                          {"version", "name and version of the thread library"},
                                          {nullptr, nullptr}};
PyStructSequence_Desc thread_description = {"sys.thread_info", "The thread implementation.", thread_fields, 3};

// Fills a struct sequence from left to right.
class Filler {
 public:
  explicit Filler(Object* sequence) : sequence_(sequence) {}
  Result<void> add(Result<Object> value) {
    Ref<Object> item = TRY(value);
    struct_sequence_set(sequence_, index_++, std::move(item));
    return {};
  }
  Result<void> integer(i64 value) { return add(int_from_i64(value)); }
  Result<void> real(double value) { return add(float_from_double(value)); }
  Result<void> text(const char* value) { return add(str_from_string(value)); }
  Result<void> truth(bool value) { return add(bool_result(value)); }

 private:
  Object* sequence_;
  isize index_ = 0;
};

Result<Object> make_version(Type* type, int major, int minor, int micro, const char* level) {
  Ref<Object> info = TRY(struct_sequence_new(type));
  Filler fill(info);
  TRY(fill.integer(major));
  TRY(fill.integer(minor));
  TRY(fill.integer(micro));
  TRY(fill.text(level));
  TRY(fill.integer(0));
  return info;
}
Result<Object> make_flags() {
  const Config& c = *interpreter()->config;
  Ref<Object> flags = TRY(struct_sequence_new(&sys_flags_type));
  Filler fill(flags);
  for (i64 value : {c.parser_debug, c.inspect, c.interactive, c.optimization_level, c.write_bytecode ? 0 : 1,
                    c.user_site_directory ? 0 : 1, c.site_import ? 0 : 1, c.use_environment ? 0 : 1, c.verbose,
                    c.bytes_warning, c.quiet, c.use_hash_seed && c.hash_seed == 0 ? 0 : 1, c.isolated})
    TRY(fill.integer(value));
  TRY(fill.truth(c.dev_mode));
  TRY(fill.integer(c.utf8_mode > 0 ? 1 : 0));
  TRY(fill.integer(c.warn_default_encoding));
  TRY(fill.truth(c.safe_path));
  TRY(fill.integer(c.int_max_str_digits));
  return flags;
}
Result<Object> make_float_info() {
  Ref<Object> info = TRY(struct_sequence_new(&sys_float_info_type));
  Filler fill(info);
  TRY(fill.real(DBL_MAX));
  TRY(fill.integer(DBL_MAX_EXP));
  TRY(fill.integer(DBL_MAX_10_EXP));
  TRY(fill.real(DBL_MIN));
  TRY(fill.integer(DBL_MIN_EXP));
  TRY(fill.integer(DBL_MIN_10_EXP));
  TRY(fill.integer(DBL_DIG));
  TRY(fill.integer(DBL_MANT_DIG));
  TRY(fill.real(DBL_EPSILON));
  TRY(fill.integer(FLT_RADIX));
  TRY(fill.integer(1));
  return info;
}
Result<Object> make_int_info() {
  Ref<Object> info = TRY(struct_sequence_new(&sys_int_info_type));
  Filler fill(info);
  for (int value : {PyLong_SHIFT, 4, 4300, 640}) TRY(fill.integer(value));
  return info;
}
Result<Object> make_hash_info() {
  Ref<Object> info = TRY(struct_sequence_new(&sys_hash_info_type));
  Filler fill(info);
  TRY(fill.integer(64));
  TRY(fill.integer(static_cast<i64>(kHashModulus)));
  TRY(fill.integer(_PyHASH_INF));
  TRY(fill.integer(0));
  TRY(fill.integer(_PyHASH_IMAG));
  TRY(fill.text("siphash13"));
  TRY(fill.integer(64));
  TRY(fill.integer(128));
  TRY(fill.integer(0));
  return info;
}
Result<Object> make_thread_info() {
  Ref<Object> info = TRY(struct_sequence_new(&sys_thread_info_type));
  Filler fill(info);
  TRY(fill.text("pthread"));
  TRY(fill.text("semaphore"));
  char version[100];
  usize size = confstr(_CS_GNU_LIBPTHREAD_VERSION, version, sizeof(version));
  if (size > 1 && size < sizeof(version))
    TRY(fill.text(version));
  else
    TRY(fill.add(none_result()));
  return info;
}

Result<void> put(Module* module, const char* name, Result<Object> value) {
  Ref<Object> object = TRY(value);
  return dict_set_item_string(module_dict(module), name, object);
}

const char* const stdlib_names[] = {
#define STDLIB(name) name,
#include "modules/sys/stdlib_names.def"
#undef STDLIB
};

Result<Object> make_stdlib_names() {
  Ref<List> names = TRY(list_new());
  for (const char* name : stdlib_names) {
    Ref<Str> text = TRY(str_intern_from_string(name));
    TRY(list_append(names, text));
  }
  return frozenset_new(names.get());
}
Result<Object> make_builtin_names() {
  Ref<List> names = TRY(list_new());
  for (const BuiltinModule* module = builtin_modules(); module->name; ++module) {
    Ref<Str> text = TRY(str_intern_from_string(module->name));
    TRY(list_append(names, text));
  }
  TRY(list_sort(names, None, false));
  return list_as_tuple(names);
}

Result<Object> make_implementation() {
  Ref<Dict> dict = TRY(dict_new());
  Ref<Object> value = TRY(str_from_string("cpython"));
  TRY(dict_set_item_string(dict, "name", value));
  value = TRY(str_from_string("adder-311"));
  TRY(dict_set_item_string(dict, "cache_tag", value));
  value = TRY(make_version(&sys_version_info_type, kMajor, kMinor, kMicro, "final"));
  TRY(dict_set_item_string(dict, "version", value));
  value = TRY(int_from_i64(kHexVersion));
  TRY(dict_set_item_string(dict, "hexversion", value));
  value = TRY(str_from_string("x86_64-linux-gnu"));
  TRY(dict_set_item_string(dict, "_multiarch", value));
  return namespace_new(dict.get());
}

Result<Object> text_or_none(const char* text) {
  if (!text) return none_result();
  return str_decode_fs_default(text);
}
Result<Object> make_list(const TextList& texts) {
  Ref<List> list = TRY(list_new());
  for (isize i = 0; i < texts.size; ++i) {
    Ref<Str> text = TRY(str_decode_fs_default(texts.items[i]));
    TRY(list_append(list, text));
  }
  return list;
}
// -X name[=value]: {"name": "value"} or {"name": True}.
Result<Object> make_x_options(const TextList& options) {
  Ref<Dict> dict = TRY(dict_new());
  for (isize i = 0; i < options.size; ++i) {
    const char* equals = std::strchr(options.items[i], '=');
    Ref<Str> name = TRY(str_decode_fs_default(
        {options.items[i], equals ? static_cast<usize>(equals - options.items[i]) : std::strlen(options.items[i])}));
    Ref<Object> value = equals ? Ref<Object>(TRY(str_decode_fs_default(equals + 1))) : new_ref(True);
    TRY(dict_set_item(dict, name, value));
  }
  return dict;
}
}  // namespace

const char* version_text() {
  return "3.11.2 (main, " __DATE__ ", " __TIME__ ") [Adder " ADDER_VERSION
         ", "
#if defined(__clang__)
         "Clang " __clang_version__
#else
         "GCC " __VERSION__
#endif
         "]";
}

const char* const kCopyright =
    "Copyright (c) the Adder authors.\nAll Rights Reserved.\n\nThe standard library:\nCopyright (c) 2001-2023 "
    "Python Software Foundation.\nAll Rights Reserved.";

Result<void> add_information(Module* m) {
  TRY(struct_sequence_init_type(&sys_flags_type, &flags_description));
  TRY(struct_sequence_init_type(&sys_version_info_type, &version_description));
  TRY(struct_sequence_init_type(&sys_adder_version_info_type, &adder_version_description));
  TRY(struct_sequence_init_type(&sys_float_info_type, &float_description));
  TRY(struct_sequence_init_type(&sys_int_info_type, &int_description));
  TRY(struct_sequence_init_type(&sys_hash_info_type, &hash_description));
  TRY(struct_sequence_init_type(&sys_thread_info_type, &thread_description));
  for (Type* type : {&sys_flags_type, &sys_version_info_type, &sys_adder_version_info_type}) {
    // These have one instance each.
    type->tp_new = nullptr;
    type->tp_init = nullptr;
    type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
    if (type->tp_dict && dict_get_item_str(as<Dict>(type->tp_dict), id::__new__)) {
      TRY(dict_del_item(as<Dict>(type->tp_dict), id::__new__));
      type_modified(type);
    }
  }
  TRY(put(m, "version", str_from_string(version_text())));
  TRY(put(m, "hexversion", int_from_i64(kHexVersion)));
  TRY(put(m, "api_version", int_from_i64(PYTHON_API_VERSION)));
  TRY(put(m, "version_info", make_version(&sys_version_info_type, kMajor, kMinor, kMicro, "final")));
  TRY(put(m, "adder_version_info",
          make_version(&sys_adder_version_info_type, ADDER_VERSION_MAJOR, ADDER_VERSION_MINOR, ADDER_VERSION_PATCH,
                       "final")));
  TRY(put(m, "implementation", make_implementation()));
  Ref<Str> name = TRY(str_from_string("CPython"));
  TRY(put(m, "_git", tuple_pack(name.get(), str_empty(), str_empty())));
  TRY(put(m, "_framework", Result<Object>(new_ref(str_empty()))));
  TRY(put(m, "abiflags", Result<Object>(new_ref(str_empty()))));
  TRY(put(m, "copyright", str_from_string(kCopyright)));
  TRY(put(m, "platform", str_from_string("linux")));
  TRY(put(m, "byteorder", str_from_string("little")));
  TRY(put(m, "float_repr_style", str_from_string("short")));
  TRY(put(m, "maxsize", int_from_i64(kMaxSize)));
  TRY(put(m, "maxunicode", int_from_i64(0x10ffff)));
  TRY(put(m, "float_info", make_float_info()));
  TRY(put(m, "int_info", make_int_info()));
  TRY(put(m, "hash_info", make_hash_info()));
  TRY(put(m, "thread_info", make_thread_info()));
  TRY(put(m, "stdlib_module_names", make_stdlib_names()));
  TRY(put(m, "builtin_module_names", make_builtin_names()));
  TRY(put(m, "meta_path", list_new()));
  TRY(put(m, "path_importer_cache", dict_new()));
  TRY(put(m, "path_hooks", list_new()));
  return {};
}

Result<void> add_configuration(Module* m) {
  const Config& c = *interpreter()->config;
  TRY(put(m, "flags", make_flags()));
  TRY(put(m, "argv", make_list(c.argv)));
  TRY(put(m, "orig_argv", make_list(c.orig_argv)));
  TRY(put(m, "warnoptions", make_list(c.warn_options)));
  TRY(put(m, "_xoptions", make_x_options(c.x_options)));
  TRY(put(m, "path", make_list(c.module_search_paths)));
  TRY(put(m, "executable", c.executable ? text_or_none(c.executable) : Result<Object>(new_ref(str_empty()))));
  TRY(put(m, "_base_executable",
          text_or_none(c.base_executable ? c.base_executable
                       : c.executable    ? c.executable
                                         : "")));
  TRY(put(m, "prefix", text_or_none(c.prefix)));
  TRY(put(m, "base_prefix", text_or_none(c.base_prefix)));
  TRY(put(m, "exec_prefix", text_or_none(c.exec_prefix)));
  TRY(put(m, "base_exec_prefix", text_or_none(c.base_exec_prefix)));
  TRY(put(m, "platlibdir", text_or_none(c.platlibdir)));
  TRY(put(m, "pycache_prefix", text_or_none(c.pycache_prefix)));
  TRY(put(m, "_stdlib_dir", text_or_none(c.stdlib_dir)));
  TRY(put(m, "_home", none_result()));
  TRY(put(m, "dont_write_bytecode", bool_result(!c.write_bytecode)));
  return {};
}
}  // namespace sys_module

Result<void> sys_set_flag(const char* name, int value) {
  for (isize i = 0; sys_module::flags_fields[i].name; ++i) {
    if (std::strcmp(sys_module::flags_fields[i].name, name)) continue;
    Opt<Object*> flags = sys_get_object("flags");
    Ref<Int> number = TRY(int_from_i64(value));
    if (flags) set_field(as<Tuple>(flags.get())->ob_item[i], std::move(number));
  }
  return {};
}
}  // namespace adder
