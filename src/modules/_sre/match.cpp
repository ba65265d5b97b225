// match: re.Match.
#include "import/import.h"
#include "modules/_sre/sre.h"

namespace adder::sre {
namespace {
// The number of a group given by number or name; IndexError "no such group".
Result<isize> group_number(Match* self, Object* group) {
  isize number = -1;
  if (index_check(group)) {
    auto value = number_as_ssize_t(group, nullptr);
    if (value.failed()) return Error{};
    number = value.take();
  } else if (self->pattern->group_index) {
    Ref<Object> found = TRY(dict_get_item(as<Dict>(self->pattern->group_index), group));
    if (found && is_int(found)) number = TRY(int_as_ssize_t(found));
  }
  if (number < 0 || number >= self->groups) return raise(IndexError, "no such group");
  return number;
}
Result<Object> text_of(Match* self, isize group, Object* default_value) {
  if (self->string == None || self->mark[2 * group] < 0) return new_ref(default_value);
  return slice_of(self->string, self->mark[2 * group], self->mark[2 * group + 1]);
}
constexpr Doc group_doc = "group($self, /, *groups)\n--\n\n";
constexpr const char* group_text =
    "group([group1, ...]) -> str or tuple.\nReturn subgroup(s) of the match by indices or names.\nFor 0 returns the "
    "entire match.";
Result<Object> match_group(Match* self, Tuple* groups) {
  isize count = tuple_size(groups);
  if (count == 0) return text_of(self, 0, None);
  if (count == 1) return text_of(self, TRY(group_number(self, tuple_item(groups, 0))), None);
  Ref<Tuple> result = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) {
    tuple_init_item(result, i, TRY(text_of(self, TRY(group_number(self, tuple_item(groups, i))), None)));
  }
  return result;
}
Result<Object> get_item(Match* self, Object* group) { return text_of(self, TRY(group_number(self, group)), None); }
constexpr Doc groups_doc =
    "groups($self, /, default=None)\n--\n\nReturn a tuple containing all the subgroups of the match, from 1.\n\n  "
    "default\n    Is used for groups that did not participate in the match.";
Result<Object> match_groups(Match* self, Object* default_value) {
  Ref<Tuple> result = TRY(tuple_new(self->groups - 1));
  for (isize i = 1; i < self->groups; ++i) tuple_init_item(result, i - 1, TRY(text_of(self, i, default_value)));
  return result;
}
constexpr Doc groupdict_doc =
    "groupdict($self, /, default=None)\n--\n\nReturn a dictionary containing all the named subgroups of the match, "
    "keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match.";
Result<Object> match_groupdict(Match* self, Object* default_value) {
  Ref<Dict> result = TRY(dict_new());
  isize position = 0;
  Object *name, *index;
  while (dict_next(as<Dict>(self->pattern->group_index), position, name, index)) {
    Ref<Object> keep = new_ref(name);
    isize number = TRY(group_number(self, index));
    Ref<Object> text = TRY(text_of(self, number, default_value));
    TRY(dict_set_item(result, keep, text));
  }
  return result;
}
constexpr Doc start_doc =
    "start($self, group=0, /)\n--\n\nReturn index of the start of the substring matched by group.";
Result<isize> match_start(Match* self, Opt<Object*> group) {
  return self->mark[2 * (group ? TRY(group_number(self, group.get())) : 0)];
}
constexpr Doc end_doc = "end($self, group=0, /)\n--\n\nReturn index of the end of the substring matched by group.";
Result<isize> match_end(Match* self, Opt<Object*> group) {
  return self->mark[2 * (group ? TRY(group_number(self, group.get())) : 0) + 1];
}
Result<Object> pair(isize first, isize second) {
  Ref<Int> a = TRY(int_from_ssize_t(first))
  , b = TRY(int_from_ssize_t(second));
  return tuple_pack(a.get(), b.get());
}
constexpr Doc span_doc =
    "span($self, group=0, /)\n--\n\nFor match object m, return the 2-tuple (m.start(group), m.end(group)).";
Result<Object> match_span(Match* self, Opt<Object*> group) {
  isize number = group ? TRY(group_number(self, group.get())) : 0;
  return pair(self->mark[2 * number], self->mark[2 * number + 1]);
}
constexpr Doc expand_doc =
    "expand($self, /, template)\n--\n\nReturn the string obtained by doing backslash substitution on the string "
    "template, as done by the sub() method.";
Result<Object> match_expand(Match* self, Object* text) {
  Ref<Object> function = TRY(import_attribute("re", "_expand"));
  return call(function.get(), static_cast<Object*>(self->pattern), static_cast<Object*>(self), text);
}
constexpr Doc copy_doc = "__copy__($self, /)\n--\n\n";
Result<Object> copy(Match* self) { return new_ref<Object>(self); }
constexpr Doc deepcopy_doc = "__deepcopy__($self, memo, /)\n--\n\n";
Result<Object> deepcopy(Match* self, Object*) { return new_ref<Object>(self); }
constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)\n--\n\nSee PEP 585";

Result<Object> get_lastindex(Match* self) {
  return self->last_index >= 0 ? Result<Object>(int_from_ssize_t(self->last_index)) : none_result();
}
Result<Object> get_lastgroup(Match* self) {
  Object* names = self->pattern->index_group;
  if (self->last_index >= 0 && self->last_index < tuple_size(as<Tuple>(names)))
    return new_ref(tuple_item(as<Tuple>(names), self->last_index));
  return none_result();
}
Result<Object> get_regs(Match* self) {
  if (!self->regs) {
    Ref<Tuple> regs = TRY(tuple_new(self->groups));
    for (isize i = 0; i < self->groups; ++i)
      tuple_init_item(regs, i, TRY(pair(self->mark[2 * i], self->mark[2 * i + 1])));
    self->regs = regs.release();
  }
  return new_ref(self->regs);
}
Result<Str> repr(Match* self) {
  Ref<Object> text = TRY(text_of(self, 0, None));
  return str_from_format("<%s object; span=(%zd, %zd), match=%.50R>", type_of(self)->tp_name, self->mark[0],
                         self->mark[1], text.get());
}
void dealloc(PyObject* object) {
  gc::untrack(object);
  Match* self = static_cast<Match*>(object);
  decref_or_null(self->regs);
  decref(self->string);
  decref(self->pattern);
  object_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  Match* self = static_cast<Match*>(object);
  VISIT(self->string);
  VISIT(self->regs);
  VISIT(self->pattern);
  return 0;
}
constinit PyMethodDef methods[] = {
    with_text(method<match_group, group_doc>(), group_text),
    method<match_start, start_doc>(),
    method<match_end, end_doc>(),
    method<match_span, span_doc>(),
    method<match_groups, groups_doc>(),
    method<match_groupdict, groupdict_doc>(),
    method<match_expand, expand_doc>(),
    method<copy, copy_doc>(),
    method<deepcopy, deepcopy_doc>(),
    class_method<generic_alias_new, class_getitem_doc>(),
    {},
};
constinit PyGetSetDef getset[] = {
    get_set<get_lastindex>("lastindex", "The integer index of the last matched capturing group."),
    get_set<get_lastgroup>("lastgroup", "The name of the last matched capturing group."),
    get_set<get_regs>("regs"),
    {},
};
constinit PyMemberDef members[] = {
    member("string", T_OBJECT, offsetof(Match, string), READONLY, "The string passed to match() or search()."),
    member("re", T_OBJECT, offsetof(Match, pattern), READONLY, "The regular expression object."),
    member("pos", T_PYSSIZET, offsetof(Match, position), READONLY,
           "The index into the string at which the RE engine started looking for a match."),
    member("endpos", T_PYSSIZET, offsetof(Match, end_position), READONLY,
           "The index into the string beyond which the RE engine will not go."),
    {},
};
constinit PyMappingMethods as_mapping = {.mp_subscript = slot<get_item>};
}  // namespace
}  // namespace adder::sre

using namespace adder;
using namespace adder::sre;

constinit PyTypeObject SRE_Match_Type = {
    .tp_name = "re.Match",
    .tp_basicsize = offsetof(Match, mark),
    .tp_itemsize = sizeof(isize),
    .tp_dealloc = dealloc,
    .tp_repr = slot<repr>,
    .tp_as_mapping = &as_mapping,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    .tp_traverse = traverse,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
};
