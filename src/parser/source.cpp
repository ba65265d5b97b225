// source: byte order mark, coding cookie (PEP 263), line ends.
#include "parser/source.h"

#include <cstring>

#include "base/copy.h"
#include "parser/objects.h"

namespace adder::parser {
namespace {
constexpr std::string_view kBom = "\xEF\xBB\xBF";

bool is_encoding_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::string_view take_line(std::string_view* rest) {
  usize end = rest->find_first_of("\r\n");
  std::string_view line = rest->substr(0, end);
  if (end == std::string_view::npos) {
    *rest = {};
  } else {
    usize skip = (*rest)[end] == '\r' && end + 1 < rest->size() && (*rest)[end + 1] == '\n' ? 2 : 1;
    rest->remove_prefix(end + skip);
  }
  return line;
}

// The name in a comment line `#… coding[:=] name`; sets *blank to whether a cookie may still follow in the next line.
std::string_view cookie_in_line(std::string_view line, bool* blank) {
  usize start = line.find_first_not_of(" \t\f");
  *blank = start == std::string_view::npos || line[start] == '#';
  if (start == std::string_view::npos || line[start] != '#') return {};
  for (usize at = line.find("coding", start); at != std::string_view::npos; at = line.find("coding", at + 1)) {
    usize p = at + 6;
    if (p >= line.size() || (line[p] != ':' && line[p] != '=')) continue;
    ++p;
    while (p < line.size() && (line[p] == ' ' || line[p] == '\t')) ++p;
    usize begin = p;
    while (p < line.size() && is_encoding_char(line[p])) ++p;
    if (p > begin) return line.substr(begin, p - begin);
  }
  return {};
}

bool starts_like(std::string_view name, std::string_view prefix) {
  return name == prefix ||
         (name.size() > prefix.size() && name.substr(0, prefix.size()) == prefix && name[prefix.size()] == '-');
}
}  // namespace

bool find_utf8_error(std::string_view text, usize* position, const char** reason) {
  const auto* p = reinterpret_cast<const u8*>(text.data());
  const auto* start = p;
  const auto* end = p + text.size();
  while (p < end) {
    u8 c = *p;
    if (c < 0x80) {
      ++p;
      continue;
    }
    *position = static_cast<usize>(p - start);
    int length = c >= 0xC2 && c <= 0xDF ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
    if (!length) {
      *reason = "invalid start byte";
      return true;
    }
    for (int i = 1; i < length; ++i) {
      if (p + i == end) {
        *reason = "unexpected end of data";
        return true;
      }
      u8 low = 0x80, high = 0xBF;
      if (i == 1 && c == 0xE0) low = 0xA0;
      if (i == 1 && c == 0xED) high = 0x9F;
      if (i == 1 && c == 0xF0) low = 0x90;
      if (i == 1 && c == 0xF4) high = 0x8F;
      if (p[i] < low || p[i] > high) {
        *reason = "invalid continuation byte";
        return true;
      }
    }
    p += length;
  }
  return false;
}

std::string_view find_coding_cookie(Arena& arena, std::string_view source, bool end_line) {
  for (int i = 0; i < 2; ++i) {
    bool blank = false;
    if (!end_line && source.find_first_of("\r\n") == std::string_view::npos) break;
    std::string_view name = cookie_in_line(take_line(&source), &blank);
    if (!name.empty()) {
      usize size = name.size() < 12 ? name.size() : 12;
      char normal[13];
      for (usize k = 0; k < size; ++k) {
        char c = name[k];
        normal[k] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
      }
      std::string_view start(normal, size);
      if (starts_like(start, "utf-8")) return "utf-8";
      if (starts_like(start, "latin-1") || starts_like(start, "iso-8859-1") || starts_like(start, "iso-latin-1")) {
        return "iso-8859-1";
      }
      char* copy = arena.make_array<char>(name.size() + 1);
      copy_bytes(copy, name.data(), name.size());
      copy[name.size()] = '\0';
      return {copy, name.size()};
    }
    if (!blank) break;
  }
  return {};
}

bool prepare_source(Arena& arena, std::string_view source, Str* filename, bool* declared, bool end_line,
                    std::string_view* text) {
  if (find_byte(source.data(), 0, source.size())) {
    raise_null_bytes();
    return false;
  }
  if (!*declared) {
    bool bom = source.substr(0, 3) == kBom;
    if (bom) source.remove_prefix(3);
    std::string_view cookie = find_coding_cookie(arena, source, end_line);
    *declared = bom || !cookie.empty();
    if (bom && !cookie.empty() && cookie != "utf-8") {
      raise_plain_syntax_error(filename, "encoding problem: %.*s with BOM", cookie);
      return false;
    }
    if (!cookie.empty() && cookie != "utf-8" && !decode_source(arena, source, cookie, filename, &source)) return false;
  }
  char* out = arena.make_array<char>(source.size() + 2);
  char* end = out;
  const char* p = source.data();
  const char* stop = p + source.size();
  while (p < stop) {
    auto* carriage = static_cast<const char*>(std::memchr(p, '\r', static_cast<usize>(stop - p)));
    const char* until = carriage ? carriage : stop;
    std::memcpy(end, p, static_cast<usize>(until - p));
    end += until - p;
    p = until;
    if (carriage) {
      *end++ = '\n';
      ++p;
      if (p < stop && *p == '\n') ++p;
    }
  }
  if (end_line && end != out && end[-1] != '\n') *end++ = '\n';
  *end = '\0';
  *text = {out, static_cast<usize>(end - out)};
  return true;
}
}  // namespace adder::parser
