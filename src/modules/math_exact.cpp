// math_exact: sums and distances with a single rounding, products, and the functions of ints in the module math.
//
// See        Shewchuk, "Adaptive Precision Floating-Point Arithmetic" (1997), for the partial sums of fsum.
#include <cmath>
#include <limits>

#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/math.h"
#include "types/float.h"
#include "types/int/digits.h"
#include "types/tuple.h"

namespace adder {
namespace {
// A growing array of doubles, on the C stack while it is short.
class Doubles {
 public:
  Doubles() = default;
  Doubles(const Doubles&) = delete;
  ~Doubles() {
    if (data_ != small_) memory::release(data_);
  }
  double* data() { return data_; }
  isize size() const { return size_; }
  void truncate(isize size) { size_ = size; }
  Result<void> append(double value) {
    if (size_ == capacity_) {
      auto* grown = static_cast<double*>(memory::allocate(static_cast<usize>(capacity_) * 2 * sizeof(double)));
      if (!grown) return raise_no_memory();
      for (isize i = 0; i < size_; ++i) grown[i] = data_[i];
      if (data_ != small_) memory::release(data_);
      data_ = grown;
      capacity_ *= 2;
    }
    data_[size_++] = value;
    return {};
  }

 private:
  double small_[32];
  double* data_ = small_;
  isize size_ = 0, capacity_ = 32;
};

// == fsum ==

constexpr Doc fsum_doc =
    "fsum($module, seq, /)\n--\n\n"
    "Return an accurate floating point sum of values in the iterable seq.\n\n"
    "Assumes IEEE-754 floating point arithmetic.";
// The partials never overlap and add up to the exact sum; the last rounding is the only one.
Result<double> math_fsum(Module*, Object* iterable) {
  Doubles partials;
  double special_sum = 0.0, infinite_sum = 0.0;
  TRY(for_each(iterable, [&](Object* item) -> Result<void> {
    double original = TRY(float_as_double(item));
    double x = original;
    isize kept = 0;
    double* p = partials.data();
    for (isize i = 0; i < partials.size(); ++i) {
      double y = p[i];
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      volatile double high = x + y;
      volatile double back = high - x;
      double low = y - back;
      if (low != 0.0) p[kept++] = low;
      x = high;
    }
    partials.truncate(kept);
    if (x != 0.0) {
      if (!std::isfinite(x)) {
        // Either an infinite item, or an overflow on the way.
        if (std::isfinite(original)) return raise(OverflowError, "intermediate overflow in fsum");
        if (std::isinf(original)) infinite_sum += original;
        special_sum += original;
        partials.truncate(0);
      } else {
        TRY(partials.append(x));
      }
    }
    return {};
  }));
  if (special_sum != 0.0) {
    if (std::isnan(infinite_sum)) return raise(ValueError, "-inf + inf in fsum");
    return special_sum;
  }
  isize n = partials.size();
  double* p = partials.data();
  if (n == 0) return 0.0;
  double high = p[--n], low = 0.0;
  while (n > 0) {
    double x = high, y = p[--n];
    volatile double sum = x + y;
    volatile double back = sum - x;
    high = sum;
    low = y - back;
    if (low != 0.0) break;
  }
  // Half way between two doubles: the sign of the next partial decides.
  if (n > 0 && ((low < 0.0 && p[n - 1] < 0.0) || (low > 0.0 && p[n - 1] > 0.0))) {
    double twice = low * 2.0;
    volatile double x = high + twice;
    volatile double back = x - high;
    if (twice == back) high = x;
  }
  return high;
}

// == Distances ==

// The root of the sum of squares of values that were scaled so that the largest is in [0.5, 1): squares and sum as pairs of doubles
// without rounding errors (Dekker 1971, Knuth's two-sum), one Newton step on the root.
double scaled_norm(const double* values, isize count, double scale) {
  double high = 0.0, low = 0.0;
  for (isize i = 0; i < count; ++i) {
    double x = values[i] * scale;
    double square = x * x;
    double rest = std::fma(x, x, -square);
    double sum = high + square;
    double taken = sum - high;
    low += (high - (sum - taken)) + (square - taken) + rest;
    high = sum;
  }
  double root = std::sqrt(high);
  double square = root * root;
  double rest = ((high - square) - std::fma(root, root, -square)) + low;
  return root + rest / (2 * root);
}

// The root of the sum of squares, correctly rounded but for rare cases. Near the end of the range 113-bit sums are used.
double euclidean_norm(const double* values, isize count) {
  double largest = 0.0;
  bool nan = false;
  for (isize i = 0; i < count; ++i) {
    double x = std::fabs(values[i]);
    if (std::isinf(x)) return x;
    nan = nan || std::isnan(x);
    if (x > largest) largest = x;
  }
  if (nan) return std::numeric_limits<double>::quiet_NaN();
  if (largest == 0.0 || count <= 1) return largest;
  int exponent;
  std::frexp(largest, &exponent);
  if (exponent > -1000 && exponent < 1000) {
    return scaled_norm(values, count, std::ldexp(1.0, -exponent)) * std::ldexp(1.0, exponent);
  }
  __float128 sum = 0;
  for (isize i = 0; i < count; ++i) {
    __float128 x = std::ldexp(values[i], -exponent);  // powers of two: exact, but for what is far too small to count
    sum += x * x;
  }
  __float128 root = std::sqrt(static_cast<long double>(sum));
  root += (sum - root * root) / (2 * root);
  // Into the subnormal range there must be no rounding before the last one.
  if (exponent > -1000) return std::ldexp(static_cast<double>(root), exponent);
  for (int i = exponent; i < 0; ++i) root /= 2;
  return static_cast<double>(root);
}

constexpr const char* hypot_text =
    "hypot(*coordinates) -> value\n\n"
    "Multidimensional Euclidean distance from the origin to a point: sqrt(sum(x**2 for x in coordinates)).\n\n"
    "For a two dimensional point (x, y), gives the hypotenuse by the Pythagorean theorem: sqrt(x*x + y*y).";
PyObject* math_hypot(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto compute = [&]() -> Result<Object> {
    Doubles values;
    for (isize i = 0; i < count; ++i) TRY(values.append(TRY(float_as_double(args[i]))));
    return float_from_double(euclidean_norm(values.data(), count));
  };
  return compute().to_c();
}

constexpr Doc dist_doc =
    "dist($module, p, q, /)\n--\n\n"
    "Return the Euclidean distance between two points p and q, given as sequences of coordinates of the same "
    "dimension.";
Result<double> math_dist(Module*, Object* p, Object* q) {
  Ref<Tuple> first = TRY(sequence_tuple(p));
  Ref<Tuple> second = TRY(sequence_tuple(q));
  isize count = tuple_size(first);
  if (count != tuple_size(second)) return raise(ValueError, "both points must have the same number of dimensions");
  Doubles values;
  for (isize i = 0; i < count; ++i) {
    double x = TRY(float_as_double(tuple_item(first, i)));
    double y = TRY(float_as_double(tuple_item(second, i)));
    TRY(values.append(std::fabs(x - y)));
  }
  return euclidean_norm(values.data(), count);
}

// == Products ==

constexpr Doc prod_doc =
    "prod($module, iterable, /, *, start=1)\n--\n\n"
    "Calculate the product of all the elements in the input iterable.\n\n"
    "The default start value for the product is 1.\n\n"
    "When the iterable is empty, return the start value.  This function is\n"
    "intended specifically for use with numeric values and may reject\nnon-numeric types.";
Result<Object> math_prod(Module*, Object* iterable, Opt<Object*> start) {
  Ref<Object> product = start ? new_ref(start.get()) : new_ref(static_cast<Object*>(small_int(1)));
  TRY(for_each(iterable, [&](Object* item) -> Result<void> {
    product = TRY(number_multiply(product, item));
    return {};
  }));
  return product;
}

// == Functions of ints ==

constexpr Doc gcd_doc = "gcd($module, *integers)\n--\n\nGreatest Common Divisor.";
Result<Object> math_gcd(Module*, Tuple* integers) {
  Ref<Object> result = new_ref(static_cast<Object*>(small_int(0)));
  for (isize i = 0; i < tuple_size(integers); ++i) {
    Ref<Object> value = TRY(number_index(tuple_item(integers, i)));
    result = TRY(int_gcd(as<Int>(result), as<Int>(value)));
  }
  return result;
}

constexpr Doc lcm_doc = "lcm($module, *integers)\n--\n\nLeast Common Multiple.";
Result<Object> math_lcm(Module*, Tuple* integers) {
  Ref<Object> result = new_ref(static_cast<Object*>(small_int(1)));
  for (isize i = 0; i < tuple_size(integers); ++i) {
    Ref<Object> value = TRY(number_index(tuple_item(integers, i)));
    if (as<Int>(result)->ob_size == 0) continue;  // stays 0; but all arguments must be ints
    if (as<Int>(value)->ob_size == 0) {
      result = new_ref(static_cast<Object*>(small_int(0)));
      continue;
    }
    Ref<Object> divisor = TRY(int_gcd(as<Int>(result), as<Int>(value)));
    Ref<Object> factor = TRY(int_floor_divide(as<Int>(result), as<Int>(divisor)));
    result = TRY(int_multiply(as<Int>(factor), as<Int>(value)));
    if (int_sign(as<Int>(result)) < 0) result = TRY(int_negative(as<Int>(result)));
  }
  return result;
}

constexpr Doc isqrt_doc = "isqrt($module, n, /)\n--\n\nReturn the integer part of the square root of the input.";
Result<Object> math_isqrt(Module*, Object* n) {
  Ref<Object> value = TRY(number_index(n));
  if (int_sign(as<Int>(value)) < 0) return raise(ValueError, "isqrt() argument must be nonnegative");
  return int_square_root(as<Int>(value));
}

constexpr Doc factorial_doc =
    "factorial($module, n, /)\n--\n\nFind n!.\n\nRaise a ValueError if x is negative or non-integral.";
Result<Object> math_factorial(Module*, Object* n) {
  Ref<Object> value = TRY(number_index(n));
  int overflow;
  i64 number = int_as_i64_and_overflow(as<Int>(value), &overflow);
  if (overflow > 0) {
    return raise(OverflowError, "factorial() argument should not exceed %ld", std::numeric_limits<long>::max());
  }
  if (overflow < 0 || number < 0) return raise(ValueError, "factorial() not defined for negative values");
  if (number > i64{1} << 34) return raise_no_memory();
  return int_factorial(static_cast<u64>(number));
}

// n * (n - 1) * … of k factors.
Result<Object> falling_factorial(Int* n, u64 k) {
  if (k == 0) return Result<Object>::share(small_int(1));
  if (k == 1) return Result<Object>::share(n);
  // In halves, so that the long products are between factors of like size.
  u64 half = k / 2;
  Ref<Object> left = TRY(falling_factorial(n, half));
  Ref<Int> offset = TRY(int_from_u64(half));
  Ref<Object> rest = TRY(int_subtract(n, offset));
  Ref<Object> right = TRY(falling_factorial(as<Int>(rest), k - half));
  return int_multiply(as<Int>(left), as<Int>(right));
}

constexpr Doc perm_doc =
    "perm($module, n, k=None, /)\n--\n\n"
    "Number of ways to choose k items from n items without repetition and with order.\n\n"
    "Evaluates to n! / (n - k)! when k <= n and evaluates\nto zero when k > n.\n\n"
    "If k is not specified or is None, then k defaults to n\nand the function returns n!.\n\n"
    "Raises TypeError if either of the arguments are not integers.\n"
    "Raises ValueError if either of the arguments are negative.";
Result<Object> math_perm(Module* module, Object* n, Object* k) {
  if (k == None) return math_factorial(module, n);
  Ref<Object> total = TRY(number_index(n));
  Ref<Object> chosen = TRY(number_index(k));
  if (int_sign(as<Int>(total)) < 0) return raise(ValueError, "n must be a non-negative integer");
  if (int_sign(as<Int>(chosen)) < 0) return raise(ValueError, "k must be a non-negative integer");
  if (int_compare(as<Int>(total), as<Int>(chosen)) < 0) return Result<Object>::share(small_int(0));
  int overflow;
  i64 count = int_as_i64_and_overflow(as<Int>(chosen), &overflow);
  if (overflow) return raise(OverflowError, "k must not exceed %lld", std::numeric_limits<long long>::max());
  return falling_factorial(as<Int>(total), static_cast<u64>(count));
}

constexpr Doc comb_doc =
    "comb($module, n, k, /)\n--\n\n"
    "Number of ways to choose k items from n items without repetition and without order.\n\n"
    "Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates\nto zero when k > n.\n\n"
    "Also called the binomial coefficient because it is equivalent\nto the coefficient of k-th term in polynomial "
    "expansion "
    "of the\nexpression (1 + x)**n.\n\n"
    "Raises TypeError if either of the arguments are not integers.\n"
    "Raises ValueError if either of the arguments are negative.";
Result<Object> math_comb(Module*, Object* n, Object* k) {
  Ref<Object> total = TRY(number_index(n));
  Ref<Object> chosen = TRY(number_index(k));
  if (int_sign(as<Int>(total)) < 0) return raise(ValueError, "n must be a non-negative integer");
  if (int_sign(as<Int>(chosen)) < 0) return raise(ValueError, "k must be a non-negative integer");
  Ref<Object> others = TRY(int_subtract(as<Int>(total), as<Int>(chosen)));
  if (int_sign(as<Int>(others)) < 0) return Result<Object>::share(small_int(0));
  if (int_compare(as<Int>(others), as<Int>(chosen)) < 0) chosen = std::move(others);
  int overflow;
  i64 count = int_as_i64_and_overflow(as<Int>(chosen), &overflow);
  if (overflow) {
    return raise(OverflowError, "min(n - k, k) must not exceed %lld", std::numeric_limits<long long>::max());
  }
  if (int_num_bits(as<Int>(total)) <= 64) return int_binomial(int_as_u64_mask(as<Int>(total)), static_cast<u64>(count));
  Ref<Object> product = TRY(falling_factorial(as<Int>(total), static_cast<u64>(count)));
  if (count > i64{1} << 34) return raise_no_memory();
  Ref<Object> divisor = TRY(int_factorial(static_cast<u64>(count)));
  return int_floor_divide(as<Int>(product), as<Int>(divisor));
}
}  // namespace

constinit PyMethodDef math_exact_functions[] = {
    method<math_fsum, fsum_doc>(),
    raw_method("hypot", &math_hypot, METH_FASTCALL, hypot_text),
    method<math_dist, dist_doc>(),
    method<math_prod, prod_doc>(),
    method<math_gcd, gcd_doc>(),
    method<math_lcm, lcm_doc>(),
    method<math_isqrt, isqrt_doc>(),
    method<math_factorial, factorial_doc>(),
    method<math_perm, perm_doc>(),
    method<math_comb, comb_doc>(),
    {},
};
}  // namespace adder
