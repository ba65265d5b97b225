// ast_objects: the tree to instances of the classes of `_ast`, and back. Both walk the tables of ast_info.h.
#include <cstdio>
#include <cstring>

#include "parser/ast_classes.h"
#include "parser/depth_guard.h"
#include "parser/parser.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace adder {
namespace ast {
namespace {
int type_index(u8 type) { return type - static_cast<int>(BuiltinType::kFirstType); }
bool is_builtin(u8 type) { return type < static_cast<int>(BuiltinType::kFirstType); }

// Bytes of one element of a sequence.
usize element_size(u8 type) {
  if (is_builtin(type)) return static_cast<BuiltinType>(type) == BuiltinType::Int ? sizeof(int) : sizeof(void*);
  return kTypes[type_index(type)].shape == TypeShape::Enum ? sizeof(u8) : sizeof(void*);
}

// == To objects ==

class ToObjects {
 public:
  explicit ToObjects(const Classes& classes) : classes_(classes) {}

  Result<Object> node(int type, const void* pointer) {
    if (!pointer) return none_result();
    DepthGuard guard(depth_, " during ast construction");
    if (guard.failed()) return Error{};
    const TypeInfo& info = kTypes[type];
    const char* base = static_cast<const char*>(pointer);
    int index = info.shape == TypeShape::Sum ? *reinterpret_cast<const u8*>(base + info.kind_offset) - 1 : 0;
    Type* cls = classes_.node(type, index);
    Ref<Object> object = TRY(Result<Object>::from_c(cls->tp_alloc(cls, 0)));
    const NodeInfo& fields = info.nodes[index];
    Str* const* names = classes_.names[classes_.first_node[type] + index];
    for (int i = 0; i < fields.field_count; ++i) {
      Ref<Object> value = TRY(field(fields.fields[i], base + fields.fields[i].offset));
      TRY(object_set_attr(object, names[i], value));
    }
    if (info.has_attributes) {
      const auto* position = reinterpret_cast<const Position*>(base + info.position_offset);
      TRY(set_int(object, id::lineno, position->lineno));
      TRY(set_int(object, id::col_offset, position->col_offset));
      TRY(set_int(object, id::end_lineno, position->end_lineno));
      TRY(set_int(object, id::end_col_offset, position->end_col_offset));
    }
    return object;
  }

 private:
  Result<void> set_int(Object* object, Object* name, int value) {
    Ref<Int> number = TRY(int_from_i64(value));
    return object_set_attr(object, name, number);
  }

  Result<Object> value(u8 type, const char* place) {
    if (is_builtin(type)) {
      if (static_cast<BuiltinType>(type) == BuiltinType::Int) {
        Ref<Int> number = TRY(int_from_i64(*reinterpret_cast<const int*>(place)));
        return number;
      }
      Object* object = *reinterpret_cast<Object* const*>(place);
      return new_ref(object ? object : adder::None);
    }
    int index = type_index(type);
    if (kTypes[index].shape == TypeShape::Enum) {
      return new_ref(classes_.singleton(index, *reinterpret_cast<const u8*>(place) - 1));
    }
    return node(index, *reinterpret_cast<const void* const*>(place));
  }

  Result<Object> field(const FieldInfo& info, const char* place) {
    if (info.quantity != Quantity::Sequence) return value(info.type, place);
    const auto* seq = reinterpret_cast<const Seq<char>*>(place);
    usize size = element_size(info.type);
    Ref<adder::List> list = TRY(list_new(seq->size));
    for (int i = 0; i < seq->size; ++i) {
      Ref<Object> item = TRY(value(info.type, seq->data + static_cast<usize>(i) * size));
      list_init_item(list, i, std::move(item));
    }
    return list;
  }

  const Classes& classes_;
  int depth_ = 0;
};

// == From objects ==

void release(void* object) { decref(static_cast<Object*>(object)); }

class FromObjects {
 public:
  FromObjects(const Classes& classes, Arena& arena) : classes_(classes), arena_(arena) {}

  // A node of a sum or product type; null for None in the place of a sum type.
  Result<void> node(int type, Object* object, void** out) {
    const TypeInfo& info = kTypes[type];
    *out = nullptr;
    if (info.shape == TypeShape::Product) {
      void* made = make(info.nodes[0]);
      TRY(fields(info.nodes[0], 0, type, object, made, info.name));
      if (info.has_attributes) TRY(attributes(info, object, made, info.name));
      *out = made;
      return {};
    }
    if (object == adder::None) return {};
    Position position;
    if (info.has_attributes) TRY(position_of(info, object, info.name, &position));
    for (int i = 0; i < info.node_count; ++i) {
      if (!TRY(object_is_instance(object, classes_.node(type, i)))) continue;
      const NodeInfo& kind = info.nodes[i];
      char* made = static_cast<char*>(make(kind));
      if (info.shape == TypeShape::Sum) *reinterpret_cast<u8*>(made + info.kind_offset) = kind.kind;
      if (info.has_attributes) *reinterpret_cast<Position*>(made + info.position_offset) = position;
      TRY(fields(kind, i, type, object, made, kind.name));
      *out = made;
      return {};
    }
    return raise(TypeError, "expected some sort of %s, but got %R", info.name, object);
  }

 private:
  void* make(const NodeInfo& info) {
    void* memory = arena_.allocate(info.size);
    std::memset(memory, 0, info.size);
    return memory;
  }

  template <class T>
  T* keep(Ref<T>&& reference) {
    T* object = reference.release();
    arena_.defer(release, static_cast<Object*>(object));
    return object;
  }

  Result<int> integer(Object* object) {
    if (!is_int(object)) return raise(ValueError, "invalid integer value: %R", object);
    return int_as_int(object);
  }

  Result<void> position_of(const TypeInfo& info, Object* object, const char* owner, Position* out) {
    TRY(position_part(object, id::lineno, "lineno", owner, false, 0, &out->lineno));
    TRY(position_part(object, id::col_offset, "col_offset", owner, false, 0, &out->col_offset));
    TRY(position_part(object, id::end_lineno, "end_lineno", owner, info.end_is_optional, out->lineno,
                      &out->end_lineno));
    return position_part(object, id::end_col_offset, "end_col_offset", owner, info.end_is_optional, out->col_offset,
                         &out->end_col_offset);
  }
  Result<void> position_part(Object* object, Object* name, const char* text, const char* owner, bool optional,
                             int default_value, int* out) {
    Ref<Object> value = TRY(object_lookup_attr(object, name));
    if (optional && (!value || value.get() == adder::None)) {
      *out = default_value;
      return {};
    }
    if (!value) return raise(TypeError, "required field \"%s\" missing from %s", text, owner);
    *out = TRY(integer(value));
    return {};
  }
  Result<void> attributes(const TypeInfo& info, Object* object, void* made, const char* owner) {
    Position position;
    TRY(position_of(info, object, owner, &position));
    *reinterpret_cast<Position*>(static_cast<char*>(made) + info.position_offset) = position;
    return {};
  }

  Result<void> fields(const NodeInfo& info, int index, int type, Object* object, void* made, const char* owner) {
    Str* const* names = classes_.names[classes_.first_node[type] + index];
    for (int i = 0; i < info.field_count; ++i) {
      const FieldInfo& field = info.fields[i];
      char* place = static_cast<char*>(made) + field.offset;
      Ref<Object> value = TRY(object_lookup_attr(object, names[i]));
      if (!value || (field.quantity == Quantity::Optional && value.get() == adder::None)) {
        if (field.quantity == Quantity::Optional) continue;
        return raise(TypeError, "required field \"%s\" missing from %s", field.name, owner);
      }
      DepthGuard guard(depth_, where(owner));
      if (guard.failed()) return Error{};
      if (field.quantity == Quantity::Sequence) {
        TRY(sequence(field, value, place, owner));
        continue;
      }
      TRY(element(field.type, value, place));
      if (field.quantity == Quantity::One && !is_present(field.type, place)) {
        return raise(ValueError, "field '%s' is required for %s", field.name, owner);
      }
    }
    return {};
  }

  // " while traversing 'Module' node"
  const char* where(const char* owner) {
    std::snprintf(where_, sizeof where_, " while traversing '%s' node", owner);
    return where_;
  }

  bool is_present(u8 type, const char* place) const {
    if (is_builtin(type)) {
      return static_cast<BuiltinType>(type) == BuiltinType::Int || *reinterpret_cast<void* const*>(place) != nullptr;
    }
    if (kTypes[type_index(type)].shape == TypeShape::Enum) return *reinterpret_cast<const u8*>(place) != 0;
    return *reinterpret_cast<void* const*>(place) != nullptr;
  }

  Result<void> element(u8 type, Object* object, char* place) {
    if (is_builtin(type)) {
      switch (static_cast<BuiltinType>(type)) {
        case BuiltinType::Int:
          *reinterpret_cast<int*>(place) = TRY(integer(object));
          return {};
        case BuiltinType::Identifier: {
          if (object == adder::None) return {};
          if (!is_str_exact(object)) return raise(TypeError, "AST identifier must be of type str");
          Ref<Str> interned = str_intern(new_ref(as<Str>(object)));
          *reinterpret_cast<Str**>(place) = keep(std::move(interned));
          return {};
        }
        case BuiltinType::String:
          if (object == adder::None) return {};
          if (!is_str_exact(object) && !is_bytes_exact(object))
            return raise(TypeError, "AST string must be of type str");
          *reinterpret_cast<Object**>(place) = keep(new_ref(object));
          return {};
        default:
          *reinterpret_cast<Object**>(place) = keep(new_ref(object));
          return {};
      }
    }
    int index = type_index(type);
    const TypeInfo& info = kTypes[index];
    if (info.shape != TypeShape::Enum) return node(index, object, reinterpret_cast<void**>(place));
    for (int i = 0; i < info.node_count; ++i) {
      if (TRY(object_is_instance(object, classes_.node(index, i)))) {
        *reinterpret_cast<u8*>(place) = info.nodes[i].kind;
        return {};
      }
    }
    return raise(TypeError, "expected some sort of %s, but got %R", info.name, object);
  }

  Result<void> sequence(const FieldInfo& field, Object* object, char* place, const char* owner) {
    if (!is_list(object)) {
      return raise(TypeError, "%s field \"%s\" must be a list, not a %.200s", owner, field.name,
                   object->ob_type->tp_name);
    }
    adder::List* list = as<adder::List>(object);
    isize size = list_size(list);
    usize step = element_size(field.type);
    char* data = static_cast<char*>(arena_.allocate(static_cast<usize>(size) * step));
    std::memset(data, 0, static_cast<usize>(size) * step);
    for (isize i = 0; i < size; ++i) {
      Ref<Object> item = new_ref(list_item(list, i));
      TRY(element(field.type, item, data + static_cast<usize>(i) * step));
      if (list_size(list) != size) {
        return raise(RuntimeError, "%s field \"%s\" changed size during iteration", owner, field.name);
      }
    }
    auto* seq = reinterpret_cast<Seq<char>*>(place);
    seq->data = data;
    seq->size = static_cast<int>(size);
    return {};
  }

  const Classes& classes_;
  Arena& arena_;
  int depth_ = 0;
  char where_[64];
};

Result<void> from_object(Object* object, ParseMode mode, Arena& arena, Mod** out) {
  Classes* all = classes();
  if (!all) return Error{};
  static constexpr const char* kNames[] = {"Module", "Expression", "Interactive", "FunctionType"};
  static constexpr int kIndexes[] = {0, 2, 1, 3};  // among the constructors of mod
  int wanted = static_cast<int>(mode);
  TRY(audit("compile", object, adder::None));
  if (!TRY(object_is_instance(object, all->node(0, kIndexes[wanted])))) {
    return raise(TypeError, "expected %s node, got %.400s", kNames[wanted], object->ob_type->tp_name);
  }
  return FromObjects(*all, arena).node(0, object, reinterpret_cast<void**>(out));
}
}  // namespace
}  // namespace ast

Result<Object> ast_to_object(ast::Mod* mod) {
  ast::Classes* all = ast::classes();
  if (!all) return Error{};
  return ast::ToObjects(*all).node(0, mod);
}

ast::Mod* ast_from_object(Object* object, ParseMode mode, Arena& arena) {
  ast::Mod* mod = nullptr;
  if (ast::from_object(object, mode, arena, &mod).failed()) return nullptr;
  return mod;
}

Result<bool> ast_is_node(Object* object) {
  ast::Classes* all = ast::classes();
  if (!all) return Error{};
  return type_check(object, all->base);
}
}  // namespace adder
