#pragma once
// The members of one object, looked up in the definitions and brought into their order.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/fhir/member_table.h"

namespace yilian::fhir {

struct Placed {
  const MemberName* found;  // nullptr: no member of the type, or resourceType
  bool sibling;             // "_birthDate"; `found` is then birthDate
  std::uint32_t rank;       // resourceType, then each element with "_x" right behind "x", then what nobody knows
  std::uint32_t from;       // index before sorting
};

class MemberOrder {
 public:
  MemberOrder(const Type& type, std::span<const Member> members);
  MemberOrder(const MemberOrder&) = delete;

  const Placed& operator[](std::size_t i) const { return placed_[i]; }  // beside members[i]
  // Sorts the members, which are those that it was made of, and itself with them.
  void sort(std::span<Member> members);

 private:
  static constexpr std::size_t kFew = 32;
  std::array<Placed, kFew> few_;
  std::vector<Placed> many_;
  std::span<Placed> placed_;
  bool sorted_ = true;
};

}  // namespace yilian::fhir
