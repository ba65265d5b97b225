// element_items: an element as the sequence of its children.
//
// Indices and values are converted first, for that runs Python code; sizes are looked at after it.
#include "bind/bind.h"
#include "modules/_elementtree/elementtree.h"
#include "object/number.h"
#include "object/sequence.h"
#include "types/slice.h"

namespace adder::elementtree {
namespace {
Result<isize> size(Element* self) { return element_size(self); }
Result<Object> item(Element* self, isize index) {
  if (index < 0 || index >= element_size(self)) return raise(IndexError, "child index out of range");
  return element_child(self, index);
}
Result<void> set_item(Element* self, isize index, Opt<Object*> value) {
  if (index < 0 || index >= element_size(self)) return raise(IndexError, "child assignment index out of range");
  if (!value) return element_replace(self, index, 1, 1, nullptr, 0);
  if (!is_element(value.get())) return raise_not_element(value.get());
  set_field(self->extra->items[index], new_ref(value.get()));
  return {};
}

Result<isize> convert_index(Element* self, Object* key) {
  isize index = TRY(number_as_ssize_t(key, IndexError));
  return index < 0 ? index + element_size(self) : index;
}
Error raise_bad_key() { return raise(TypeError, "element indices must be integers"); }

Result<Object> subscript(Element* self, Object* key) {
  if (index_check(key)) return item(self, TRY(convert_index(self, key)));
  if (!is_slice(key)) return raise_bad_key();
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  Ref<List> list = TRY(list_new());
  isize count = slice_adjust_indices(element_size(self), start, stop, step);
  for (isize i = 0; i < count; ++i) {
    Ref<Element> child = element_child(self, start + i * step);
    if (!child) break;
    TRY(list_append_steal(list, std::move(child)));
  }
  return list;
}

Result<void> set_subscript(Element* self, Object* key, Opt<Object*> value) {
  if (index_check(key)) return set_item(self, TRY(convert_index(self, key)), value);
  if (!is_slice(key)) return raise_bad_key();
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  Ref<Object> sequence;
  Object** items = nullptr;
  isize item_count = 0;
  if (value) {
    Result<Object> converted = sequence_fast(value.get(), "");
    if (converted.failed()) return raise(TypeError, "expected sequence, not \"%.200s\"", type_of(value.get())->tp_name);
    sequence = converted.take();
    items = sequence_fast_items(sequence);
    item_count = sequence_fast_size(sequence);
  }
  isize count = slice_adjust_indices(element_size(self), start, stop, step);
  if (value && step != 1 && item_count != count)
    return raise(ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd", item_count, count);
  for (isize i = 0; i < item_count; ++i) {
    if (!is_element(items[i])) return raise_not_element(items[i]);
  }
  return element_replace(self, start, step, count, items, item_count);
}
}  // namespace

constinit PySequenceMethods element_as_sequence = {
    .sq_length = slot<size>,
    .sq_item = slot<item>,
    .sq_ass_item = slot<set_item>,
};
constinit PyMappingMethods element_as_mapping = {
    .mp_length = slot<size>,
    .mp_subscript = slot<subscript>,
    .mp_ass_subscript = slot<set_subscript>,
};
}  // namespace adder::elementtree
