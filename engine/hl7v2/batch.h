#pragma once
// One file or frame to its messages: MLLP frames, FHS/BHS batches, or one MSH after another.

#include <string_view>
#include <vector>

#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {

struct Batch {
  std::vector<std::string_view> messages;  // raw bytes of each, in order; views into the input
  std::vector<Notice> notices;             // counts that do not agree, trailing junk, …
  bool enveloped = false;                  // FHS or BHS was there
};
// Never fails: what is no message at all comes back as one "message", to be refused by whoever reads it.
Batch split(std::string_view raw);

}  // namespace yilian::hl7v2
