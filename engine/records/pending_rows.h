#pragma once
// Index rows that wait for the end of the transaction, to be written in the order of their keys.
//
// The index keeps 64 resources in a row: (parameter, key, block, extra) -> bits, where block = rid / 64. Ten results of one report are found by one
// patient, one status, one day: one row each instead of ten.

#include <vector>

#include "engine/database/database.h"
#include "engine/records/rows.h"

namespace yilian::records {

class PendingRows : public database::Deferred {
 public:
  void add(std::int64_t rid, const Row& row) { put(rid, row, true); }
  void remove(std::int64_t rid, const Row& row) { put(rid, row, false); }
  // From one version to the next: only what differs. Both sorted.
  void change(std::int64_t rid, const std::vector<Row>& before, const std::vector<Row>& after);
  void flush(database::Connection& writer) override;
  void discard() override { changes_.clear(); }

 private:
  struct Change {
    Row row;
    std::int64_t block;
    std::uint32_t order;
    std::uint8_t bit;
    bool adds;
  };
  void put(std::int64_t rid, const Row& row, bool adds);
  static void write(database::Connection& writer, const Change& place, std::uint64_t added, std::uint64_t removed);
  std::vector<Change> changes_;
};

}  // namespace yilian::records
