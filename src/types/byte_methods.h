// byte_methods: the methods that bytes and bytearray have in common, written once.
//
// Each takes a Receiver, the object whose method is called; results are of its type. BYTE_METHODS(Self) gives the
// entries of the method table.
#pragma once
#include <new>
#include <string_view>

#include "bind/bind.h"
#include "object/object.h"
#include "types/byte_texts.h"
#include "types/bytes.h"

namespace adder::byte_methods {
// A bytes or bytearray. Its text is read anew after anything that may run Python code: a bytearray may have changed.
class Receiver {
 public:
  explicit Receiver(Bytes* self) : self_(self), is_array_(false) {}
  explicit Receiver(ByteArray* self) : self_(self), is_array_(true) {}
  std::string_view text() const {
    return is_array_
               ? std::string_view(as<ByteArray>(self_)->ob_start, static_cast<usize>(as<ByteArray>(self_)->ob_size))
               : bytes_view(as<Bytes>(self_));
  }
  isize size() const { return static_cast<VarObject*>(self_)->ob_size; }
  Object* self() const { return self_; }
  bool is_array() const { return is_array_; }
  // A new object of the receiver's type with `size` bytes to fill at `data`.
  Result<Object> allocate(isize size, char*& data) const;
  Result<Object> make(std::string_view text) const;
  // For results equal to the receiver: bytes give themselves, bytearrays a copy.
  Result<Object> unchanged() const;

 private:
  Object* self_;
  bool is_array_;
};

// An argument that may be a bytes-like object or (`allow_integer`) a byte value.
class ByteArgument {
 public:
  Result<void> acquire(Object* object);             // bytes-like only
  Result<void> acquire_or_integer(Object* object);  // int in range(256) too
  std::string_view text() const { return text_; }

 private:
  BufferView view_;
  char byte_ = 0;
  std::string_view text_;
};
// A byte value: "byte must be in range(0, 256)".
Result<int> byte_from_object(Object* object);

Result<isize> find(const Receiver& self, Object* const* args, isize nargs);
Result<isize> rfind(const Receiver& self, Object* const* args, isize nargs);
Result<isize> index(const Receiver& self, Object* const* args, isize nargs);
Result<isize> rindex(const Receiver& self, Object* const* args, isize nargs);
Result<isize> count(const Receiver& self, Object* const* args, isize nargs);
Result<bool> startswith(const Receiver& self, Object* const* args, isize nargs);
Result<bool> endswith(const Receiver& self, Object* const* args, isize nargs);
Result<bool> contains(const Receiver& self, Object* what);
Result<Object> replace(const Receiver& self, Object* old_text, Object* new_text, isize max_count);
Result<Object> removeprefix(const Receiver& self, Object* prefix);
Result<Object> removesuffix(const Receiver& self, Object* suffix);
Result<Object> split(const Receiver& self, Object* separator, isize max_count);
Result<Object> rsplit(const Receiver& self, Object* separator, isize max_count);
Result<Object> splitlines(const Receiver& self, int keep_ends);
Result<Object> partition(const Receiver& self, Object* separator);
Result<Object> rpartition(const Receiver& self, Object* separator);
Result<Object> join(const Receiver& self, Object* iterable);
Result<Object> strip(const Receiver& self, Object* characters);
Result<Object> lstrip(const Receiver& self, Object* characters);
Result<Object> rstrip(const Receiver& self, Object* characters);
Result<Object> translate(const Receiver& self, Object* table, Opt<Object*> deleted);
Result<Object> maketrans(Object* from, Object* to);
Result<Object> capitalize(const Receiver& self);
Result<Object> lower(const Receiver& self);
Result<Object> upper(const Receiver& self);
Result<Object> title(const Receiver& self);
Result<Object> swapcase(const Receiver& self);
Result<bool> isalnum(const Receiver& self);
Result<bool> isalpha(const Receiver& self);
Result<bool> isascii(const Receiver& self);
Result<bool> isdigit(const Receiver& self);
Result<bool> islower(const Receiver& self);
Result<bool> isspace(const Receiver& self);
Result<bool> istitle(const Receiver& self);
Result<bool> isupper(const Receiver& self);
Result<Object> center(const Receiver& self, isize width, Opt<Object*> fill);
Result<Object> ljust(const Receiver& self, isize width, Opt<Object*> fill);
Result<Object> rjust(const Receiver& self, isize width, Opt<Object*> fill);
Result<Object> zfill(const Receiver& self, isize width);
Result<Object> expandtabs(const Receiver& self, int tab_size);
Result<Object> decode(const Receiver& self, Opt<Str*> encoding, Opt<Str*> errors);
Result<Object> hex(const Receiver& self, Opt<Object*> separator, int group);
Result<Object> repeat(const Receiver& self, isize count);
Result<Object> subscript_slice(const Receiver& self, Object* slice);
Result<Object> remainder(const Receiver& self, Object* arguments);
// Text of two hexadecimal digits a byte, for bytes, bytearray and memoryview.
Result<Str> hex_of(std::string_view data, Opt<Object*> separator, int group);
// The bytes that hexadecimal text means, appended to bytes that the caller wraps.
Result<Bytes> bytes_of_hex(Object* text);
// The bytes of a source that is no str: buffer, iterable of ints, int (count of zeros) where `allow_count`.
Result<Object> bytes_of_iterable(Object* source);
// The representation b'…', with `prefix` and `suffix` around it.
Result<Str> repr_of(std::string_view text, bool smart_quotes, std::string_view prefix, std::string_view suffix);
Result<Object> rich_compare(Object* self, Object* other, int op);
Result<Object> concat(Object* left, Object* right, bool as_array);

// Adapts a function of a Receiver to a method of Self.
template <auto Fn>
struct Method;
template <class R, class... A, R (*Fn)(const Receiver&, A...)>
struct Method<Fn> {
  template <class Self>
  static R of(Self* self, A... arguments) {
    return Fn(Receiver(self), arguments...);
  }
};
template <auto Fn, class Self>
PyObject* positional(PyObject* self, PyObject* const* args, Py_ssize_t nargs) {
  return result_to_c(Fn(Receiver(as<Self>(self)), args, nargs));
}

}  // namespace adder::byte_methods

#define BYTE_METHOD(name, Self)                                                                              \
  ::adder::with_text(::adder::method<&::adder::byte_methods::Method<&::adder::byte_methods::name>::of<Self>, \
                                     ::adder::byte_methods::docs::name>(),                                   \
                     ::adder::byte_methods::docs::name##_text)
// One whose text names the type.
#define BYTE_METHOD_OF(name, Self)                                                                               \
  ::adder::with_text(::adder::method<&::adder::byte_methods::Method<&::adder::byte_methods::name>::of<Self>,     \
                                     ::adder::byte_methods::docs::name>(),                                       \
                     ::adder::byte_methods::docs::text_for<Self>(::adder::byte_methods::docs::name##_bytes_text, \
                                                                 ::adder::byte_methods::docs::name##_bytearray_text))
#define BYTE_SEARCH(name, Self)                                                                                    \
  ::adder::raw_method(                                                                                             \
      #name, static_cast<PyCFunctionFast>(&::adder::byte_methods::positional<&::adder::byte_methods::name, Self>), \
      METH_FASTCALL, ::adder::byte_methods::docs::name##_text)
#define BYTE_METHODS(Self)                                                                                            \
  BYTE_METHOD(capitalize, Self), BYTE_METHOD(center, Self), BYTE_SEARCH(count, Self), BYTE_METHOD_OF(decode, Self),   \
      BYTE_SEARCH(endswith, Self), BYTE_METHOD(expandtabs, Self), BYTE_SEARCH(find, Self), BYTE_METHOD_OF(hex, Self), \
      BYTE_SEARCH(index, Self), BYTE_METHOD(isalnum, Self), BYTE_METHOD(isalpha, Self), BYTE_METHOD(isascii, Self),   \
      BYTE_METHOD(isdigit, Self), BYTE_METHOD(islower, Self), BYTE_METHOD(isspace, Self), BYTE_METHOD(istitle, Self), \
      BYTE_METHOD(isupper, Self), BYTE_METHOD_OF(join, Self), BYTE_METHOD(ljust, Self), BYTE_METHOD(lower, Self),     \
      BYTE_METHOD_OF(lstrip, Self),                                                                                   \
      ::adder::with_text(                                                                                             \
          ::adder::static_method<&::adder::byte_methods::maketrans, ::adder::byte_methods::docs::maketrans>(),        \
          ::adder::byte_methods::docs::maketrans_text),                                                               \
      BYTE_METHOD_OF(partition, Self), BYTE_METHOD(replace, Self), BYTE_METHOD_OF(removeprefix, Self),                \
      BYTE_METHOD_OF(removesuffix, Self), BYTE_SEARCH(rfind, Self), BYTE_SEARCH(rindex, Self),                        \
      BYTE_METHOD(rjust, Self), BYTE_METHOD_OF(rpartition, Self), BYTE_METHOD_OF(rsplit, Self),                       \
      BYTE_METHOD(rstrip, Self), BYTE_METHOD_OF(split, Self), BYTE_METHOD_OF(splitlines, Self),                       \
      BYTE_SEARCH(startswith, Self), BYTE_METHOD(strip, Self), BYTE_METHOD(swapcase, Self), BYTE_METHOD(title, Self), \
      BYTE_METHOD(translate, Self), BYTE_METHOD(upper, Self), BYTE_METHOD(zfill, Self)
