#pragma once
// Bodies in the database. A pack is written once, when the first version that lies in it is, and never changed.

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/database/database.h"

namespace yilian::records {

// The bodies of what is written together, one behind the other, compressed.
struct Pack {
  std::string packed;
};

// Where a version's body lies. Number 0: it has none.
struct BodyPlace {
  std::int64_t number = 0;
  std::int64_t start = 0, bytes = 0;  // bytes -1: to the end of the pack
};

class Packs : public database::Deferred {
 public:
  // The pack's number; the first one to ask in a transaction writes it.
  std::int64_t number_of(database::Connection& writer, const std::shared_ptr<const Pack>& pack);
  // Of one pack after the other it is unpacked once. Errors: storage.
  Result<std::string> read(database::Connection& connection, const BodyPlace& place);

  void flush(database::Connection&) override {}
  void discard() override { written_.clear(); }

 private:
  std::map<std::shared_ptr<const Pack>, std::int64_t> written_;  // in this transaction
  std::uint64_t written_in_ = 0;
  std::string text_;  // of the pack that was read last
  std::int64_t read_ = 0;
  std::uint64_t read_in_ = 0;
};

}  // namespace yilian::records
