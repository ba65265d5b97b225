// attribute: reading, writing and finding attributes of any object.
//
// Order      a data descriptor of the type wins over the instance's dict, which wins over anything else of the type
//            (language reference 3.3.2.3).
// Speed      type_lookup answers from the attribute cache; a miss that a caller expects makes no exception
//            (object_lookup_attr).
// See        docs/objects.md, tests/python/test_descriptors.py
#include "base/hot.h"
#include "interpreter/interpreter.h"
#include "object/object.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {

Error raise_name_not_str(Object* name) {
  return raise(TypeError, "attribute name must be string, not '%.200s'", name->ob_type->tp_name);
}

// Completes an AttributeError that says neither which object nor which name: the traceback's "Did you mean" needs both.
ADDER_NOINLINE Error complete_attribute_error(Object* object, Object* name) {
  ThreadState* state = thread();
  if (!error_matches(AttributeError)) return {};
  if (!state->curexc_value || !is_exception_instance(state->curexc_value)) error_set(error_take());  // set by C code
  if (!type_check(state->curexc_value, AttributeError)) return {};
  auto* error = static_cast<PyAttributeErrorObject*>(state->curexc_value);
  if (error->name || error->obj) return {};
  error->name = new_ref(name).release();
  error->obj = new_ref(object).release();
  return {};
}

Error raise_no_attribute(Object* object, Object* name) {
  return raise(AttributeError, "'%.50s' object has no attribute '%U'", object->ob_type->tp_name, name);
}

// Clears the exception if it is an AttributeError: absent. Otherwise it stays.
Maybe<Object> absent_if_attribute_error() {
  if (!error_matches(AttributeError)) return Error{};
  error_clear();
  return nullptr;
}

// The search of the default tp_getattro. `suppress`: an AttributeError of a descriptor means absent too.
// `instance_dict` stands in for the object's own, unless null.
inline Maybe<Object> generic_lookup(Object* object, Object* name, bool suppress, Object* instance_dict = nullptr) {
  Type* type = object->ob_type;
  if (ADDER_UNLIKELY(!type->tp_dict)) TRY(type_ready(type));
  Ref<Object> descriptor = Ref<Object>::share_or_empty(type_lookup(type, name).get());
  descrgetfunc get = nullptr;
  if (descriptor) {
    get = descriptor->ob_type->tp_descr_get;
    if (get && is_data_descriptor(descriptor)) {
      auto result = Result<Object>::from_c(get(descriptor, object, type));
      if (suppress && result.failed()) return absent_if_attribute_error();
      return result;
    }
  }
  Object** slot = instance_dict ? &instance_dict : object_dict_slot(object);
  if (slot && *slot) {
    Ref<Object> dict = new_ref(*slot);
    Ref<Object> value = TRY(dict_get_item(as<Dict>(dict), name));
    if (value) return value;
  }
  if (get) {
    auto result = Result<Object>::from_c(get(descriptor, object, type));
    if (suppress && result.failed()) return absent_if_attribute_error();
    return result;
  }
  return descriptor;
}

// The result of tp_getattro or tp_getattr, without completing the error.
ADDER_HOT Result<Object> get_attr_by_slots(Object* object, Object* name) {
  Type* type = object->ob_type;
  if (ADDER_LIKELY(type->tp_getattro != nullptr)) return Result<Object>::from_c(type->tp_getattro(object, name));
  if (type->tp_getattr) {
    Utf8 text = str_as_utf8(as<Str>(name));
    if (!text) return Error{};
    return Result<Object>::from_c(type->tp_getattr(object, const_cast<char*>(text.data)));
  }
  return raise_no_attribute(object, name);
}

}  // namespace

// == Instance dicts ==

Object** object_dict_slot(Object* object) {
  Type* type = object->ob_type;
  isize offset = type->tp_dictoffset;
  if (offset == 0) return nullptr;
  if (ADDER_UNLIKELY(offset < 0)) {  // counted from the end of a variable-sized object
    isize items = static_cast<PyVarObject*>(object)->ob_size;
    if (items < 0) items = -items;
    isize size = type->tp_basicsize + items * type->tp_itemsize;
    offset += (size + 7) & ~isize{7};
  }
  return reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + offset);
}

Result<Object> object_generic_get_dict(Object* object) {
  Object** slot = object_dict_slot(object);
  if (!slot) return raise(AttributeError, "This object has no __dict__");
  if (!*slot) *slot = TRY(dict_new_for_instance(object->ob_type))
  .release();
  return Result<Object>::share(*slot);
}

Result<void> object_generic_set_dict(Object* object, Object* value) {
  Object** slot = object_dict_slot(object);
  if (!slot) return raise(AttributeError, "This object has no __dict__");
  if (!value) return raise(TypeError, "cannot delete __dict__");
  if (!is_dict(value)) {
    return raise(TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", value->ob_type->tp_name);
  }
  set_field(*slot, new_ref(value));
  return {};
}

// == Reading ==

ADDER_HOT Result<Object> object_get_attr(Object* object, Object* name) {
  if (ADDER_UNLIKELY(!is_str(name))) return raise_name_not_str(name);
  Result<Object> result = get_attr_by_slots(object, name);
  if (ADDER_UNLIKELY(result.failed())) return complete_attribute_error(object, name);
  return result;
}

Result<Object> object_get_attr(Object* object, const char* name) {
  Ref<Str> text = TRY(str_intern_from_string(name));
  return object_get_attr(object, text.get());
}

ADDER_HOT Maybe<Object> object_lookup_attr(Object* object, Object* name) {
  if (ADDER_UNLIKELY(!is_str(name))) return raise_name_not_str(name);
  Type* type = object->ob_type;
  if (type->tp_getattro == object_generic_get_attr_slot) return generic_lookup(object, name, true);
  if (type->tp_getattro == type_get_attr_slot) {
    auto found = type_lookup_attr(reinterpret_cast<Type*>(object), name);
    if (found.failed()) return absent_if_attribute_error();
    return found;
  }
  Result<Object> result = get_attr_by_slots(object, name);
  if (result.failed()) return absent_if_attribute_error();
  return result;
}

Result<bool> object_has_attr(Object* object, Object* name) {
  Ref<Object> value = TRY(object_lookup_attr(object, name));
  return static_cast<bool>(value);
}

Maybe<Object> object_generic_lookup_attr(Object* object, Object* name) { return generic_lookup(object, name, true); }

ADDER_HOT Result<Object> object_generic_get_attr(Object* object, Object* name) {
  if (ADDER_UNLIKELY(!is_str(name))) return raise_name_not_str(name);
  Ref<Object> value = TRY(generic_lookup(object, name, false));
  if (value) return value;
  (void)raise_no_attribute(object, name);
  return complete_attribute_error(object, name);
}

Maybe<Object> object_lookup_special(Object* object, Str* name) {
  Type* type = object->ob_type;
  Opt<Object*> found = type_lookup(type, name);
  if (!found) return nullptr;
  descrgetfunc get = found->ob_type->tp_descr_get;
  if (!get) return Maybe<Object>::share(*found);
  Ref<Object> descriptor = new_ref(*found);
  return Result<Object>::from_c(get(descriptor, object, type));
}

Maybe<Object> object_lookup_special_method(Object* object, Str* name, bool& unbound) {
  Type* type = object->ob_type;
  unbound = false;
  Opt<Object*> found = type_lookup(type, name);
  if (!found) return nullptr;
  if (has_flag(found->ob_type, Py_TPFLAGS_METHOD_DESCRIPTOR)) {
    unbound = true;
    return Maybe<Object>::share(*found);
  }
  descrgetfunc get = found->ob_type->tp_descr_get;
  if (!get) return Maybe<Object>::share(*found);
  Ref<Object> descriptor = new_ref(*found);
  return Result<Object>::from_c(get(descriptor, object, type));
}

ADDER_HOT Result<Object> object_get_method(Object* object, Object* name, bool& unbound) {
  unbound = false;
  Type* type = object->ob_type;
  if (type->tp_getattro != object_generic_get_attr_slot || !is_str(name)) return object_get_attr(object, name);
  if (ADDER_UNLIKELY(!type->tp_dict)) TRY(type_ready(type));
  Ref<Object> descriptor = Ref<Object>::share_or_empty(type_lookup(type, name).get());
  descrgetfunc get = nullptr;
  bool is_method = false;
  if (descriptor) {
    if (has_flag(descriptor->ob_type, Py_TPFLAGS_METHOD_DESCRIPTOR)) {
      is_method = true;
    } else {
      get = descriptor->ob_type->tp_descr_get;
      if (get && is_data_descriptor(descriptor)) {
        auto result = Result<Object>::from_c(get(descriptor, object, type));
        if (result.failed()) return complete_attribute_error(object, name);
        return result;
      }
    }
  }
  Object** slot = object_dict_slot(object);
  if (slot && *slot) {
    Ref<Object> dict = new_ref(*slot);
    Ref<Object> value = TRY(dict_get_item(as<Dict>(dict), name));
    if (value) return value;
  }
  if (is_method) {
    unbound = true;
    return descriptor;
  }
  if (get) {
    auto result = Result<Object>::from_c(get(descriptor, object, type));
    if (result.failed()) return complete_attribute_error(object, name);
    return result;
  }
  if (descriptor) return descriptor;
  Error error = raise_no_attribute(object, name);
  (void)error;
  return complete_attribute_error(object, name);
}

// == Writing ==

ADDER_HOT Result<void> object_set_attr(Object* object, Object* name, Object* value) {
  if (ADDER_UNLIKELY(!is_str(name))) return raise_name_not_str(name);
  Type* type = object->ob_type;
  Ref<Object> key = new_ref(name);
  if (is_str_exact(name)) key = str_intern(as<Str>(std::move(key)));
  if (ADDER_LIKELY(type->tp_setattro != nullptr)) return Result<void>::from_c(type->tp_setattro(object, key, value));
  if (type->tp_setattr) {
    Utf8 text = str_as_utf8(as<Str>(key.get()));
    if (!text) return Error{};
    return Result<void>::from_c(type->tp_setattr(object, const_cast<char*>(text.data), value));
  }
  const char* action = value ? "assign to" : "del";
  if (!type->tp_getattr && !type->tp_getattro) {
    return raise(TypeError, "'%.100s' object has no attributes (%s .%U)", type->tp_name, action, name);
  }
  return raise(TypeError, "'%.100s' object has only read-only attributes (%s .%U)", type->tp_name, action, name);
}

Result<void> object_set_attr(Object* object, const char* name, Object* value) {
  Ref<Str> text = TRY(str_intern_from_string(name));
  return object_set_attr(object, text.get(), value);
}

namespace {
// As generic_lookup, `instance_dict` stands in for the object's own dict, unless null.
ADDER_HOT Result<void> generic_store(Object* object, Object* name, Object* value, Object* instance_dict) {
  if (ADDER_UNLIKELY(!is_str(name))) return raise_name_not_str(name);
  Type* type = object->ob_type;
  if (ADDER_UNLIKELY(!type->tp_dict)) TRY(type_ready(type));
  Ref<Object> descriptor = Ref<Object>::share_or_empty(type_lookup(type, name).get());
  if (descriptor) {
    if (descrsetfunc set = descriptor->ob_type->tp_descr_set)
      return Result<void>::from_c(set(descriptor, object, value));
  }
  Object** slot = instance_dict ? &instance_dict : object_dict_slot(object);
  if (!slot) {
    if (!descriptor) return raise(AttributeError, "'%.100s' object has no attribute '%U'", type->tp_name, name);
    return raise(AttributeError, "'%.50s' object attribute '%U' is read-only", type->tp_name, name);
  }
  if (!*slot) {
    if (!value) return raise(AttributeError, "'%.100s' object has no attribute '%U'", type->tp_name, name);
    *slot = TRY(dict_new_for_instance(type))
    .release();
  }
  Ref<Object> dict = new_ref(*slot);
  if (value) return dict_set_item(as<Dict>(dict), name, value);
  auto deleted = dict_del_item(as<Dict>(dict), name);
  if (deleted.failed() && error_matches(KeyError)) {
    return raise(AttributeError, "'%.100s' object has no attribute '%U'", type->tp_name, name);
  }
  return deleted;
}
}  // namespace

Result<void> object_generic_set_attr(Object* object, Object* name, Object* value) {
  return generic_store(object, name, value, nullptr);
}

// == dir() ==

Result<Object> object_dir(Opt<Object*> object) {
  Ref<Object> names;
  if (!object) {
    Ref<Object> locals = TRY(eval_get_locals());
    names = TRY(mapping_keys(locals));
  } else {
    Ref<Object> method = TRY(object_lookup_special(*object, id::__dir__));
    if (!method) return raise(TypeError, "object does not provide __dir__");
    Ref<Object> result = TRY(object_call_no_args(method));
    names = TRY(sequence_list(result));
  }
  TRY(list_sort(as<List>(names), None, false));
  return names;
}
}  // namespace adder

ADDER_EXPORT PyObject* PyObject_GenericGetAttr(PyObject* object, PyObject* name) {
  return adder::object_generic_get_attr(object, name).to_c();
}

ADDER_EXPORT int PyObject_GenericSetAttr(PyObject* object, PyObject* name, PyObject* value) {
  return adder::object_generic_set_attr(object, name, value).to_c();
}

ADDER_EXPORT PyObject* _PyObject_GenericGetAttrWithDict(PyObject* object, PyObject* name, PyObject* dict,
                                                        int suppress) {
  using namespace adder;
  if (!is_str(name)) return Result<Object>(raise_name_not_str(name)).to_c();
  Maybe<Object> value = generic_lookup(object, name, suppress != 0, dict);
  if (value.failed()) return nullptr;
  PyObject* result = value.to_c();
  if (!result && !suppress) static_cast<void>(raise_no_attribute(object, name));
  return result;
}

ADDER_EXPORT int _PyObject_GenericSetAttrWithDict(PyObject* object, PyObject* name, PyObject* value, PyObject* dict) {
  return adder::generic_store(object, name, value, dict).to_c();
}
