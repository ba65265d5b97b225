// name_table: an open-addressing table from the UTF-8 spelling of a name to its str.
#include "modules/_elementtree/name_table.h"

#include <cstring>

#include "memory/allocator.h"

namespace adder::elementtree {
namespace {
Result<Str> decode_name(std::string_view raw) {
  if (raw.find('}') == std::string_view::npos) return str_from_utf8(raw);
  StrWriter writer(static_cast<isize>(raw.size()) + 1);
  TRY(writer.write_char('{'));
  TRY(writer.write_utf8(raw));
  return writer.finish();
}
// Compares in UTF-8, which ASCII strings are already.
bool spelled(Str* name, std::string_view raw) {
  std::string_view text;
  if (str_is_ascii(name)) {
    text = {static_cast<const char*>(str_data(name)), static_cast<usize>(str_length(name))};
  } else {
    Utf8 utf8 = str_as_utf8(name);
    if (!utf8) {
      error_clear();
      return false;
    }
    text = utf8;
  }
  if (text.size() == raw.size() + 1 && text[0] == '{') text.remove_prefix(1);
  return text == raw;
}
}  // namespace

Result<Str> NameTable::find_or_make(const char* data) {
  std::string_view raw(data);

  u64 hash = static_cast<u64>(hash_bytes(data, static_cast<isize>(raw.size())));
  if (capacity) {
    for (usize i = hash & (capacity - 1); entries[i].name; i = (i + 1) & (capacity - 1)) {
      Entry& entry = entries[i];
      if (entry.hash == hash && entry.size == raw.size() && spelled(entry.name, raw)) return new_ref(entry.name);
    }
  }
  Ref<Str> name = TRY(decode_name(raw));
  if (3 * (used + 1) > 2 * capacity) {
    usize larger = capacity ? 2 * capacity : 32;
    auto* fresh = static_cast<Entry*>(memory::allocate_zeroed(larger, sizeof(Entry)));
    if (!fresh) return raise_no_memory();
    for (usize i = 0; i < capacity; ++i) {
      if (!entries[i].name) continue;
      usize place = entries[i].hash & (larger - 1);
      while (fresh[place].name) place = (place + 1) & (larger - 1);
      fresh[place] = entries[i];
    }
    memory::release(std::exchange(entries, fresh));
    capacity = larger;
  }
  usize place = hash & (capacity - 1);
  while (entries[place].name) place = (place + 1) & (capacity - 1);
  entries[place] = {name.share().release(), hash, static_cast<u32>(raw.size())};
  ++used;
  return name;
}

void NameTable::clear() {
  for (usize i = 0; i < capacity; ++i) Ref<Str> name = Ref<Str>::steal(entries[i].name);
  memory::release(std::exchange(entries, nullptr));
  capacity = used = 0;
}
}  // namespace adder::elementtree
