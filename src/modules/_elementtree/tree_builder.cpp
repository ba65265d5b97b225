// tree_builder: TreeBuilder: makes a tree of elements out of starts, ends and texts.
//
// Text       data is kept until the next start, end, comment or instruction, then it becomes the text of the element
// that was
//            started last, or the tail of the one that was ended last. Several pieces stay a list until somebody reads
//            it.
// See        library reference "xml.etree.ElementTree", tests/python/test_xml_modules.py
#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/_elementtree/elementtree.h"
#include "object/number.h"
#include "types/tuple.h"

namespace adder::elementtree {
namespace {
bool is_present(const Object* object) { return object && object != None; }

// Gives the collected data to the text or tail of an element.
Result<void> give_text(Object* element, Ref<Object>&& data, bool tail) {
  bool pieces = is_list_exact(data);
  if (is_element_exact(element)) {
    LazyText& field = tail ? static_cast<Element*>(element)->tail : static_cast<Element*>(element)->text;
    if (field.object() == None) {
      lazy_set(field, std::move(data), pieces);
      return {};
    }
    if (field.in_pieces()) {
      List* list = as<List>(field.object());
      return pieces ? list_extend(list, data) : list_append(list, data);
    }
  }
  const char* name = tail ? "tail" : "text";
  if (pieces) data = TRY(str_join(str_empty(), data));
  Ref<Object> previous = TRY(object_get_attr(element, name));
  if (previous.get() != None) data = TRY(number_add(previous, data));
  return object_set_attr(element, name, data);
}
Result<void> flush(TreeBuilder* self) {
  if (!self->data) return {};
  Ref<Object> data = Ref<Object>::steal(std::exchange(self->data, nullptr));
  Ref<Object> element = new_ref(self->last_for_tail ? self->last_for_tail : self->last);
  return give_text(element, std::move(data), self->last_for_tail != nullptr);
}
Result<void> add_child(Object* parent, Object* child) {
  if (is_element_exact(parent)) return element_append(static_cast<Element*>(parent), child);
  TRY(call_method(parent, id::append, child));
  return {};
}
Result<void> push(TreeBuilder* self, Ref<Object>&& element) {
  if (self->depth == self->capacity) {
    isize capacity = self->capacity ? 2 * self->capacity : 16;
    void* stack = memory::reallocate(self->stack, static_cast<usize>(capacity) * sizeof(Object*));
    if (!stack) return raise_no_memory();
    self->stack = static_cast<Object**>(stack);
    self->capacity = capacity;
  }
  self->stack[self->depth++] = element.release();
  return {};
}
// What a comment or processing instruction became: a child of the open element if `insert` says so.
Result<void> place(TreeBuilder* self, Object* made, bool insert) {
  if (!insert || !is_present(self->current)) return {};
  TRY(add_child(new_ref(self->current).get(), made));
  set_field(self->last_for_tail, new_ref(made));
  return {};
}
}  // namespace

// == Building ==

Result<void> tree_builder_event(TreeBuilder* self, Object* name, Object* value) {
  if (!name || !self->events_append) return {};
  Ref<Object> append = new_ref(self->events_append);
  Ref<Tuple> event = TRY(tuple_pack(name, value));
  TRY(object_call_one_arg(append, event));
  return {};
}

Result<Object> tree_builder_start(TreeBuilder* self, Object* tag, Opt<Object*> attrib) {
  TRY(flush(self));
  Ref<Object> node;
  if (!self->element_factory) {
    node = TRY(element_new(tag, attrib));
  } else {
    Ref<Object> factory = new_ref(self->element_factory), attributes = Ref<Object>::share_or_empty(attrib.get());
    if (!attributes) attributes = TRY(dict_new());
    node = TRY(call(factory, tag, attributes.get()));
  }
  clear_field(self->last_for_tail);
  if (is_present(self->current)) {
    TRY(add_child(new_ref(self->current).get(), node));
  } else {
    if (self->root) return raise(as<Type>(state().parse_error), "multiple elements on top level");
    self->root = node.share().release();
  }
  TRY(push(self, new_ref(self->current ? self->current : None)));
  set_field(self->current, node.share());
  set_field(self->last, node.share());
  TRY(tree_builder_event(self, self->start_event, node));
  return node;
}

Result<void> tree_builder_data(TreeBuilder* self, Object* data) {
  if (!self->data) {
    if (is_present(self->last)) self->data = new_ref(data).release();
    return {};
  }
  if (is_list_exact(self->data)) return list_append(as<List>(self->data), data);
  Ref<List> pieces = TRY(list_new());
  TRY(list_append(pieces, self->data));
  TRY(list_append(pieces, data));
  set_field(self->data, std::move(pieces));
  return {};
}

Result<Object> tree_builder_end(TreeBuilder* self) {
  TRY(flush(self));
  if (self->depth == 0) return raise(IndexError, "pop from empty stack");
  Ref<Object> outer = Ref<Object>::steal(self->stack[--self->depth]);
  Ref<Object> ended = new_ref(self->current);
  Ref<Object> last = Ref<Object>::steal(std::exchange(self->last, ended.share().release()));
  set_field(self->last_for_tail, ended.share());
  set_field(self->current, std::move(outer));
  TRY(tree_builder_event(self, self->end_event, ended));
  return ended;
}

Result<Object> tree_builder_comment(TreeBuilder* self, Object* text) {
  TRY(flush(self));
  Ref<Object> comment = new_ref(text);
  if (self->comment_factory) {
    comment = TRY(object_call_one_arg(new_ref(self->comment_factory).get(), text));
    TRY(place(self, comment, self->insert_comments));
  }
  TRY(tree_builder_event(self, self->comment_event, comment));
  return comment;
}

Result<Object> tree_builder_pi(TreeBuilder* self, Object* target, Object* text) {
  TRY(flush(self));
  Ref<Object> made;
  if (self->pi_factory) {
    made = TRY(call(new_ref(self->pi_factory).get(), target, text));
    TRY(place(self, made, self->insert_pis));
  } else {
    made = TRY(tuple_pack(target, text));
  }
  TRY(tree_builder_event(self, self->pi_event, made));
  return made;
}

Result<Object> tree_builder_close(TreeBuilder* self) { return new_ref(self->root ? self->root : None); }

// == Methods ==

namespace {
constexpr Doc data_doc = "data($self, data, /)\n--\n\n";
constexpr Doc start_doc = "start($self, tag, attrs, /)\n--\n\n";
Result<Object> start(TreeBuilder* self, Object* tag, Dict* attributes) {
  return tree_builder_start(self, tag, attributes);
}
constexpr Doc end_doc = "end($self, tag, /)\n--\n\n";
Result<Object> end(TreeBuilder* self, Object*) { return tree_builder_end(self); }
constexpr Doc comment_doc = "comment($self, text, /)\n--\n\n";
constexpr Doc pi_doc = "pi($self, target, text=None, /)\n--\n\n";
constexpr Doc close_doc = "close($self, /)\n--\n\n";

constinit PyMethodDef methods[] = {
    method<tree_builder_data, data_doc>(),
    method<start, start_doc>(),
    method<end, end_doc>(),
    method<tree_builder_comment, comment_doc>(),
    method<tree_builder_pi, pi_doc>(),
    method<tree_builder_close, close_doc>(),
    {},
};

// == Life ==

constexpr Doc init_doc =
    "TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, "
    "insert_pis=False)";
Result<void> init(TreeBuilder* self, Object* element_factory, Object* comment_factory, Object* pi_factory,
                  bool insert_comments, bool insert_pis) {
  auto choose = [](Object* given, Object* usual) {
    return given == None ? Ref<Object>::share_or_empty(usual) : new_ref(given);
  };
  set_field(self->element_factory, choose(element_factory, nullptr));
  set_field(self->comment_factory, choose(comment_factory, state().comment_factory));
  set_field(self->pi_factory, choose(pi_factory, state().pi_factory));
  self->insert_comments = insert_comments && self->comment_factory;
  self->insert_pis = insert_pis && self->pi_factory;
  return {};
}
template <class Function>
void for_each_field(TreeBuilder* self, Function&& function) {
  for (Object** field :
       {&self->root, &self->current, &self->last, &self->last_for_tail, &self->data, &self->element_factory,
        &self->comment_factory, &self->pi_factory, &self->events_append, &self->start_event, &self->end_event,
        &self->start_ns_event, &self->end_ns_event, &self->comment_event, &self->pi_event})
    function(*field);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  TreeBuilder* self = static_cast<TreeBuilder*>(object);
  int stopped = 0;
  for_each_field(self, [&](Object* field) { stopped = stopped ? stopped : visit_field(field, visit, arg); });
  if (stopped) return stopped;
  for (isize i = 0; i < self->depth; ++i) VISIT(self->stack[i]);
  return 0;
}
int clear(PyObject* object) {
  TreeBuilder* self = static_cast<TreeBuilder*>(object);
  while (self->depth > 0) Ref<Object> element = Ref<Object>::steal(self->stack[--self->depth]);
  for_each_field(self, [](Object*& field) { clear_field(field); });
  return 0;
}
void dealloc(PyObject* object) {
  gc::untrack(object);
  clear(object);
  memory::release(static_cast<TreeBuilder*>(object)->stack);
  object_free(object);
}
}  // namespace

Result<Object> tree_builder_new() { return object_new_zeroed(&tree_builder_type); }

constinit Type tree_builder_type = {
    .tp_name = "xml.etree.ElementTree.TreeBuilder",
    .tp_basicsize = sizeof(TreeBuilder),
    .tp_dealloc = dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = traverse,
    .tp_clear = clear,
    .tp_methods = methods,
    .tp_init = initializer<init, init_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = type_generic_new,
    .tp_free = object_gc_del,
};
}  // namespace adder::elementtree
