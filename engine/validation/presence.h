#pragma once
// What is known of an invariant by which elements are there alone. Most invariants ask just that ("code.empty() or
// system.exists()"), and of the others most hold where the elements that they speak of are missing.

#include <cstdint>
#include <vector>

#include "engine/fhir/member_table.h"
#include "engine/fhirpath/program.h"

namespace yilian::validation {

// What an expression gives. `unknown`: it has to be evaluated.
enum class Verdict : std::uint8_t { unknown, holds, fails, empty };

class Presence {
 public:
  Presence() = default;
  // For evaluation on elements of `type`. At most kMost elements are looked at; beyond, all is unknown.
  Presence(const fhirpath::Program& program, const fhir::Type& type);

  // `present`: by Element::order, whether as a value or with extensions only.
  Verdict verdict(const fhir::ElementSet& present) const {
    std::size_t row = 0;
    for (std::size_t i = 0; i < orders_.size(); ++i) row |= std::size_t{present.has(orders_[i])} << i;
    return verdicts_[row];
  }

 private:
  static constexpr std::size_t kMost = 8;
  std::vector<std::uint16_t> orders_;
  std::vector<Verdict> verdicts_{Verdict::unknown};  // by the bits of orders_
};

}  // namespace yilian::validation
