// element_iterator: what Element.iter() and Element.itertext() give.
//
// Walks the tree in document order with a stack of its own, so that depth costs no C stack. Elements may change
// meanwhile: an element's children are counted again each time.
#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/_elementtree/elementtree.h"

namespace adder::elementtree {
namespace {
struct Level {
  Element* parent;
  isize next;  // the number of the child that comes next
};
struct ElementIterator : PyObject {
  Element* root;  // not visited yet, or null
  Object* tag;    // None: all
  Level* levels;
  isize depth, capacity;
  bool texts;
};

Result<void> push(ElementIterator* self, Ref<Element>&& parent) {
  if (self->depth == self->capacity) {
    isize capacity = self->capacity ? 2 * self->capacity : 8;
    void* levels = memory::reallocate(self->levels, static_cast<usize>(capacity) * sizeof(Level));
    if (!levels) return raise_no_memory();
    self->levels = static_cast<Level*>(levels);
    self->capacity = capacity;
  }
  self->levels[self->depth++] = {parent.release(), 0};
  return {};
}
// A text that is worth giving.
Maybe<Object> useful(Result<Object> text) {
  Ref<Object> value = TRY(text);
  if (value.get() == None || !TRY(object_is_true(value))) return nullptr;
  return value;
}

Maybe<Object> next(ElementIterator* self) {
  for (;;) {
    Ref<Element> element;
    if (self->depth == 0) {
      element = Ref<Element>::steal(std::exchange(self->root, nullptr));
      if (!element) return nullptr;
    } else {
      Level& top = self->levels[self->depth - 1];
      element = element_child(top.parent, top.next);
      if (!element) {
        Ref<Element> done = Ref<Element>::steal(top.parent);
        --self->depth;
        if (self->texts && self->depth > 0) {  // the root's tail is outside of it
          Ref<Object> tail = TRY(useful(lazy_get(done->tail)));
          if (tail) return tail;
        }
        continue;
      }
      ++top.next;
    }
    TRY(push(self, element.share()));
    if (self->texts) {
      Ref<Object> text = TRY(useful(lazy_get(element->text)));
      if (text) return text;
      continue;
    }
    if (self->tag == None || TRY(object_equal(new_ref(element->tag).get(), self->tag))) return element;
  }
}

int iterator_traverse(PyObject* object, visitproc visit, void* arg) {
  ElementIterator* self = static_cast<ElementIterator*>(object);
  VISIT(self->root);
  VISIT(self->tag);
  for (isize i = 0; i < self->depth; ++i) VISIT(self->levels[i].parent);
  return 0;
}
void iterator_dealloc(PyObject* object) {
  gc::untrack(object);
  ElementIterator* self = static_cast<ElementIterator*>(object);
  while (self->depth > 0) Ref<Element> parent = Ref<Element>::steal(self->levels[--self->depth].parent);
  memory::release(self->levels);
  clear_field(self->root);
  clear_field(self->tag);
  object_free(self);
}
}  // namespace

Result<Object> element_iterator_new(Element* root, Object* tag, bool texts) {
  Ref<ElementIterator> self = TRY(object_new<ElementIterator>(&element_iterator_type));
  self->root = new_ref(root).release();
  self->tag = new_ref(tag).release();
  self->levels = nullptr;
  self->depth = self->capacity = 0;
  self->texts = texts;
  gc::track(self);
  return self;
}

constinit Type element_iterator_type = {
    .tp_name = "_elementtree._element_iterator",
    .tp_basicsize = sizeof(ElementIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<next>,
    .tp_free = object_gc_del,
};
}  // namespace adder::elementtree
