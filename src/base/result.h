// result: who owns a reference, and how failure travels.
//
// Ref<T>        owns one reference; move-only. Empty only when it came out of a Maybe or was moved from.
// Result<T>     a new reference, or the exception is set in the thread state. One register, trivially copyable.
// Maybe<T>      a new reference, or absent, or the exception is set. For look-ups and iteration. Two registers.
// Result<void>, Result<bool>, Result<isize>, Result<int>, Result<double> …   done or the value, or the exception is set.
// Opt<T*>       a borrowed pointer that may be absent; no exception.
// T*            borrowed, never null.
//
// A function that returns a Result or a Maybe may run Python code unless its comment says otherwise; one that returns
// a plain value may not. See docs/errors.md.
#pragma once
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "base/config.h"

struct _object;
using PyObject = _object;

namespace adder {
// Both are defined inline in memory/refcount.h.
inline void incref(PyObject* object);
inline void decref(PyObject* object);

template <class T>
class [[nodiscard]] Ref {
 public:
  constexpr Ref() : pointer_(nullptr) {}
  constexpr Ref(std::nullptr_t) : pointer_(nullptr) {}
  // Takes over the reference that the caller owns; null makes an empty Ref.
  static Ref steal(T* pointer) { return Ref(pointer); }
  // Adds a reference to a borrowed object.
  static Ref share(T* pointer) {
    incref(pointer);
    return Ref(pointer);
  }
  // Adds a reference unless `pointer` is null, which makes an empty Ref.
  static Ref share_or_empty(T* pointer) {
    if (pointer) incref(pointer);
    return Ref(pointer);
  }
  template <class U>
    requires std::is_convertible_v<U*, T*>
  Ref(Ref<U>&& other) noexcept : pointer_(other.release()) {}
  Ref(Ref&& other) noexcept : pointer_(other.release()) {}
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  // The old object is released last: it may run Python code.
  Ref& operator=(Ref&& other) noexcept {
    T* old = std::exchange(pointer_, other.release());
    if (old) decref(old);
    return *this;
  }
  ~Ref() {
    if (pointer_) decref(pointer_);
  }
  T* get() const { return pointer_; }
  operator T*() const& { return pointer_; }
  operator T*() && = delete;
  T* operator->() const { return pointer_; }
  T& operator*() const { return *pointer_; }
  explicit operator bool() const { return pointer_ != nullptr; }
  // Gives the reference to the caller; the Ref is empty afterwards.
  [[nodiscard]] T* release() { return std::exchange(pointer_, nullptr); }
  // Another reference to the same object.
  Ref share() const { return share_or_empty(pointer_); }
  void reset() {
    if (T* old = std::exchange(pointer_, nullptr)) decref(old);
  }

 private:
  explicit Ref(T* pointer) : pointer_(pointer) {}
  T* pointer_;
};

// A new reference to a borrowed object: `return new_ref(item);`
template <class T>
Ref<T> new_ref(T* pointer) {
  return Ref<T>::share(pointer);
}

// The failed result: the exception is set. Converts to every Result and Maybe.
struct [[nodiscard]] Error {};

template <class T>
class [[nodiscard]] Result {
 public:
  template <class U>
    requires std::is_convertible_v<U*, T*>
  Result(Ref<U>&& reference) : pointer_(reference.release()) {
    check(pointer_ != nullptr, "Result made from an empty Ref");
  }
  template <class U>
    requires(std::is_convertible_v<U*, T*> && !std::is_same_v<U, T>)
  Result(Result<U> other) : pointer_(other.to_c()) {}
  Result(Error) : pointer_(nullptr) {}
  // Takes over what a C function returned: a new reference, or null with the exception set.
  static Result from_c(T* pointer) { return Result(pointer, 0); }
  // A new reference to a borrowed object.
  static Result share(T* pointer) {
    incref(pointer);
    return Result(pointer, 0);
  }
  bool failed() const { return pointer_ == nullptr; }
  Ref<T> take() { return Ref<T>::steal(pointer_); }
  // For the C boundary: a new reference or null.
  T* to_c() const { return pointer_; }

 private:
  Result(T* pointer, int) : pointer_(pointer) {}
  T* pointer_;
};

template <class T>
class [[nodiscard]] Maybe {
 public:
  template <class U>
    requires std::is_convertible_v<U*, T*>
  Maybe(Ref<U>&& reference) : pointer_(reference.release()), failed_(false) {}
  template <class U>
    requires std::is_convertible_v<U*, T*>
  Maybe(Result<U> other) : pointer_(other.to_c()), failed_(other.failed()) {}
  Maybe(Error) : pointer_(nullptr), failed_(true) {}
  Maybe(std::nullptr_t) : pointer_(nullptr), failed_(false) {}
  // A new reference, or null that means "absent" or "failed" as `failed` says.
  static Maybe from_c(T* pointer, bool failed) {
    Maybe result(nullptr);
    result.pointer_ = pointer;
    result.failed_ = failed;
    return result;
  }
  static Maybe share(T* pointer) {
    incref(pointer);
    return from_c(pointer, false);
  }
  bool failed() const { return failed_; }
  // Empty when absent.
  Ref<T> take() { return Ref<T>::steal(pointer_); }
  // For the C boundary: null when absent or failed.
  T* to_c() const { return pointer_; }

 private:
  T* pointer_;
  bool failed_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() : status_(0) {}
  Result(Error) : status_(-1) {}
  static Result from_c(int status) {
    Result result;
    result.status_ = status;
    return result;
  }
  bool failed() const { return status_ < 0; }
  void take() {}
  int to_c() const { return status_; }

 private:
  int status_;
};

template <>
class [[nodiscard]] Result<bool> {
 public:
  template <class T>
    requires std::is_same_v<T, bool>
  Result(T value) : value_(value) {}
  Result(Error) : value_(-1) {}
  static Result from_c(int value) {
    Result result(Error{});
    result.value_ = value;
    return result;
  }
  bool failed() const { return value_ < 0; }
  bool take() { return value_ != 0; }
  int to_c() const { return value_; }

 private:
  int value_;
};

// Values: isize, int, i64, u64, double, u32, pointers wrapped in Opt …
template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
class [[nodiscard]] Result<T> {
 public:
  Result(T value) : value_(value), failed_(false) {}
  Result(Error) : value_(static_cast<T>(-1)), failed_(true) {}
  bool failed() const { return failed_; }
  T take() { return value_; }
  // For the C boundary: the value, or -1 with the exception set.
  T to_c() const { return value_; }

 private:
  T value_;
  bool failed_;
};

template <class T>
class Opt;
template <class T>
class Opt<T*> {
 public:
  constexpr Opt() : pointer_(nullptr) {}
  constexpr Opt(std::nullptr_t) : pointer_(nullptr) {}
  constexpr Opt(T* pointer) : pointer_(pointer) {}
  constexpr explicit operator bool() const { return pointer_ != nullptr; }
  constexpr T* get() const { return pointer_; }
  constexpr T* operator->() const { return pointer_; }
  constexpr T* operator*() const { return pointer_; }
  constexpr T* value_or(T* other) const { return pointer_ ? pointer_ : other; }

 private:
  T* pointer_;
};
}  // namespace adder

// Unwraps a Result or Maybe, or returns the error from the enclosing function (which returns a Result or Maybe).
#define TRY(...)                                                       \
  ({                                                                   \
    auto result_ = (__VA_ARGS__);                                      \
    if (ADDER_UNLIKELY(result_.failed())) return ::adder::Error{};     \
    result_.take();                                                    \
  })
// The same inside a C slot that returns `failure` (NULL, -1) when the exception is set.
#define TRY_C(failure, ...)                                 \
  ({                                                        \
    auto result_ = (__VA_ARGS__);                           \
    if (ADDER_UNLIKELY(result_.failed())) return (failure); \
    result_.take();                                         \
  })
// Unwraps a Result that cannot fail here.
#define MUST(...)                                                                  \
  ({                                                                               \
    auto result_ = (__VA_ARGS__);                                                  \
    if (ADDER_UNLIKELY(result_.failed())) ::adder::fatal("MUST failed: " #__VA_ARGS__); \
    result_.take();                                                                \
  })
