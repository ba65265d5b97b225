// _elementtree: the module: SubElement, the factories, what xml.etree.ElementTree takes over.
//
// See        library reference "xml.etree.ElementTree", tests/python/test_xml_modules.py
#include "types/module.h"

#include "bind/bind.h"
#include "import/import.h"
#include "modules/_elementtree/elementtree.h"
#include "modules/exception_class.h"
#include "runtime/interpreters.h"

namespace adder::elementtree {
State& state() {
  auto clear = [](void* data) {
    auto* self = static_cast<State*>(data);
    for (Object** field :
         {&self->parse_error, &self->deepcopy, &self->element_path, &self->comment_factory, &self->pi_factory})
      clear_field(*field);
  };
  return *static_cast<State*>(interpreter_module_state(ModuleSlot::kElementTree, sizeof(State), clear));
}

namespace {
Result<Object> make_sub_element(Object* const* args, isize count, Opt<Tuple*> names) {
  if (count < 2) return raise(TypeError, "SubElement() takes at least 2 arguments (%zd given)", count);
  if (count > 3) return raise(TypeError, "SubElement() takes at most 3 arguments (%zd given)", count);
  TRY(check_element(args[0], "SubElement() argument 1"));
  Ref<Dict> keywords;
  if (names) keywords = TRY(keywords_as_dict(args + count, names.get()));
  Opt<Object*> given;
  if (count == 3) given = args[2];
  Ref<Dict> attrib = TRY(merge_attributes("SubElement", 3, given, keywords.get()));
  Ref<Element> made = TRY(element_new(args[1], attrib.get()));
  TRY(element_append(static_cast<Element*>(args[0]), made));
  return made;
}
PyObject* sub_element(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return make_sub_element(args, count, static_cast<Tuple*>(names)).to_c();
}

constexpr Doc set_factories_doc =
    "_set_factories($module, comment_factory, pi_factory, /)\n--\n\nSets what makes comments and processing "
    "instructions; gives what "
    "did before.\n\nFor xml.etree.ElementTree only.";
Result<Object> set_factories(Module*, Object* comment_factory, Object* pi_factory) {
  if (comment_factory != None && !is_callable(comment_factory))
    return raise(TypeError, "Comment factory must be callable, not %.100s", type_of(comment_factory)->tp_name);
  if (pi_factory != None && !is_callable(pi_factory))
    return raise(TypeError, "PI factory must be callable, not %.100s", type_of(pi_factory)->tp_name);
  Ref<Tuple> old = TRY(tuple_pack(state().comment_factory ? state().comment_factory : None,
                                  state().pi_factory ? state().pi_factory : None));
  set_field(state().comment_factory, comment_factory == None ? Ref<Object>() : new_ref(comment_factory));
  set_field(state().pi_factory, pi_factory == None ? Ref<Object>() : new_ref(pi_factory));
  return old;
}

constinit PyMethodDef functions[] = {
    raw_method("SubElement", sub_element, METH_FASTCALL | METH_KEYWORDS, nullptr),
    method<set_factories, set_factories_doc>(),
    {},
};

Result<void> exec(Module* module) {
  TRY(type_ready(&element_iterator_type));
  if (!state().parse_error) {
    set_field(state().deepcopy, TRY(import_attribute("copy", "deepcopy")));
    set_field(state().element_path, TRY(import_module("xml.etree.ElementPath")));
    Ref<Type> error = TRY(make_exception_class("xml.etree.ElementTree", "ParseError", SyntaxError));
    set_field(state().parse_error, Ref<Object>(std::move(error)));
  }
  TRY(module_add_object(module, "ParseError", state().parse_error));
  TRY(module_add_type(module, &element_type));
  TRY(module_add_type(module, &tree_builder_type));
  return module_add_type(module, &xml_parser_type);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_elementtree", nullptr, functions, slots);
}  // namespace
}  // namespace adder::elementtree

ADDER_EXPORT PyObject* PyInit__elementtree() { return adder::module_def_init(&adder::elementtree::definition); }
