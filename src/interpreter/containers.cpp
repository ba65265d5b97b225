// containers: displays, unpacking and formatted strings.
#include "interpreter/semantics.h"
#include "object/sequence.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::sem {
namespace {
void release_all(Object** items, usize count) {
  for (usize i = 0; i < count; ++i) decref(items[i]);
}
}  // namespace

Object* build_tuple(Object** items, usize count) {
  return tuple_from_array_steal(items, static_cast<isize>(count)).to_c();
}

Object* build_list(Object** items, usize count) {
  Result<List> made = list_new(static_cast<isize>(count));
  if (made.failed()) {
    release_all(items, count);
    return nullptr;
  }
  List* list = made.to_c();
  for (usize i = 0; i < count; ++i) list->ob_item[i] = items[i];
  return list;
}

Object* build_set(Object** items, usize count) {
  Result<Set> made = set_new();
  Set* set = made.to_c();
  for (usize i = 0; set && i < count; ++i) {
    if (set_add(set, items[i]).failed()) {
      decref(set);
      set = nullptr;
    }
  }
  release_all(items, count);
  return set;
}

Object* build_map(Object** items, usize count) {
  Result<Dict> made = dict_new_presized(static_cast<isize>(count));
  Dict* dict = made.to_c();
  for (usize i = 0; dict && i < count; ++i) {
    if (dict_set_item(dict, items[2 * i], items[2 * i + 1]).failed()) {
      decref(dict);
      dict = nullptr;
    }
  }
  release_all(items, 2 * count);
  return dict;
}

Object* build_const_key_map(Object** window, usize count) {
  Object* keys = window[count];
  Dict* dict = nullptr;
  if (!is_tuple_exact(keys) || static_cast<usize>(as<Tuple>(keys)->ob_size) != count) {
    (void)raise(SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
  } else {
    dict = dict_new_presized(static_cast<isize>(count)).to_c();
  }
  for (usize i = 0; dict && i < count; ++i) {
    if (dict_set_item(dict, as<Tuple>(keys)->ob_item[i], window[i]).failed()) {
      decref(dict);
      dict = nullptr;
    }
  }
  release_all(window, count + 1);
  return dict;
}

namespace {
Result<Str> join_parts(Object** items, usize count) {
  isize expected = 0;
  for (usize i = 0; i < count; ++i) expected += str_length(as<Str>(items[i]));
  StrWriter writer(expected);
  for (usize i = 0; i < count; ++i) TRY(writer.write_str(as<Str>(items[i])));
  return writer.finish();
}
Result<Object> format_one(Object* value, Object* spec, u32 conversion) {
  Ref<Object> converted;
  switch (conversion) {
    case 1: converted = TRY(object_str(value)); break;
    case 2: converted = TRY(object_repr(value)); break;
    case 3: converted = TRY(object_ascii(value)); break;
    default: break;
  }
  if (converted) value = converted.get();
  if (is_str_exact(value) && !spec) return Result<Object>::share(value);
  return object_format(value, spec);
}
}  // namespace

Object* build_string(Object** items, usize count) {
  Object* result = join_parts(items, count).to_c();
  release_all(items, count);
  return result;
}

Object* format_value(Object** window, u32 flags) {
  Object* spec = flags & 4 ? window[1] : nullptr;
  Object* result = format_one(window[0], spec, flags & 3).to_c();
  decref(window[0]);
  decref_or_null(spec);
  return result;
}

bool list_extend_with(Object* list, Object* iterable) {
  if (!adder::list_extend(as<List>(list), iterable).failed()) return true;
  if (error_matches(TypeError) && !iterable->ob_type->tp_iter && !sequence_check(iterable)) {
    error_clear();
    (void)raise(TypeError, "Value after * must be an iterable, not %.200s", iterable->ob_type->tp_name);
  }
  return false;
}

bool dict_update_with(Object* dict, Object* mapping) {
  if (!adder::dict_update(as<Dict>(dict), mapping).failed()) return true;
  if (error_matches(AttributeError)) {
    error_clear();
    (void)raise(TypeError, "'%.200s' object is not a mapping", mapping->ob_type->tp_name);
  }
  return false;
}

bool unpack_sequence(Object* sequence, usize count, Object** items) {
  Result<Object> made = object_get_iter(sequence);
  if (made.failed()) {
    if (error_matches(TypeError) && !sequence->ob_type->tp_iter && !sequence_check(sequence)) {
      error_clear();
      (void)raise(TypeError, "cannot unpack non-iterable %.200s object", sequence->ob_type->tp_name);
    }
    return false;
  }
  Ref<Object> iterator = made.take();
  usize got = 0;
  bool failed = false;
  for (; got < count; ++got) {
    Maybe<Object> next = iter_next(iterator);
    if (next.failed()) {
      failed = true;
      break;
    }
    Object* item = next.to_c();
    if (!item) {
      (void)raise(ValueError, "not enough values to unpack (expected %zd, got %zd)", static_cast<isize>(count),
                  static_cast<isize>(got));
      failed = true;
      break;
    }
    items[count - 1 - got] = item;
  }
  if (!failed) {
    Maybe<Object> next = iter_next(iterator);
    if (!next.failed() && !next.to_c()) return true;
    if (!next.failed()) {
      Ref<Object> surplus = next.take();
      (void)raise(ValueError, "too many values to unpack (expected %zd)", static_cast<isize>(count));
    }
  }
  for (usize i = 0; i < got; ++i) decref(items[count - 1 - i]);
  return false;
}

bool unpack_ex(Object* sequence, usize before, usize after, Object** items) {
  Result<Object> made = object_get_iter(sequence);
  if (made.failed()) {
    if (error_matches(TypeError) && !sequence->ob_type->tp_iter && !sequence_check(sequence)) {
      error_clear();
      (void)raise(TypeError, "cannot unpack non-iterable %.200s object", sequence->ob_type->tp_name);
    }
    return false;
  }
  Ref<Object> iterator = made.take();
  usize total = before + 1 + after, got = 0;
  bool failed = false;
  for (; got < before; ++got) {
    Maybe<Object> next = iter_next(iterator);
    Object* item = next.failed() ? nullptr : next.to_c();
    if (!item) {
      if (!next.failed()) {
        if (after) {
          (void)raise(ValueError, "not enough values to unpack (expected at least %zd, got %zd)",
                      static_cast<isize>(before + after), static_cast<isize>(got));
        } else {
          (void)raise(ValueError, "not enough values to unpack (expected at least %zd, got %zd)", static_cast<isize>(before),
                      static_cast<isize>(got));
        }
      }
      failed = true;
      break;
    }
    items[total - 1 - got] = item;
  }
  if (!failed) {
    Result<List> listed = sequence_list(iterator);
    if (!listed.failed()) {
      Ref<List> rest = listed.take();
      usize size = static_cast<usize>(list_size(rest));
      if (size >= after) {
        for (usize i = 0; i < after; ++i) items[i] = rest->ob_item[size - 1 - i];
        rest->ob_size = static_cast<isize>(size - after);
        items[after] = rest.release();
        return true;
      }
      (void)raise(ValueError, "not enough values to unpack (expected at least %zd, got %zd)", static_cast<isize>(before + after),
                  static_cast<isize>(before + size));
    }
  }
  for (usize i = 0; i < got; ++i) decref(items[total - 1 - i]);
  return false;
}

bool print_expression(Object* value) {
  Opt<Object*> hook = sys_get_object("displayhook");
  if (!hook) {
    (void)raise(RuntimeError, "lost sys.displayhook");
    return false;
  }
  Ref<Object> held = new_ref(*hook);
  Result<Object> result = object_call_one_arg(held, value);
  if (result.failed()) return false;
  Ref<Object> released = result.take();
  return true;
}
}  // namespace adder::sem
