#include "engine/fhir/member_order.h"

#include <algorithm>
#include <limits>

namespace yilian::fhir {
namespace {

constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

}  // namespace

MemberOrder::MemberOrder(const Type& type, std::span<const Member> members) {
  if (members.size() > kFew) many_.resize(members.size());
  placed_ = members.size() > kFew ? std::span<Placed>(many_) : std::span<Placed>(few_.data(), members.size());
  const MemberName* before = nullptr;
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::string_view name = members[i].name;
    const bool sibling = name.starts_with('_');
    if (sibling) name.remove_prefix(1);
    const MemberName* found =
        sibling && before && same_name(before->name, name) ? before : type.members->find(name, before);
    std::uint32_t rank;
    if (found) {
      before = found;
      rank = static_cast<std::uint32_t>(type.members->order(*found) + 1) * 2 + (sibling ? 1 : 0);
    } else {
      rank = type.kind == Type::Kind::resource && !sibling && name == "resourceType" ? 0 : kLast;
    }
    placed_[i] = {found, sibling, rank, static_cast<std::uint32_t>(i)};
    if (i > 0 && rank < placed_[i - 1].rank) sorted_ = false;
  }
}

void MemberOrder::sort(std::span<Member> members) {
  if (sorted_) return;
  sorted_ = true;
  std::ranges::sort(
      placed_, [](const Placed& a, const Placed& b) { return a.rank != b.rank ? a.rank < b.rank : a.from < b.from; });
  // Follow each cycle of the permutation, so that no second array of members is needed.
  for (std::size_t i = 0; i < placed_.size(); ++i) {
    if (placed_[i].from == i) continue;
    const Member saved = members[i];
    std::size_t to = i;
    for (std::size_t from = placed_[to].from; from != i; from = placed_[to].from) {
      members[to] = members[from];
      placed_[to].from = static_cast<std::uint32_t>(to);
      to = from;
    }
    members[to] = saved;
    placed_[to].from = static_cast<std::uint32_t>(to);
  }
}

}  // namespace yilian::fhir
