// config: integer aliases, visibility and branch hints shared by the whole machine.
#pragma once
#include <cstddef>
#include <cstdint>

namespace adder {
using isize = std::ptrdiff_t;
using usize = std::size_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
inline constexpr isize kMaxSize = PTRDIFF_MAX;
}  // namespace adder

// Marks a symbol of the C API: real name, default visibility.
#define ADDER_EXPORT extern "C" __attribute__((visibility("default")))
#define ADDER_LIKELY(x) __builtin_expect(!!(x), 1)
#define ADDER_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ADDER_NOINLINE __attribute__((noinline, cold))
#define ADDER_ALWAYS_INLINE inline __attribute__((always_inline))
