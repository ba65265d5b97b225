// _random: the Mersenne twister MT19937 (Matsumoto and Nishimura, 1998), with the same sequences and states as
// everywhere.
//
// See        tests/python/test_random.py
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int/digits.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr int kWords = 624, kShift = 397;

struct Random : PyObject {
  int position;  // the next word to give out; kWords: make new ones
  u32 state[kWords];
};

// == The generator ==

u32 next_word(Random* random) {
  u32* mt = random->state;
  if (random->position >= kWords) {
    auto twist = [&](int i, int next, int far) {
      u32 y = (mt[i] & 0x80000000u) | (mt[next] & 0x7fffffffu);
      mt[i] = mt[far] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
    };
    for (int i = 0; i < kWords; ++i) twist(i, (i + 1) % kWords, (i + kShift) % kWords);
    random->position = 0;
  }
  u32 y = mt[random->position++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

void seed_with_word(Random* random, u32 seed) {
  u32* mt = random->state;
  mt[0] = seed;
  for (u32 i = 1; i < kWords; ++i) mt[i] = 1812433253u * (mt[i - 1] ^ (mt[i - 1] >> 30)) + i;
  random->position = kWords;
}

void seed_with_key(Random* random, const u32* key, isize size) {
  u32* mt = random->state;
  seed_with_word(random, 19650218u);
  u32 i = 1;
  isize j = 0;
  for (isize k = kWords > size ? kWords : size; k > 0; --k) {
    mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1664525u)) + key[j] + static_cast<u32>(j);
    if (++i >= kWords) {
      mt[0] = mt[kWords - 1];
      i = 1;
    }
    if (++j >= size) j = 0;
  }
  for (int k = kWords - 1; k > 0; --k) {
    mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1566083941u)) - i;
    if (++i >= kWords) {
      mt[0] = mt[kWords - 1];
      i = 1;
    }
  }
  mt[0] = 0x80000000u;
}

void seed_from_system(Random* random) {
  u32 key[kWords];
  if (getrandom(key, sizeof key, GRND_NONBLOCK) == static_cast<isize>(sizeof key)) {
    seed_with_key(random, key, kWords);
    return;
  }
  timespec now, uptime;
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &uptime);
  u32 weak[] = {static_cast<u32>(now.tv_sec), static_cast<u32>(now.tv_nsec), static_cast<u32>(getpid()),
                static_cast<u32>(uptime.tv_sec), static_cast<u32>(uptime.tv_nsec)};
  seed_with_key(random, weak, 5);
}

// None: from the system; an int: its magnitude; anything else: its hash.
Result<void> seed_with(Random* random, Object* seed) {
  if (seed == None) {
    seed_from_system(random);
    return {};
  }
  Ref<Object> number;
  if (is_int_exact(seed)) {
    Int* value = as<Int>(seed);
    number = is_negative(value) ? TRY(int_negative(value)) : new_ref(seed);
  } else if (is_int(seed)) {
    number = TRY(number_absolute(seed));
  } else {
    number = TRY(int_from_u64(static_cast<u64>(TRY(object_hash(seed)))));
  }
  Int* value = as<Int>(number);
  isize words = static_cast<isize>((int_num_bits(value) + 31) / 32);
  if (words == 0) words = 1;
  auto* key = static_cast<u32*>(memory::allocate(static_cast<usize>(words) * sizeof(u32)));
  if (!key) return raise_no_memory();
  Result<void> filled =
      int_as_byte_array(value, reinterpret_cast<u8*>(key), static_cast<usize>(words) * sizeof(u32), true, false);
  if (!filled.failed()) seed_with_key(random, key, words);
  memory::release(key);
  return filled;
}

// == Methods ==

int random_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  auto init = [&]() -> Result<void> {
    if (kwargs && self->ob_type->tp_init == &random_init && dict_size(as<Dict>(kwargs)) > 0) {
      return raise(TypeError, "Random() takes no keyword arguments");
    }
    isize count = tuple_size(as<Tuple>(args));
    if (count > 1) return raise(TypeError, "Random() requires 0 or 1 argument");
    return seed_with(static_cast<Random*>(self), count ? tuple_item(as<Tuple>(args), 0) : static_cast<Object*>(None));
  };
  return init().to_c();
}

constexpr Doc random_doc = "random($self, /)\n--\n\nrandom() -> x in the interval [0, 1).";
constexpr Doc seed_doc =
    "seed($self, n=None, /)\n--\n\n"
    "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination of the\ncurrent time and the "
    "process "
    "identifier.";
constexpr Doc getstate_doc = "getstate($self, /)\n--\n\ngetstate() -> tuple containing the current state.";
constexpr Doc setstate_doc = "setstate($self, state, /)\n--\n\nsetstate(state) -> None.  Restores generator state.";
constexpr Doc getrandbits_doc =
    "getrandbits($self, k, /)\n--\n\ngetrandbits(k) -> x.  Generates an int with k random bits.";

Result<double> random_random(Random* random) {
  u32 high = next_word(random) >> 5, low = next_word(random) >> 6;
  return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

Result<void> random_seed(Random* random, Object* seed) { return seed_with(random, seed); }

Result<Object> random_getrandbits(Random* random, int bits) {
  if (bits < 0) return raise(ValueError, "number of bits must be non-negative");
  if (bits == 0) return Result<Object>::share(small_int(0));
  if (bits <= 32) return int_from_u64(next_word(random) >> (32 - bits));
  isize words = (static_cast<isize>(bits) - 1) / 32 + 1;
  auto* array = static_cast<u32*>(memory::allocate(static_cast<usize>(words) * sizeof(u32)));
  if (!array) return raise_no_memory();
  isize left = bits;
  for (isize i = 0; i < words; ++i, left -= 32) {
    u32 word = next_word(random);
    if (left < 32) word >>= 32 - left;
    array[i] = word;
  }
  Result<Int> result =
      int_from_byte_array(reinterpret_cast<u8*>(array), static_cast<usize>(words) * sizeof(u32), true, false);
  memory::release(array);
  return result;
}

Result<Object> random_getstate(Random* random) {
  Ref<Tuple> state = TRY(tuple_new(kWords + 1));
  for (int i = 0; i < kWords; ++i) tuple_init_item(state, i, TRY(int_from_u64(random->state[i])));
  tuple_init_item(state, kWords, TRY(int_from_i64(random->position)));
  return state;
}

Result<void> random_setstate(Random* random, Object* state) {
  if (!is_tuple(state)) return raise(TypeError, "state vector must be a tuple");
  Tuple* tuple = as<Tuple>(state);
  if (tuple_size(tuple) != kWords + 1) return raise(ValueError, "state vector is the wrong size");
  u32 words[kWords];
  for (int i = 0; i < kWords; ++i) {
    Object* item = tuple_item(tuple, i);
    if (!is_int(item)) return raise(TypeError, "an integer is required");
    words[i] = static_cast<u32>(TRY(int_as_u64(item)));
  }
  if (!is_int(tuple_item(tuple, kWords))) return raise(TypeError, "an integer is required");
  long position = TRY(int_as_long(tuple_item(tuple, kWords)));
  if (position < 0 || position > kWords) return raise(ValueError, "invalid state");
  random->position = static_cast<int>(position);
  for (int i = 0; i < kWords; ++i) random->state[i] = words[i];
  return {};
}

constinit PyMethodDef random_methods[] = {
    method<random_random, random_doc>(),           method<random_seed, seed_doc>(),
    method<random_getstate, getstate_doc>(),       method<random_setstate, setstate_doc>(),
    method<random_getrandbits, getrandbits_doc>(), {},
};

constinit PyTypeObject random_type = {
    .tp_name = "_random.Random",
    .tp_basicsize = sizeof(Random),
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Random() -> create a random number generator with its own internal state.",
    .tp_methods = random_methods,
    .tp_init = &random_init,
    .tp_new = type_generic_new,
};

Result<void> exec(Module* module) { return module_add_type(module, &random_type); }
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("_random", "Module implements the Mersenne Twister random number generator.", nullptr, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__random() { return adder::module_def_init(&adder::definition); }
