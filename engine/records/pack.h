#pragma once
// Bodies in the database. A pack is written once, when the first version that lies in it is, and never changed.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
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
};

class Packs : public database::Deferred {
 public:
  // The pack's number; the first one to ask in a transaction has it written, at the transaction's end.
  std::int64_t number_of(database::Connection& writer, const std::shared_ptr<const Pack>& pack);
  // Of one pack after the other it is unpacked once. Errors: storage.
  Result<std::string> read(database::Connection& connection, const BodyPlace& place);

  void flush(database::Connection& writer) override;
  void discard() override;

 private:
  std::map<std::shared_ptr<const Pack>, std::int64_t> numbered_;  // in this transaction
  std::uint64_t numbered_in_ = 0;
  std::int64_t next_ = 0;  // the number of the next one; 0: not known
  std::vector<std::pair<std::int64_t, std::shared_ptr<const Pack>>> waiting_;
  std::string text_;  // of the pack that was read last
  std::int64_t read_ = 0;
  std::uint64_t read_in_ = 0;
};

}  // namespace yilian::records
