// hash: hash values of objects, of numbers and of bytes.
//
// Numbers    numeric equality implies equal hashes: a value is reduced modulo the Mersenne prime 2**61 - 1 (library
//            reference, "Hashing of numeric types").
// Bytes      SipHash-1-3 (Aumasson and Bernstein) under a 128-bit key that the process chooses at start-up.
#include "object/hash.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <sys/random.h>

#include "base/hot.h"
#include "object/object.h"
#include "runtime/stack_guard.h"

// The C API's name for the key: SipHash's two words, and 8 bytes that Expat may use.
extern "C" {
extern __attribute__((visibility("default"))) adder::u8 _Py_HashSecret[24];
alignas(8) constinit adder::u8 _Py_HashSecret[24] = {};
}

namespace adder {
namespace {

// Process-wide: written once at start-up (see docs/runtime.md).
constinit u64 key_0 = 0, key_1 = 0;

constexpr Py_hash_t kHashInfinity = 314159;

struct SipState {
  u64 v0, v1, v2, v3;
  void round() {
    v0 += v1, v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1, v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
};

}  // namespace

void hash_initialize(bool fixed, u64 seed) {
  u8(&secret)[24] = _Py_HashSecret;
  if (!fixed) {
    usize filled = 0;
    while (filled < sizeof secret) {
      auto got = getrandom(secret + filled, sizeof secret - filled, 0);
      if (got > 0) filled += static_cast<usize>(got);
    }
  } else if (seed != 0) {  // PYTHONHASHSEED: the linear congruential sequence that makes hashes equal CPython's
    u32 state = static_cast<u32>(seed);
    for (u8& byte : secret) {
      state = state * 214013u + 2531011u;
      byte = static_cast<u8>(state >> 16);
    }
  }
  std::memcpy(&key_0, secret, 8);
  std::memcpy(&key_1, secret + 8, 8);
}

ADDER_HOT Py_hash_t hash_bytes(const void* data, isize size) {
  if (size == 0) return 0;
  const u8* bytes = static_cast<const u8*>(data);
  SipState state{key_0 ^ 0x736f6d6570736575, key_1 ^ 0x646f72616e646f6d, key_0 ^ 0x6c7967656e657261,
                 key_1 ^ 0x7465646279746573};
  isize rest = size;
  for (; rest >= 8; rest -= 8, bytes += 8) {
    u64 word;
    std::memcpy(&word, bytes, 8);
    state.v3 ^= word;
    state.round();
    state.v0 ^= word;
  }
  u64 last = static_cast<u64>(size) << 56;
  if (rest >= 4) {  // two words that overlap
    u32 low, high;
    std::memcpy(&low, bytes, 4);
    std::memcpy(&high, bytes + rest - 4, 4);
    last |= low | static_cast<u64>(high) << (8 * (rest - 4));
  } else if (rest > 0) {
    last |= bytes[0] | static_cast<u64>(bytes[rest >> 1]) << (8 * (rest >> 1)) |
            static_cast<u64>(bytes[rest - 1]) << (8 * (rest - 1));
  }
  state.v3 ^= last;
  state.round();
  state.v0 ^= last;
  state.v2 ^= 0xff;
  state.round();
  state.round();
  state.round();
  auto hash = static_cast<Py_hash_t>(state.v0 ^ state.v1 ^ state.v2 ^ state.v3);
  return hash == -1 ? -2 : hash;
}

Py_hash_t hash_pointer(const void* pointer) {
  auto hash = static_cast<Py_hash_t>(std::rotr(reinterpret_cast<usize>(pointer), 4));
  return hash == -1 ? -2 : hash;
}

Py_hash_t hash_double(Object* object, double value) {
  if (!std::isfinite(value)) {
    if (std::isinf(value)) return value > 0 ? kHashInfinity : -kHashInfinity;
    return hash_pointer(object);
  }
  // value = mantissa * 2**exponent with an integral mantissa; 2**61 is 1 modulo the prime, so the power is a rotation.
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);
  u64 mantissa = static_cast<u64>(std::ldexp(fraction, 53));
  int shift = (exponent - 53) % 61;
  if (shift < 0) shift += 61;
  u64 hash = shift == 0 ? mantissa : ((mantissa << shift) & kHashModulus) | (mantissa >> (61 - shift));
  if (hash >= kHashModulus) hash -= kHashModulus;
  auto result = static_cast<Py_hash_t>(hash);
  if (value < 0) result = -result;
  return result == -1 ? -2 : result;
}

ADDER_HOT Result<Py_hash_t> object_hash(Object* object) {
  if (stack_is_low()) return raise_stack_overflow(" while hashing an object");
  Type* type = object->ob_type;
  if (ADDER_UNLIKELY(!type->tp_hash)) {
    if (!type->tp_dict) {
      TRY(type_ready(type));
      if (type->tp_hash) return object_hash(object);
    }
    return raise(TypeError, "unhashable type: '%.200s'", type->tp_name);
  }
  Py_hash_t hash = type->tp_hash(object);
  if (ADDER_UNLIKELY(hash == -1)) return Error{};
  return hash;
}
}  // namespace adder

// The tp_hash of types without a hash; types compare their slot with this address.
ADDER_EXPORT Py_hash_t PyObject_HashNotImplemented(PyObject* object) {
  adder::Error error = adder::raise(adder::TypeError, "unhashable type: '%.200s'", object->ob_type->tp_name);
  (void)error;
  return -1;
}
