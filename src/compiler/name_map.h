// name_map: insertion-ordered map from interned names to small values, for scopes and for the name tables of code
// objects.
//
// Invariant  keys are interned strings, so that identity is equality; the map holds a reference to each.
#pragma once
#include <vector>

#include "base/result.h"
#include "memory/refcount.h"

namespace adder {
template <class Value>
class NameMap {
 public:
  struct Entry {
    Ref<Str> name;
    Value value;
  };

  int size() const { return static_cast<int>(entries_.size()); }
  bool empty() const { return entries_.empty(); }
  // Entries in the order of insertion.
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }
  bool contains(Str* name) const { return index_of(name) >= 0; }
  // Null if absent.
  Value* find(Str* name) {
    int index = index_of(name);
    return index < 0 ? nullptr : &entries_[static_cast<usize>(index)].value;
  }
  const Value* find(Str* name) const { return const_cast<NameMap*>(this)->find(name); }
  // Position in the order of insertion, or -1.
  int index_of(Str* name) const {
    if (slots_.empty()) {
      for (usize i = 0; i < entries_.size(); ++i) {
        if (entries_[i].name.get() == name) return static_cast<int>(i);
      }
      return -1;
    }
    for (usize slot = start(name);; slot = (slot + 1) & (slots_.size() - 1)) {
      int index = slots_[slot];
      if (index < 0 || entries_[static_cast<usize>(index)].name.get() == name) return index;
    }
  }
  // Adds the name unless it is there; gives the value in the map.
  Value& add(Str* name, Value value) {
    int index = index_of(name);
    if (index >= 0) return entries_[static_cast<usize>(index)].value;
    entries_.push_back({Ref<Str>::share(name), value});
    if (entries_.size() > kLinear) insert_into_slots();
    return entries_.back().value;
  }

 private:
  static constexpr usize kLinear = 8;  // up to here a linear search is fastest

  usize start(Str* name) const {
    return (reinterpret_cast<usize>(name) >> 4) * 0x9E3779B97F4A7C15u >> 20 & (slots_.size() - 1);
  }
  void place(usize index) {
    usize slot = start(entries_[index].name.get());
    while (slots_[slot] >= 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<int>(index);
  }
  void insert_into_slots() {
    if (entries_.size() * 2 <= slots_.size()) return place(entries_.size() - 1);
    slots_.assign(slots_.empty() ? 32 : slots_.size() * 2, -1);
    for (usize i = 0; i < entries_.size(); ++i) place(i);
  }

  std::vector<Entry> entries_;
  std::vector<int> slots_;
};

// A set of interned names.
class NameSet {
 public:
  bool contains(Str* name) const {
    const bool* present = names_.find(name);
    return present && *present;
  }
  void add(Str* name) { names_.add(name, true) = true; }
  void remove(Str* name) {
    if (bool* present = names_.find(name)) *present = false;
  }
  void add_all(const NameSet& other) {
    for (const auto& entry : other.names_.entries()) {
      if (entry.value) add(entry.name.get());
    }
  }
  template <class Function>
  void for_each(Function&& function) const {
    for (const auto& entry : names_.entries()) {
      if (entry.value) function(entry.name.get());
    }
  }

 private:
  NameMap<bool> names_;
};
}  // namespace adder
