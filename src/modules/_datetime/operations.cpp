// _datetime/operations: arguments of constructors, ranges of fields, results of comparisons.
#include "modules/_datetime/operations.h"

#include <climits>

#include "object/hash.h"
#include "types/dict.h"
#include "types/tuple.h"

namespace adder::datetimes {
constinit Names names{};

Result<int> int_argument(Object* object) {
  if (is_int_exact(object) && int_is_single(as<Int>(object)))
    return static_cast<int>(int_single_value(as<Int>(object)));
  i64 value = TRY(int_as_long(object));
  if (value > INT_MAX) return raise(OverflowError, "signed integer is greater than maximum");
  if (value < INT_MIN) return raise(OverflowError, "signed integer is less than minimum");
  return static_cast<int>(value);
}

Result<Str> str_argument(Object* object, const char* function, int position) {
  if (!is_str(object))
    return raise(TypeError, "%s() argument %d must be str, not %.50s", function, position,
                 object == None ? "None" : type_of(object)->tp_name);
  return new_ref(as<Str>(object));
}

Result<void> check_zone(Object* zone) {
  if (zone == None || is_tzinfo(zone)) return {};
  return raise(TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
               type_of(zone)->tp_name);
}

namespace {
const char* plural(isize count) { return count == 1 ? "" : "s"; }

// Position of a keyword among the parameters, or -1.
int find_name(const ConstructorSpec& spec, Object* name) {
  for (int i = 0; i < spec.count; ++i) {
    if (str_equals(as<Str>(name), spec.names[i])) return i;
  }
  return -1;
}
}  // namespace

Result<void> parse_constructor(const ConstructorSpec& spec, Object* const* args, isize nargs, Opt<Tuple*> keyword_names,
                               int* numbers, Object** zone) {
  isize nkeywords = keyword_names ? tuple_size(keyword_names.get()) : 0;
  if (nargs + nkeywords > spec.count) {
    return raise(TypeError, "function takes at most %d %sargument%s (%zd given)", spec.count,
                 nargs == 0 ? "keyword " : "", plural(spec.count), nargs + nkeywords);
  }
  if (nargs > spec.positional)
    return raise(TypeError, "function takes at most %d positional arguments (%zd given)", spec.positional, nargs);
  Object* named[10] = {};
  for (isize i = 0; i < nkeywords; ++i) {
    int index = find_name(spec, tuple_item(keyword_names.get(), i));
    if (index >= nargs) named[index] = args[nargs + i];
  }
  for (int i = 0; i < spec.count; ++i) {
    Object* value = i < nargs ? args[i] : named[i];
    if (!value) {
      if (i < spec.required)
        return raise(TypeError, "function missing required argument '%s' (pos %d)", spec.names[i], i + 1);
      continue;
    }
    bool is_zone = spec.count > 3 && i == spec.count - 2;
    if (is_zone)
      *zone = value;
    else
      numbers[i] = TRY(int_argument(value));
  }
  for (isize i = 0; i < nkeywords; ++i) {
    Object* name = tuple_item(keyword_names.get(), i);
    int index = find_name(spec, name);
    if (index < 0) return raise(TypeError, "'%S' is an invalid keyword argument for this function", name);
    if (index < nargs)
      return raise(TypeError, "argument for function given by name ('%s') and position (%d)", spec.names[index],
                   index + 1);
  }
  return {};
}

Result<Object> construct_from_tuple(VectorConstructor function, Type* type, Object* args, Object* kwargs) {
  Tuple* tuple = as<Tuple>(args);
  Dict* dict = static_cast<Dict*>(kwargs);
  if (!dict || dict_size(dict) == 0) return function(type, tuple_items(tuple), tuple_size(tuple), nullptr);
  isize nargs = tuple_size(tuple), nkeywords = dict_size(dict), position = 0;
  Ref<Tuple> all = TRY(tuple_new(nargs + nkeywords))
  , keyword_names = TRY(tuple_new(nkeywords));
  for (isize i = 0; i < nargs; ++i) tuple_init_item(all, i, new_ref(tuple_item(tuple, i)));
  Object *key, *value;
  for (isize i = 0; dict_next(dict, position, key, value); ++i) {
    tuple_init_item(all, nargs + i, new_ref(value));
    tuple_init_item(keyword_names, i, new_ref(key));
  }
  return function(type, tuple_items(all), nargs, keyword_names.get());
}

Result<void> check_day(const Day& day) {
  if (day.year < kMinYear || day.year > kMaxYear) return raise(ValueError, "year %i is out of range", day.year);
  if (day.month < 1 || day.month > 12) return raise(ValueError, "month must be in 1..12");
  if (day.day < 1 || (day.day > 28 && day.day > days_in_month(day.year, day.month)))
    return raise(ValueError, "day is out of range for month");
  return {};
}

Result<void> check_clock(const Clock& clock, int fold) {
  if (clock.hour < 0 || clock.hour > 23) return raise(ValueError, "hour must be in 0..23");
  if (clock.minute < 0 || clock.minute > 59) return raise(ValueError, "minute must be in 0..59");
  if (clock.second < 0 || clock.second > 59) return raise(ValueError, "second must be in 0..59");
  if (clock.microsecond < 0 || clock.microsecond > 999999) return raise(ValueError, "microsecond must be in 0..999999");
  if (fold != 0 && fold != 1) return raise(ValueError, "fold must be either 0 or 1");
  return {};
}

Py_hash_t hash_packed(const u8* data, usize size) { return hash_bytes(data, static_cast<isize>(size)); }
Maybe<Bytes> pickled_state(Object* state, isize size, isize at, bool (*check)(unsigned byte), const char* kind) {
  if (is_bytes(state)) {
    Bytes* bytes = as<Bytes>(state);
    if (bytes_size(bytes) == size && check(static_cast<u8>(bytes_data(bytes)[at]))) return new_ref(bytes);
  } else if (is_str(state)) {
    Str* text = as<Str>(state);
    if (str_length(text) != size || !check(str_read_char(text, at))) return nullptr;
    Result<Object> encoded = str_as_encoded_string(text, "latin-1", "strict");
    if (!encoded.failed()) return as<Bytes>(encoded.take());
    if (error_matches(UnicodeEncodeError)) {
      return raise(ValueError,
                   "Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding='latin1') "
                   "is assumed.",
                   kind);
    }
    return Error{};
  }
  return nullptr;
}

Result<Object> compare_result(int order, int op) { return bool_result(compare_values(order, 0, op)); }
}  // namespace adder::datetimes
