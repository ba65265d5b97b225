// blake2: the module _blake2: BLAKE2b and BLAKE2s with keys, salts and tree hashing.
//
// Algorithm  RFC 7693 for the compression function; the parameter block with its tree fields is that of the BLAKE2
// paper
//            (Aumasson, Neves, Wilcox-O'Hearn, Winnerlein 2013, section 2.8).
// Invariant  the last block is compressed only at the end, so `buffer` is full before more data is taken.
// See        library reference "hashlib"; tests/python/test_hash_modules.py
#include <bit>
#include <cstring>

#include "base/copy.h"
#include "import/import.h"
#include "modules/hashes/hash.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr u8 kPermutations[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

// What distinguishes the two: word size, rounds, rotations, initial vector.
struct BlakeB {
  using Word = u64;
  static constexpr int kRounds = 12, kRotations[4] = {32, 24, 16, 63};
  static constexpr Word kInitial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                       0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
  static constexpr const char* kName = "blake2b";
  static constexpr u64 kMaxOffset = ~u64{0};
};
struct BlakeS {
  using Word = u32;
  static constexpr int kRounds = 10, kRotations[4] = {16, 12, 8, 7};
  static constexpr Word kInitial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  static constexpr const char* kName = "blake2s";
  static constexpr u64 kMaxOffset = 0xffffffffffff;
};

template <class B>
struct State {
  using Word = typename B::Word;
  static constexpr usize kBlock = 16 * sizeof(Word), kMaxSize = 8 * sizeof(Word), kSaltSize = 2 * sizeof(Word);
  Word h[8];
  Word counter[2];
  bool last_node;
  u8 digest_size;
  u8 buffer[kBlock];
  usize filled;

  void compress(const u8* block, bool last) {
    Word m[16], v[16];
    std::memcpy(m, block, kBlock);  // little endian, as this machine
    for (int i = 0; i < 8; ++i) {
      v[i] = h[i];
      v[i + 8] = B::kInitial[i];
    }
    v[12] ^= counter[0];
    v[13] ^= counter[1];
    if (last) {
      v[14] = ~v[14];
      if (last_node) v[15] = ~v[15];
    }
    auto mix = [&](int a, int b, int c, int d, Word x, Word y) {
      v[a] += v[b] + x;
      v[d] = std::rotr(v[d] ^ v[a], B::kRotations[0]);
      v[c] += v[d];
      v[b] = std::rotr(v[b] ^ v[c], B::kRotations[1]);
      v[a] += v[b] + y;
      v[d] = std::rotr(v[d] ^ v[a], B::kRotations[2]);
      v[c] += v[d];
      v[b] = std::rotr(v[b] ^ v[c], B::kRotations[3]);
    };
    for (int round = 0; round < B::kRounds; ++round) {
      const u8* s = kPermutations[round % 10];
      for (int i = 0; i < 4; ++i) mix(i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
      for (int i = 0; i < 4; ++i)
        mix(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
    for (int i = 0; i < 8; ++i) h[i] ^= v[i] ^ v[i + 8];
  }
  void count(usize bytes) {
    counter[0] += static_cast<Word>(bytes);
    if (counter[0] < bytes) ++counter[1];
  }
  void update(const u8* data, usize size) {
    while (size > 0) {
      if (filled == kBlock) {
        count(kBlock);
        compress(buffer, false);
        filled = 0;
      }
      usize step = kBlock - filled < size ? kBlock - filled : size;
      copy_bytes(buffer + filled, data, step);
      filled += step;
      data += step;
      size -= step;
    }
  }
  // On a copy: the state is used up.
  void finish(u8* out) {
    count(filled);
    std::memset(buffer + filled, 0, kBlock - filled);
    compress(buffer, true);
    std::memcpy(out, h, digest_size);
  }
};

template <class B>
struct Hash : PyObject {
  State<B> state;
};
template <class B>
extern Type hash_type;

// A number that is not negative.
Result<u64> positive(Opt<Object*> object, u64 missing) {
  if (!object) return missing;
  if (is_int(object.get()) && int_sign(as<Int>(object.get())) < 0) return raise(ValueError, "value must be positive");
  return int_as_u64(object.get());
}
Result<void> acquire_optional(BufferView& view, Opt<Object*> object, usize limit, const char* what) {
  if (!object) return {};
  TRY(view.acquire(object.get()));
  if (static_cast<usize>(view.size()) > limit) return raise(ValueError, "maximum %s length is %zu bytes", what, limit);
  return {};
}

template <class B>
Result<Object> hash_new(Type*, Opt<Object*> data, Opt<Object*> digest_size_object, Opt<Object*> key, Opt<Object*> salt,
                        Opt<Object*> person, int fanout, int depth, Opt<Object*> leaf_size_object,
                        Opt<Object*> node_offset_object, int node_depth, int inner_size, bool last_node, bool) {
  using S = State<B>;
  int digest_size = digest_size_object ? TRY(int_as_int(digest_size_object.get())) : static_cast<int>(S::kMaxSize);
  u64 leaf_size = TRY(positive(leaf_size_object, 0))
  , node_offset = TRY(positive(node_offset_object, 0));
  if (digest_size <= 0 || digest_size > static_cast<int>(S::kMaxSize)) {
    return raise(ValueError, "digest_size must be between 1 and %zu bytes", S::kMaxSize);
  }
  BufferView key_view, salt_view, person_view, data_view;
  TRY(acquire_optional(salt_view, salt, S::kSaltSize, "salt"));
  TRY(acquire_optional(person_view, person, S::kSaltSize, "person"));
  if (fanout < 0 || fanout > 255) return raise(ValueError, "fanout must be between 0 and 255");
  if (depth <= 0 || depth > 255) return raise(ValueError, "depth must be between 1 and 255");
  if (leaf_size > 0xffffffff) return raise(OverflowError, "leaf_size is too large");
  if (node_offset > B::kMaxOffset) return raise(OverflowError, "node_offset is too large");
  if (node_depth < 0 || node_depth > 255) return raise(ValueError, "node_depth must be between 0 and 255");
  if (inner_size < 0 || inner_size > static_cast<int>(S::kMaxSize)) {
    return raise(ValueError, "inner_size must be between 0 and is %zu", S::kMaxSize);
  }
  TRY(acquire_optional(key_view, key, S::kMaxSize, "key"));
  if (data) TRY(acquire_hash_data(data_view, data.get()));

  u8 parameters[S::kMaxSize] = {};
  parameters[0] = static_cast<u8>(digest_size);
  parameters[1] = static_cast<u8>(key_view.size());
  parameters[2] = static_cast<u8>(fanout);
  parameters[3] = static_cast<u8>(depth);
  std::memcpy(parameters + 4, &leaf_size, 4);
  constexpr usize kOffsetSize = sizeof(typename S::Word) == 8 ? 8 : 6;
  std::memcpy(parameters + 8, &node_offset, kOffsetSize);
  parameters[8 + kOffsetSize] = static_cast<u8>(node_depth);
  parameters[9 + kOffsetSize] = static_cast<u8>(inner_size);
  if (salt_view.size())
    std::memcpy(parameters + S::kMaxSize / 2, salt_view.data(), static_cast<usize>(salt_view.size()));
  if (person_view.size()) {
    std::memcpy(parameters + S::kMaxSize / 2 + S::kSaltSize, person_view.data(),
                static_cast<usize>(person_view.size()));
  }
  Ref<Hash<B>> self = TRY(object_new<Hash<B>>(&hash_type<B>));
  S& state = self->state;
  std::memset(&state, 0, sizeof state);
  std::memcpy(state.h, parameters, sizeof state.h);
  for (int i = 0; i < 8; ++i) state.h[i] ^= B::kInitial[i];
  state.digest_size = static_cast<u8>(digest_size);
  state.last_node = last_node;
  if (key_view.size()) {
    u8 block[S::kBlock] = {};
    std::memcpy(block, key_view.data(), static_cast<usize>(key_view.size()));
    state.update(block, S::kBlock);
  }
  state.update(reinterpret_cast<const u8*>(data_view.data()), static_cast<usize>(data_view.size()));
  return self;
}
void hash_dealloc(PyObject* self) { object_free(self); }

constexpr Doc update_doc =
    "update($self, data, /)\n--\n\nUpdate this hash object's state with the provided bytes-like object.";
template <class B>
Result<void> update(Hash<B>* self, Object* data) {
  BufferView view;
  TRY(acquire_hash_data(view, data));
  self->state.update(reinterpret_cast<const u8*>(view.data()), static_cast<usize>(view.size()));
  return {};
}
constexpr Doc digest_doc = "digest($self, /)\n--\n\nReturn the digest value as a bytes object.";
template <class B>
Result<Bytes> digest(Hash<B>* self) {
  State<B> state = self->state;
  Ref<Bytes> result = TRY(bytes_new(state.digest_size));
  state.finish(reinterpret_cast<u8*>(bytes_data(result)));
  return result;
}
constexpr Doc hexdigest_doc = "hexdigest($self, /)\n--\n\nReturn the digest value as a string of hexadecimal digits.";
template <class B>
Result<Str> hexdigest(Hash<B>* self) {
  State<B> state = self->state;
  u8 out[State<B>::kMaxSize];
  state.finish(out);
  return lower_hex(out, state.digest_size);
}
constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a copy of the hash object.";
template <class B>
Result<Object> copy(Hash<B>* self) {
  Ref<Hash<B>> result = TRY(object_new<Hash<B>>(&hash_type<B>));
  result->state = self->state;
  return result;
}
template <class B>
Result<Str> get_name(Hash<B>*) {
  return str_from_string(B::kName);
}
template <class B>
Result<int> get_block_size(Hash<B>*) {
  return static_cast<int>(State<B>::kBlock);
}
template <class B>
Result<int> get_digest_size(Hash<B>* self) {
  return static_cast<int>(self->state.digest_size);
}

template <class B>
constinit PyMethodDef methods[] = {
    method<copy<B>, copy_doc>(),
    method<digest<B>, digest_doc>(),
    method<hexdigest<B>, hexdigest_doc>(),
    method<update<B>, update_doc>(),
    {},
};
template <class B>
constinit PyGetSetDef getters[] = {
    get_set<get_name<B>>("name"),
    get_set<get_block_size<B>>("block_size"),
    get_set<get_digest_size<B>>("digest_size"),
    {},
};

#define BLAKE2_SIGNATURE(name)                                                                               \
  name "(data=b'', /, *, digest_size=_blake2." name                                                          \
       ".MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        " \
       "node_offset=0, "                                                                                     \
       "node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True)\n--\n\nReturn a new "
constexpr Doc blake2b_doc = BLAKE2_SIGNATURE("blake2b") "BLAKE2b hash object.";
constexpr Doc blake2s_doc = BLAKE2_SIGNATURE("blake2s") "BLAKE2s hash object.";

template <class B>
consteval Type make_type(const char* name, const char* doc, newfunc constructor_function) {
  Type type{};
  type.tp_name = name;
  type.tp_basicsize = sizeof(Hash<B>);
  type.tp_dealloc = hash_dealloc;
  type.tp_getattro = object_generic_get_attr_slot;
  type.tp_flags = Py_TPFLAGS_DEFAULT;
  type.tp_doc = doc;
  type.tp_methods = methods<B>;
  type.tp_getset = getters<B>;
  type.tp_new = constructor_function;
  return type;
}
template <>
constinit Type hash_type<BlakeB> = make_type<BlakeB>("_blake2.blake2b", blake2b_doc.text,
                                                     constructor<hash_new<BlakeB>, blake2b_doc>);
template <>
constinit Type hash_type<BlakeS> = make_type<BlakeS>("_blake2.blake2s", blake2s_doc.text,
                                                     constructor<hash_new<BlakeS>, blake2s_doc>);

// == Module ==

template <class B>
Result<void> add_type(Module* module, const char* prefix) {
  TRY(module_add_type(module, &hash_type<B>));
  constexpr struct {
    const char* name;
    usize value;
  } sizes[] = {{"SALT_SIZE", State<B>::kSaltSize},
               {"PERSON_SIZE", State<B>::kSaltSize},
               {"MAX_KEY_SIZE", State<B>::kMaxSize},
               {"MAX_DIGEST_SIZE", State<B>::kMaxSize}};
  for (auto& size : sizes) {
    Ref<Int> value = TRY(int_from_size_t(size.value));
    TRY(dict_set_item_string(as<Dict>(hash_type<B>.tp_dict), size.name, value));
    Ref<Str> name = TRY(str_from_format("%s%s", prefix, size.name));
    TRY(module_add_object(module, str_as_utf8(name).data, value));
  }
  type_modified(&hash_type<B>);
  return {};
}
Result<void> exec(Module* module) {
  TRY(add_type<BlakeB>(module, "BLAKE2B_"));
  return add_type<BlakeS>(module, "BLAKE2S_");
}
constinit PyMethodDef functions[] = {{}};
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("_blake2", "_blake2b provides BLAKE2b for hashlib\n", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__blake2() { return adder::module_def_init(&adder::definition); }
