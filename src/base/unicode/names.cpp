// Names of characters.
//
// Names      Sequences of numbered words in one byte stream: a number below kNameOneByteLimit is one byte, the others
//            two; 0 ends a name. name_offsets has the place of every kNameCheckpoint-th name.
// Characters name_runs maps runs of named code points to runs of name numbers.
// By name    A hash of the name picks a bucket of name numbers; each candidate is spelled out and compared.
// By rule    Hangul syllables and unified ideographs, section 4.8 of the standard.
// See base/unicode.h
#include <cstdio>
#include <cstring>

#include "base/unicode.h"
#include "base/unicode/records.h"

namespace adder::unicode {

namespace tables {
struct NameRun {
  uint32_t code;
  uint32_t name;
};
struct NameAlias {
  const char* name;
  char32_t code;
};
struct NamedSequence {
  const char* name;
  int size;
  char32_t codes[4];
};
#include "base/unicode/tables_names.inc"
}  // namespace tables

// == Names by rule ==

static constexpr char32_t kSyllableBase = 0xAC00, kSyllableCount = 11172;
static const char kLeads[][3] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                 "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
static const char kVowels[][4] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                  "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
static const char kTails[][3] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L", "LG", "LM", "LB", "LS", "LT",
                                 "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};
static const char kSyllablePrefix[] = "HANGUL SYLLABLE ";
static const char kIdeographPrefix[] = "CJK UNIFIED IDEOGRAPH-";

static bool is_unified_ideograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B738) || (c >= 0x2B740 && c <= 0x2B81D) || (c >= 0x2B820 && c <= 0x2CEA1) ||
         (c >= 0x2CEB0 && c <= 0x2EBE0) || (c >= 0x30000 && c <= 0x3134A);
}

// The longest of `parts` that `text` begins with.
template <size_t count, size_t width>
static int longest_part(const char (&parts)[count][width], const char*& text, const char* end) {
  int best = -1;
  size_t best_size = 0;
  for (size_t i = 0; i < count; ++i) {
    size_t size = std::strlen(parts[i]);
    if (size <= static_cast<size_t>(end - text) && std::memcmp(parts[i], text, size) == 0 &&
        (best < 0 || size > best_size)) {
      best = static_cast<int>(i);
      best_size = size;
    }
  }
  text += best_size;
  return best;
}

static char32_t syllable_of_name(const char* text, const char* end) {
  int lead = longest_part(kLeads, text, end);
  int vowel = longest_part(kVowels, text, end);
  int tail = longest_part(kTails, text, end);
  if (lead < 0 || vowel < 0 || tail < 0 || text != end) return kNoCode;
  return kSyllableBase + static_cast<char32_t>((lead * 21 + vowel) * 28 + tail);
}

static char32_t ideograph_of_name(const char* text, const char* end) {
  if (end - text != 4 && end - text != 5) return kNoCode;
  char32_t code = 0;
  for (; text != end; ++text) {
    if (*text >= '0' && *text <= '9') {
      code = code * 16 + static_cast<char32_t>(*text - '0');
    } else if (*text >= 'A' && *text <= 'F') {
      code = code * 16 + static_cast<char32_t>(*text - 'A' + 10);
    } else {
      return kNoCode;
    }
  }
  return is_unified_ideograph(code) ? code : kNoCode;
}

// == Names by table ==

// Writes name number `index`, with an end mark; returns its length.
static size_t spell(int index, char* buffer) {
  const uint8_t* stream = &tables::name_stream[tables::name_offsets[index / tables::kNameCheckpoint]];
  for (int skip = index % tables::kNameCheckpoint; skip > 0; ++stream) {
    if (*stream == 0) --skip;
    if (*stream >= tables::kNameOneByteLimit) ++stream;
  }
  size_t size = 0;
  while (*stream != 0) {
    int word = *stream++;
    if (word >= tables::kNameOneByteLimit) {
      word = tables::kNameOneByteLimit + ((word - tables::kNameOneByteLimit) << 8) + *stream++;
    }
    if (size != 0) buffer[size++] = ' ';
    uint32_t start = tables::word_offsets[word - 1];
    uint32_t length = tables::word_offsets[word] - start;
    std::memcpy(buffer + size, tables::word_text + start, length);
    size += length;
  }
  buffer[size] = 0;
  return size;
}

// The last run that begins at or before `key`, by code point or by name number.
static const tables::NameRun& find_run(uint32_t tables::NameRun::*field, uint32_t key) {
  int low = 0, high = tables::kNameRunCount - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (tables::name_runs[middle].*field <= key) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return tables::name_runs[low];
}

static int name_index(char32_t c) {
  const tables::NameRun& run = find_run(&tables::NameRun::code, c);
  bool is_last = &run == &tables::name_runs[tables::kNameRunCount - 1];
  uint32_t count = (is_last ? tables::kNameCount : (&run)[1].name) - run.name;
  return c >= run.code && c - run.code < count ? static_cast<int>(run.name + (c - run.code)) : -1;
}

size_t name_of(char32_t c, char buffer[kNameBufferSize], Edition edition) {
  if (edition == Edition::k3_2_0 && tables::is_later_than_3_2(c)) return 0;
  if (c - kSyllableBase < kSyllableCount) {
    int syllable = static_cast<int>(c - kSyllableBase);
    return static_cast<size_t>(std::snprintf(buffer, kNameBufferSize, "%s%s%s%s", kSyllablePrefix,
                                             kLeads[syllable / (21 * 28)], kVowels[syllable / 28 % 21],
                                             kTails[syllable % 28]));
  }
  if (is_unified_ideograph(c)) {
    return static_cast<size_t>(
        std::snprintf(buffer, kNameBufferSize, "%s%X", kIdeographPrefix, static_cast<unsigned>(c)));
  }
  int index = name_index(c);
  return index < 0 ? 0 : spell(index, buffer);
}

static char upper_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Whether `name` is `expected` but for letter case.
static bool same_name(const char* name, size_t size, const char* expected) {
  for (size_t i = 0; i < size; ++i) {
    if (expected[i] == 0 || upper_ascii(name[i]) != expected[i]) return false;
  }
  return expected[size] == 0;
}

static char32_t code_by_table(const char* name, size_t size) {
  uint32_t hash = 0x811C9DC5;  // FNV-1a
  for (size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<uint8_t>(upper_ascii(name[i]))) * 0x01000193;
  hash ^= hash >> 15;
  uint32_t bucket = hash % tables::kNameBucketCount;
  for (int i = tables::name_bucket_starts[bucket]; i < tables::name_bucket_starts[bucket + 1]; ++i) {
    char buffer[kNameBufferSize];
    uint32_t index = tables::name_bucket_members[i];
    spell(static_cast<int>(index), buffer);
    if (same_name(name, size, buffer)) {
      const tables::NameRun& run = find_run(&tables::NameRun::name, index);
      return run.code + (index - run.name);
    }
  }
  return kNoCode;
}

char32_t code_of_name(const char* name, size_t size, bool aliases, Edition edition) {
  const char* end = name + size;
  constexpr size_t kSyllableSize = sizeof kSyllablePrefix - 1, kIdeographSize = sizeof kIdeographPrefix - 1;
  if (size > kSyllableSize && std::memcmp(name, kSyllablePrefix, kSyllableSize) == 0) {
    return syllable_of_name(name + kSyllableSize, end);
  }
  if (size > kIdeographSize && std::memcmp(name, kIdeographPrefix, kIdeographSize) == 0) {
    return ideograph_of_name(name + kIdeographSize, end);  // of whatever edition
  }
  char32_t code = size > static_cast<size_t>(tables::kLongestName) ? kNoCode : code_by_table(name, size);
  if (code != kNoCode) return edition == Edition::k3_2_0 && tables::is_later_than_3_2(code) ? kNoCode : code;
  if (!aliases || edition == Edition::k3_2_0) return kNoCode;
  for (int i = 0; i < tables::kNameAliasCount; ++i) {
    if (same_name(name, size, tables::name_aliases[i].name)) return tables::name_aliases[i].code;
  }
  return kNoCode;
}

int named_sequence(const char* name, size_t size, char32_t out[4]) {
  for (int i = 0; i < tables::kNamedSequenceCount; ++i) {
    const tables::NamedSequence& sequence = tables::named_sequences[i];
    if (!same_name(name, size, sequence.name)) continue;
    std::memcpy(out, sequence.codes, sizeof sequence.codes);
    return sequence.size;
  }
  return 0;
}

}  // namespace adder::unicode
