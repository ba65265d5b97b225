// missing: the macros of missing.cpp, which gives every name of the C API that has no meaning yet a weak definition.
#pragma once

namespace adder {
// Sets SystemError("NAME is not implemented").
void capi_missing(const char* name);
// As the C API's PyStatus: an error with a text, so that an embedder sees which function is missing.
struct MissingStatus {
  int type;
  const char* function;
  const char* message;
  int exit_code;
};
struct MissingComplex {
  double real, imag;
};
}  // namespace adder

// The sections tell the loader of extension modules which names have no meaning yet (import/extension_check.cpp).
#define MISSING_ATTRIBUTES extern "C" __attribute__((weak, visibility("default"), section("adder_missing")))
#define MISSING_BODY(name, result) \
  {                                \
    ::adder::capi_missing(#name);  \
    return result;                 \
  }
#define MISSING_POINTER(name) MISSING_ATTRIBUTES void* name() MISSING_BODY(name, nullptr)
#define MISSING_INT(name) MISSING_ATTRIBUTES int name() MISSING_BODY(name, -1)
#define MISSING_LONG(name) MISSING_ATTRIBUTES long name() MISSING_BODY(name, -1)
#define MISSING_ZERO(name) MISSING_ATTRIBUTES unsigned long name() MISSING_BODY(name, 0)
#define MISSING_VOID(name) MISSING_ATTRIBUTES void name() MISSING_BODY(name, )
#define MISSING_DOUBLE(name) MISSING_ATTRIBUTES double name() MISSING_BODY(name, -1.0)
// clang-format off
#define MISSING_COMPLEX(name) \
  MISSING_ATTRIBUTES ::adder::MissingComplex name() MISSING_BODY(name, (::adder::MissingComplex{-1.0, 0.0}))
#define MISSING_STATUS(name)                            \
  MISSING_ATTRIBUTES ::adder::MissingStatus name() {    \
    return {1, #name, "is not implemented", 0};         \
  }
// clang-format on
// Zeros, of the size that executables with copy relocations expect.
#define MISSING_DATA(name, size)                                             \
  extern "C" {                                                               \
  __attribute__((weak, visibility("default"), section("adder_missing_data"), \
                 aligned(size >= 16 ? 16 : 8))) char name[size] = {};        \
  }
