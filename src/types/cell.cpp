// cell: the box in which a variable lives that functions share.
#include "bind/bind.h"
#include "object/fields.h"
#include "types/function.h"
#include "types/str.h"

namespace adder {
Result<Cell> cell_new(Opt<Object*> content) {
  Ref<Cell> cell = TRY(object_new<Cell>(&PyCell_Type));
  cell->ob_ref = Ref<Object>::share_or_empty(content.get()).release();
  gc::track(cell);
  return cell;
}

namespace {
using CellFields = OwnedFields<&Cell::ob_ref>;
Result<Str> cell_repr(Cell* self) {
  if (!self->ob_ref) return str_from_format("<cell at %p: empty>", self);
  return str_from_format("<cell at %p: %.80s object at %p>", self, self->ob_ref->ob_type->tp_name, self->ob_ref);
}
// Cells order by their contents; an empty one comes first.
Result<Object> cell_compare(Cell* self, Object* other, int op) {
  if (!is_cell(other)) return not_implemented();
  Object *left = self->ob_ref, *right = as<Cell>(other)->ob_ref;
  if (left && right) {
    Ref<Object> a = new_ref(left), b = new_ref(right);
    return object_rich_compare(a, b, op);
  }
  return bool_result(compare_values(left != nullptr, right != nullptr, op));
}
Result<Object> cell_get_contents(Cell* self) {
  if (!self->ob_ref) return raise(ValueError, "Cell is empty");
  return Result<Object>::share(self->ob_ref);
}
Result<void> cell_set_contents(Cell* self, Opt<Object*> value) {
  set_field(self->ob_ref, Ref<Object>::share_or_empty(value.get()));
  return {};
}
constinit PyGetSetDef cell_getset[] = {get_set<cell_get_contents, cell_set_contents>("cell_contents"), {}};

constexpr const char* cell_doc =
    "cell([contents])\n--\n\nCreate a new cell object.\n\n  contents\n    the contents of the cell. If not specified, "
    "the cell "
    "will be empty,\n    and further attempts to access its cell_contents attribute will\n    raise a ValueError.";
constexpr Doc cell_arguments = "cell(contents=<unrepresentable>, /)\n--\n\n";
Result<Object> cell_make(Type* type, Opt<Object*> contents) { return cell_new(contents); }
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyCell_Type = {
    .tp_name = "cell",
    .tp_basicsize = sizeof(Cell),
    .tp_dealloc = CellFields::dealloc,
    .tp_repr = slot<cell_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = cell_doc,
    .tp_traverse = CellFields::traverse,
    .tp_clear = CellFields::clear,
    .tp_richcompare = slot<cell_compare>,
    .tp_getset = cell_getset,
    .tp_new = constructor<cell_make, cell_arguments>,
};
