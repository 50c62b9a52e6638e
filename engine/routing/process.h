#pragma once
// One message's bytes to what the writer needs: parsed, mapped, identified, compressed. No I/O; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/journal/journal.h"
#include "engine/records/store.h"
#include "engine/routing/directory.h"

namespace yilian::routing {

struct Piece {
  records::PreparedPtr resource;
  std::vector<std::string> cleared, assumed;
  std::uint8_t rank;
};

struct Processed {
  journal::PreparedPtr entry;          // with its answer
  std::vector<std::shared_ptr<const records::Pack>> packs;  // of the pieces; to be compressed, as the entry is
  std::vector<Piece> pieces;           // empty when something was wrong
  Instant event_time = 0;
  std::vector<Addressed> addressed;    // where it goes
  std::int64_t patient_key = 0, feed_key = 0;  // what orders it on its way there; of the patient, else of the feed
  std::vector<std::string> replies;
  bool accepts_first = false;          // the first of them is the accept answer of enhanced mode
  bool accepted = false;
  std::string error;                   // Issue::line() when not all was well
  Code cause = Code::internal;         // of that
};

struct Arrival {
  std::string_view raw;
  std::string_view peer;
  Instant received;
};

// Never fails: what cannot be read or mapped comes back as an entry with its error and the answer that the feed gives then.
// An inlet without feed is a sender that nobody knows.
Processed process(const Inlet& inlet, const Arrival& arrival);

// The same message as one that could not be committed with its resources: kept alone, parked, with the error.
Processed parked(const Inlet& inlet, const Arrival& arrival, const Issue& issue);

// Bytes that are no message, as the adapter found them.
Processed noise(const Arrival& arrival, const std::string& why, std::size_t size, bool answer, Code code);

// MSH-3.1 and MSH-4.1 as they stand in the bytes (for telling senders apart before anything is decoded).
struct Sender {
  std::string_view application, facility;
};
Sender skim_sender(std::string_view raw);

// Several answers in one text, as the journal keeps them, and back.
std::string join_replies(const std::vector<std::string>& replies);
std::vector<std::string> split_replies(std::string_view joined);

}  // namespace yilian::routing
