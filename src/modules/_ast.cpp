// _ast: the node classes of the abstract syntax tree; `ast` of the standard library builds on it.
//
// See        parser/ast_classes.cpp (the classes), parser/ast_objects.cpp (conversion), tests/python/test_ast_.py
#include "bind/bind.h"
#include "import/import.h"
#include "parser/ast_classes.h"
#include "types/module.h"

namespace adder {
namespace {
using namespace ast;

Result<void> add_class(adder::Module* module, const char* name, Type* type) {
  return module_add_object(module, name, type);
}

Result<void> execute(adder::Module* module) {
  Classes* all = classes();
  if (!all) return Error{};
  TRY(add_class(module, "AST", all->base));
  TRY(module_add_int(module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", PyCF_ALLOW_TOP_LEVEL_AWAIT));
  TRY(module_add_int(module, "PyCF_ONLY_AST", PyCF_ONLY_AST));
  TRY(module_add_int(module, "PyCF_TYPE_COMMENTS", PyCF_TYPE_COMMENTS));
  for (int i = 0; i < kTypeCount; ++i) {
    const TypeInfo& info = kTypes[i];
    TRY(add_class(module, info.name, all->types[i]));
    if (info.shape == TypeShape::Product) continue;
    for (int k = 0; k < info.node_count; ++k) TRY(add_class(module, info.nodes[k].name, all->node(i, k)));
  }
  return {};
}
int execute_slot(PyObject* module) { return execute(as<adder::Module>(module)).to_c(); }

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(execute_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {.m_name = "_ast", .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__ast() { return adder::module_def_init(&adder::definition); }
