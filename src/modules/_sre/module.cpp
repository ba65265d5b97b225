// module: the module _sre.
#include "import/import.h"
#include "modules/_sre/characters.h"
#include "modules/_sre/sre.h"

namespace adder::sre {
namespace {
constexpr Doc compile_doc =
    "compile($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)\n--\n\n";
Result<Object> compile(Module*, Object* pattern, int flags, List* code, isize groups, Dict* group_index,
                       Tuple* index_group) {
  isize size = list_size(code);
  if (groups < 0 || groups > kMaxGroups) return raise(RuntimeError, "invalid SRE code");
  Ref<Pattern> self = TRY(object_new<Pattern>(&SRE_Pattern_Type, size));
  self->groups = groups;
  self->flags = flags;
  self->weak_references = nullptr;
  self->pattern = new_ref(pattern).release();
  self->group_index = new_ref(group_index).release();
  self->index_group = new_ref(index_group).release();
  gc::track(self);
  for (isize i = 0; i < size; ++i) {
    if (i >= list_size(code)) return raise(RuntimeError, "invalid SRE code");
    u64 value = TRY(int_as_u64(list_item(code, i)));
    if (value > UINT32_MAX) return raise(OverflowError, "regular expression code size limit exceeded");
    self->code[i] = static_cast<u32>(value);
  }
  if (pattern == None) {
    self->is_bytes = -1;
  } else if (is_str(pattern)) {
    self->is_bytes = 0;
  } else {
    BufferView view;
    TRY(view.acquire(pattern));
    self->is_bytes = 1;
  }
  if (!validate(self->code, size, groups)) return raise(RuntimeError, "invalid SRE code");
  return self;
}
constexpr Doc getcodesize_doc = "getcodesize($module, /)\n--\n\n";
Result<int> getcodesize(Module*) { return static_cast<int>(sizeof(u32)); }
constexpr Doc ascii_iscased_doc = "ascii_iscased($module, character, /)\n--\n\n";
Result<bool> ascii_iscased(Module*, int c) { return c >= 0 && c < 128 && std::isalpha(c); }
constexpr Doc unicode_iscased_doc = "unicode_iscased($module, character, /)\n--\n\n";
Result<bool> unicode_iscased(Module*, int c) {
  u32 character = static_cast<u32>(c);
  char32_t upper[3];  // ŉ and ﬆ have capitals of several characters only
  return lower_unicode(character) != character || unicode::to_upper_full(character, upper) > 1 || upper[0] != character;
}
constexpr Doc ascii_tolower_doc = "ascii_tolower($module, character, /)\n--\n\n";
Result<int> ascii_tolower(Module*, int c) { return static_cast<int>(lower_ascii(static_cast<u32>(c))); }
constexpr Doc unicode_tolower_doc = "unicode_tolower($module, character, /)\n--\n\n";
Result<int> unicode_tolower(Module*, int c) { return static_cast<int>(lower_unicode(static_cast<u32>(c))); }

constinit PyMethodDef functions[] = {
    method<compile, compile_doc>(),
    method<getcodesize, getcodesize_doc>(),
    method<ascii_iscased, ascii_iscased_doc>(),
    method<unicode_iscased, unicode_iscased_doc>(),
    method<ascii_tolower, ascii_tolower_doc>(),
    method<unicode_tolower, unicode_tolower_doc>(),
    {},
};
Result<void> exec(Module* module) {
  for (Type* type : {&SRE_Pattern_Type, &SRE_Match_Type, &SRE_Scanner_Type}) TRY(type_ready(type));
  TRY(module_add_int(module, "MAGIC", kMagic));
  TRY(module_add_int(module, "CODESIZE", sizeof(u32)));
  TRY(module_add_int(module, "MAXREPEAT", kMaxRepeat));
  TRY(module_add_int(module, "MAXGROUPS", kMaxGroups));
  return module_add_string(module, "copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ");
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_sre", nullptr, functions, slots);
}  // namespace
}  // namespace adder::sre

ADDER_EXPORT PyObject* PyInit__sre() { return adder::module_def_init(&adder::sre::definition); }
