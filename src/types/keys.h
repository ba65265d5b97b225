// keys: hashing and comparing the keys of dicts and sets without going through their types, for exact str, exact int and
// exact tuples of those: nothing that Python code could watch.
#pragma once
#include <cstring>

#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// Whether `size` bytes are equal; short texts without a call.
inline bool equal_bytes(const void* left, const void* right, usize size) {
  const u8 *a = static_cast<const u8*>(left), *b = static_cast<const u8*>(right);
  auto same = [&]<class Word>(Word, usize at) {
    Word x, y;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    return x == y;
  };
  // The two words may overlap.
  if (size >= 8) {
    if (size > 16) return std::memcmp(a, b, size) == 0;
    return same(u64{}, 0) && same(u64{}, size - 8);
  }
  if (size >= 4) return same(u32{}, 0) && same(u32{}, size - 4);
  return size == 0 || (a[0] == b[0] && a[size >> 1] == b[size >> 1] && a[size - 1] == b[size - 1]);
}

// str_equal for two exact str that are not the same object and have the same hash, so that they are ready.
inline bool equal_hashed_str(Str* left, Str* right) {
  if (left->length != right->length || left->state.kind != right->state.kind) return false;
  return equal_bytes(str_data(left), str_data(right), static_cast<usize>(left->length) * left->state.kind);
}

inline bool equal_int(const Int* left, const Int* right) {
  isize size = left->ob_size;
  if (size != right->ob_size) return false;
  isize digits = size < 0 ? -size : size;
  for (isize i = 0; i < digits; ++i) {
    if (left->ob_digit[i] != right->ob_digit[i]) return false;
  }
  return true;
}

inline Py_hash_t short_int_hash(const Int* v) {
  // Two digits are less than the modulus: they are their hash.
  isize size = v->ob_size;
  i64 value = v->ob_digit[0];
  if (size == 2 || size == -2) value |= static_cast<i64>(v->ob_digit[1]) << PyLong_SHIFT;
  if (size < 0) value = -value;
  return size == 0 ? 0 : value == -1 ? -2 : value;
}

// object_hash, quickly for str and int.
inline Result<Py_hash_t> key_hash(Object* key) {
  if (is_str_exact(key)) {
    Py_hash_t hash = as<Str>(key)->hash;
    if (ADDER_LIKELY(hash != -1)) return hash;
    return str_hash(as<Str>(key));
  }
  if (is_int_exact(key) && static_cast<usize>(as<Int>(key)->ob_size + 2) <= 4) return short_int_hash(as<Int>(key));
  return object_hash(key);
}

enum class KeyEquality { kUnequal, kEqual, kUnknown };

namespace keys_detail {
inline KeyEquality from_bool(bool equal) { return equal ? KeyEquality::kEqual : KeyEquality::kUnequal; }
inline KeyEquality compare_items(Object* left, Object* right) {
  if (left == right) return KeyEquality::kEqual;
  if (left->ob_type != right->ob_type) return KeyEquality::kUnknown;
  if (is_int_exact(left)) return from_bool(equal_int(as<Int>(left), as<Int>(right)));
  if (is_str_exact(left)) return from_bool(str_equal(as<Str>(left), as<Str>(right)));
  return KeyEquality::kUnknown;
}
}  // namespace keys_detail

// Whether two different keys with the same hash are equal, or that only their types know. No Python code.
inline KeyEquality compare_keys(Object* left, Object* right) {
  if (left->ob_type != right->ob_type) return KeyEquality::kUnknown;
  if (is_str_exact(left)) return keys_detail::from_bool(equal_hashed_str(as<Str>(left), as<Str>(right)));
  if (is_int_exact(left)) return keys_detail::from_bool(equal_int(as<Int>(left), as<Int>(right)));
  if (!is_tuple_exact(left)) return KeyEquality::kUnknown;
  Tuple *a = as<Tuple>(left), *b = as<Tuple>(right);
  isize size = a->ob_size;
  if (size != b->ob_size) return KeyEquality::kUnequal;
  for (isize i = 0; i < size; ++i) {
    KeyEquality equality = keys_detail::compare_items(a->ob_item[i], b->ob_item[i]);
    if (equality != KeyEquality::kEqual) return equality;
  }
  return KeyEquality::kEqual;
}
}  // namespace adder
