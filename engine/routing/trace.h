#pragma once
// Where the elements of a stored resource came from. Nothing of it is stored: the journal has the bytes, so the message is mapped again with tracing on.

#include <string>
#include <vector>

#include "engine/database/database.h"
#include "engine/journal/journal.h"
#include "engine/records/store.h"
#include "engine/routing/directory.h"

namespace yilian::routing {

struct Origin {
  std::string element;        // "valueQuantity.value"
  std::string hospital, feed, system;
  std::int64_t message = 0;   // journal number
  std::string type;           // "ORU^R01"
  std::string control_id;
  Instant received = 0;
  std::string segment;        // "OBX[3]"; empty: the mapping's own word
  std::string field;          // "OBX-5"
  std::string line;           // the raw segment
  std::size_t begin = 0, end = 0;  // bytes of `line`
  std::string rule, rule_place;
  bool same_mapping = true;   // false: the mapping has changed since, and this is how today's would do it
};

// For each element of the current version: the message that first said its present value.
Result<std::vector<Origin>> trace(database::Connection& reader, const Directory& directory, std::string_view type, std::string_view id);

}  // namespace yilian::routing
