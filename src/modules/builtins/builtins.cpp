// builtins: the module itself: functions of the parts, types, constants, exceptions.
//
// See        library reference "Built-in Functions"; tests/python/test_builtins_module.py
#include "modules/builtins/builtins.h"

#include "import/import.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr const char* module_doc =
    "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all "
    "'built-in'\nidentifiers of "
    "Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not "
    "normally accessed "
    "explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a "
    "builtin and need the "
    "built-in of\nthat name to be used.";

struct NamedType {
  const char* name;
  Type* type;
};
constexpr NamedType types[] = {
    {"bool", &PyBool_Type},
    {"memoryview", &PyMemoryView_Type},
    {"bytearray", &PyByteArray_Type},
    {"bytes", &PyBytes_Type},
    {"classmethod", &PyClassMethod_Type},
    {"complex", &PyComplex_Type},
    {"dict", &PyDict_Type},
    {"enumerate", &PyEnum_Type},
    {"filter", &PyFilter_Type},
    {"float", &PyFloat_Type},
    {"frozenset", &PyFrozenSet_Type},
    {"property", &PyProperty_Type},
    {"int", &PyLong_Type},
    {"list", &PyList_Type},
    {"map", &PyMap_Type},
    {"object", &PyBaseObject_Type},
    {"range", &PyRange_Type},
    {"reversed", &PyReversed_Type},
    {"set", &PySet_Type},
    {"slice", &PySlice_Type},
    {"staticmethod", &PyStaticMethod_Type},
    {"str", &PyUnicode_Type},
    {"super", &PySuper_Type},
    {"tuple", &PyTuple_Type},
    {"type", &PyType_Type},
    {"zip", &PyZip_Type},
};

constinit ModuleDef definition = module_definition("builtins", module_doc, nullptr, nullptr, -1);
}  // namespace

Result<Module> builtins_create() {
  Ref<Module> module = TRY(module_create(&definition));
  TRY(module_add_functions(module, builtins_code_functions));
  TRY(module_add_functions(module, builtins_number_functions));
  TRY(module_add_functions(module, builtins_iteration_functions));
  TRY(module_add_functions(module, builtins_object_functions));
  TRY(module_add_functions(module, builtins_text_functions));
  TRY(module_add_object(module, "None", None));
  TRY(module_add_object(module, "Ellipsis", Ellipsis));
  TRY(module_add_object(module, "NotImplemented", NotImplemented));
  TRY(module_add_object(module, "False", False));
  TRY(module_add_object(module, "True", True));
  for (const NamedType& entry : types) TRY(module_add_object(module, entry.name, entry.type));
  TRY(module_add_object(module, "__debug__", bool_object(interpreter()->optimize == 0)));
  return module;
}
}  // namespace adder
