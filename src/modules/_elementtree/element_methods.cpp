// element_methods: the methods of Element: children, search, attributes, copies.
//
// Paths      a path with a character that ElementPath gives a meaning goes to the Python module xml.etree.ElementPath;
// any other is
//            the tag of a child.
#include "bind/bind.h"
#include "modules/_elementtree/elementtree.h"
#include "object/sequence.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder::elementtree {
namespace {
// == Children ==

constexpr Doc append_doc = "append($self, subelement, /)\n--\n\n";
Result<void> append(Element* self, Object* child) {
  TRY(check_element(child, "append() argument"));
  return element_append(self, child);
}
constexpr Doc extend_doc = "extend($self, elements, /)\n--\n\n";
Result<void> extend(Element* self, Object* elements) {
  Result<Object> converted = sequence_fast(elements, "");
  if (converted.failed()) return raise(TypeError, "expected sequence, not \"%.200s\"", type_of(elements)->tp_name);
  Ref<Object> sequence = converted.take();
  for (isize i = 0; i < sequence_fast_size(sequence); ++i) {
    Ref<Object> child = new_ref(sequence_fast_items(sequence)[i]);
    TRY(element_append(self, child));
  }
  return {};
}
constexpr Doc insert_doc = "insert($self, index, subelement, /)\n--\n\n";
Result<void> insert(Element* self, isize index, Object* child) {
  TRY(check_element(child, "insert() argument 2"));
  isize size = element_size(self);
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (index > size) index = size;
  return element_replace(self, index, 1, 0, &child, 1);
}
constexpr Doc remove_doc = "remove($self, subelement, /)\n--\n\n";
Result<void> remove(Element* self, Object* wanted) {
  TRY(check_element(wanted, "remove() argument"));
  for (isize i = 0; i < element_size(self); ++i) {
    Ref<Element> child = element_child(self, i);
    if (!TRY(object_equal(child, wanted))) continue;
    // The comparison may have changed the children; then what stands here now goes.
    if (i < element_size(self)) return element_replace(self, i, 1, 1, nullptr, 0);
  }
  return raise(ValueError, "list.remove(x): x not in list");
}
constexpr Doc clear_doc = "clear($self, /)\n--\n\n";
Result<void> clear(Element* self) {
  element_clear_extra(self);
  lazy_set(self->text, new_ref(None));
  lazy_set(self->tail, new_ref(None));
  return {};
}
constexpr Doc makeelement_doc = "makeelement($self, tag, attrib, /)\n--\n\n";
Result<Object> makeelement(Element*, Object* tag, Dict* attrib) {
  Ref<Dict> copy = TRY(dict_copy(attrib));
  return element_new(tag, copy.get());
}

// == Attributes ==

constexpr Doc get_doc = "get($self, /, key, default=None)\n--\n\n";
Result<Object> get(Element* self, Object* key, Object* default_value) {
  Ref<Dict> attrib = TRY(element_attrib_dict(self));
  if (attrib) {
    Ref<Object> found = TRY(dict_get_item(attrib, key));
    if (found) return found;
  }
  return new_ref(default_value);
}
constexpr Doc set_doc = "set($self, key, value, /)\n--\n\n";
Result<void> set(Element* self, Object* key, Object* value) {
  Ref<Object> attrib = TRY(element_attrib(self));
  if (!is_dict(attrib)) return raise_bad_internal_call();
  return dict_set_item(as<Dict>(attrib.get()), key, value);
}
constexpr Doc keys_doc = "keys($self, /)\n--\n\n";
Result<List> keys(Element* self) {
  Ref<Dict> attrib = TRY(element_attrib_dict(self));
  return attrib ? dict_keys(attrib) : list_new();
}
constexpr Doc items_doc = "items($self, /)\n--\n\n";
Result<List> items(Element* self) {
  Ref<Dict> attrib = TRY(element_attrib_dict(self));
  return attrib ? dict_items(attrib) : list_new();
}

// == Search ==

// "{namespace}" hides its characters; "{}tag" and "{*}tag" are for ElementPath.
template <class Read>
bool is_path(isize size, Read read) {
  if (size >= 3 && read(0) == '{' && (read(1) == '}' || (read(1) == '*' && read(2) == '}'))) return true;
  bool hidden = false;
  for (isize i = 0; i < size; ++i) {
    switch (read(i)) {
      case '{':
        hidden = true;
        break;
      case '}':
        hidden = false;
        break;
      case '/':
      case '*':
      case '[':
      case '@':
      case '.':
        if (!hidden) return true;
        break;
      default:
        break;
    }
  }
  return false;
}
bool is_path(Object* path) {
  if (is_str(path)) {
    Str* text = as<Str>(path);
    int kind = str_kind(text);
    const void* data = str_data(text);
    return is_path(str_length(text), [&](isize i) { return str_read(kind, data, i); });
  }
  if (is_bytes(path)) {
    Bytes* bytes = as<Bytes>(path);
    return is_path(bytes_size(bytes), [&](isize i) { return bytes_data(bytes)[i]; });
  }
  return true;
}
Result<bool> has_tag(Element* element, Object* tag) { return object_equal(new_ref(element->tag).get(), tag); }

template <class... Arguments>
Result<Object> ask_element_path(const char* function, Arguments... arguments) {
  Ref<Object> callable = TRY(object_get_attr(state().element_path, function));
  return call(callable, arguments...);
}
// The first child with the tag; absent if there is none.
Maybe<Element> find_child(Element* self, Object* tag) {
  for (isize i = 0; i < element_size(self); ++i) {
    Ref<Element> child = element_child(self, i);
    if (TRY(has_tag(child, tag))) return child;
  }
  return nullptr;
}

constexpr Doc find_doc = "find($self, /, path, namespaces=None)\n--\n\n";
Result<Object> find(Element* self, Object* path, Object* namespaces) {
  if (namespaces != None || is_path(path))
    return ask_element_path("find", static_cast<Object*>(self), path, namespaces);
  Ref<Element> found = TRY(find_child(self, path));
  return found ? Result<Object>(std::move(found)) : none_result();
}
constexpr Doc findtext_doc = "findtext($self, /, path, default=None, namespaces=None)\n--\n\n";
Result<Object> findtext(Element* self, Object* path, Object* default_value, Object* namespaces) {
  if (namespaces != None || is_path(path))
    return ask_element_path("findtext", static_cast<Object*>(self), path, default_value, namespaces);
  Ref<Element> found = TRY(find_child(self, path));
  if (!found) return new_ref(default_value);
  Ref<Object> text = TRY(lazy_get(found->text));
  return text.get() == None ? new_ref<Object>(str_empty()) : std::move(text);
}
constexpr Doc findall_doc = "findall($self, /, path, namespaces=None)\n--\n\n";
Result<Object> findall(Element* self, Object* path, Object* namespaces) {
  if (namespaces != None || is_path(path))
    return ask_element_path("findall", static_cast<Object*>(self), path, namespaces);
  Ref<List> found = TRY(list_new());
  for (isize i = 0; i < element_size(self); ++i) {
    Ref<Element> child = element_child(self, i);
    if (TRY(has_tag(child, path))) TRY(list_append(found, child));
  }
  return found;
}
constexpr Doc iterfind_doc = "iterfind($self, /, path, namespaces=None)\n--\n\n";
Result<Object> iterfind(Element* self, Object* path, Object* namespaces) {
  return ask_element_path("iterfind", static_cast<Object*>(self), path, namespaces);
}
constexpr Doc iter_doc = "iter($self, /, tag=None)\n--\n\n";
Result<Object> iter(Element* self, Object* tag) {
  bool all = is_str(tag) ? str_equals(as<Str>(tag), "*") : is_bytes(tag) && bytes_view(as<Bytes>(tag)) == "*";
  return element_iterator_new(self, all ? None : tag, false);
}
constexpr Doc itertext_doc = "itertext($self, /)\n--\n\n";
Result<Object> itertext(Element* self) { return element_iterator_new(self, None, true); }

// == Copies ==

constexpr Doc copy_doc = "__copy__($self, /)\n--\n\n";
Result<Object> copy(Element* self) {
  Ref<Object> attrib = Ref<Object>::share_or_empty(self->extra ? self->extra->attrib : nullptr);
  Ref<Element> made = TRY(element_new(self->tag, attrib.get()));
  lazy_set(made->text, new_ref(self->text.object()), self->text.in_pieces());
  lazy_set(made->tail, new_ref(self->tail.object()), self->tail.in_pieces());
  isize size = element_size(self);
  TRY(element_reserve(made, size));
  for (isize i = 0; i < size; ++i) TRY(element_append(made, self->extra->items[i]));
  return made;
}

Result<Object> deep_copy(Element* self, Dict* memo);
// copy.deepcopy() without calling it where the answer is known: texts, dicts of texts, elements that nobody else refers
// to. `owned` is the number of references of the caller's making.
Result<Object> deep_copy_of(Object* object, Dict* memo, isize owned) {
  if (object == None || is_str_exact(object)) return new_ref(object);
  if (refcount(object) == owned + 1) {
    if (is_element_exact(object)) return deep_copy(static_cast<Element*>(object), memo);
    if (is_dict_exact(object)) {
      Dict* dict = as<Dict>(object);
      isize position = 0;
      Object *key, *value;
      bool simple = true;
      while (simple && dict_next(dict, position, key, value)) simple = is_str_exact(key) && is_str_exact(value);
      if (simple) return dict_copy(dict);
    }
  }
  return call(state().deepcopy, object, static_cast<Object*>(memo));
}
Result<void> deep_copy_text(LazyText& from, LazyText& to, Dict* memo) {
  bool pieces = from.in_pieces();
  Ref<Object> value = new_ref(from.object());
  Ref<Object> copied = TRY(deep_copy_of(value, memo, 1));
  pieces = pieces && is_list_exact(copied);
  lazy_set(to, std::move(copied), pieces);
  return {};
}
Result<Object> deep_copy(Element* self, Dict* memo) {
  RecursionGuard guard(" in Element.__deepcopy__");
  if (guard.failed()) return Error{};
  Ref<Object> old_tag = new_ref(self->tag);
  Ref<Object> tag = TRY(deep_copy_of(old_tag, memo, 1))
  , attrib;
  if (self->extra && self->extra->attrib) {
    Ref<Object> old_attrib = new_ref(self->extra->attrib);
    attrib = TRY(deep_copy_of(old_attrib, memo, 1));
  }
  Ref<Element> made = TRY(element_new(tag, attrib.get()));
  TRY(deep_copy_text(self->text, made->text, memo));
  TRY(deep_copy_text(self->tail, made->tail, memo));
  for (isize i = 0; i < element_size(self); ++i) {
    Ref<Element> child = element_child(self, i);
    Ref<Object> copied = TRY(deep_copy_of(child, memo, 1));
    TRY(element_append(made, copied));
  }
  Ref<Int> id = TRY(int_from_void_ptr(self));
  TRY(dict_set_item(memo, id, made));
  return made;
}
constexpr Doc deepcopy_doc = "__deepcopy__($self, memo, /)\n--\n\n";
Result<Object> deepcopy(Element* self, Object* memo) {
  if (!is_dict(memo))
    return raise(TypeError, "__deepcopy__() argument must be dict, not %.50s",
                 memo == None ? "None" : type_of(memo)->tp_name);
  return deep_copy(self, as<Dict>(memo));
}

constexpr Doc getstate_doc = "__getstate__($self, /)\n--\n\n";
Result<Object> getstate(Element* self) {
  Ref<List> children = TRY(list_new());
  for (isize i = 0; i < element_size(self); ++i) TRY(list_append_steal(children, element_child(self, i)));
  Ref<Object> attrib = Ref<Object>::share_or_empty(self->extra ? self->extra->attrib : nullptr);
  if (!attrib) attrib = TRY(dict_new());
  Ref<Object> text = TRY(lazy_get(self->text));
  Ref<Object> tail = TRY(lazy_get(self->tail));
  Ref<Dict> made = TRY(dict_new());
  TRY(dict_set_item_string(made, "tag", self->tag));
  TRY(dict_set_item_string(made, "_children", children));
  TRY(dict_set_item_string(made, "attrib", attrib));
  TRY(dict_set_item_string(made, "text", text));
  TRY(dict_set_item_string(made, "tail", tail));
  return made;
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\n";
Result<void> setstate(Element* self, Object* saved) {
  if (!is_dict_exact(saved)) return raise(TypeError, "Don't know how to unpickle \"%.200R\" as an Element", saved);
  Ref<Object> tag, attrib, text, tail, children;
  const struct {
    const char* name;
    Ref<Object>& value;
  } fields[] = {{"tag", tag}, {"attrib", attrib}, {"text", text}, {"tail", tail}, {"_children", children}};
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(saved), position, key, value)) {
    if (!is_str(key)) return raise(TypeError, "keywords must be strings");
    bool known = false;
    for (auto& field : fields) {
      if (!str_equals(as<Str>(key), field.name)) continue;
      field.value = new_ref(value);
      known = true;
    }
    if (!known) return raise(TypeError, "'%U' is an invalid keyword argument for this function", key);
  }
  if (!tag) return raise(TypeError, "tag may not be NULL");
  if (children) {
    if (!is_list(children)) return raise(TypeError, "'_children' is not a list");
    for (isize i = 0; i < list_size(as<List>(children.get())); ++i) {
      Object* child = list_item(as<List>(children.get()), i);
      if (!is_element(child)) return raise_not_element(child);
    }
  }
  // All of it is there before anything old is released.
  Element fresh;
  fresh.extra = nullptr;
  if (children || attrib) {
    if (!element_need_extra(&fresh)) return Error{};
    if (children) {
      List* list = as<List>(children.get());
      Result<void> filled = element_reserve(&fresh, list_size(list));
      for (isize i = 0; !filled.failed() && i < list_size(list); ++i)
        filled = element_append(&fresh, list_item(list, i));
      if (filled.failed()) {
        element_clear_extra(&fresh);
        return Error{};
      }
    }
    fresh.extra->attrib = attrib.release();
  }
  std::swap(self->extra, fresh.extra);
  bool text_pieces = text && is_list_exact(text), tail_pieces = tail && is_list_exact(tail);
  set_field(self->tag, std::move(tag));
  lazy_set(self->text, text ? std::move(text) : new_ref(None), text_pieces);
  lazy_set(self->tail, tail ? std::move(tail) : new_ref(None), tail_pieces);
  element_clear_extra(&fresh);
  return {};
}
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\n";
Result<isize> size_of(Element* self) {
  isize size = type_of(self)->tp_basicsize;
  if (self->extra) {
    size += static_cast<isize>(sizeof(ElementExtra));
    if (self->extra->items != self->extra->room) size += self->extra->allocated * static_cast<isize>(sizeof(Object*));
  }
  return size;
}
}  // namespace

constinit PyMethodDef element_methods[] = {
    method<clear, clear_doc>(),       method<get, get_doc>(),
    method<set, set_doc>(),           method<find, find_doc>(),
    method<findtext, findtext_doc>(), method<findall, findall_doc>(),
    method<append, append_doc>(),     method<extend, extend_doc>(),
    method<insert, insert_doc>(),     method<remove, remove_doc>(),
    method<iter, iter_doc>(),         method<itertext, itertext_doc>(),
    method<iterfind, iterfind_doc>(), method<items, items_doc>(),
    method<keys, keys_doc>(),         method<makeelement, makeelement_doc>(),
    method<copy, copy_doc>(),         method<deepcopy, deepcopy_doc>(),
    method<size_of, sizeof_doc>(),    method<getstate, getstate_doc>(),
    method<setstate, setstate_doc>(), {},
};
}  // namespace adder::elementtree
