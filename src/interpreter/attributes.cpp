// attributes: inline caches of attribute reads, writes and method look-ups.
//
// A cache is valid while the owner's type has the recorded tp_version_tag, and, where the instance's dict takes part, while
// the dict's key table has the recorded version. Only the default tp_getattro and tp_setattro are cached.
#include "interpreter/semantics.h"
#include "object/descriptor.h"
#include "object/type.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/module.h"
#include "types/str.h"

namespace adder::sem {
namespace {
constexpr u8 kMaxMisses = 60;

// Where instances of the type keep their dict pointer: > 0, 0 for types without, -1 if it must be asked each time.
i32 fixed_dict_offset(Type* type) {
  if (type->tp_dictoffset == 0) return has_flag(type, Py_TPFLAGS_MANAGED_DICT) ? -1 : 0;
  if (type->tp_dictoffset > 0) return static_cast<i32>(type->tp_dictoffset);
  if (type->tp_itemsize == 0) return static_cast<i32>(type->tp_basicsize + type->tp_dictoffset);
  return -1;
}
bool has_version(Type* type) {
  return has_flag(type, Py_TPFLAGS_VALID_VERSION_TAG) ? type->tp_version_tag != 0 : type_assign_version_tag(type);
}
Dict*& dict_at(Object* owner, i32 offset) { return *reinterpret_cast<Dict**>(reinterpret_cast<char*>(owner) + offset); }
// A member descriptor of a __slots__ entry: the field's offset, else 0.
i32 slot_offset(Object* descriptor, bool writing) {
  if (descriptor->ob_type != &PyMemberDescr_Type) return 0;
  PyMemberDef* definition = static_cast<PyMemberDescrObject*>(descriptor)->d_member;
  if (definition->type != T_OBJECT_EX || (writing && (definition->flags & READONLY))) return 0;
  return static_cast<i32>(definition->offset);
}

void specialize_load(Object* owner, Cache* cache) {
  Type* type = owner->ob_type;
  if (cache->misses > kMaxMisses) return;
  ++cache->misses;
  cache->kind = 0;
  if (type->tp_getattro == PyModule_Type.tp_getattro && type == &PyModule_Type) {
    Dict* dict = module_dict(as<Module>(owner));
    if (!has_version(type)) return;
    if (type_lookup(type, cache->name)) return;
    u32 version = dict ? dict_keys_version(dict) : 0;
    isize slot = version ? dict_slot_of_str(dict, cache->name) : -1;
    if (slot < 0) return;
    cache->version = type->tp_version_tag;
    cache->version2 = version;
    cache->slot = slot;
    cache->offset = static_cast<i32>(offsetof(PyModuleObject, md_dict));
    cache->kind = kAttrInstance;
    return;
  }
  if (type->tp_getattro != PyBaseObject_Type.tp_getattro || !has_version(type)) return;
  Object* descriptor = type_lookup(type, cache->name).get();
  if (descriptor) {
    if (i32 offset = slot_offset(descriptor, false)) {
      if (!type_is_subtype(type, static_cast<PyDescrObject*>(descriptor)->d_type)) return;
      cache->offset = offset;
      cache->version = type->tp_version_tag;
      cache->kind = kAttrMember;
      return;
    }
    if (descriptor == type_lookup(&PyBaseObject_Type, id::__class__).get()) {
      cache->version = type->tp_version_tag;
      cache->kind = kAttrClass;
      return;
    }
    if (is_data_descriptor(descriptor)) return;
  }
  i32 offset = fixed_dict_offset(type);
  if (offset < 0) return;
  Dict* dict = offset ? dict_at(owner, offset) : nullptr;
  u32 version = dict ? dict_keys_version(dict) : 0;
  if (dict && !version) return;
  isize slot = dict ? dict_slot_of_str(dict, cache->name) : -1;
  if (slot >= 0 && dict_value_at(dict, slot)) {
    cache->version = type->tp_version_tag;
    cache->version2 = version;
    cache->slot = slot;
    cache->offset = offset;
    cache->kind = kAttrInstance;
  } else if (descriptor && slot < UINT16_MAX &&
             (!descriptor->ob_type->tp_descr_get || descriptor->ob_type == &PyFunction_Type)) {
    // A plain class attribute, or a function that is bound each time.
    // Shared keys may have the name while this instance has no value for it yet.
    cache->extra = static_cast<u16>(slot + 1);
    cache->version = type->tp_version_tag;
    cache->version2 = version;
    cache->offset = offset;
    cache->object = descriptor;
    cache->kind = descriptor->ob_type == &PyFunction_Type ? kAttrMethod : kAttrType;
  }
}
}  // namespace

Object* load_attr_cached(Object* owner, Cache* cache) {
  if (cache->kind && cache->version == owner->ob_type->tp_version_tag) {
    switch (cache->kind) {
      case kAttrMember:
        if (Object* value = *reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + cache->offset)) {
          incref(value);
          return value;
        }
        break;
      case kAttrClass: {
        Object* cls = owner->ob_type;
        incref(cls);
        return cls;
      }
      case kAttrMethod:
      case kAttrType: {
        Dict* dict = cache->offset ? dict_at(owner, cache->offset) : nullptr;
        if (!dict || (cache->version2 && dict_keys_version(dict) == cache->version2 &&
                      (!cache->extra || !dict_value_at(dict, cache->extra - 1)))) {
          if (cache->kind == kAttrMethod) return method_new(cache->object, owner).to_c();
          incref(cache->object);
          return cache->object;
        }
        break;
      }
      default: break;
    }
  }
  Object* value = object_get_attr(owner, cache->name).to_c();
  if (value) specialize_load(owner, cache);
  return value;
}

bool store_attr_cached(Object* owner, Object* value, Cache* cache) {
  Type* type = owner->ob_type;
  if (cache->kind && cache->version == type->tp_version_tag) {
    if (cache->kind == kStoreInstance) {
      Dict*& dict = dict_at(owner, cache->offset);
      if (dict) {
        if (dict_keys_version(dict) == cache->version2) {
          if (dict_value_at(dict, cache->slot)) {
            dict_set_value_at(dict, cache->slot, value);
            return true;
          }
          if (dict_append_value(dict, cache->slot, value)) return true;
        }
      } else if (cache->slot == 0 && dict_shared_version(type) == cache->version2) {
        // The first attribute of a new instance.
        Result<Dict> made = dict_new_for_instance(type);
        if (made.failed()) return false;
        if (!dict) {  // a collection may have run code that set an attribute
          dict = made.take().release();
          if (dict_append_value(dict, 0, value)) return true;
        }
      }
    } else if (cache->kind == kStoreMember) {
      Object** field = reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + cache->offset);
      Object* old = *field;
      incref(value);
      *field = value;
      decref_or_null(old);
      return true;
    }
  }
  if (object_set_attr(owner, cache->name, value).failed()) return false;
  if (cache->misses > kMaxMisses || type != owner->ob_type) return true;
  ++cache->misses;
  cache->kind = 0;
  if (type->tp_setattro != PyBaseObject_Type.tp_setattro || !has_version(type)) return true;
  if (Object* descriptor = type_lookup(type, cache->name).get()) {
    if (i32 offset = slot_offset(descriptor, true)) {
      cache->offset = offset;
      cache->version = type->tp_version_tag;
      cache->kind = kStoreMember;
      return true;
    }
    if (is_data_descriptor(descriptor)) return true;
  }
  i32 offset = fixed_dict_offset(type);
  Dict* dict = offset > 0 ? dict_at(owner, offset) : nullptr;
  u32 version = dict ? dict_keys_version(dict) : 0;
  isize slot = version ? dict_slot_of_str(dict, cache->name) : -1;
  if (slot < 0) return true;
  cache->version = type->tp_version_tag;
  cache->version2 = version;
  cache->slot = slot;
  cache->offset = offset;
  cache->kind = kStoreInstance;
  return true;
}

bool load_method(Object* owner, Str* name, Object** pair) {
  bool unbound = false;
  Object* method = object_get_method(owner, name, unbound).to_c();
  if (!method) return false;
  if (unbound) {
    pair[0] = method;
    pair[1] = owner;
  } else {
    pair[0] = nullptr;
    pair[1] = method;
    decref(owner);
  }
  return true;
}

bool load_method_cached(Object* owner, Cache* cache, Object** pair) {
  Type* type = owner->ob_type;
  if (cache->kind == kAttrInstance && cache->version == type->tp_version_tag) {  // a module's function, a callable attribute
    Dict* dict = dict_at(owner, cache->offset);
    Object* value = dict && dict_keys_version(dict) == cache->version2 ? dict_value_at(dict, cache->slot) : nullptr;
    if (value) {
      incref(value);
      pair[0] = nullptr;
      pair[1] = value;
      decref(owner);
      return true;
    }
  }
  if (cache->misses <= kMaxMisses) {
    ++cache->misses;
    cache->kind = 0;
    if (type->tp_getattro == PyBaseObject_Type.tp_getattro && has_version(type)) {
      Object* method = type_lookup(type, cache->name).get();
      i32 offset = fixed_dict_offset(type);
      if (method && offset >= 0 && has_flag(method->ob_type, Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        Dict* dict = offset ? dict_at(owner, offset) : nullptr;
        u32 version = dict ? dict_keys_version(dict) : 0;
        if (!dict || (version && dict_slot_of_str(dict, cache->name) < 0)) {
          cache->version = type->tp_version_tag;
          cache->version2 = version;
          cache->offset = offset;
          cache->object = method;
          cache->kind = kMethodType;
        }
      }
    }
    if (!cache->kind) {
      specialize_load(owner, cache);
      if (cache->kind != kAttrInstance) cache->kind = 0;
    }
  }
  return load_method(owner, cache->name, pair);
}
}  // namespace adder::sem
