// object: the C API's object.h: reference counts, attributes, text, comparison, and types.
#include <cstdio>
#include <cstring>
#include <new>

#include "capi/capi.h"
#include "object/descriptor.h"
#include "object/type_private.h"
#include "types/weakref.h"

using namespace adder;
using adder::capi::found;
using adder::capi::minus_one;
using adder::capi::null;
using adder::capi::null_error;

// == Counts ==

ADDER_EXPORT void Py_IncRef(PyObject* object) { incref_or_null(object); }
ADDER_EXPORT void Py_DecRef(PyObject* object) { decref_or_null(object); }
ADDER_EXPORT void _Py_IncRef(PyObject* object) { incref(object); }
ADDER_EXPORT void _Py_DecRef(PyObject* object) { decref(object); }
ADDER_EXPORT PyObject* Py_NewRef(PyObject* object) { return new_ref(object).release(); }
ADDER_EXPORT PyObject* Py_XNewRef(PyObject* object) {
  incref_or_null(object);
  return object;
}
ADDER_EXPORT void _Py_NewReference(PyObject* object) { object->ob_refcnt = 1; }
ADDER_EXPORT int Py_Is(PyObject* left, PyObject* right) { return left == right; }
ADDER_EXPORT int Py_IsNone(PyObject* object) { return object == None; }
ADDER_EXPORT int Py_IsTrue(PyObject* object) { return object == True; }
ADDER_EXPORT int Py_IsFalse(PyObject* object) { return object == False; }

// == Text, hash, truth, comparison ==

ADDER_EXPORT PyObject* PyObject_Repr(PyObject* object) {
  return (object ? object_repr(object) : str_from_string("<NULL>")).to_c();
}
ADDER_EXPORT PyObject* PyObject_Str(PyObject* object) {
  return (object ? object_str(object) : str_from_string("<NULL>")).to_c();
}
ADDER_EXPORT PyObject* PyObject_ASCII(PyObject* object) {
  return (object ? object_ascii(object) : str_from_string("<NULL>")).to_c();
}
ADDER_EXPORT PyObject* PyObject_Bytes(PyObject* object) {
  if (!object) return bytes_from_string("<NULL>").to_c();
  return object_bytes(object).to_c();
}
ADDER_EXPORT int Py_ReprEnter(PyObject* object) { return repr_enter(object).to_c(); }
ADDER_EXPORT void Py_ReprLeave(PyObject* object) { repr_leave(object); }
ADDER_EXPORT Py_hash_t PyObject_Hash(PyObject* object) { return object_hash(object).to_c(); }
ADDER_EXPORT int PyObject_IsTrue(PyObject* object) { return object_is_true(object).to_c(); }
ADDER_EXPORT int PyObject_Not(PyObject* object) {
  int value = object_is_true(object).to_c();
  return value < 0 ? value : !value;
}
ADDER_EXPORT PyObject* PyObject_RichCompare(PyObject* left, PyObject* right, int op) {
  if (!left || !right) return capi::bad_call();
  return object_rich_compare(left, right, op).to_c();
}
ADDER_EXPORT int PyObject_RichCompareBool(PyObject* left, PyObject* right, int op) {
  return object_rich_compare_bool(left, right, op).to_c();
}
ADDER_EXPORT PyObject* PyObject_Dir(PyObject* object) { return object_dir(object).to_c(); }
ADDER_EXPORT int PyObject_Print(PyObject* object, FILE* file, int flags) {
  constexpr int kRaw = 1;
  if (!object) return fputs("<nil>", file) < 0 ? -1 : 0;
  Ref<Str> text = TRY_C(-1, flags & kRaw ? object_str(object) : object_repr(object));
  Ref<Object> bytes = TRY_C(-1, str_as_encoded_string(text, "utf-8", "backslashreplace"));
  std::string_view view = bytes_view(as<Bytes>(bytes.get()));
  fwrite(view.data(), 1, view.size(), file);
  if (!ferror(file)) return 0;
  clearerr(file);
  return minus_one(raise_errno());
}

// == Attributes ==

ADDER_EXPORT PyObject* PyObject_GetAttr(PyObject* object, PyObject* name) {
  return object_get_attr(object, name).to_c();
}
ADDER_EXPORT PyObject* PyObject_GetAttrString(PyObject* object, const char* name) {
  return object_get_attr(object, name).to_c();
}
ADDER_EXPORT int PyObject_SetAttr(PyObject* object, PyObject* name, PyObject* value) {
  return object_set_attr(object, name, value).to_c();
}
ADDER_EXPORT int PyObject_SetAttrString(PyObject* object, const char* name, PyObject* value) {
  return object_set_attr(object, name, value).to_c();
}
// These two answer 0 for any failure, as documented.
ADDER_EXPORT int PyObject_HasAttr(PyObject* object, PyObject* name) {
  int value = object_has_attr(object, name).to_c();
  if (value < 0) error_clear();
  return value > 0;
}
ADDER_EXPORT int PyObject_HasAttrString(PyObject* object, const char* name) {
  Result<Str> key = str_from_string(name);
  if (key.failed()) return error_clear(), 0;
  Ref<Str> text = key.take();
  return PyObject_HasAttr(object, text);
}
ADDER_EXPORT int _PyObject_LookupAttr(PyObject* object, PyObject* name, PyObject** result) {
  return found(object_lookup_attr(object, name), result);
}
ADDER_EXPORT int _PyObject_GetMethod(PyObject* object, PyObject* name, PyObject** method) {
  bool unbound = false;
  *method = object_get_method(object, name, unbound).to_c();
  return unbound;
}
ADDER_EXPORT PyObject* _PyObject_LookupSpecial(PyObject* object, PyObject* name) {
  return object_lookup_special(object, as<Str>(name)).to_c();
}
ADDER_EXPORT PyObject** _PyObject_GetDictPtr(PyObject* object) { return object_dict_slot(object); }
ADDER_EXPORT PyObject* PyObject_GenericGetDict(PyObject* object, void*) {
  return object_generic_get_dict(object).to_c();
}
ADDER_EXPORT int PyObject_GenericSetDict(PyObject* object, PyObject* value, void*) {
  return object_generic_set_dict(object, value).to_c();
}
ADDER_EXPORT int _PyObject_IsAbstract(PyObject* object) {
  if (!object) return 0;
  Ref<Str> name = TRY_C(-1, str_from_string("__isabstractmethod__"));
  Ref<Object> value = TRY_C(-1, object_lookup_attr(object, name));
  return value ? object_is_true(value).to_c() : 0;
}
ADDER_EXPORT void PyObject_ClearWeakRefs(PyObject* object) { weakref_clear_all(object); }
ADDER_EXPORT void PyObject_CallFinalizer(PyObject* object) { object_call_finalizer(object); }
ADDER_EXPORT int PyObject_CallFinalizerFromDealloc(PyObject* object) {
  return object_call_finalizer_from_dealloc(object) ? -1 : 0;
}

// == Names of extension modules' own: _Py_Identifier ==

namespace {
// `index` is -1 at first; then it is the interned string, which lives as long as the process.
struct Identifier {
  const char* string;
  isize index;
};
Str* identifier_str(Identifier* identifier) {
  if (identifier->index == -1) {
    Str* name = str_intern_from_string(identifier->string).to_c();
    if (!name) return nullptr;
    identifier->index = reinterpret_cast<isize>(name);
  }
  return reinterpret_cast<Str*>(identifier->index);
}
}  // namespace

ADDER_EXPORT PyObject* _PyUnicode_FromId(Identifier* identifier) { return identifier_str(identifier); }
ADDER_EXPORT PyObject* _PyObject_GetAttrId(PyObject* object, Identifier* identifier) {
  Str* name = identifier_str(identifier);
  return name ? object_get_attr(object, name).to_c() : nullptr;
}
ADDER_EXPORT int _PyObject_SetAttrId(PyObject* object, Identifier* identifier, PyObject* value) {
  Str* name = identifier_str(identifier);
  return name ? object_set_attr(object, name, value).to_c() : -1;
}
ADDER_EXPORT int _PyObject_LookupAttrId(PyObject* object, Identifier* identifier, PyObject** result) {
  *result = nullptr;
  Str* name = identifier_str(identifier);
  return name ? found(object_lookup_attr(object, name), result) : -1;
}
ADDER_EXPORT PyObject* _PyObject_LookupSpecialId(PyObject* object, Identifier* identifier) {
  Str* name = identifier_str(identifier);
  return name ? object_lookup_special(object, name).to_c() : nullptr;
}
ADDER_EXPORT PyObject* _PyType_LookupId(PyTypeObject* type, Identifier* identifier) {
  Str* name = identifier_str(identifier);
  return name ? type_lookup(type, name).get() : nullptr;
}
ADDER_EXPORT PyObject* _PyDict_GetItemIdWithError(PyObject* dict, Identifier* identifier) {
  Str* name = identifier_str(identifier);
  return name ? capi::borrow(dict_get_item(as<Dict>(dict), name).to_c()) : nullptr;
}
ADDER_EXPORT int _PyDict_SetItemId(PyObject* dict, Identifier* identifier, PyObject* value) {
  Str* name = identifier_str(identifier);
  return name ? dict_set_item(as<Dict>(dict), name, value).to_c() : -1;
}
ADDER_EXPORT int _PyDict_DelItemId(PyObject* dict, Identifier* identifier) {
  Str* name = identifier_str(identifier);
  return name ? dict_del_item(as<Dict>(dict), name).to_c() : -1;
}
ADDER_EXPORT int _PyDict_ContainsId(PyObject* dict, Identifier* identifier) {
  Str* name = identifier_str(identifier);
  return name ? dict_contains(as<Dict>(dict), name).to_c() : -1;
}
ADDER_EXPORT int _PyUnicode_EqualToASCIIId(PyObject* text, Identifier* identifier) {
  return str_equals(as<Str>(text), identifier->string);
}

// == Types ==

ADDER_EXPORT int PyType_Ready(PyTypeObject* type) { return type_ready(type).to_c(); }
ADDER_EXPORT int PyType_IsSubtype(PyTypeObject* type, PyTypeObject* base) { return type_is_subtype(type, base); }
ADDER_EXPORT void PyType_Modified(PyTypeObject* type) { type_modified(type); }
ADDER_EXPORT unsigned long PyType_GetFlags(PyTypeObject* type) { return type->tp_flags; }
ADDER_EXPORT unsigned PyType_ClearCache() { return 0; }
ADDER_EXPORT PyObject* _PyType_Lookup(PyTypeObject* type, PyObject* name) { return type_lookup(type, name).get(); }
ADDER_EXPORT const char* _PyType_Name(PyTypeObject* type) { return type_short_name(type); }
ADDER_EXPORT PyObject* PyType_GetName(PyTypeObject* type) { return type_get_name(type).to_c(); }
ADDER_EXPORT PyObject* PyType_GetQualName(PyTypeObject* type) { return type_get_qualname(type).to_c(); }
ADDER_EXPORT void* PyType_GetSlot(PyTypeObject* type, int slot) { return type_get_slot(type, slot); }
ADDER_EXPORT PyObject* PyType_FromSpec(PyType_Spec* spec) { return type_from_spec(spec).to_c(); }
ADDER_EXPORT PyObject* PyType_FromSpecWithBases(PyType_Spec* spec, PyObject* bases) {
  return type_from_module_and_spec({}, spec, bases).to_c();
}
ADDER_EXPORT PyObject* PyType_FromModuleAndSpec(PyObject* module, PyType_Spec* spec, PyObject* bases) {
  return type_from_module_and_spec(module, spec, bases).to_c();
}
ADDER_EXPORT PyTypeObject* _PyType_CalculateMetaclass(PyTypeObject* metatype, PyObject* bases) {
  Result<Object> winner = type_calculate_metaclass(metatype, bases);
  return reinterpret_cast<Type*>(capi::borrow(winner.to_c()));
}
ADDER_EXPORT PyObject* PyType_GetModule(PyTypeObject* type) {
  if (!is_heap_type(type)) {
    return null(raise(TypeError, "PyType_GetModule: Type '%s' is not a heap type", type->tp_name));
  }
  PyObject* module = reinterpret_cast<HeapType*>(type)->ht_module;
  if (!module) {
    return null(raise(TypeError, "PyType_GetModule: Type '%s' has no associated module", type->tp_name));
  }
  return module;
}
ADDER_EXPORT void* PyType_GetModuleState(PyTypeObject* type) {
  PyObject* module = PyType_GetModule(type);
  return module ? as<Module>(module)->md_state : nullptr;
}
ADDER_EXPORT PyObject* PyType_GetModuleByDef(PyTypeObject* type, PyModuleDef* definition) {
  Tuple* mro = as<Tuple>(type->tp_mro);
  for (isize i = 0; i < tuple_size(mro); ++i) {
    Type* super = reinterpret_cast<Type*>(tuple_item(mro, i));
    if (!is_heap_type(super)) continue;
    PyObject* module = reinterpret_cast<HeapType*>(super)->ht_module;
    if (module && is_module(module) && as<Module>(module)->md_def == definition) return module;
  }
  return null(raise(TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module", type->tp_name));
}
ADDER_EXPORT PyObject* _PyType_GetDocFromInternalDoc(const char* name, const char* doc) {
  return doc_from_internal(name, doc).to_c();
}
ADDER_EXPORT PyObject* _PyType_GetTextSignatureFromInternalDoc(const char* name, const char* doc) {
  return text_signature_from_internal(name, doc).to_c();
}

// == Recursive representations ==

ADDER_EXPORT int _PyObject_IsFreed(PyObject* object) { return !object || object->ob_type == nullptr; }
ADDER_EXPORT int _PyObject_CheckConsistency(PyObject*, int) { return 1; }
ADDER_EXPORT int _PyType_CheckConsistency(PyTypeObject*) { return 1; }
ADDER_EXPORT void _PyObject_Dump(PyObject* object) {
  fprintf(stderr, "object address  : %p\n", static_cast<void*>(object));
  if (!object) return;
  fprintf(stderr, "object refcount : %zd\nobject type     : %p\nobject type name: %s\n", object->ob_refcnt,
          static_cast<void*>(object->ob_type), object->ob_type->tp_name);
}

// == Py_TRASHCAN_BEGIN and Py_TRASHCAN_END ==

namespace {
// The trashcans of foreign deallocators that are running on this thread; Trashcan bounds their number.
constexpr usize kMostTrashcans = 128;
struct RunningTrashcans {
  usize count;
  alignas(Trashcan) unsigned char place[kMostTrashcans][sizeof(Trashcan)];
};
thread_local constinit RunningTrashcans running_trashcans = {};
}  // namespace

ADDER_EXPORT int _PyTrash_begin(PyThreadState*, PyObject* object) {
  RunningTrashcans& running = running_trashcans;
  if (running.count >= kMostTrashcans) {  // only objects that cannot be deferred come so far
    ++running.count;
    return 0;
  }
  auto* trashcan = new (running.place[running.count]) Trashcan(object);
  if (trashcan->deferred()) {
    trashcan->~Trashcan();
    return 1;
  }
  ++running.count;
  return 0;
}
ADDER_EXPORT void _PyTrash_end(PyThreadState*) {
  RunningTrashcans& running = running_trashcans;
  if (running.count <= kMostTrashcans) {
    // Objects that were deferred die now and use the places above.
    reinterpret_cast<Trashcan*>(running.place[running.count - 1])->~Trashcan();
  }
  --running.count;
}
ADDER_EXPORT int _PyTrash_cond(PyObject* object, destructor dealloc) { return object->ob_type->tp_dealloc == dealloc; }
