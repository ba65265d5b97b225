// layout: prints where the fields of the ABI's structs are.
//
// Compiled twice by tools/check_layout.py: with -DWITH_CPYTHON against CPython's own headers, without against src/abi.
// Both must print what tests/capi/layout.tsv says. A field that a struct does not have is printed as absent.
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "layout_headers.inc"

// Finds the bits of a bit field by setting them all.
template <class T, class Set>
static void print_bits(const char* name, Set set) {
  alignas(T) unsigned char memory[sizeof(T)];
  std::memset(memory, 0, sizeof memory);
  set(*reinterpret_cast<T*>(memory));
  int first = -1, count = 0;
  for (unsigned bit = 0; bit < 8 * sizeof memory; ++bit) {
    if (memory[bit / 8] >> bit % 8 & 1) {
      if (first < 0) first = static_cast<int>(bit);
      ++count;
    }
  }
  std::printf("%s\t%d.bit%d\t%dbit\n", name, first / 32 * 4, first % 32, count);
}

#define STRUCT(type) std::printf(#type "\t(sizeof)\t0\t%zu\n", sizeof(type));
#define FIELD(type, field)                                                                                  \
  []<class T>(T*) {                                                                                         \
    if constexpr (requires(T * t) { t->field; }) {                                                          \
      std::printf(#type "\t" #field "\t%zu\t%zu\n", offsetof(T, field), sizeof(static_cast<T*>(0)->field)); \
    } else {                                                                                                \
      std::printf(#type "\t" #field "\tabsent\t\n");                                                        \
    }                                                                                                       \
  }(static_cast<type*>(nullptr));
#define BITS(type, field)                                                     \
  []<class T>(T*) {                                                           \
    if constexpr (requires(T * t) { t->field; }) {                            \
      print_bits<T>(#type "\t" #field, [](T& object) { object.field = -1; }); \
    } else {                                                                  \
      std::printf(#type "\t" #field "\tabsent\t\n");                          \
    }                                                                         \
  }(static_cast<type*>(nullptr));

int main() {
#include "layout_rows.inc"
  return 0;
}
