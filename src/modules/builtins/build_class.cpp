// build_class: what a class statement does.
//
// Order       bases (__mro_entries__), metaclass, namespace (__prepare__), body, class, check of __class__.
// See         language reference 3.3.3 "Customizing class creation", PEP 3115, PEP 560
#include "modules/builtins/build_class.h"

#include "interpreter/interpreter.h"
#include "object/object.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// The bases with objects that are not classes replaced by what their __mro_entries__ gives; the same tuple if there are
// none.
Result<Tuple> resolve_bases(Tuple* bases) {
  Ref<List> resolved;
  for (isize i = 0; i < tuple_size(bases); ++i) {
    Object* base = tuple_item(bases, i);
    Ref<Object> hook;
    if (!is_type(base)) hook = TRY(object_lookup_attr(base, id::__mro_entries__));
    if (!hook) {
      if (resolved) TRY(list_append(resolved, base));
      continue;
    }
    Ref<Object> entries = TRY(object_call_one_arg(hook, bases));
    if (!is_tuple(entries)) return raise(TypeError, "__mro_entries__ must return a tuple");
    if (!resolved) resolved = TRY(list_from_array(tuple_items(bases), i));
    TRY(list_extend(resolved, entries));
  }
  if (!resolved) return new_ref(bases);
  return list_as_tuple(resolved);
}

struct Metaclass {
  Ref<Object> object;
  bool is_class = false;
};
Result<void> find_metaclass(Tuple* bases, Opt<Dict*> keywords, Metaclass& meta) {
  Ref<Object> given;
  if (keywords) given = TRY(dict_pop(keywords.get(), id::metaclass));
  if (given) {
    meta.is_class = is_type(given);
    meta.object = std::move(given);
  } else {
    Object* type = tuple_size(bases) ? type_of(tuple_item(bases, 0)) : &PyType_Type;
    meta.object = new_ref(type);
    meta.is_class = true;
  }
  if (meta.is_class) meta.object = TRY(type_calculate_metaclass(reinterpret_cast<Type*>(meta.object.get()), bases));
  return {};
}

Result<Object> make_namespace(const Metaclass& meta, Object* name, Tuple* bases, Opt<Dict*> keywords) {
  Ref<Object> prepare = TRY(object_lookup_attr(meta.object, id::__prepare__));
  if (!prepare) return dict_new();
  Ref<Tuple> args = TRY(tuple_pack(name, bases));
  Ref<Object> ns = TRY(object_call(prepare, args, static_cast<Object*>(keywords.get())));
  if (!mapping_check(ns)) {
    const char* owner = meta.is_class ? reinterpret_cast<Type*>(meta.object.get())->tp_name : "<metaclass>";
    return raise(TypeError, "%.200s.__prepare__() must return a mapping, not %.200s", owner, type_of(ns)->tp_name);
  }
  return ns;
}

// The cell that the methods' `__class__` refers to must hold the class now.
Result<void> check_class_cell(Object* cell, Object* cls, Object* name) {
  if (!is_type(cls) || !is_cell(cell)) return {};
  Object* content = as<Cell>(cell)->ob_ref;
  if (content == cls) return {};
  if (!content) {
    return raise(RuntimeError,
                 "__class__ not set defining %.200R as %.200R. Was __classcell__ propagated to type.__new__?", name,
                 cls);
  }
  return raise(TypeError, "__class__ set to %.200R defining %.200R as %.200R", content, name, cls);
}
}  // namespace

Result<Object> build_class(Object* function_object, Object* name, Tuple* original_bases, Opt<Dict*> keywords) {
  if (!is_function(function_object)) return raise(TypeError, "__build_class__: func must be a function");
  if (!is_str(name)) return raise(TypeError, "__build_class__: name is not a string");
  Function* function = as<Function>(function_object);
  Ref<Tuple> bases = TRY(resolve_bases(original_bases));
  Metaclass meta;
  TRY(find_metaclass(bases, keywords, meta));
  Ref<Object> ns = TRY(make_namespace(meta, name, bases, keywords));
  Ref<Object> cell = TRY(eval_code(as<Code>(function->func_code), as<Dict>(function->func_globals), ns,
                                   function->func_closure ? as<Tuple>(function->func_closure) : nullptr));
  if (bases.get() != original_bases) TRY(object_set_item(ns, id::__orig_bases__, original_bases));
  Ref<Tuple> args = TRY(tuple_pack(name, static_cast<Object*>(bases.get()), ns.get()));
  Ref<Object> cls = TRY(object_call(meta.object, args, static_cast<Object*>(keywords.get())));
  TRY(check_class_cell(cell, cls, name));
  return cls;
}
}  // namespace adder
