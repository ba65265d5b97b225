// element: xml.etree.ElementTree.Element: its memory, its attributes, its type.
//
// Layout     an element without attributes and children has no ElementExtra; up to four children live in it.
// Re-entry   every release can run Python code that changes this very element: fields get their new value first, the
// old one is
//            released last, and `extra` is read again after anything that may run Python.
// See        docs/modules.md, library reference "xml.etree.ElementTree", tests/python/test_xml_modules.py
#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/_elementtree/elementtree.h"
#include "types/tuple.h"

namespace adder::elementtree {
// == Texts ==

void lazy_set(LazyText& field, Ref<Object>&& value, bool pieces) {
  Ref<Object> old = Ref<Object>::steal(field.object());
  field.bits = reinterpret_cast<uintptr_t>(value.release()) | (pieces ? 1 : 0);
}
Result<Object> lazy_get(LazyText& field) {
  Ref<Object> value = new_ref(field.object());
  if (!field.in_pieces()) return value;
  Ref<Object> joined = TRY(str_join(str_empty(), value));
  if (field.object() == value.get()) lazy_set(field, joined.share());
  return joined;
}

// == Storage ==

ElementExtra* element_need_extra(Element* element) {
  if (element->extra) return element->extra;
  auto* extra = static_cast<ElementExtra*>(memory::allocate(sizeof(ElementExtra)));
  if (!extra) {
    (void)raise_no_memory();
    return nullptr;
  }
  extra->attrib = nullptr;
  extra->size = 0;
  extra->allocated = ElementExtra::kRoom;
  extra->items = extra->room;
  return element->extra = extra;
}
void element_clear_extra(Element* element) {
  ElementExtra* extra = std::exchange(element->extra, nullptr);
  if (!extra) return;
  Ref<Object> attrib = Ref<Object>::steal(extra->attrib);
  for (isize i = 0; i < extra->size; ++i) Ref<Object> child = Ref<Object>::steal(extra->items[i]);
  if (extra->items != extra->room) memory::release(extra->items);
  memory::release(extra);
}
Result<void> element_reserve(Element* element, isize more) {
  ElementExtra* extra = element_need_extra(element);
  if (!extra) return Error{};
  isize size = extra->size + more;
  if (size <= extra->allocated) return {};
  isize allocated = size + (size >> 3) + (size < 9 ? 3 : 6);
  bool small = extra->items == extra->room;
  if (allocated > kMaxSize / static_cast<isize>(sizeof(Object*))) return raise_no_memory();
  void* items = memory::reallocate(small ? nullptr : extra->items, static_cast<usize>(allocated) * sizeof(Object*));
  if (!items) return raise_no_memory();
  if (small) __builtin_memcpy(items, extra->room, sizeof(extra->room));
  extra->items = static_cast<Object**>(items);
  extra->allocated = allocated;
  return {};
}
Result<void> element_append(Element* element, Object* child) {
  if (!is_element(child)) return raise_not_element(child);
  TRY(element_reserve(element, 1));
  ElementExtra* extra = element->extra;
  extra->items[extra->size++] = new_ref(child).release();
  return {};
}
Result<void> element_replace(Element* element, isize start, isize step, isize count, Object* const* items,
                             isize item_count) {
  if (count == 0 && item_count == 0) return {};
  if (item_count > count) TRY(element_reserve(element, item_count - count));
  auto** removed = static_cast<Object**>(memory::allocate(static_cast<usize>(count + 1) * sizeof(Object*)));
  if (!removed) return raise_no_memory();
  ElementExtra* extra = element->extra;
  for (isize i = 0; i < count; ++i) removed[i] = extra->items[start + i * step];
  if (step == 1 && item_count != count)
    __builtin_memmove(extra->items + start + item_count, extra->items + start + count,
                      static_cast<usize>(extra->size - start - count) * sizeof(Object*));
  for (isize i = 0; i < item_count; ++i) extra->items[start + i * step] = new_ref(items[i]).release();
  if (step != 1 && item_count < count) {
    isize lowest = step > 0 ? start : start + step * (count - 1), distance = step > 0 ? step : -step;
    isize target = lowest;
    for (isize i = lowest, next = 0; i < extra->size; ++i) {
      if (next < count && i == lowest + next * distance)
        ++next;
      else
        extra->items[target++] = extra->items[i];
    }
  }
  extra->size += item_count - count;
  for (isize i = 0; i < count; ++i) Ref<Object> old = Ref<Object>::steal(removed[i]);
  memory::release(removed);
  return {};
}

// == Life ==

Result<Element> element_new(Object* tag, Opt<Object*> attrib) {
  Ref<Element> self = TRY(object_new<Element>(&element_type));
  self->tag = new_ref(tag).release();
  self->text.bits = self->tail.bits = reinterpret_cast<uintptr_t>(None);
  self->extra = nullptr;
  self->weak_references = nullptr;
  gc::track(self);
  if (attrib && !(is_dict_exact(attrib.get()) && dict_size(as<Dict>(attrib.get())) == 0)) {
    ElementExtra* extra = element_need_extra(self);
    if (!extra) return Error{};
    extra->attrib = new_ref(attrib.get()).release();
  }
  return self;
}

namespace {
PyObject* element_tp_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* made = type->tp_alloc(type, 0);
  if (!made) return nullptr;
  Element* self = static_cast<Element*>(made);
  self->tag = None;
  self->text.bits = self->tail.bits = reinterpret_cast<uintptr_t>(None);
  return self;
}
int element_traverse(PyObject* object, visitproc visit, void* arg) {
  Element* self = static_cast<Element*>(object);
  VISIT(self->tag);
  VISIT(self->text.object());
  VISIT(self->tail.object());
  if (self->extra) {
    VISIT(self->extra->attrib);
    for (isize i = 0; i < self->extra->size; ++i) VISIT(self->extra->items[i]);
  }
  return 0;
}
// Leaves None behind: what the collector clears may still be asked.
int element_clear(PyObject* object) {
  Element* self = static_cast<Element*>(object);
  set_field(self->tag, new_ref(None));
  lazy_set(self->text, new_ref(None));
  lazy_set(self->tail, new_ref(None));
  element_clear_extra(self);
  return 0;
}
void element_dealloc(PyObject* object) {
  gc::untrack(object);
  Trashcan trashcan(object);
  if (trashcan.deferred()) return;
  Element* self = static_cast<Element*>(object);
  if (self->weak_references) weakref_clear_all(self);
  element_clear(self);
  object_free(self);
}

int element_init(PyObject* object, PyObject* args, PyObject* kwargs) {
  Element* self = static_cast<Element*>(object);
  Tuple* arguments = static_cast<Tuple*>(args);
  auto init = [&]() -> Result<void> {
    isize count = tuple_size(arguments);
    if (count < 1) return raise(TypeError, "Element() takes at least 1 argument (%zd given)", count);
    if (count > 2) return raise(TypeError, "Element() takes at most 2 arguments (%zd given)", count);
    Opt<Object*> given;
    if (count == 2) given = tuple_item(arguments, 1);
    Ref<Dict> attrib = TRY(merge_attributes("Element", 2, given, static_cast<Dict*>(kwargs)));
    if (attrib && dict_size(attrib) > 0) {
      element_clear_extra(self);
      ElementExtra* extra = element_need_extra(self);
      if (!extra) return Error{};
      set_field(extra->attrib, Ref<Object>(std::move(attrib)));
    }
    set_field(self->tag, new_ref(tuple_item(arguments, 0)));
    lazy_set(self->text, new_ref(None));
    lazy_set(self->tail, new_ref(None));
    return {};
  };
  return init().to_c();
}
}  // namespace

Maybe<Dict> merge_attributes(const char* function, int position, Opt<Object*> given, Opt<Dict*> keywords) {
  if (given) {
    if (!is_dict(given.get()))
      return raise(TypeError, "%s() argument %d must be dict, not %.50s", function, position,
                   given.get() == None ? "None" : type_of(given.get())->tp_name);
    Ref<Dict> merged = TRY(dict_copy(as<Dict>(given.get())));
    if (keywords) TRY(dict_update(merged, keywords.get()));
    return merged;
  }
  if (!keywords) return nullptr;
  Ref<Dict> rest = TRY(dict_copy(keywords.get()));
  Ref<Str> name = TRY(str_intern_from_string("attrib"));
  Ref<Object> attrib = TRY(dict_pop(rest, name));
  if (!attrib) return rest;
  if (!is_dict(attrib)) return raise(TypeError, "attrib must be dict, not %.100s", type_of(attrib)->tp_name);
  Ref<Dict> merged = TRY(dict_copy(as<Dict>(attrib.get())));
  TRY(dict_update(merged, rest));
  return merged;
}

Error raise_not_element(Object* object) {
  return raise(TypeError, "expected an Element, not \"%.200s\"", type_of(object)->tp_name);
}
Result<void> check_element(Object* object, const char* what) {
  if (is_element(object)) return {};
  return raise(TypeError, "%s must be %s, not %.50s", what, element_type.tp_name,
               object == None ? "None" : type_of(object)->tp_name);
}

// == Attributes ==

Result<Object> element_attrib(Element* element) {
  ElementExtra* extra = element_need_extra(element);
  if (!extra) return Error{};
  if (extra->attrib) return new_ref(extra->attrib);
  Ref<Dict> made = TRY(dict_new());  // may collect garbage, whose finalizers may touch the element
  extra = element_need_extra(element);
  if (!extra) return Error{};
  if (!extra->attrib) extra->attrib = made.release();
  return new_ref(extra->attrib);
}
Maybe<Dict> element_attrib_dict(Element* element) {
  if (!element->extra || !element->extra->attrib) return nullptr;
  Object* attrib = element->extra->attrib;
  if (!is_dict(attrib)) return raise_bad_internal_call();
  return new_ref(as<Dict>(attrib));
}

namespace {
Error raise_cannot_delete() { return raise(AttributeError, "can't delete element attribute"); }

Result<Object> get_tag(Element* self) { return new_ref(self->tag); }
Result<void> set_tag(Element* self, Opt<Object*> value) {
  if (!value) return raise_cannot_delete();
  set_field(self->tag, new_ref(value.get()));
  return {};
}
template <LazyText Element::*Field>
Result<Object> get_text(Element* self) {
  return lazy_get(self->*Field);
}
template <LazyText Element::*Field>
Result<void> set_text(Element* self, Opt<Object*> value) {
  if (!value) return raise_cannot_delete();
  lazy_set(self->*Field, new_ref(value.get()));
  return {};
}
Result<void> set_attrib(Element* self, Opt<Object*> value) {
  if (!value) return raise_cannot_delete();
  if (!is_dict(value.get())) return raise(TypeError, "attrib must be dict, not %.200s", type_of(value.get())->tp_name);
  ElementExtra* extra = element_need_extra(self);
  if (!extra) return Error{};
  set_field(extra->attrib, new_ref(value.get()));
  return {};
}
constinit PyGetSetDef attributes[] = {
    get_set<get_tag, set_tag>("tag", "The name that says what kind of data the element holds"),
    get_set<get_text<&Element::text>, set_text<&Element::text>>("text", "The text after the start tag, or None"),
    get_set<get_text<&Element::tail>, set_text<&Element::tail>>("tail", "The text after the end tag, or None"),
    get_set<element_attrib, set_attrib>("attrib", "The dict of the element's attributes"),
    {},
};

Result<Str> element_repr(Element* self) {
  if (self->tag == None) return str_from_format("<%s at %p>", "Element None", static_cast<void*>(self));
  if (TRY(repr_enter(self))) return raise(RuntimeError, "reentrant call inside %s.__repr__", type_of(self)->tp_name);
  Result<Str> text = str_from_format("<Element %R at %p>", new_ref(self->tag).get(), static_cast<void*>(self));
  repr_leave(self);
  return text;
}
}  // namespace

// == Type object ==

constinit Type element_type = {
    .tp_name = "xml.etree.ElementTree.Element",
    .tp_basicsize = sizeof(Element),
    .tp_dealloc = element_dealloc,
    .tp_repr = slot<element_repr>,
    .tp_as_sequence = &element_as_sequence,
    .tp_as_mapping = &element_as_mapping,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = element_traverse,
    .tp_clear = element_clear,
    .tp_weaklistoffset = offsetof(Element, weak_references),
    .tp_methods = element_methods,
    .tp_getset = attributes,
    .tp_init = element_init,
    .tp_alloc = type_generic_alloc,
    .tp_new = element_tp_new,
    .tp_free = object_gc_del,
};
}  // namespace adder::elementtree
