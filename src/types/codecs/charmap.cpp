// codecs: character maps: one byte a character, through a table.
#include "types/codecs.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

namespace {
constexpr Py_UCS4 kUndefined = 0xfffe;

// mapping[key]; absent where the mapping raises LookupError or has None.
Maybe<Object> entry_of(Object* mapping, Py_UCS4 key) {
  Ref<Int> number = TRY(int_from_i64(key));
  Ref<Object> value;
  if (is_dict_exact(mapping)) {
    value = TRY(dict_get_item(as<Dict>(mapping), number));
  } else {
    Result<Object> found = object_get_item(mapping, number);
    if (found.failed()) {
      if (!error_matches(LookupError)) return Error{};
      error_clear();
      return nullptr;
    }
    value = found.take();
  }
  if (!value || value.get() == None) return nullptr;
  return Maybe<Object>(std::move(value));
}
}  // namespace

// == Decoding ==

Result<Str> decode_charmap(std::string_view bytes, Object* mapping, const char* errors) {
  if (mapping == None) return str_from_latin1(bytes);
  DecodeInput input("charmap", bytes, errors);
  StrWriter out(static_cast<isize>(bytes.size()));
  constexpr const char* kReason = "character maps to <undefined>";
  if (is_str(mapping)) {
    Str* table = as<Str>(mapping);
    for (isize at = 0; at < input.size();) {
      u8 byte = input.data()[at];
      Py_UCS4 c = byte < str_length(table) ? str_read_char(table, byte) : kUndefined;
      if (c == kUndefined) {
        at = TRY(input.handle(at, at + 1, kReason, out));
      } else {
        TRY(out.write_char(c));
        ++at;
      }
    }
    return out.finish();
  }
  for (isize at = 0; at < input.size();) {
    Ref<Object> value = TRY(entry_of(mapping, input.data()[at]));
    bool defined = static_cast<bool>(value);
    if (defined && is_int(value)) {
      int overflow = 0;
      i64 code = int_as_i64_and_overflow(as<Int>(value.get()), &overflow);
      if (overflow || code < 0 || code > 0x10ffff) {
        return raise(TypeError, "character mapping must be in range(0x%x)", 0x110000);
      }
      if (code == kUndefined)
        defined = false;
      else
        TRY(out.write_char(static_cast<Py_UCS4>(code)));
    } else if (defined && is_str(value)) {
      Str* text = as<Str>(value.get());
      if (str_length(text) == 1 && str_read_char(text, 0) == kUndefined)
        defined = false;
      else
        TRY(out.write_str(text));
    } else if (defined) {
      return raise(TypeError, "character mapping must return integer, None or str");
    }
    if (defined)
      ++at;
    else
      at = TRY(input.handle(at, at + 1, kReason, out));
  }
  return out.finish();
}

// == Encoding ==

Result<Object> charmap_build(Str* map) {
  Ref<Dict> table = TRY(dict_new());
  isize length = str_length(map);
  for (isize i = 0; i < length && i < 256; ++i) {
    Py_UCS4 c = str_read_char(map, i);
    if (c == kUndefined && length >= 256) continue;
    Ref<Int> key = TRY(int_from_i64(c));
    Ref<Int> value = TRY(int_from_i64(i));
    TRY(dict_set_item(table, key, value));
  }
  return table;
}
namespace {
// Writes what the mapping has for a character; false if that is nothing.
Result<bool> write_mapped(Object* mapping, Py_UCS4 c, BytesWriter* out) {
  Ref<Object> value = TRY(entry_of(mapping, c));
  if (!value) return false;
  if (is_int(value)) {
    int overflow = 0;
    i64 byte = int_as_i64_and_overflow(as<Int>(value.get()), &overflow);
    if (overflow || byte < 0 || byte > 255) return raise(TypeError, "character mapping must be in range(256)");
    if (out) TRY(out->write_byte(static_cast<char>(byte)));
    return true;
  }
  if (is_bytes(value)) {
    if (out) TRY(out->write(bytes_view(as<Bytes>(value.get()))));
    return true;
  }
  return raise(TypeError, "character mapping must return integer, bytes or None, not %.400s", type_of(value)->tp_name);
}
}  // namespace

Result<Object> encode_charmap(Str* s, Object* mapping, const char* errors) {
  if (mapping == None) return encode_latin1(s, errors);
  EncodeInput input("charmap", s, errors);
  isize length = str_length(s);
  BytesWriter out(length);
  constexpr const char* kReason = "character maps to <undefined>";
  for (isize i = 0; i < length;) {
    if (TRY(write_mapped(mapping, str_read_char(s, i), &out))) {
      ++i;
      continue;
    }
    isize end = i + 1;
    while (end < length && !TRY(write_mapped(mapping, str_read_char(s, end), nullptr))) ++end;
    isize position;
    Ref<Object> replacement = TRY(input.handle(i, end, kReason, position));
    if (is_bytes(replacement)) {
      TRY(out.write(bytes_view(as<Bytes>(replacement.get()))));
    } else {
      Str* text = as<Str>(replacement.get());
      for (isize j = 0; j < str_length(text); ++j) {
        if (!TRY(write_mapped(mapping, str_read_char(text, j), &out))) return input.fail(i, end, kReason);
      }
    }
    i = position;
  }
  return out.finish();
}
}  // namespace adder
