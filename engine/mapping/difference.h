#pragma once
// What another mapping makes of the same message.

#include <string>
#include <vector>

#include "engine/mapping/mapping.h"

namespace yilian::mapping {

struct Difference {
  enum class Kind : std::uint8_t { added, removed, changed } kind;
  std::string resource;  // "Observation/…"
  std::string element;   // "valueQuantity.value", "name[0].family"; empty: the whole resource
  std::string before, after;  // as JSON; empty: there was, or is, none
};

// By type and id, then element by element. Nothing when both made the same.
std::vector<Difference> differences(const Mapped& before, const Mapped& after);

}  // namespace yilian::mapping
