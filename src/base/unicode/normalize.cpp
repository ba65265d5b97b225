// Normal forms of Unicode Standard Annex #15: decompose, order the marks, compose again.
//
// Edition 3.2.0 takes characters that came later as they are, and the mappings as they were before corrections; it
// composes as the current edition does, as unicodedata.ucd_3_2_0 does.
// See base/unicode.h
#include <cstdlib>

#include "base/unicode.h"
#include "base/unicode/records.h"

namespace adder::unicode {

namespace tables {
#include "base/unicode/tables_decomposition.inc"
}  // namespace tables

// Hangul syllables, section 3.12 of the standard.
static constexpr char32_t kSyllableBase = 0xAC00, kLeadBase = 0x1100, kVowelBase = 0x1161, kTailBase = 0x11A7;
static constexpr char32_t kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
static constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

static const char kPrefixes[][12] = {
    "",          "<noBreak>", "<compat>", "<super>",  "<fraction>", "<sub>",    "<wide>",   "<square>", "<isolated>",
    "<initial>", "<final>",   "<font>",   "<medial>", "<vertical>", "<circle>", "<narrow>", "<small>",
};

CodePoints::~CodePoints() { std::free(data_); }

bool CodePoints::grow() {
  size_t capacity = capacity_ == 0 ? 64 : capacity_ * 2;
  void* data = std::realloc(data_, capacity * sizeof(char32_t));
  if (data == nullptr) return false;
  data_ = static_cast<char32_t*>(data);
  capacity_ = capacity;
  return true;
}

Decomposition decomposition(char32_t c, Edition edition) {
  unsigned index = tables::decomposition_index(c);
  if (index == 0 || (edition == Edition::k3_2_0 && tables::is_later_than_3_2(c))) return {nullptr, 0, ""};
  uint32_t head = tables::decomposition_data[index];
  return {&tables::decomposition_data[index + 1], static_cast<int>(head & 0xFF), kPrefixes[head >> 8]};
}

char32_t compose(char32_t first, char32_t second) {
  if (first - kLeadBase < kLeadCount && second - kVowelBase < kVowelCount) {
    return kSyllableBase + ((first - kLeadBase) * kVowelCount + (second - kVowelBase)) * kTailCount;
  }
  if (first - kSyllableBase < kSyllableCount && (first - kSyllableBase) % kTailCount == 0 &&
      second - (kTailBase + 1) < kTailCount - 1) {
    return first + (second - kTailBase);
  }
  int low = 0, high = tables::kCompositionCount - 1;
  while (low <= high) {
    int middle = (low + high) / 2;
    const tables::Composition& each = tables::compositions[middle];
    if (each.first < first || (each.first == first && each.second < second)) {
      low = middle + 1;
    } else if (each.first == first && each.second == second) {
      return each.result;
    } else {
      high = middle - 1;
    }
  }
  return 0;
}

// Appends the full decomposition of `c`. Mappings nest at most a few deep.
static bool decompose(char32_t c, bool compatibility, Edition edition, CodePoints& out) {
  char32_t syllable = c - kSyllableBase;
  if (syllable < kSyllableCount) {
    char32_t tail = syllable % kTailCount;
    return out.append(kLeadBase + syllable / (kVowelCount * kTailCount)) &&
           out.append(kVowelBase + syllable / kTailCount % kVowelCount) && (tail == 0 || out.append(kTailBase + tail));
  }
  if (edition == Edition::k3_2_0) {
    for (int i = 0; i < tables::kCorrectionCount; ++i) {
      if (tables::corrections_3_2[i].code == c) return out.append(tables::corrections_3_2[i].original);
    }
  }
  Decomposition mapping = decomposition(c, edition);
  if (mapping.size == 0 || (mapping.prefix[0] != 0 && !compatibility)) return out.append(c);
  for (int i = 0; i < mapping.size; ++i) {
    if (!decompose(mapping.codes[i], compatibility, edition, out)) return false;
  }
  return true;
}

// Sorts each run of marks by combining class, equal classes staying in order.
static void order_marks(CodePoints& text) {
  char32_t* data = text.data();
  for (size_t i = 1; i < text.size(); ++i) {
    char32_t c = data[i];
    uint8_t combining = database_record(c).combining;
    if (combining == 0) continue;
    size_t place = i;
    while (place > 0 && database_record(data[place - 1]).combining > combining) {
      data[place] = data[place - 1];
      --place;
    }
    data[place] = c;
  }
}

// Composes in place: the write end never overtakes the read end.
static void compose_all(CodePoints& text) {
  char32_t* data = text.data();
  size_t end = 0;
  size_t starter = SIZE_MAX;  // index of the last starter written
  int last_class = 0;         // class of the last character kept after it; 0: none was
  for (size_t i = 0; i < text.size(); ++i) {
    char32_t c = data[i];
    int combining = database_record(c).combining;
    bool adjacent = starter != SIZE_MAX && starter + 1 == end;
    if (starter != SIZE_MAX && (adjacent || (last_class != 0 && last_class < combining))) {
      if (char32_t whole = compose(data[starter], c); whole != 0) {
        data[starter] = whole;
        continue;
      }
    }
    if (combining == 0) starter = end;
    last_class = combining;
    data[end++] = c;
  }
  text.truncate(end);
}

bool normalize(Form form, Edition edition, const char32_t* text, size_t size, CodePoints& out) {
  bool compatibility = form == Form::kNfkd || form == Form::kNfkc;
  for (size_t i = 0; i < size; ++i) {
    if (!decompose(text[i], compatibility, edition, out)) return false;
  }
  order_marks(out);
  if (form == Form::kNfc || form == Form::kNfkc) compose_all(out);
  return true;
}

QuickCheck quick_check(Form form, const char32_t* text, size_t size) {
  QuickCheck result = QuickCheck::kYes;
  uint8_t last_class = 0;
  for (size_t i = 0; i < size; ++i) {
    uint8_t combining = database_record(text[i]).combining;
    if (combining != 0 && last_class > combining) return QuickCheck::kNo;
    last_class = combining;
    QuickCheck each = quick_check(text[i], form);
    if (each == QuickCheck::kNo) return each;
    if (each == QuickCheck::kMaybe) result = each;
  }
  return result;
}

}  // namespace adder::unicode
