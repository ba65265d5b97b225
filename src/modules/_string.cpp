// _string: the parts of str.format() templates, for string.Formatter.
#include "bind/bind.h"
#include "import/import.h"
#include "types/format_fields.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {
// An iterator over a template, or over the accessors of a field name. Not tracked: a str refers to nothing.
template <class Parser>
struct PartIterator : PyObject {
  Str* text;
  Parser parser;
};
using TemplateIterator = PartIterator<FormatParser>;
using NameIterator = PartIterator<FieldName>;
extern PyTypeObject template_iterator_type, name_iterator_type;

template <class Iterator>
void dealloc(PyObject* object) {
  clear_field(as<Iterator>(object)->text);
  object_free(object);
}
Result<Str> text_in(Str* text, TextRange range) {
  if (range.empty()) return Result<Str>::share(str_empty());
  return str_substring(text, range.start, range.end);
}
Maybe<Object> next_part(TemplateIterator* self) {
  FormatPart part;
  if (!TRY(self->parser.next(part))) return nullptr;
  Ref<Str> literal = TRY(text_in(self->text, part.literal));
  Ref<Object> name = Ref<Object>::share(None), spec = Ref<Object>::share(None), conversion = Ref<Object>::share(None);
  if (part.has_field) {
    name = TRY(text_in(self->text, part.name));
    spec = TRY(text_in(self->text, part.spec));
    if (part.conversion) conversion = TRY(str_from_ordinal(part.conversion));
  }
  return tuple_pack(static_cast<Object*>(literal.get()), name.get(), spec.get(), conversion.get());
}
Maybe<Object> next_accessor(NameIterator* self) {
  bool is_attribute;
  TextRange range;
  isize index;
  if (!TRY(self->parser.next(is_attribute, range, index))) return nullptr;
  Ref<Object> key;
  if (!is_attribute && index >= 0)
    key = TRY(int_from_ssize_t(index));
  else
    key = TRY(text_in(self->text, range));
  return tuple_pack(bool_object(is_attribute), key.get());
}
constinit PyTypeObject template_iterator_type = {
    .tp_name = "formatteriterator",
    .tp_basicsize = sizeof(TemplateIterator),
    .tp_dealloc = dealloc<TemplateIterator>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = self_iter,
    .tp_iternext = slot<next_part>,
};
constinit PyTypeObject name_iterator_type = {
    .tp_name = "fieldnameiterator",
    .tp_basicsize = sizeof(NameIterator),
    .tp_dealloc = dealloc<NameIterator>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = self_iter,
    .tp_iternext = slot<next_accessor>,
};
template <class Iterator, class Parser>
Result<Object> iterator_new(Type* type, Str* text, Parser parser) {
  Ref<Iterator> iterator = TRY(object_new<Iterator>(type));
  iterator->text = Ref<Str>::share(text).release();
  iterator->parser = parser;
  return iterator;
}

constexpr Doc parser_doc =
    "formatter_parser(template, /)\nThe parts of a template: (literal, field name, specification, conversion).";
Result<Object> formatter_parser(Module*, Object* text) {
  if (!is_str(text)) return raise(TypeError, "expected str, got %s", type_of(text)->tp_name);
  Str* s = as<Str>(text);
  return iterator_new<TemplateIterator>(&template_iterator_type, s, FormatParser(s, {0, str_length(s)}));
}
constexpr Doc split_doc =
    "formatter_field_name_split(name, /)\nThe first part of a field name, and an iterator over (is attribute, key).";
Result<Object> formatter_field_name_split(Module*, Object* text) {
  if (!is_str(text)) return raise(TypeError, "expected str, got %s", type_of(text)->tp_name);
  Str* s = as<Str>(text);
  FieldName name(s, {0, str_length(s)});
  TextRange range;
  isize index = TRY(name.read_first(range));
  Ref<Object> first;
  if (index >= 0)
    first = TRY(int_from_ssize_t(index));
  else
    first = TRY(text_in(s, range));
  Ref<Object> rest = TRY(iterator_new<NameIterator>(&name_iterator_type, s, FieldName(s, name.rest())));
  return tuple_pack(first.get(), rest.get());
}
constinit PyMethodDef functions[] = {
    method<formatter_parser, parser_doc>(),
    method<formatter_field_name_split, split_doc>(),
    {},
};
int exec(PyObject*) {
  TRY_C(-1, type_ready(&template_iterator_type));
  TRY_C(-1, type_ready(&name_iterator_type));
  return 0;
}
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "_string", .m_doc = "The parser of str.format() templates.", .m_methods = functions, .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__string() { return adder::module_def_init(&adder::definition); }
