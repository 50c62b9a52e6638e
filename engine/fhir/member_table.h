#pragma once
// From the names of JSON members to the elements of one type. Built once while the definitions are read.

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "engine/fhir/definitions.h"
#include "engine/fhir/name_hash.h"

namespace yilian::fhir {

struct MemberName {
  std::string_view name;  // "valueQuantity"
  const Element* element;
  const Type* type;
};

// A bit for each element of a type, by its order.
struct ElementSet {
  static constexpr std::size_t kMost = 128;
  std::uint64_t words[kMost / 64] = {};
  void set(std::size_t i) { words[i / 64] |= 1ull << (i % 64); }
  bool has(std::size_t i) const { return words[i / 64] >> (i % 64) & 1; }
  bool covers(const ElementSet& other) const {
    return (other.words[0] & ~words[0]) == 0 && (other.words[1] & ~words[1]) == 0;
  }
};

class MemberTable {
 public:
  // Elements have their types and JSON names by now. The tables live in `memory`.
  MemberTable(std::span<const Element> elements, std::pmr::memory_resource& memory);

  const MemberName* find(std::string_view name) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = name_hash(name) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
      const MemberName& candidate = names_[slots_[slot] - 1u];
      if (same_name(candidate.name, name)) return &candidate;
    }
    return nullptr;
  }
  // The same, and quicker when the members are asked for in their order with few left out: `before` is the last one
  // found, or nullptr.
  const MemberName* find(std::string_view name, const MemberName* before) const {
    std::size_t next = before ? order(*before) + 1 : first_;
    if (next < names_.size() && same_name(names_[next].name, name)) return &names_[next];
    if (++next < names_.size() && same_name(names_[next].name, name)) return &names_[next];
    return find(name);
  }
  std::size_t size() const { return names_.size(); }
  std::size_t order(const MemberName& name) const { return static_cast<std::size_t>(&name - names_.data()); }
  const ElementSet& required() const { return required_; }

 private:
  std::span<MemberName> names_;     // in the order in which members are written
  std::size_t first_ = 0;           // of a data type: the first behind id and extension, which are rare there
  std::span<std::uint16_t> slots_;  // open addressing: index + 1 into names_, 0 free; a power of two of them
  ElementSet required_;
};

}  // namespace yilian::fhir
