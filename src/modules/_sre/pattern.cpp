// pattern: re.Pattern and its scanner.
#include <cstring>
#include <new>

#include "import/import.h"
#include "modules/_sre/sre.h"

namespace adder::sre {
namespace {
constexpr Doc match_doc =
    "match($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\nMatches zero or more characters at the beginning of the "
    "string.";
Result<Object> match_or_none(Subject& subject, bool found) { return found ? subject.make_match() : none_result(); }
Result<Object> pattern_match(Pattern* self, Object* string, isize start, isize end) {
  Subject subject;
  TRY(subject.acquire(self, string, start, end));
  return match_or_none(subject, TRY(subject.match(false)));
}
constexpr Doc fullmatch_doc =
    "fullmatch($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\nMatches against all of the string.";
Result<Object> pattern_fullmatch(Pattern* self, Object* string, isize start, isize end) {
  Subject subject;
  TRY(subject.acquire(self, string, start, end));
  return match_or_none(subject, TRY(subject.match(true)));
}
constexpr Doc search_doc =
    "search($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\nScan through string looking for a match, and return a "
    "corresponding match object instance.\n\nReturn None if no position in the string matches.";
Result<Object> pattern_search(Pattern* self, Object* string, isize start, isize end) {
  Subject subject;
  TRY(subject.acquire(self, string, start, end));
  return match_or_none(subject, TRY(subject.search()));
}
constexpr Doc findall_doc =
    "findall($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\nReturn a list of all non-overlapping matches of "
    "pattern in string.";
Result<Object> pattern_findall(Pattern* self, Object* string, isize start, isize end) {
  Subject subject;
  TRY(subject.acquire(self, string, start, end));
  Ref<List> found = TRY(list_new());
  while (subject.matcher.start <= subject.matcher.end && TRY(subject.search())) {
    if (self->groups <= 1) {
      TRY(list_append_steal(found, TRY(subject.group(self->groups, true))));
    } else {
      Ref<Tuple> groups = TRY(tuple_new(self->groups));
      for (isize i = 0; i < self->groups; ++i) tuple_init_item(groups, i, TRY(subject.group(i + 1, true)));
      TRY(list_append_steal(found, std::move(groups)));
    }
    subject.advance();
  }
  return found;
}

// == Scanner ==

struct Scanner : PyObject {
  Pattern* pattern;
  Subject* subject;  // owned
  bool running, ended;
};
Result<Object> scanner_new(Pattern* pattern, Object* string, isize start, isize end) {
  Ref<Scanner> scanner = TRY(object_new<Scanner>(&SRE_Scanner_Type));
  scanner->pattern = new_ref(pattern).release();
  scanner->running = scanner->ended = false;
  scanner->subject = new (std::nothrow) Subject;
  gc::track(scanner);
  if (!scanner->subject) return raise_no_memory();
  TRY(scanner->subject->acquire(pattern, string, start, end));
  return scanner;
}
Result<Object> scan(Scanner* self, bool searching) {
  if (self->running) return raise(ValueError, "regular expression scanner already executing");
  Subject& subject = *self->subject;
  if (self->ended || subject.matcher.start > subject.matcher.end) return none_result();
  self->running = true;
  auto found = searching ? subject.search() : subject.match(false);
  self->running = false;
  if (!TRY(found)) {
    self->ended = true;
    return none_result();
  }
  Ref<Object> match = TRY(subject.make_match());
  subject.advance();
  return match;
}
constexpr Doc scanner_match_doc = "match($self, /)\n--\n\n";
Result<Object> scanner_match(Scanner* self) { return scan(self, false); }
constexpr Doc scanner_search_doc = "search($self, /)\n--\n\n";
Result<Object> scanner_search(Scanner* self) { return scan(self, true); }
void scanner_dealloc(PyObject* object) {
  gc::untrack(object);
  Scanner* self = static_cast<Scanner*>(object);
  delete self->subject;
  decref(self->pattern);
  object_free(object);
}
int scanner_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(static_cast<Scanner*>(object)->pattern);
  return 0;
}
constinit PyMethodDef scanner_methods[] = {
    method<scanner_match, scanner_match_doc>(), method<scanner_search, scanner_search_doc>(), {}};
constinit PyMemberDef scanner_members[] = {member("pattern", T_OBJECT, offsetof(Scanner, pattern), READONLY), {}};

constexpr Doc scanner_doc = "scanner($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n";
Result<Object> pattern_scanner(Pattern* self, Object* string, isize start, isize end) {
  return scanner_new(self, string, start, end);
}
constexpr Doc finditer_doc =
    "finditer($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\nReturn an iterator over all non-overlapping matches "
    "for the RE pattern in string.\n\nFor each match, the iterator returns a match object.";
Result<Object> pattern_finditer(Pattern* self, Object* string, isize start, isize end) {
  Ref<Object> scanner = TRY(scanner_new(self, string, start, end));
  Ref<Object> search = TRY(object_get_attr(scanner, id::search));
  Ref<Object> iter = TRY(import_attribute("builtins", "iter"));
  return call(iter.get(), search.get(), None);
}

// == split, sub ==

constexpr Doc split_doc = "split($self, /, string, maxsplit=0)\n--\n\nSplit string by the occurrences of pattern.";
Result<Object> pattern_split(Pattern* self, Object* string, isize max_split) {
  Subject subject;
  TRY(subject.acquire(self, string, 0, kMaxSize));
  Ref<List> parts = TRY(list_new());
  isize last = 0;
  for (isize n = 0; !max_split || n < max_split; ++n) {
    if (!TRY(subject.search())) break;
    TRY(list_append_steal(parts, TRY(subject.slice(last, subject.matcher.start))));
    for (isize i = 1; i <= self->groups; ++i) TRY(list_append_steal(parts, TRY(subject.group(i, false))));
    last = subject.matcher.position;
    subject.advance();
  }
  TRY(list_append_steal(parts, TRY(subject.slice(last, subject.matcher.end))));
  return parts;
}

// True for a template without backslashes: it stands for itself.
Result<bool> is_literal(Object* replacement) {
  if (is_str(replacement)) return str_find_char(as<Str>(replacement), '\\', 0, str_length(as<Str>(replacement)), 1) < 0;
  BufferView view;
  if (view.acquire(replacement).failed()) {
    error_clear();
    return false;
  }
  return !view.size() || !std::memchr(view.data(), '\\', static_cast<usize>(view.size()));
}
Result<Object> join(Object* string, List* parts) {
  if (is_str(string)) return str_join(str_empty(), parts);
  return bytes_join(bytes_empty(), parts);
}
Result<Object> substitute(Pattern* self, Object* replacement, Object* string, isize count, bool with_count) {
  Ref<Object> filter;
  bool callable = is_callable(replacement);
  if (callable) {
    filter = new_ref(replacement);
  } else if (TRY(is_literal(replacement))) {
    filter = new_ref(replacement);
  } else {
    Ref<Object> make = TRY(import_attribute("re", "_subx"));
    filter = TRY(call(make.get(), static_cast<Object*>(self), replacement));
    callable = is_callable(filter);
  }
  Subject subject;
  TRY(subject.acquire(self, string, 0, kMaxSize));
  Ref<List> parts = TRY(list_new());
  isize done = 0, last = 0;
  while (!count || done < count) {
    if (!TRY(subject.search())) break;
    if (last < subject.matcher.start) TRY(list_append_steal(parts, TRY(subject.slice(last, subject.matcher.start))));
    Ref<Object> item = filter.share();
    if (callable) {
      Ref<Object> match = TRY(subject.make_match());
      item = TRY(object_call_one_arg(filter, match));
    }
    if (item.get() != None) TRY(list_append_steal(parts, std::move(item)));
    last = subject.matcher.position;
    ++done;
    subject.advance();
  }
  if (last < subject.matcher.end) TRY(list_append_steal(parts, TRY(subject.slice(last, subject.matcher.end))));
  Ref<Object> result = list_size(parts) == 0 ? TRY(subject.slice(0, 0)) : TRY(join(string, parts));
  if (!with_count) return result;
  Ref<Int> number = TRY(int_from_ssize_t(done));
  return tuple_pack(result.get(), static_cast<Object*>(number.get()));
}
constexpr Doc sub_doc =
    "sub($self, /, repl, string, count=0)\n--\n\nReturn the string obtained by replacing the leftmost non-overlapping "
    "occurrences of pattern in string by the replacement repl.";
Result<Object> pattern_sub(Pattern* self, Object* replacement, Object* string, isize count) {
  return substitute(self, replacement, string, count, false);
}
constexpr Doc subn_doc =
    "subn($self, /, repl, string, count=0)\n--\n\nReturn the tuple (new_string, number_of_subs_made) found by "
    "replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.";
Result<Object> pattern_subn(Pattern* self, Object* replacement, Object* string, isize count) {
  return substitute(self, replacement, string, count, true);
}

// == Others ==

constexpr Doc copy_doc = "__copy__($self, /)\n--\n\n";
Result<Object> copy(Pattern* self) { return new_ref<Object>(self); }
constexpr Doc deepcopy_doc = "__deepcopy__($self, memo, /)\n--\n\n";
Result<Object> deepcopy(Pattern* self, Object*) { return new_ref<Object>(self); }
constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)\n--\n\nSee PEP 585";

Result<Str> repr(Pattern* self) {
  struct FlagName {
    int flag;
    const char* name;
  };
  constexpr FlagName names[] = {{kFlagTemplate, "re.TEMPLATE"}, {kFlagIgnoreCase, "re.IGNORECASE"},
                                {kFlagLocale, "re.LOCALE"},     {kFlagMultiline, "re.MULTILINE"},
                                {kFlagDotAll, "re.DOTALL"},     {kFlagVerbose, "re.VERBOSE"},
                                {kFlagDebug, "re.DEBUG"},       {kFlagAscii, "re.ASCII"}};
  int flags = self->flags;
  // str patterns are Unicode unless told otherwise.
  if (self->is_bytes == 0 && (flags & (kFlagLocale | kFlagUnicode | kFlagAscii)) == kFlagUnicode)
    flags &= ~kFlagUnicode;
  Ref<Str> pattern = TRY(object_repr(self->pattern));
  StrWriter writer;
  TRY(writer.write_ascii("re.compile("));
  if (str_length(pattern) > 200)
    TRY(writer.write_substring(pattern, 0, 200));
  else
    TRY(writer.write_str(pattern));
  bool first = true;
  auto separator = [&]() -> Result<void> {
    TRY(writer.write_ascii(first ? ", " : "|"));
    first = false;
    return {};
  };
  for (const FlagName& entry : names) {
    if (!(flags & entry.flag)) continue;
    TRY(separator());
    TRY(writer.write_ascii(entry.name));
    flags &= ~entry.flag;
  }
  if (flags) {
    TRY(separator());
    Ref<Str> rest = TRY(str_from_format("0x%x", flags));
    TRY(writer.write_str(rest));
  }
  TRY(writer.write_char(')'));
  return writer.finish();
}
Result<isize> hash(Pattern* self) {
  isize code_hash = hash_bytes(self->code, self->ob_size * static_cast<isize>(sizeof(u32)));
  isize result = code_hash ^ TRY(object_hash(self->pattern)) ^ self->flags ^ self->is_bytes ^ self->groups;
  return result == -1 ? -2 : result;
}
Result<Object> compare(Pattern* self, Object* other_object, int op) {
  if ((op != Py_EQ && op != Py_NE) || type_of(other_object) != &SRE_Pattern_Type) return not_implemented();
  Pattern* other = static_cast<Pattern*>(other_object);
  bool equal = self == other;
  if (!equal && self->flags == other->flags && self->is_bytes == other->is_bytes && self->ob_size == other->ob_size &&
      std::memcmp(self->code, other->code, static_cast<usize>(self->ob_size) * sizeof(u32)) == 0) {
    equal = TRY(object_equal(self->pattern, other->pattern));
  }
  return bool_result(equal == (op == Py_EQ));
}
Result<Object> get_groupindex(Pattern* self) { return dict_proxy_new(self->group_index); }
void dealloc(PyObject* object) {
  gc::untrack(object);
  Pattern* self = static_cast<Pattern*>(object);
  if (self->weak_references) weakref_clear_all(object);
  decref(self->pattern);
  decref(self->group_index);
  decref(self->index_group);
  object_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  Pattern* self = static_cast<Pattern*>(object);
  VISIT(self->pattern);
  VISIT(self->group_index);
  VISIT(self->index_group);
  return 0;
}
constinit PyMethodDef methods[] = {
    method<pattern_match, match_doc>(),
    method<pattern_fullmatch, fullmatch_doc>(),
    method<pattern_search, search_doc>(),
    method<pattern_sub, sub_doc>(),
    method<pattern_subn, subn_doc>(),
    method<pattern_findall, findall_doc>(),
    method<pattern_split, split_doc>(),
    method<pattern_finditer, finditer_doc>(),
    method<pattern_scanner, scanner_doc>(),
    method<copy, copy_doc>(),
    method<deepcopy, deepcopy_doc>(),
    class_method<generic_alias_new, class_getitem_doc>(),
    {},
};
constinit PyGetSetDef getset[] = {
    get_set<get_groupindex>("groupindex", "A dictionary mapping group names to group numbers."), {}};
constinit PyMemberDef members[] = {
    member("pattern", T_OBJECT, offsetof(Pattern, pattern), READONLY,
           "The pattern string from which the RE object was compiled."),
    member("flags", T_INT, offsetof(Pattern, flags), READONLY, "The regex matching flags."),
    member("groups", T_PYSSIZET, offsetof(Pattern, groups), READONLY, "The number of capturing groups in the pattern."),
    {},
};
}  // namespace
}  // namespace adder::sre

using namespace adder;
using namespace adder::sre;

constinit PyTypeObject SRE_Pattern_Type = {
    .tp_name = "re.Pattern",
    .tp_basicsize = offsetof(Pattern, code),
    .tp_itemsize = sizeof(u32),
    .tp_dealloc = dealloc,
    .tp_repr = slot<repr>,
    .tp_hash = slot<sre::hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "Compiled regular expression object.",
    .tp_traverse = traverse,
    .tp_richcompare = slot<compare>,
    .tp_weaklistoffset = offsetof(Pattern, weak_references),
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
};
constinit PyTypeObject SRE_Scanner_Type = {
    .tp_name = "_sre.SRE_Scanner",
    .tp_basicsize = sizeof(Scanner),
    .tp_dealloc = scanner_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = scanner_traverse,
    .tp_methods = scanner_methods,
    .tp_members = scanner_members,
};
