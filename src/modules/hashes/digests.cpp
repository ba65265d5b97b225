// digests: the modules _md5, _sha1, _sha256, _sha512 and _sha3, by OpenSSL's libcrypto.
//
// One object type for each algorithm, all of one layout; the type's place in `types` tells the algorithm.
// The library is loaded when the first digest is made: its 18,000 relocations would be a twentieth of every start.
//
// See        library reference "hashlib"; tests/python/test_hash_modules.py
#if ADDER_HAVE_CRYPTO
#include <dlfcn.h>
#include <openssl/evp.h>
#endif

#include "import/import.h"
#include "modules/hashes/hash.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

#if ADDER_HAVE_CRYPTO
namespace adder {
namespace {
struct Digest : PyObject {
  EVP_MD_CTX* context;
};

struct Algorithm {
  const char *name, *openssl_name;
  int digest_size, block_size;  // digest size 0: of any size
  int capacity_bits;            // of the sponge; 0: not a SHA-3
};
enum Index {
  Md5,
  Sha1,
  Sha224,
  Sha256,
  Sha384,
  Sha512,
  Sha3_224,
  Sha3_256,
  Sha3_384,
  Sha3_512,
  Shake128,
  Shake256,
  kCount
};
constexpr Algorithm algorithms[kCount] = {
    {"md5", "MD5", 16, 64, 0},
    {"sha1", "SHA1", 20, 64, 0},
    {"sha224", "SHA224", 28, 64, 0},
    {"sha256", "SHA256", 32, 64, 0},
    {"sha384", "SHA384", 48, 128, 0},
    {"sha512", "SHA512", 64, 128, 0},
    {"sha3_224", "SHA3-224", 28, 144, 448},
    {"sha3_256", "SHA3-256", 32, 136, 512},
    {"sha3_384", "SHA3-384", 48, 104, 768},
    {"sha3_512", "SHA3-512", 64, 72, 1024},
    {"shake_128", "SHAKE128", 0, 168, 256},
    {"shake_256", "SHAKE256", 0, 136, 512},
};
extern Type types[kCount];
const Algorithm& algorithm_of(Digest* self) { return algorithms[self->ob_type - types]; }

// The functions of libcrypto that are used here, found by load_library().
#define CRYPTO_FUNCTIONS(FUNCTION) \
  FUNCTION(EVP_DigestFinalXOF)     \
  FUNCTION(EVP_DigestFinal_ex)     \
  FUNCTION(EVP_DigestInit_ex)      \
  FUNCTION(EVP_DigestUpdate)       \
  FUNCTION(EVP_MD_CTX_copy_ex)     \
  FUNCTION(EVP_MD_CTX_free)        \
  FUNCTION(EVP_MD_CTX_new)         \
  FUNCTION(EVP_MD_fetch)

struct Crypto {
#define MEMBER(name) decltype(&::name) name;
  CRYPTO_FUNCTIONS(MEMBER)
#undef MEMBER
  bool loaded;
};
constinit Crypto crypto = {};  // of the process, written once

#define TEXT_OF(number) #number
#define LIBRARY_NAME(version) "libcrypto.so." TEXT_OF(version)

Result<void> load_library() {
  if (crypto.loaded) return {};
  void* library = ::dlopen(LIBRARY_NAME(OPENSSL_SHLIB_VERSION), RTLD_NOW | RTLD_LOCAL);
  if (!library) return raise(ImportError, "%s", ::dlerror());
#define FIND(name)                                                            \
  crypto.name = reinterpret_cast<decltype(&::name)>(::dlsym(library, #name)); \
  if (!crypto.name) return raise(ImportError, "%s", ::dlerror());
  CRYPTO_FUNCTIONS(FIND)
#undef FIND
  crypto.loaded = true;
  return {};
}

Error raise_library() { return raise(SystemError, "the hash library failed"); }

void hash_data(Digest* self, const char* data, isize size) {
  crypto.EVP_DigestUpdate(self->context, data, static_cast<usize>(size));
}

Result<Digest> digest_new(Index index, Opt<Object*> data) {
  BufferView view;
  if (data) TRY(acquire_hash_data(view, data.get()));
  TRY(load_library());
  Ref<Digest> self = TRY(object_new<Digest>(&types[index]));
  self->context = crypto.EVP_MD_CTX_new();
  if (!self->context) return raise_no_memory();
  // Fetched once for each algorithm: looking it up by name is slow.
  static constinit EVP_MD* fetched[kCount] = {};
  if (!fetched[index]) fetched[index] = crypto.EVP_MD_fetch(nullptr, algorithms[index].openssl_name, nullptr);
  if (!fetched[index] || !crypto.EVP_DigestInit_ex(self->context, fetched[index], nullptr)) {
    return raise(ValueError, "the hash library does not provide %s", algorithms[index].name);
  }
  if (data) hash_data(self, view.data(), view.size());
  return self;
}
void digest_dealloc(PyObject* self) {
  if (EVP_MD_CTX* context = static_cast<Digest*>(self)->context) crypto.EVP_MD_CTX_free(context);
  object_free(self);
}

// The digest so far into `out`, `size` bytes; the object can go on.
Result<void> final_bytes(Digest* self, u8* out, usize size) {
  EVP_MD_CTX* copy = crypto.EVP_MD_CTX_new();
  if (!copy) return raise_no_memory();
  bool done = crypto.EVP_MD_CTX_copy_ex(copy, self->context) &&
              (algorithm_of(self).digest_size ? crypto.EVP_DigestFinal_ex(copy, out, nullptr)
                                              : crypto.EVP_DigestFinalXOF(copy, out, size));
  crypto.EVP_MD_CTX_free(copy);
  return done ? Result<void>() : Result<void>(raise_library());
}

// == Methods ==

constexpr Doc update_doc = "update($self, obj, /)\n--\n\nUpdate this hash object's state with the provided string.";
Result<void> update(Digest* self, Object* data) {
  BufferView view;
  TRY(acquire_hash_data(view, data));
  hash_data(self, view.data(), view.size());
  return {};
}
constexpr Doc digest_doc = "digest($self, /)\n--\n\nReturn the digest value as a bytes object.";
Result<Bytes> digest(Digest* self) {
  u8 out[EVP_MAX_MD_SIZE];
  TRY(final_bytes(self, out, 0));
  return bytes_from_view({reinterpret_cast<char*>(out), static_cast<usize>(algorithm_of(self).digest_size)});
}
constexpr Doc hexdigest_doc = "hexdigest($self, /)\n--\n\nReturn the digest value as a string of hexadecimal digits.";
Result<Str> hexdigest(Digest* self) {
  u8 out[EVP_MAX_MD_SIZE];
  TRY(final_bytes(self, out, 0));
  return lower_hex(out, static_cast<usize>(algorithm_of(self).digest_size));
}
constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a copy of the hash object.";
Result<Digest> copy(Digest* self) {
  Ref<Digest> result = TRY(digest_new(static_cast<Index>(self->ob_type - types), {}));
  if (!crypto.EVP_MD_CTX_copy_ex(result->context, self->context)) return raise_library();
  return result;
}

Result<Bytes> extended_bytes(Digest* self, Object* length) {
  if (is_int(length) && int_sign(as<Int>(length)) < 0) return raise(ValueError, "value must be positive");
  u64 size = TRY(int_as_u64(length));
  if (size >= (u64{1} << 29)) return raise(ValueError, "length is too large");
  Ref<Bytes> result = TRY(bytes_new(static_cast<isize>(size)));
  if (size) TRY(final_bytes(self, reinterpret_cast<u8*>(bytes_data(result)), size));
  return result;
}
constexpr Doc shake_digest_doc = "digest($self, length, /)\n--\n\nReturn the digest value as a bytes object.";
Result<Bytes> shake_digest(Digest* self, Object* length) { return extended_bytes(self, length); }
constexpr Doc shake_hexdigest_doc =
    "hexdigest($self, length, /)\n--\n\nReturn the digest value as a string of hexadecimal digits.";
Result<Str> shake_hexdigest(Digest* self, Object* length) {
  Ref<Bytes> bytes = TRY(extended_bytes(self, length));
  return lower_hex(reinterpret_cast<u8*>(bytes_data(bytes)), static_cast<usize>(bytes_size(bytes)));
}

Result<int> get_block_size(Digest* self) { return algorithm_of(self).block_size; }
Result<int> get_digest_size(Digest* self) { return algorithm_of(self).digest_size; }
Result<Str> get_name(Digest* self) { return str_from_string(algorithm_of(self).name); }
Result<int> get_capacity_bits(Digest* self) { return algorithm_of(self).capacity_bits; }
Result<int> get_rate_bits(Digest* self) { return 1600 - algorithm_of(self).capacity_bits; }
Result<Bytes> get_suffix(Digest* self) { return bytes_from_view(algorithm_of(self).digest_size ? "\x06" : "\x1f"); }

constinit PyMethodDef methods[] = {
    method<copy, copy_doc>(),
    method<digest, digest_doc>(),
    method<hexdigest, hexdigest_doc>(),
    method<update, update_doc>(),
    {},
};
constinit PyMethodDef shake_methods[] = {
    method<copy, copy_doc>(),
    method<shake_digest, shake_digest_doc>(),
    method<shake_hexdigest, shake_hexdigest_doc>(),
    method<update, update_doc>(),
    {},
};
constinit PyGetSetDef getters[] = {
    get_set<get_block_size>("block_size"),
    get_set<get_name>("name"),
    get_set<get_digest_size>("digest_size"),
    {},
};
constinit PyGetSetDef sha3_getters[] = {
    get_set<get_block_size>("block_size"),
    get_set<get_name>("name"),
    get_set<get_digest_size>("digest_size"),
    get_set<get_capacity_bits>("_capacity_bits"),
    get_set<get_rate_bits>("_rate_bits"),
    get_set<get_suffix>("_suffix"),
    {},
};

// == Constructors ==

#define HASH_FUNCTION(name, index, shown)                                                                         \
  constexpr Doc name##_doc = #name "($module, /, string=b'', *, usedforsecurity=True)\n--\n\nReturn a new " shown \
                                   " hash object; optionally initialized with a string.";                         \
  Result<Digest> name(Module*, Opt<Object*> data, bool) { return digest_new(index, data); }
HASH_FUNCTION(md5, Md5, "MD5")
HASH_FUNCTION(sha1, Sha1, "SHA1")
HASH_FUNCTION(sha224, Sha224, "SHA-224")
HASH_FUNCTION(sha256, Sha256, "SHA-256")
HASH_FUNCTION(sha384, Sha384, "SHA-384")
HASH_FUNCTION(sha512, Sha512, "SHA-512")

// sha3_224([data], *, usedforsecurity=True)
#define SHA3_CONSTRUCTOR(name, index)                                                \
  constexpr Doc name##_doc = #name "(data=b'', /, *, usedforsecurity=True)\n--\n\n"; \
  Result<Object> name##_new(Type*, Opt<Object*> data, bool) { return digest_new(index, data); }
SHA3_CONSTRUCTOR(sha3_224, Sha3_224)
SHA3_CONSTRUCTOR(sha3_256, Sha3_256)
SHA3_CONSTRUCTOR(sha3_384, Sha3_384)
SHA3_CONSTRUCTOR(sha3_512, Sha3_512)
SHA3_CONSTRUCTOR(shake_128, Shake128)
SHA3_CONSTRUCTOR(shake_256, Shake256)

consteval Type digest_type(const char* name) {
  Type type{};
  type.tp_name = name;
  type.tp_basicsize = sizeof(Digest);
  type.tp_dealloc = digest_dealloc;
  type.tp_getattro = object_generic_get_attr_slot;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION;
  type.tp_methods = methods;
  type.tp_getset = getters;
  return type;
}
consteval Type sha3_type(const char* name, const char* doc, newfunc constructor_function, bool shake) {
  Type type = digest_type(name);
  type.tp_doc = doc;
  type.tp_flags = Py_TPFLAGS_DEFAULT;
  type.tp_methods = shake ? shake_methods : methods;
  type.tp_getset = sha3_getters;
  type.tp_new = constructor_function;
  return type;
}
#define SHA3_TEXT(name, size)                                                                              \
  name "([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit " \
       "length of " #size " bytes."
#define SHAKE_TEXT(name) name "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
constinit Type types[kCount] = {
    digest_type("_md5.md5"),
    digest_type("_sha1.sha1"),
    digest_type("_sha256.sha224"),
    digest_type("_sha256.sha256"),
    digest_type("_sha512.sha384"),
    digest_type("_sha512.sha512"),
    sha3_type("_sha3.sha3_224", SHA3_TEXT("sha3_224", 28), constructor<sha3_224_new, sha3_224_doc>, false),
    sha3_type("_sha3.sha3_256", SHA3_TEXT("sha3_256", 32), constructor<sha3_256_new, sha3_256_doc>, false),
    sha3_type("_sha3.sha3_384", SHA3_TEXT("sha3_384", 48), constructor<sha3_384_new, sha3_384_doc>, false),
    sha3_type("_sha3.sha3_512", SHA3_TEXT("sha3_512", 64), constructor<sha3_512_new, sha3_512_doc>, false),
    sha3_type("_sha3.shake_128", SHAKE_TEXT("shake_128"), constructor<shake_128_new, shake_128_doc>, true),
    sha3_type("_sha3.shake_256", SHAKE_TEXT("shake_256"), constructor<shake_256_new, shake_256_doc>, true),
};

// == Modules ==

Result<void> add_type(Module* module, Index index, const char* name) {
  TRY(type_ready(&types[index]));
  return module_add_object(module, name, &types[index]);
}
Result<void> md5_exec(Module* module) { return add_type(module, Md5, "MD5Type"); }
Result<void> sha1_exec(Module* module) { return add_type(module, Sha1, "SHA1Type"); }
Result<void> sha256_exec(Module* module) {
  TRY(add_type(module, Sha224, "SHA224Type"));
  return add_type(module, Sha256, "SHA256Type");
}
Result<void> sha512_exec(Module* module) {
  TRY(add_type(module, Sha384, "SHA384Type"));
  return add_type(module, Sha512, "SHA512Type");
}
Result<void> sha3_exec(Module* module) {
  for (int i = Sha3_224; i <= Shake256; ++i) TRY(add_type(module, static_cast<Index>(i), algorithms[i].name));
  TRY(module_add_int(module, "keccakopt", 0));
  return module_add_string(module, "implementation", "OpenSSL");
}
constinit PyMethodDef md5_functions[] = {method<md5, md5_doc>(), {}};
constinit PyMethodDef sha1_functions[] = {method<sha1, sha1_doc>(), {}};
constinit PyMethodDef sha256_functions[] = {method<sha256, sha256_doc>(), method<sha224, sha224_doc>(), {}};
constinit PyMethodDef sha512_functions[] = {method<sha512, sha512_doc>(), method<sha384, sha384_doc>(), {}};
constinit PyMethodDef sha3_functions[] = {{}};
}  // namespace
}  // namespace adder

#define HASH_MODULE(name)                                                              \
  namespace adder {                                                                    \
  static constinit PyModuleDef_Slot name##_slots[] = {module_exec<name##_exec>(), {}}; \
  static constinit ModuleDef name##_definition =                                       \
      module_definition("_" #name, nullptr, name##_functions, name##_slots);           \
  }                                                                                    \
  ADDER_EXPORT PyObject* PyInit__##name() { return adder::module_def_init(&adder::name##_definition); }
#else
// Built without libcrypto: importing them says so, and hashlib goes on without.
#define HASH_MODULE(name)                                                                          \
  ADDER_EXPORT PyObject* PyInit__##name() {                                                        \
    (void)adder::raise(adder::ImportError, "this build has no libcrypto, which _" #name " needs"); \
    return nullptr;                                                                                \
  }
#endif

HASH_MODULE(md5)
HASH_MODULE(sha1)
HASH_MODULE(sha256)
HASH_MODULE(sha512)
HASH_MODULE(sha3)
