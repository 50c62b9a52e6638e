#pragma once
// What becomes of a resource that is readable and well formed, and yet not valid, before it is stored.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/validation/validator.h"

namespace yilian::validation {

enum class Mode : std::uint8_t {
  off,     // structure alone, which is never stored wrong
  mark,    // stored with a tag that says so
  refuse,  // not stored, with all that was found
};

// "refuse", "mark" or "off".
std::optional<Mode> mode_named(std::string_view word);

// The system of the tag; its code is "invalid".
inline constexpr std::string_view kValidationSystem = "http://yilian.dev/fhir/CodeSystem/validation";

struct Screening {
  Mode mode = Mode::mark;
  std::shared_ptr<const ProfileSet> profiles;  // may be nullptr
};

// What the findings on one write were; the caller makes it, screen() fills it.
using Findings = std::vector<Finding>;

// Before a resource is made ready to be stored. Marks it, or takes an old mark away (`arena` is of the tree); errors:
// bad_value of what is refused, with the first error and how many there are. `findings` may be nullptr.
Result<void> screen(const Screening& screening, fhir::Json& resource, fhir::Arena& arena, Findings* findings);

// "pat-1: the text".
std::string text_of(const Finding& finding);

}  // namespace yilian::validation
