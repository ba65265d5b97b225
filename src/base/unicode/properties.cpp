// Properties of code points: numbers, case, category, direction, width.
//
// See base/unicode.h
#include "base/unicode.h"
#include "base/unicode/records.h"

namespace adder::unicode {

namespace tables {
#include "base/unicode/tables_characters.inc"
#include "base/unicode/tables_database.inc"
}  // namespace tables

using tables::change;

// == Numbers ==

double numeric_value(char32_t c) {
  if (!is_numeric(c)) return -1.0;
  int low = 0, high = tables::kNumericCount - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (tables::numeric_codes[middle] < c) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return tables::numeric_values[tables::numeric_indexes[low]];
}

double numeric_value(char32_t c, Edition edition) {
  return edition == Edition::k3_2_0 && tables::is_later_than_3_2(c) ? -1.0 : numeric_value(c);
}

int decimal_value(char32_t c, Edition edition) {
  if (edition == Edition::k3_2_0) {
    if (tables::is_later_than_3_2(c)) return -1;
    if (change(c).decimal != 255) return change(c).decimal;
  }
  return decimal_value(c);
}

// == Case ==

static int copy_mapping(const char32_t (&mapping)[3], char32_t out[3]) {
  int size = 0;
  while (size < 3 && mapping[size] != 0) {
    out[size] = mapping[size];
    ++size;
  }
  return size;
}

int to_upper_full(char32_t c, char32_t out[3]) {
  const Character& record = character(c);
  if (record.special_case != 0) return copy_mapping(tables::special_cases[record.special_case].upper, out);
  out[0] = c + static_cast<char32_t>(record.upper);
  return 1;
}

int to_lower_full(char32_t c, char32_t out[3]) {
  const Character& record = character(c);
  if (record.special_case != 0) return copy_mapping(tables::special_cases[record.special_case].lower, out);
  out[0] = c + static_cast<char32_t>(record.lower);
  return 1;
}

int to_title_full(char32_t c, char32_t out[3]) {
  const Character& record = character(c);
  if (record.special_case != 0) return copy_mapping(tables::special_cases[record.special_case].title, out);
  out[0] = c + static_cast<char32_t>(record.title);
  return 1;
}

int to_folded_full(char32_t c, char32_t out[3]) {
  const Character& record = character(c);
  if (record.special_case != 0) return copy_mapping(tables::special_cases[record.special_case].fold, out);
  out[0] = c + static_cast<char32_t>(record.lower);
  return 1;
}

// == Database ==

static const char kCategoryNames[][3] = {
    "Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf",
    "Cs", "Co", "Lm", "Lo", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
};
static const char kBidirectionalNames[][4] = {
    "",   "L",  "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN",  "ES",  "ET",
    "AN", "CS", "NSM", "BN",  "B", "S",  "WS",  "ON",  "LRI", "RLI", "FSI", "PDI",
};
static const char kEastAsianWidthNames[][3] = {"F", "H", "W", "Na", "A", "N"};

Category category(char32_t c, Edition edition) {
  uint8_t value = database_record(c).category;
  if (edition == Edition::k3_2_0 && change(c).category != 255) value = change(c).category;
  return static_cast<Category>(value);
}

const char* category_name(char32_t c, Edition edition) {
  return kCategoryNames[static_cast<int>(category(c, edition))];
}

const char* bidirectional_name(char32_t c, Edition edition) {
  uint8_t value = database_record(c).bidirectional;
  if (edition == Edition::k3_2_0 && change(c).bidirectional != 255) value = change(c).bidirectional;
  return kBidirectionalNames[value];
}

const char* east_asian_width_name(char32_t c, Edition edition) {
  uint8_t value = database_record(c).width;
  if (edition == Edition::k3_2_0 && change(c).width != 255) value = change(c).width;
  return kEastAsianWidthNames[value];
}

bool is_mirrored(char32_t c, Edition edition) {
  uint8_t value = database_record(c).mirrored;
  if (edition == Edition::k3_2_0 && change(c).mirrored != 255) value = change(c).mirrored;
  return value != 0;
}

int combining_class(char32_t c, Edition edition) {
  return edition == Edition::k3_2_0 && tables::is_later_than_3_2(c) ? 0 : database_record(c).combining;
}

}  // namespace adder::unicode
