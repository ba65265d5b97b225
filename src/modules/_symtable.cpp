// _symtable: the compiler's symbol tables as Python objects, for the library's symtable module.
#include "bind/bind.h"
#include "compiler/compiler.h"
#include "import/import.h"
#include "parser/parser.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

ADDER_EXPORT PyTypeObject PySTEntry_Type;

namespace adder {
namespace {
// What remains of a SymbolScope when the tree is gone.
struct SymtableEntry : PyObject {
  Object *id, *name, *symbols, *varnames, *children;
  int nested, type, line;
};

void entry_dealloc(PyObject* self) {
  SymtableEntry* entry = static_cast<SymtableEntry*>(self);
  clear_field(entry->id);
  clear_field(entry->name);
  clear_field(entry->symbols);
  clear_field(entry->varnames);
  clear_field(entry->children);
  object_free(self);
}

Result<Str> entry_repr(SymtableEntry* entry) {
  return str_from_format("<symtable entry %U(%R), line %d>", entry->name, entry->id, entry->line);
}

Result<Object> entry_from_scope(const SymbolScope* scope) {
  Ref<Int> id = TRY(int_from_void_ptr(const_cast<SymbolScope*>(scope)));
  Ref<Dict> symbols = TRY(dict_new());
  for (const auto& symbol : scope->symbols.entries()) {
    Ref<Int> flags = TRY(int_from_i64(symbol.value));
    TRY(dict_set_item(symbols, symbol.name, flags));
  }
  Ref<List> varnames = TRY(list_new())
  , children = TRY(list_new());
  for (const Ref<Str>& name : scope->parameters) TRY(list_append(varnames, name));
  for (const SymbolScope* child : scope->children) TRY(list_append_steal(children, TRY(entry_from_scope(child))));
  Ref<SymtableEntry> entry = TRY(object_new<SymtableEntry>(&PySTEntry_Type));
  entry->id = id.release();
  entry->name = new_ref<Object>(scope->name.get()).release();
  entry->symbols = symbols.release();
  entry->varnames = varnames.release();
  entry->children = children.release();
  entry->nested = scope->nested;
  entry->type = static_cast<int>(scope->type);
  entry->line = scope->position.lineno;
  return entry;
}

constexpr Doc symtable_doc =
    "symtable($module, source, filename, startstr, /)\n--\n\nReturn symbol and scope dictionaries used internally by "
    "compiler.";
Result<Object> symtable(Module*, Object* source, Object* filename_object, Str* start) {
  Ref<Object> filename = TRY(fs_decoder(filename_object));
  ParserFlags flags;
  BufferView view;
  std::string_view text;
  if (is_str(source)) {
    Utf8 utf8 = str_as_utf8(as<Str>(source));
    if (!utf8) return Error{};
    text = utf8;
    flags.ignore_cookie = true;
  } else if (check_buffer(source)) {
    TRY(view.acquire(source));
    text = {view.data(), static_cast<usize>(view.size())};
  } else {
    return raise(TypeError, "symtable() arg 1 must be a string or bytes object");
  }
  ParseMode mode;
  if (str_equals(start, "exec")) {
    mode = ParseMode::Exec;
  } else if (str_equals(start, "eval")) {
    mode = ParseMode::Eval;
  } else if (str_equals(start, "single")) {
    mode = ParseMode::Single;
  } else {
    return raise(ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
  }
  Arena arena;
  Str* name = as<Str>(filename.get());
  ast::Mod* tree = parse_string(text, name, mode, flags, arena);
  if (!tree) return Error{};
  SymbolTable table(name, 0);
  TRY(symtable_build(tree, name, table));
  return entry_from_scope(table.top());
}

constinit PyMemberDef entry_members[] = {
    member("id", T_OBJECT, offsetof(SymtableEntry, id), READONLY),
    member("name", T_OBJECT, offsetof(SymtableEntry, name), READONLY),
    member("symbols", T_OBJECT, offsetof(SymtableEntry, symbols), READONLY),
    member("varnames", T_OBJECT, offsetof(SymtableEntry, varnames), READONLY),
    member("children", T_OBJECT, offsetof(SymtableEntry, children), READONLY),
    member("nested", T_INT, offsetof(SymtableEntry, nested), READONLY),
    member("type", T_INT, offsetof(SymtableEntry, type), READONLY),
    member("lineno", T_INT, offsetof(SymtableEntry, line), READONLY),
    {},
};

constinit PyMethodDef functions[] = {method<symtable, symtable_doc>(), {}};

struct Constant {
  const char* name;
  int value;
};
constexpr Constant kConstants[] = {
    {"USE", kUse},
    {"DEF_GLOBAL", kDefGlobal},
    {"DEF_NONLOCAL", kDefNonlocal},
    {"DEF_LOCAL", kDefLocal},
    {"DEF_PARAM", kDefParam},
    {"DEF_FREE", kDefFree},
    {"DEF_FREE_CLASS", kDefFreeClass},
    {"DEF_IMPORT", kDefImport},
    {"DEF_BOUND", kDefBound},
    {"DEF_ANNOT", kDefAnnot},
    {"TYPE_FUNCTION", static_cast<int>(ScopeType::Function)},
    {"TYPE_CLASS", static_cast<int>(ScopeType::Class)},
    {"TYPE_MODULE", static_cast<int>(ScopeType::Module)},
    {"LOCAL", static_cast<int>(NameScope::Local)},
    {"GLOBAL_EXPLICIT", static_cast<int>(NameScope::GlobalExplicit)},
    {"GLOBAL_IMPLICIT", static_cast<int>(NameScope::GlobalImplicit)},
    {"FREE", static_cast<int>(NameScope::Free)},
    {"CELL", static_cast<int>(NameScope::Cell)},
    {"SCOPE_OFF", kNameScopeShift},
    {"SCOPE_MASK", kNameScopeMask},
};

Result<void> exec(Module* module) {
  TRY(type_ready(&PySTEntry_Type));
  for (const Constant& constant : kConstants) TRY(module_add_int(module, constant.name, constant.value));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_symtable", nullptr, functions, slots);
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PySTEntry_Type = {
    .tp_name = "symtable entry",
    .tp_basicsize = sizeof(SymtableEntry),
    .tp_dealloc = entry_dealloc,
    .tp_repr = slot<entry_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = entry_members,
};

ADDER_EXPORT PyObject* PyInit__symtable() { return adder::module_def_init(&adder::definition); }
