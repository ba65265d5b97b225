// source: from the bytes of a source file to text that the tokenizer can cut.
#pragma once
#include <string_view>

#include "abi/names.h"
#include "base/arena.h"

namespace adder::parser {
// Decodes `source` (BOM, coding cookie of PEP 263; with `*declared` neither: it is UTF-8), turns every line end into
// "\n" and, with `end_line`, ends the last line. Sets `*declared` if the source says its encoding. The result is UTF-8
// in the arena with a NUL after it; without a declared encoding it may be malformed. False with the exception set.
bool prepare_source(Arena& arena, std::string_view source, Str* filename, bool* declared, bool end_line,
                    std::string_view* text);
// Where `text` stops being UTF-8, and why in the codec's words; false if it is all well.
bool find_utf8_error(std::string_view text, usize* position, const char** reason);
// The encoding that the first two lines name, normalised ("utf-8", "iso-8859-1" and their relatives), or "". A line
// without a line end counts only with `end_line`.
std::string_view find_coding_cookie(Arena& arena, std::string_view source, bool end_line);
}  // namespace adder::parser
