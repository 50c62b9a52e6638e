#pragma once
// Where a walk through a resource is: a chain on the stack, turned into text only when there is something to say.

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace yilian::fhir {

inline constexpr std::size_t kNoIndex = std::numeric_limits<std::size_t>::max();

struct Place {
  const Place* above = nullptr;
  std::string_view name;
  std::size_t index = kNoIndex;
  std::size_t level = 0;

  Place member(std::string_view member_name) const { return {this, member_name, kNoIndex, level + 1}; }
  Place item(std::size_t item_index) const { return {above, name, item_index, level}; }

  // "Patient.name[0].given"
  std::string text() const {
    std::string path = above ? above->text() + "." : std::string();
    path.append(name);
    if (index != kNoIndex) path.append("[").append(std::to_string(index)).append("]");
    return path;
  }
};

}  // namespace yilian::fhir
