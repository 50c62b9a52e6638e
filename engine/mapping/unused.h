#pragma once
// What of a message no rule used.

#include <string>
#include <vector>

#include "engine/mapping/mapping.h"

namespace yilian::mapping {

// The largest part of a field (the field, a repetition, a component, a subcomponent) of which nothing was used.
struct Unused {
  enum class Why : std::uint8_t {
    never,   // no rule looked at it
    asked,   // conditions looked at it, and nothing of it was kept
    set_id,  // the number of a segment among its like: used by nothing on purpose
  } why;
  std::size_t segment;  // index in the message
  std::string field;    // "PID-3(2).1"
  Span bytes;
};

std::string_view name(Unused::Why why);  // "never", …

struct UnusedParts {
  std::vector<Unused> parts;  // in the order of the message
  std::size_t left_off = 0;   // further ones, behind the first 10,000
};

// Of a message and what a traced run made of it. What the engine itself reads of the header (delimiters, type, control
// id, version, charset) counts as used.
UnusedParts unused(const hl7v2::Message& message, const Mapped& traced);

}  // namespace yilian::mapping
