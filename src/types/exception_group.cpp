// exception_group: BaseExceptionGroup, ExceptionGroup and the splitting behind except* (PEP 654).
#include "types/exception_layout.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set.h"

namespace adder {
using namespace exception_detail;
constinit Object* exception_group_type = nullptr;
namespace {
using Group = PyBaseExceptionGroupObject;

Type* group_type() { return reinterpret_cast<Type*>(exception_group_type); }

// == Construction ==

PyObject* group_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size != 2) {
    (void)raise(TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%zd given)", tuple->ob_size);
    return nullptr;
  }
  Object *message = tuple->ob_item[0], *given = tuple->ob_item[1];
  if (!is_str(message)) {
    (void)raise(TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %.50s", message->ob_type->tp_name);
    return nullptr;
  }
  if (!sequence_check(given)) return (void)raise(TypeError, "second argument (exceptions) must be a sequence"), nullptr;
  Ref<Tuple> exceptions = TRY_C(nullptr, sequence_tuple(given));
  if (exceptions->ob_size == 0)
    return (void)raise(ValueError, "second argument (exceptions) must be a non-empty sequence"), nullptr;
  bool has_base_exceptions = false;
  for (isize i = 0; i < exceptions->ob_size; ++i) {
    Object* item = exceptions->ob_item[i];
    if (!is_exception_instance(item))
      return (void)raise(ValueError, "Item %zd of second argument (exceptions) is not an exception", i), nullptr;
    if (!type_check(item, Exception)) has_base_exceptions = true;
  }
  if (type == BaseExceptionGroup) {
    if (!has_base_exceptions) type = group_type();
  } else if (has_base_exceptions && type == group_type()) {
    return (void)raise(TypeError, "Cannot nest BaseExceptions in an ExceptionGroup"), nullptr;
  } else if (has_base_exceptions && type_is_subtype(type, Exception)) {
    return (void)raise(TypeError, "Cannot nest BaseExceptions in '%.200s'", type->tp_name), nullptr;
  }
  Ref<Object> self = Ref<Object>::steal(base_new(type, args, kwargs));
  if (!self) return nullptr;
  as<Group>(self.get())->msg = new_ref(message).release();
  as<Group>(self.get())->excs = exceptions.release();
  return self.release();
}

Result<Object> group_from(const char* message, Object* exceptions) {
  Ref<Str> text = TRY(str_from_string(message));
  return call(exception_group_type, text.get(), exceptions);
}

Result<Str> group_str(Group* self) {
  isize count = as<Tuple>(self->excs)->ob_size;
  return str_from_format("%S (%zd sub-exception%s)", self->msg, count, count > 1 ? "s" : "");
}

Result<Object> group_derive(Group* self, Object* exceptions) {
  return call(static_cast<Object*>(BaseExceptionGroup), self->msg, exceptions);
}

// A group like `original` with only `exceptions` (a list); None for an empty list.
Result<Object> subset(Group* original, List* exceptions) {
  if (exceptions->ob_size == 0) return none_result();
  Ref<Str> derive = TRY(str_intern_from_string("derive"));
  Ref<Object> group = TRY(call_method(static_cast<Object*>(original), derive.get(), exceptions));
  if (!is_exception_group(group)) return raise(TypeError, "derive must return an instance of BaseExceptionGroup");
  if (original->traceback) exception_set_traceback(group, original->traceback);
  exception_set_context(group, Ref<Object>::share_or_empty(original->context));
  exception_set_cause(group, Ref<Object>::share_or_empty(original->cause));
  Ref<Object> notes = TRY(object_lookup_attr(original, id::__notes__));
  if (notes && sequence_check(notes)) {
    Ref<List> copy = TRY(sequence_list(notes));
    TRY(object_set_attr(group, id::__notes__, copy));
  }
  return group;
}

// == Splitting ==

enum class MatchBy { kType, kPredicate, kIdentity };
struct Matcher {
  MatchBy by;
  Object* value;  // type or tuple; callable; set of ids
};
Result<void> make_matcher(Object* value, Matcher& matcher) {
  matcher = {MatchBy::kPredicate, value};
  if (is_exception_class(value)) {
    matcher.by = MatchBy::kType;
    return {};
  }
  if (is_tuple(value)) {
    bool all = true;
    for (isize i = 0; i < as<Tuple>(value)->ob_size; ++i) all = all && is_exception_class(as<Tuple>(value)->ob_item[i]);
    if (all) {
      matcher.by = MatchBy::kType;
      return {};
    }
  } else if (is_function(value)) {
    return {};
  }
  return raise(TypeError, "expected a function, exception type or tuple of exception types");
}

Result<bool> matches(Object* exception, const Matcher& matcher) {
  if (matcher.by == MatchBy::kType) return exception_matches(exception, matcher.value);
  if (matcher.by == MatchBy::kPredicate) {
    Ref<Object> answer = TRY(call(matcher.value, exception));
    return object_is_true(answer);
  }
  if (is_exception_group(exception)) return false;  // leaves only
  Ref<Int> identity = TRY(int_from_void_ptr(exception));
  return set_contains(as<Set>(matcher.value), identity);
}

// match and rest become None or exceptions; rest stays None unless `with_rest`.
Result<void> split(Object* exception, const Matcher& matcher, bool with_rest, Ref<Object>& match, Ref<Object>& rest) {
  match = new_ref(None);
  rest = new_ref(None);
  if (TRY(matches(exception, matcher))) {
    match = new_ref(exception);
    return {};
  }
  if (!is_exception_group(exception)) {
    if (with_rest) rest = new_ref(exception);
    return {};
  }
  RecursionGuard guard(" in exceptiongroup_split_recursive");
  if (guard.failed()) return Error{};
  Group* group = as<Group>(exception);
  Ref<List> matched = TRY(list_new())
  , others = TRY(list_new());
  Tuple* members = as<Tuple>(group->excs);
  for (isize i = 0; i < members->ob_size; ++i) {
    Ref<Object> member_match, member_rest;
    TRY(split(members->ob_item[i], matcher, with_rest, member_match, member_rest));
    if (member_match.get() != None) TRY(list_append(matched, member_match));
    if (member_rest.get() != None) TRY(list_append(others, member_rest));
  }
  match = TRY(subset(group, matched));
  if (with_rest) rest = TRY(subset(group, others));
  return {};
}

Result<Object> group_split(Group* self, Object* condition) {
  Matcher matcher;
  TRY(make_matcher(condition, matcher));
  Ref<Object> match, rest;
  TRY(split(self, matcher, true, match, rest));
  return tuple_pack(match.get(), rest.get());
}
Result<Object> group_subgroup(Group* self, Object* condition) {
  Matcher matcher;
  TRY(make_matcher(condition, matcher));
  Ref<Object> match, rest;
  TRY(split(self, matcher, false, match, rest));
  return match;
}
Result<Object> group_class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }

Result<void> collect_leaf_ids(Object* exception, Set* ids) {
  if (!is_exception_group(exception)) {
    Ref<Int> identity = TRY(int_from_void_ptr(exception));
    return set_add(ids, identity);
  }
  RecursionGuard guard(" in collect_exception_group_leaf_ids");
  if (guard.failed()) return Error{};
  Tuple* members = as<Tuple>(as<Group>(exception)->excs);
  for (isize i = 0; i < members->ob_size; ++i) TRY(collect_leaf_ids(members->ob_item[i], ids));
  return {};
}

// Raised unchanged: the same traceback, context, cause and notes objects.
Result<bool> same_metadata(Object* left, Object* right) {
  if (!is_exception_group(left) || !is_exception_group(right)) return false;
  BaseException *a = as<BaseException>(left), *b = as<BaseException>(right);
  if (a->traceback != b->traceback || a->context != b->context || a->cause != b->cause) return false;
  Ref<Object> notes_a = TRY(object_lookup_attr(left, id::__notes__))
  , notes_b = TRY(object_lookup_attr(right, id::__notes__));
  if (!notes_a != !notes_b) return false;
  if (!notes_a || notes_a.get() == notes_b.get()) return true;
  return object_equal(notes_a, notes_b);
}
}  // namespace

Result<void> exception_group_match(Object* exception, Object* match_type, Ref<Object>& match, Ref<Object>& rest) {
  match = new_ref(None);
  rest = new_ref(None);
  if (exception == None) return {};
  if (exception_matches(exception, match_type)) {
    if (is_exception_group(exception)) {
      match = new_ref(exception);
      return {};
    }
    // A naked exception is seen as a group of one.
    Ref<Tuple> only = TRY(tuple_pack(exception));
    match = TRY(group_from("", only));
    return {};
  }
  if (!is_exception_group(exception)) {
    rest = new_ref(exception);
    return {};
  }
  Ref<Str> name = TRY(str_intern_from_string("split"));
  Ref<Object> pair = TRY(call_method(exception, name.get(), match_type));
  if (!is_tuple_exact(pair))
    return raise(TypeError, "%.200s.split must return a tuple, not %.200s", exception->ob_type->tp_name,
                 pair->ob_type->tp_name);
  if (as<Tuple>(pair.get())->ob_size < 2)
    return raise(TypeError, "%.200s.split must return a 2-tuple, got tuple of size %zd", exception->ob_type->tp_name,
                 as<Tuple>(pair.get())->ob_size);
  match = new_ref(as<Tuple>(pair.get())->ob_item[0]);
  rest = new_ref(as<Tuple>(pair.get())->ob_item[1]);
  return {};
}

Result<Object> exception_group_projection(Object* group, Object* list_of_exceptions) {
  Ref<Set> ids = TRY(set_new());
  List* list = as<List>(list_of_exceptions);
  for (isize i = 0; i < list->ob_size; ++i) TRY(collect_leaf_ids(list->ob_item[i], ids));
  Ref<Object> match, rest;
  TRY(split(group, {MatchBy::kIdentity, ids.get()}, false, match, rest));
  return match;
}

Result<Object> exception_prep_reraise_star(Object* original, Object* raised_list) {
  List* list = as<List>(raised_list);
  if (list->ob_size == 0) return none_result();
  // A naked exception was wrapped: at most one except* clause ran.
  if (!is_exception_group(original)) return new_ref(list->ob_item[0]);
  Ref<List> raised = TRY(list_new())
  , reraised = TRY(list_new());
  for (isize i = 0; i < list->ob_size; ++i) {
    Object* exception = list->ob_item[i];
    if (exception == None) continue;
    TRY(list_append(TRY(same_metadata(exception, original)) ? reraised : raised, exception));
  }
  Ref<Object> kept = new_ref(None);
  if (reraised->ob_size) kept = TRY(exception_group_projection(original, reraised));
  if (raised->ob_size == 0) return kept;
  if (kept.get() != None) TRY(list_append(raised, kept));
  // Even a single exception: except* gives groups.
  return group_from("", raised);
}

namespace {
constexpr Doc derive_doc = "derive($self, excs, /)\n--\n\nA group of the same kind and message with other exceptions.";
constexpr Doc split_doc = "split($self, matcher, /)\n--\n\nThe parts that match and that do not.";
constexpr Doc subgroup_doc = "subgroup($self, matcher, /)\n--\n\nThe part that matches.";
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)\n--\n\nSee PEP 585";

constinit PyMemberDef members[] = {member("message", T_OBJECT, offsetof(Group, msg), READONLY, "exception message"),
                                   member("exceptions", T_OBJECT, offsetof(Group, excs), READONLY, "nested exceptions"),
                                   {}};
constinit PyMethodDef methods[] = {class_method<group_class_getitem, class_getitem_doc>(),
                                   method<group_derive, derive_doc>(),
                                   method<group_split, split_doc>(),
                                   method<group_subgroup, subgroup_doc>(),
                                   {}};
using GroupLayout = Layout<Group, &Group::msg, &Group::excs>;
consteval PyTypeObject make_group_type() {
  PyTypeObject type = exception_type<Group, GroupLayout>("BaseExceptionGroup", &_PyExc_BaseException);
  type.tp_new = group_new;
  type.tp_str = slot<group_str>;
  type.tp_members = members;
  type.tp_methods = methods;
  return type;
}
}  // namespace
}  // namespace adder

constinit PyTypeObject _PyExc_BaseExceptionGroup = adder::make_group_type();
