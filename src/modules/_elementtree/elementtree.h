// elementtree: what the files of the module _elementtree share.
#pragma once
#include "object/protocol.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace adder::elementtree {
// == Elements ==

// A text or tail: any object; or a list of pieces (bit 0), which are joined when somebody asks.
struct LazyText {
  uintptr_t bits;
  Object* object() const { return reinterpret_cast<Object*>(bits & ~uintptr_t{1}); }
  bool in_pieces() const { return (bits & 1) != 0; }
};
// What most elements of a document lack: attributes, children. The first four children have room here.
struct ElementExtra {
  static constexpr isize kRoom = 4;
  Object* attrib;  // a dict (or what __setstate__ was given), or null: none yet
  isize size, allocated;
  Object** items;
  Object* room[kRoom];
};
struct Element : PyObject {
  Object* tag;
  LazyText text, tail;
  ElementExtra* extra;  // or null; any Python code may take it away
  Object* weak_references;
};
extern Type element_type, element_iterator_type, tree_builder_type, xml_parser_type;
inline bool is_element(const Object* object) { return type_check(object, &element_type); }
inline bool is_element_exact(const Object* object) { return object->ob_type == &element_type; }
inline isize element_size(const Element* element) { return element->extra ? element->extra->size : 0; }
inline Ref<Element> element_child(const Element* element, isize index) {
  return index < element_size(element) ? new_ref(static_cast<Element*>(element->extra->items[index])) : Ref<Element>();
}

// Without text and children. `attrib` is taken as it is, not copied; an empty dict counts as none.
Result<Element> element_new(Object* tag, Opt<Object*> attrib);
// Adds a child; TypeError "expected an Element" for others.
Result<void> element_append(Element* element, Object* child);
// The attributes, made when there are none yet.
Result<Object> element_attrib(Element* element);
// The attributes for reading, absent when there are none; SystemError if they are no dict.
Maybe<Dict> element_attrib_dict(Element* element);
// Null with MemoryError set.
ElementExtra* element_need_extra(Element* element);
// Room for `more` further children.
Result<void> element_reserve(Element* element, isize more);
// Takes attributes and children away; runs destructors.
void element_clear_extra(Element* element);
// Takes `count` children from `start` on at distance `step` out, and puts as many of `items` in their place; with step
// 1 the numbers may differ. Everything is checked already; runs destructors last.
Result<void> element_replace(Element* element, isize start, isize step, isize count, Object* const* items,
                             isize item_count);

// A new dict of `given` (TypeError "function() argument n must be dict") and the keywords; without `given` the keyword
// "attrib" stands for it. Absent when there is nothing.
Maybe<Dict> merge_attributes(const char* function, int position, Opt<Object*> given, Opt<Dict*> keywords);

// The object, joined if it was in pieces. The caller holds a reference to the owner.
Result<Object> lazy_get(LazyText& field);
// `pieces`: the value is a list to be joined. Releases the old value last.
void lazy_set(LazyText& field, Ref<Object>&& value, bool pieces = false);
Error raise_not_element(Object* object);
// TypeError "append() argument must be xml.etree.ElementTree.Element, not x" unless `object` is one; `what` is
// "append() argument".
Result<void> check_element(Object* object, const char* what);

// == element_methods.cpp, element_items.cpp ==

extern PyMethodDef element_methods[];
extern PySequenceMethods element_as_sequence;
extern PyMappingMethods element_as_mapping;

// == element_iterator.cpp ==

// Of `root` and everything below: the elements with this tag (None: all), or their texts and tails.
Result<Object> element_iterator_new(Element* root, Object* tag, bool texts);

// == tree_builder.cpp ==

struct TreeBuilder : PyObject {
  Object *root, *current, *last;  // null (or None) before the first element
  Object* last_for_tail;          // data belongs to its tail; null: to the text of `last`
  Object* data;                   // text that has not been given to an element yet: one object, a list of them, or null
  Object** stack;                 // the elements that are open, outside of `current`
  isize depth, capacity;
  Object *element_factory, *comment_factory, *pi_factory;  // null: the usual
  Object* events_append;                                   // takes (event, element) pairs; null: nobody listens
  Object *start_event, *end_event, *start_ns_event, *end_ns_event, *comment_event,
      *pi_event;  // names, or null: not reported
  bool insert_comments, insert_pis;
};
inline bool is_tree_builder_exact(const Object* object) { return object && object->ob_type == &tree_builder_type; }
Result<Object> tree_builder_new();
Result<Object> tree_builder_start(TreeBuilder* self, Object* tag, Opt<Object*> attrib);
Result<Object> tree_builder_end(TreeBuilder* self);
Result<void> tree_builder_data(TreeBuilder* self, Object* data);
Result<Object> tree_builder_comment(TreeBuilder* self, Object* text);
Result<Object> tree_builder_pi(TreeBuilder* self, Object* target, Object* text);
Result<Object> tree_builder_close(TreeBuilder* self);
// Reports an event if its name is not null and somebody listens.
Result<void> tree_builder_event(TreeBuilder* self, Object* name, Object* value);

// == module.cpp ==

// The current interpreter's, filled by the first exec: a second module shares it, as CPython's do. The factories are
// those of the xml.etree.ElementTree that was imported last.
struct State {
  Object *parse_error, *deepcopy, *element_path, *comment_factory, *pi_factory;
};
State& state();
}  // namespace adder::elementtree
