#pragma once
// Every message that came in: its bytes, what became of it, what was answered. Written in the transaction of its
// resources.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/database/database.h"

namespace yilian::journal {

const database::Schema& schema();

enum class State : std::uint8_t {
  stored = 1,   // mapped and committed
  parked = 2,   // kept with its error; needs someone's hand
  refused = 3,  // kept with its error and answered with a refusal
  noise = 4,    // bytes on the line that were no message
  replaced = 5, // was parked or refused; a replay of it has been stored
};

std::string_view name(State state);  // "stored"
std::optional<State> state_named(std::string_view text);

struct Entry {
  std::int64_t number = 0;  // the journal's own, ascending; given by append
  Instant received = 0;
  std::string hospital, feed;
  std::string peer;                                        // address or file name
  std::string type, event, structure, control_id, sender;  // MSH-9.1, 9.2, 9.3, 10, "MSH-3|MSH-4"
  std::string charset;                                     // what it was read as
  State state = State::stored;
  std::string error;                                         // Issue::line(); empty when stored
  std::string patient;                                       // "Patient/id" that it is about; may be empty
  std::string raw;                                           // the bytes as they came
  std::string answer;                                        // what was sent back, the same again for a duplicate
  std::uint64_t mapping = 0;                                 // Mapping::fingerprint()
  std::vector<std::pair<std::string, std::string>> notices;  // where, what
};

// A message made ready outside the writer, on any thread: hashed, and compressed by finish(), best once it is handed to
// the writer, which waits for it.
struct Prepared;
using PreparedPtr = std::shared_ptr<const Prepared>;
PreparedPtr prepare(Entry entry);
void finish(const PreparedPtr& entry);

// The same message (same feed, sender, control id and bytes), if it was here and was stored: its number and the answer it got.
struct Duplicate {
  std::int64_t number;
  std::string answer;
};
std::optional<Duplicate> find_duplicate(database::Connection& connection, const PreparedPtr& entry);
// Inside a database task, like all that takes a `writer`: the number of the entry that is appended next. Throws
// StorageError, as append does.
std::int64_t next_number(database::Connection& writer);
// Gives the number.
std::int64_t append(database::Connection& writer, const PreparedPtr& entry);

// Message `number` is a replay of message `of`, which is none itself.
void note_copy(database::Connection& writer, std::int64_t number, std::int64_t of);
// What was parked or refused is replaced, the message and its replays; nothing happens to what is in another state.
void replace(database::Connection& writer, std::int64_t number);
struct Copies {
  std::int64_t of = 0;                 // 0: it is no replay
  std::vector<std::int64_t> replays;   // of it
};
Copies copies(database::Connection& reader, std::int64_t number);

// Errors: not_found, storage (the stored bytes cannot be unpacked).
Result<Entry> read(database::Connection& reader, std::int64_t number);
struct Query {
  std::string hospital{}, feed{}, patient{}, control_id{};  // empty: any
  std::string type{};                                       // "ORU", "ORU^R01"
  std::optional<State> state{};
  Instant from = 0, to = 0;  // received then or later, and before; 0: any
  std::int64_t before = 0;   // number; 0: from the newest
  std::int64_t after = 0;    // number; what is not newer is not looked at
  std::size_t count = 50;   // at most 1000
  std::string content{};    // words as they stand in the message, Chinese of two characters and more anywhere: all of them
};
// Errors: bad_value (content without a word). Newest first, without raw.
Result<std::vector<Entry>> find(database::Connection& reader, const Query& query);
// The newest message's number; 0: there is none.
std::int64_t newest(database::Connection& reader);
struct Count {
  std::string feed;
  State state;
  std::int64_t messages;
  std::string hospital;
};
// By hospital, feed and state; kept as messages come, so this costs nothing.
std::vector<Count> counts(database::Connection& reader);

}  // namespace yilian::journal
