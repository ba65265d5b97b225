// double_text: doubles to text and back, correctly rounded. No Python objects.
#pragma once
#include "base/config.h"

namespace adder {
// Flags of double_to_text, with the values of Py_DTSF_*.
inline constexpr int kDoubleSign = 1;       // "+" in front of what is not negative
inline constexpr int kDoubleAddDot0 = 2;    // ".0" after what would look like an integer
inline constexpr int kDoubleAlternate = 4;  // always a point; %g keeps trailing zeros
inline constexpr int kDoubleNoNegativeZero = 8;

// Text that lives on the C stack as long as it is short.
class DoubleText {
 public:
  DoubleText() = default;
  DoubleText(const DoubleText&) = delete;
  ~DoubleText();
  const char* data() const { return data_; }
  isize size() const { return size_; }
  // Makes room for `size` characters; the old content is lost. False if memory runs out.
  [[nodiscard]] bool reserve(isize size);
  void append(char c) { data_[size_++] = c; }
  void append(const char* text, isize size);
  void append_repeated(char c, isize count);

 private:
  char small_[400];
  char* data_ = small_;
  isize size_ = 0, capacity_ = sizeof small_;
};

// Code r: the shortest text that reads back as the same value (precision unused). e, f, g, E, F, G as in printf, g
// without padding. "inf" and "nan" (never signed but by kDoubleSign) in the letter case of the code. False if memory
// runs out.
[[nodiscard]] bool double_to_text(double value, char code, int precision, int flags, DoubleText& out);

// The whole text as sign, digits with an optional point and exponent, or inf, infinity, nan in any letter case. No
// spaces. False if it is none of these. What is too large becomes infinity, what is too small zero.
bool double_from_text(const char* text, isize size, double* value);
}  // namespace adder
