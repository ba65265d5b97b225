// arguments: distributing call arguments over the parameters of a Python function, with the language's TypeErrors.
#include "interpreter/semantics.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::sem {
namespace {
isize default_count(Function* function) {
  return function->func_defaults ? tuple_size(as<Tuple>(function->func_defaults)) : 0;
}

// "'a', 'b', and 'c'"
Result<Str> enumerate_names(List* names) {
  isize count = list_size(names);
  StrWriter writer;
  for (isize i = 0; i < count; ++i) {
    if (i) TRY(writer.write_ascii(count == 2 ? " and " : i == count - 1 ? ", and " : ", "));
    TRY(writer.write_str(as<Str>(list_item(names, i))));
  }
  return writer.finish();
}

Result<void> missing_arguments(Function* function, Code* code, Object** locals, isize from, isize to, const char* kind) {
  Ref<List> names = TRY(list_new());
  for (isize i = from; i < to; ++i) {
    if (locals[i]) continue;
    Ref<Str> shown = TRY(object_repr(frame_slot_name(code, static_cast<u32>(i))));
    TRY(list_append(names, shown));
  }
  isize count = list_size(names);
  Ref<Str> text = TRY(enumerate_names(names));
  return raise(TypeError, "%U() missing %i required %s argument%s: %U", function->func_qualname, static_cast<int>(count), kind,
               count == 1 ? "" : "s", static_cast<Object*>(text));
}

Result<void> too_many_positional(Function* function, Code* code, Object** locals, isize given) {
  isize keyword_given = 0;
  for (isize i = code->co_argcount; i < code->co_argcount + code->co_kwonlyargcount; ++i) keyword_given += locals[i] != nullptr;
  isize defaults = default_count(function);
  bool plural = defaults || code->co_argcount != 1;
  Ref<Str> takes = defaults ? TRY(str_from_format("from %zd to %zd", code->co_argcount - defaults, static_cast<isize>(code->co_argcount)))
                            : TRY(str_from_format("%zd", static_cast<isize>(code->co_argcount)));
  Ref<Str> also = keyword_given ? TRY(str_from_format(" positional argument%s (and %zd keyword-only argument%s)",
                                                      given != 1 ? "s" : "", keyword_given, keyword_given != 1 ? "s" : ""))
                                : new_ref(str_empty());
  return raise(TypeError, "%U() takes %U positional argument%s but %zd%U %s given", function->func_qualname,
               static_cast<Object*>(takes), plural ? "s" : "", given, static_cast<Object*>(also),
               given == 1 && !keyword_given ? "was" : "were");
}

// Whether positional-only parameters were passed by keyword: then the error is raised and the result is a failure.
Result<void> check_positional_only(Function* function, Code* code, Tuple* keyword_names) {
  Ref<List> names = TRY(list_new());
  for (int i = 0; i < code->co_posonlyargcount; ++i) {
    Str* name = frame_slot_name(code, static_cast<u32>(i));
    for (isize k = 0; k < tuple_size(keyword_names); ++k) {
      Object* keyword = tuple_item(keyword_names, k);
      if (is_str(keyword) && (keyword == name || str_equal(as<Str>(keyword), name))) {
        TRY(list_append(names, name));
        break;
      }
    }
  }
  if (!list_size(names)) return {};
  Ref<Str> separator = TRY(str_from_string(", "));
  Ref<Str> joined = TRY(str_join(separator, names));
  return raise(TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'", function->func_qualname,
               static_cast<Object*>(joined));
}

// Index of the parameter called `keyword`, or -1.
Result<isize> find_parameter(Code* code, Object* keyword) {
  Object* const* names = tuple_items(code_varnames(code));
  isize total = code->co_argcount + code->co_kwonlyargcount;
  for (isize i = code->co_posonlyargcount; i < total; ++i) {
    if (names[i] == keyword) return i;
  }
  for (isize i = code->co_posonlyargcount; i < total; ++i) {
    if (TRY(object_equal(keyword, names[i]))) return i;
  }
  return isize{-1};
}

// `args` keeps what has not been moved; the caller releases the rest.
Result<void> bind(Function* function, Code* code, Object** locals, Object** args, usize count, Tuple* keyword_names) {
  isize positional = code->co_argcount, total = positional + code->co_kwonlyargcount;
  bool has_rest = code->co_flags & CO_VARARGS;
  Dict* keywords = nullptr;
  if (code->co_flags & CO_VARKEYWORDS) {
    Ref<Dict> made = TRY(dict_new());
    keywords = made.get();
    locals[total + has_rest] = made.release();
  }
  isize given = static_cast<isize>(count);
  isize taken = given < positional ? given : positional;
  for (isize i = 0; i < taken; ++i) locals[i] = std::exchange(args[i], nullptr);
  if (has_rest) {
    Ref<Tuple> rest;
    if (given > taken) {
      rest = TRY(tuple_new(given - taken));
      for (isize i = taken; i < given; ++i) tuple_init_item(rest, i - taken, Ref<Object>::steal(std::exchange(args[i], nullptr)));
    } else {
      rest = new_ref(tuple_empty());
    }
    locals[total] = rest.release();
  }
  isize named = keyword_names ? tuple_size(keyword_names) : 0;
  for (isize k = 0; k < named; ++k) {
    Object* keyword = tuple_item(keyword_names, k);
    if (!is_str(keyword)) return raise(TypeError, "%U() keywords must be strings", function->func_qualname);
    isize index = TRY(find_parameter(code, keyword));
    if (index >= 0) {
      if (locals[index]) {
        return raise(TypeError, "%U() got multiple values for argument '%S'", function->func_qualname, keyword);
      }
      locals[index] = std::exchange(args[given + k], nullptr);
    } else if (keywords) {
      TRY(dict_set_item(keywords, keyword, args[given + k]));
    } else {
      if (code->co_posonlyargcount) TRY(check_positional_only(function, code, keyword_names));
      return raise(TypeError, "%U() got an unexpected keyword argument '%S'", function->func_qualname, keyword);
    }
  }
  if (given > positional && !has_rest) return too_many_positional(function, code, locals, given);
  if (given < positional) {
    isize defaults = default_count(function), first_default = positional - defaults;
    for (isize i = given; i < first_default; ++i) {
      if (!locals[i]) return missing_arguments(function, code, locals, i, first_default, "positional");
    }
    for (isize i = given > first_default ? given : first_default; i < positional; ++i) {
      if (!locals[i]) locals[i] = new_ref(tuple_item(as<Tuple>(function->func_defaults), i - first_default)).release();
    }
  }
  bool missing = false;
  for (isize i = positional; i < total; ++i) {
    if (locals[i]) continue;
    if (function->func_kwdefaults) {
      Ref<Object> value = TRY(dict_get_item(as<Dict>(function->func_kwdefaults), frame_slot_name(code, static_cast<u32>(i))));
      if (value) {
        locals[i] = value.release();
        continue;
      }
    }
    missing = true;
  }
  if (missing) return missing_arguments(function, code, locals, positional, total, "keyword-only");
  return {};
}
}  // namespace

bool bind_arguments(Function* function, Code* code, Object** locals, Object** args, usize count, Tuple* keyword_names) {
  bool good = !bind(function, code, locals, args, count, keyword_names).failed();
  usize all = count + (keyword_names ? static_cast<usize>(tuple_size(keyword_names)) : 0);
  for (usize i = 0; i < all; ++i) decref_or_null(args[i]);
  return good;
}
}  // namespace adder::sem
