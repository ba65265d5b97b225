// objects: built-in functions that ask an object about itself.
#include "interpreter/interpreter.h"
#include "modules/builtins/builtins.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr Doc callable_doc =
    "callable($module, obj, /)\n--\n\nReturn whether the object is callable (i.e., some kind of function).\n\nNote "
    "that classes are "
    "callable, as are instances of classes with a\n__call__() method.";
Result<bool> callable(Module*, Object* object) { return is_callable(object); }

constexpr Doc delattr_doc =
    "delattr($module, obj, name, /)\n--\n\nDeletes the named attribute from the given object.\n\ndelattr(x, 'y') is "
    "equivalent to ``del "
    "x.y``";
Result<void> delattr(Module*, Object* object, Object* name) { return object_set_attr(object, name, nullptr); }

constexpr Doc dir_arguments = "dir($module, object=None, /)\n--\n\n";
constexpr const char* dir_text =
    "dir([object]) -> list of strings\n\nIf called without an argument, return the names in the current scope.\nElse, "
    "return an "
    "alphabetized list of names comprising (some of) the attributes\nof the given object, and of attributes reachable "
    "from it.\nIf the "
    "object supplies a method named __dir__, it will be used; otherwise\nthe default dir() logic is used and "
    "returns:\n  for a module "
    "object: the module's attributes.\n  for a class object:  its attributes, and recursively the attributes\n    of "
    "its bases.\n  for any "
    "other object: its attributes, its class's attributes, and\n    recursively the attributes of its class's base "
    "classes.";
Result<Object> dir(Module*, Opt<Object*> object) { return object_dir(object); }

constexpr Doc getattr_arguments = "getattr($module, object, name, default=None, /)\n--\n\n";
constexpr const char* getattr_text =
    "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object; getattr(x, 'y') is equivalent "
    "to x.y.\nWhen a "
    "default argument is given, it is returned when the attribute doesn't\nexist; without it, an exception is raised "
    "in that case.";
Result<Object> getattr(Module*, Object* object, Object* name, Opt<Object*> default_value) {
  if (!is_str(name)) return raise(TypeError, "attribute name must be string, not '%.200s'", type_of(name)->tp_name);
  if (!default_value) return object_get_attr(object, name);
  Ref<Object> value = TRY(object_lookup_attr(object, name));
  if (value) return value;
  return new_ref(default_value.get());
}

constexpr Doc hasattr_doc =
    "hasattr($module, obj, name, /)\n--\n\nReturn whether the object has an attribute with the given name.\n\nThis is "
    "done by calling "
    "getattr(obj, name) and catching AttributeError.";
Result<bool> hasattr(Module*, Object* object, Object* name) {
  if (!is_str(name)) return raise(TypeError, "attribute name must be string, not '%.200s'", type_of(name)->tp_name);
  return object_has_attr(object, name);
}

constexpr Doc hash_doc =
    "hash($module, obj, /)\n--\n\nReturn the hash value for the given object.\n\nTwo objects that compare equal must "
    "also have the same hash "
    "value, but the\nreverse is not necessarily true.";
Result<isize> hash(Module*, Object* object) { return object_hash(object); }

constexpr Doc id_doc =
    "id($module, obj, /)\n--\n\nReturn the identity of an object.\n\nThis is guaranteed to be unique among "
    "simultaneously existing "
    "objects.\n(CPython uses the object's memory address.)";
Result<Object> id_of(Module*, Object* object) {
  Ref<Object> value = TRY(Result<Object>(int_from_void_ptr(object)));
  TRY(audit("builtins.id", value.get()));
  return value;
}

constexpr Doc isinstance_doc =
    "isinstance($module, obj, class_or_tuple, /)\n--\n\nReturn whether an object is an instance of a class or of a "
    "subclass thereof.\n\nA "
    "tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to "
    "``isinstance(x, A) or "
    "isinstance(x, B)\nor ...`` etc.";
Result<bool> isinstance(Module*, Object* object, Object* cls) { return object_is_instance(object, cls); }

constexpr Doc issubclass_doc =
    "issubclass($module, cls, class_or_tuple, /)\n--\n\nReturn whether 'cls' is derived from another class or is the "
    "same class.\n\nA tuple, "
    "as in ``issubclass(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to "
    "``issubclass(x, A) or "
    "issubclass(x, B)\nor ...``.";
Result<bool> issubclass(Module*, Object* derived, Object* cls) { return object_is_subclass(derived, cls); }

constexpr Doc len_doc = "len($module, obj, /)\n--\n\nReturn the number of items in a container.";
Result<isize> len(Module*, Object* object) { return object_size(object); }

constexpr Doc setattr_doc =
    "setattr($module, obj, name, value, /)\n--\n\nSets the named attribute on the given object to the specified "
    "value.\n\nsetattr(x, 'y', v) is "
    "equivalent to ``x.y = v``";
Result<void> setattr(Module*, Object* object, Object* name, Object* value) {
  return object_set_attr(object, name, value);
}

constexpr Doc globals_doc =
    "globals($module, /)\n--\n\nReturn the dictionary containing the current scope's global variables.\n\nNOTE: "
    "Updates to this dictionary "
    "*will* affect name lookups in the current\nglobal scope and vice-versa.";
Result<Object> globals(Module*) {
  Opt<Dict*> dict = eval_get_globals();
  return dict ? Result<Object>::share(dict.get()) : none_result();
}

constexpr Doc locals_doc =
    "locals($module, /)\n--\n\nReturn a dictionary containing the current scope's local variables.\n\nNOTE: Whether or "
    "not updates to this "
    "dictionary will affect name lookups in\nthe local scope and vice-versa is *implementation dependent* and "
    "not\ncovered by any backwards "
    "compatibility guarantees.";
Result<Object> locals(Module*) { return eval_get_locals(); }

constexpr Doc vars_arguments = "vars($module, object=None, /)\n--\n\n";
constexpr const char* vars_text =
    "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to "
    "object.__dict__.";
Result<Object> vars(Module*, Opt<Object*> object) {
  if (!object) return eval_get_locals();
  Ref<Object> dict = TRY(object_lookup_attr(object.get(), id::__dict__));
  if (!dict) return raise(TypeError, "vars() argument must have __dict__ attribute");
  return dict;
}

}  // namespace

constinit PyMethodDef builtins_object_functions[] = {
    method<callable, callable_doc>(),
    method<delattr, delattr_doc>(),
    with_text(method<dir, dir_arguments>(), dir_text),
    with_text(method<getattr, getattr_arguments>(), getattr_text),
    method<hasattr, hasattr_doc>(),
    method<hash, hash_doc>(),
    method<id_of, id_doc>(),
    method<isinstance, isinstance_doc>(),
    method<issubclass, issubclass_doc>(),
    method<len, len_doc>(),
    method<setattr, setattr_doc>(),
    method<globals, globals_doc>(),
    method<locals, locals_doc>(),
    with_text(method<vars, vars_arguments>(), vars_text),
    {},
};
}  // namespace adder
