#pragma once
// Bodies in the database. A pack is written once, when the first version that lies in it is, and never changed.

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/made_once.h"
#include "engine/base/result.h"
#include "engine/database/database.h"

namespace yilian::records {

// The bodies of what is written together, one behind the other, compressed: by whoever needs it first, the writer or the
// thread that made it ready and has nothing more to do.
using Pack = MadeOnce<std::string>;

// Where a version's body lies. Number 0: it has none.
struct BodyPlace {
  std::int64_t number = 0;
  std::int64_t start = 0, bytes = 0;  // bytes -1: to the end of the pack
  bool is_same_as(const BodyPlace& other) const { return number == other.number && start == other.start; }  // the same text
};

// A body within the text that it was written with.
struct BodyText {
  std::shared_ptr<const std::string> whole;
  std::string_view text;
};

class Packs : public database::Deferred {
 public:
  // The pack's number; the first one to ask in a transaction has it written, at the transaction's end.
  std::int64_t number_of(database::Connection& writer, const std::shared_ptr<const Pack>& pack);
  // What was unpacked lately is kept for all readers: a number means one text for good, and what an expunge takes out of it
  // no version that anyone can see lies in any more. Errors: storage.
  Result<BodyText> read(database::Connection& connection, const BodyPlace& place);
  // The same for some, in their order; nothing for number 0.
  Result<std::vector<BodyText>> read(database::Connection& connection, std::span<const BodyPlace> places);
  // Inside a task, before it overwrites texts: what it sees is not yet for others.
  void overwrites() {
    writes_ = true;
    last_ = nullptr;
  }
  // Once that is committed: nothing that was removed stays in memory.
  void forget_kept(database::Connection& connection);

  void flush(database::Connection& writer) override;
  void discard() override;

 private:
  std::map<std::shared_ptr<const Pack>, std::int64_t> numbered_;  // in this transaction
  std::uint64_t numbered_in_ = 0;
  std::int64_t next_ = 0;  // the number of the next one; 0: not known
  std::vector<std::pair<std::int64_t, std::shared_ptr<const Pack>>> waiting_;
  const void* owner(database::Connection& connection);
  using Text = std::shared_ptr<const std::string>;
  Text known(database::Connection& connection, std::int64_t number);
  Result<Text> unpack(database::Connection& connection, std::int64_t number, std::int64_t dictionary,
                      std::string_view packed);
  Result<Text> text_of(database::Connection& connection, std::int64_t number);
  void hold_on(database::Connection& connection, std::int64_t number, const Text& text);

  // A writer's numbers may be given anew after a rollback, so what it reads it keeps to itself, and for one transaction.
  bool writes_ = false;
  std::shared_ptr<void> owner_;  // the same for all connections of a database
  std::shared_ptr<const std::string> last_;
  std::int64_t last_number_ = 0;
  std::uint64_t last_in_ = 0;
};

// Called at rest: texts that nobody asks for are let go.
void rest_packs();

}  // namespace yilian::records
