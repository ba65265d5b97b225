// hashes: the modules _md5, _sha1, _sha256 and _sha512, over libcrypto.
//
// See        library reference "hashlib", FIPS 180-4, RFC 1321
#include <openssl/evp.h>

#include "bind/bind.h"
#include "import/import.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
struct Algorithm {
  const char* name;
  const EVP_MD* (*digest)();
};
constexpr Algorithm kMd5 = {"md5", EVP_md5}, kSha1 = {"sha1", EVP_sha1}, kSha224 = {"sha224", EVP_sha224}, kSha256 = {"sha256", EVP_sha256},
                    kSha384 = {"sha384", EVP_sha384}, kSha512 = {"sha512", EVP_sha512};

struct Hash : PyObject {
  const Algorithm* algorithm;
  EVP_MD_CTX* context;
};
// From this size on hashing runs without the GIL.
constexpr isize kLarge = 65536;

Result<void> feed(Hash* self, Object* data) {
  if (is_str(data)) return raise(TypeError, "Strings must be encoded before hashing");
  BufferView view;
  if (view.acquire(data).failed()) {
    error_clear();
    return raise(TypeError, "object supporting the buffer API required");
  }
  if (view.size() >= kLarge) {
    WithoutGil released;
    EVP_DigestUpdate(self->context, view.data(), static_cast<usize>(view.size()));
  } else {
    EVP_DigestUpdate(self->context, view.data(), static_cast<usize>(view.size()));
  }
  return {};
}
Result<Object> hash_new(Type* type, const Algorithm& algorithm, Opt<Object*> data) {
  Ref<Hash> self = TRY(object_new<Hash>(type));
  self->algorithm = &algorithm;
  self->context = EVP_MD_CTX_new();
  if (!self->context || !EVP_DigestInit_ex(self->context, algorithm.digest(), nullptr)) return raise_no_memory();
  if (data) TRY(feed(self, data.get()));
  return self;
}
void hash_dealloc(PyObject* self) {
  EVP_MD_CTX_free(as<Hash>(self)->context);
  object_free(self);
}
int digest_size(const Hash* self) { return EVP_MD_size(self->algorithm->digest()); }

constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a copy of the hash object.";
Result<Object> hash_copy(Hash* self) {
  Ref<Object> copy = TRY(hash_new(type_of(self), *self->algorithm, {}));
  if (!EVP_MD_CTX_copy_ex(as<Hash>(copy.get())->context, self->context)) return raise_no_memory();
  return copy;
}
// The digest so far, into `out`.
Result<void> finish(Hash* self, unsigned char* out) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool ok = context && EVP_MD_CTX_copy_ex(context, self->context) && EVP_DigestFinal_ex(context, out, nullptr);
  EVP_MD_CTX_free(context);
  if (!ok) return raise_no_memory();
  return {};
}
constexpr Doc digest_doc = "digest($self, /)\n--\n\nReturn the digest value as a bytes object.";
Result<Object> hash_digest(Hash* self) {
  unsigned char out[EVP_MAX_MD_SIZE];
  TRY(finish(self, out));
  return bytes_from_view({reinterpret_cast<char*>(out), static_cast<usize>(digest_size(self))});
}
constexpr Doc hexdigest_doc = "hexdigest($self, /)\n--\n\nReturn the digest value as a string of hexadecimal digits.";
Result<Object> hash_hexdigest(Hash* self) {
  unsigned char out[EVP_MAX_MD_SIZE];
  TRY(finish(self, out));
  char text[2 * EVP_MAX_MD_SIZE];
  for (int i = 0; i < digest_size(self); ++i) {
    text[2 * i] = "0123456789abcdef"[out[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[out[i] & 15];
  }
  return str_from_latin1({text, static_cast<usize>(2 * digest_size(self))});
}
constexpr Doc update_doc = "update($self, obj, /)\n--\n\nUpdate this hash object's state with the provided string.";
Result<void> hash_update(Hash* self, Object* data) { return feed(self, data); }
Result<int> get_digest_size(Hash* self) { return digest_size(self); }
Result<int> get_block_size(Hash* self) { return EVP_MD_block_size(self->algorithm->digest()); }
Result<Str> get_name(Hash* self) { return str_from_string(self->algorithm->name); }

constinit PyMethodDef methods[] = {
    method<hash_copy, copy_doc>(), method<hash_digest, digest_doc>(), method<hash_hexdigest, hexdigest_doc>(), method<hash_update, update_doc>(), {},
};
constinit PyGetSetDef getset[] = {get_set<get_digest_size>("digest_size"), get_set<get_block_size>("block_size"), get_set<get_name>("name"), {}};
constexpr PyTypeObject hash_type(const char* name) {
  PyTypeObject type;
  type.tp_name = name;
  type.tp_basicsize = sizeof(Hash);
  type.tp_dealloc = hash_dealloc;
  type.tp_getattro = object_generic_get_attr_slot;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE;
  type.tp_methods = methods;
  type.tp_getset = getset;
  return type;
}
constinit PyTypeObject md5_type = hash_type("_md5.md5"), sha1_type = hash_type("_sha1.sha1"), sha224_type = hash_type("_sha256.sha224"),
                       sha256_type = hash_type("_sha256.sha256"), sha384_type = hash_type("_sha512.sha384"), sha512_type = hash_type("_sha512.sha512");

#define HASH_FUNCTION(name, algorithm)                                                                                                   \
  constexpr Doc name##_doc = #name "($module, /, string=b'', *, usedforsecurity=True)\n--\n\nReturn a new " #name " hash object.";          \
  Result<Object> name##_function(Module*, Opt<Object*> data, bool) { return hash_new(&name##_type, algorithm, data); }
HASH_FUNCTION(md5, kMd5)
HASH_FUNCTION(sha1, kSha1)
HASH_FUNCTION(sha224, kSha224)
HASH_FUNCTION(sha256, kSha256)
HASH_FUNCTION(sha384, kSha384)
HASH_FUNCTION(sha512, kSha512)
#undef HASH_FUNCTION

template <auto& First, auto&... Others>
Result<void> ready(Module*) {
  TRY(type_ready(&First));
  Result<void> result;
  ((result = result.failed() ? result : type_ready(&Others)), ...);
  
  return result;
}
constinit PyMethodDef md5_functions[] = {method<md5_function, md5_doc>(), {}};
constinit PyMethodDef sha1_functions[] = {method<sha1_function, sha1_doc>(), {}};
constinit PyMethodDef sha256_functions[] = {method<sha224_function, sha224_doc>(), method<sha256_function, sha256_doc>(), {}};
constinit PyMethodDef sha512_functions[] = {method<sha384_function, sha384_doc>(), method<sha512_function, sha512_doc>(), {}};
constinit PyModuleDef_Slot md5_slots[] = {module_exec<ready<md5_type>>(), {}};
constinit PyModuleDef_Slot sha1_slots[] = {module_exec<ready<sha1_type>>(), {}};
constinit PyModuleDef_Slot sha256_slots[] = {module_exec<ready<sha224_type, sha256_type>>(), {}};
constinit PyModuleDef_Slot sha512_slots[] = {module_exec<ready<sha384_type, sha512_type>>(), {}};
constinit ModuleDef md5_definition = module_definition("_md5", nullptr, md5_functions, md5_slots);
constinit ModuleDef sha1_definition = module_definition("_sha1", nullptr, sha1_functions, sha1_slots);
constinit ModuleDef sha256_definition = module_definition("_sha256", nullptr, sha256_functions, sha256_slots);
constinit ModuleDef sha512_definition = module_definition("_sha512", nullptr, sha512_functions, sha512_slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__md5() { return adder::module_def_init(&adder::md5_definition); }
ADDER_EXPORT PyObject* PyInit__sha1() { return adder::module_def_init(&adder::sha1_definition); }
ADDER_EXPORT PyObject* PyInit__sha256() { return adder::module_def_init(&adder::sha256_definition); }
ADDER_EXPORT PyObject* PyInit__sha512() { return adder::module_def_init(&adder::sha512_definition); }
