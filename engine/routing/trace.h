#pragma once
// Where the elements of a stored resource came from, and what of a message was not used. Nothing of it is stored: the journal has the bytes, so the message is mapped
// again with tracing on.

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

// A part of a message that no rule used.
struct Unused {
  std::int64_t message = 0;
  std::string segment, field;      // as of an Origin
  std::string text;                // shortened
  std::size_t begin = 0, end = 0;  // bytes of the segment
  std::size_t segment_begin = 0;   // where the segment stands in the message
  std::string why;                 // "never", "asked" (by a condition), "set_id"
};

// Where the mapping did with less than the message's own word.
struct Fallback {
  std::int64_t message = 0;
  std::string kind;      // "unmapped_code", "bad_value", "otherwise", "default_value", "arrival_time", "no_key"
  std::string field;     // "PID-8"; may be empty
  std::string resource;  // "Encounter/…" of a default; else empty
  std::string what, rule, rule_place;
};

struct Trace {
  std::vector<Origin> origins;  // for each element of the current version: the message that first said its present value
  // Of the messages that origins name, whole: what they say besides is not about this resource alone.
  std::vector<Unused> unused;
  std::vector<Fallback> fallbacks;
};

// What today's rules make of one message of the journal, besides resources.
struct Explained {
  std::string error;         // Issue::line(): why today's rules make nothing of it; all lists are empty then
  bool same_mapping = true;  // as of an Origin
  std::vector<Unused> unused;
  std::size_t unused_left_off = 0;  // further ones that the search did not list
  std::vector<Fallback> fallbacks;
  std::vector<mapping::Notice> notices;  // of reading and of mapping
};

// Errors: as of journal::read. That a message cannot be mapped is no error: it is what there is to explain.
Result<Explained> explain(database::Connection& reader, const Directory& directory, std::int64_t number);

// What today's rules make of it, as a transaction Bundle. Errors: as of journal::read; not_found when its feed is not configured; what reading and mapping say.
Result<std::string> bundle_of(database::Connection& reader, const Directory& directory, std::int64_t number);

Result<Trace> trace(database::Connection& reader, const Directory& directory, std::string_view type, std::string_view id);

}  // namespace yilian::routing
