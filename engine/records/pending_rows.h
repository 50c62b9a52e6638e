#pragma once
// Index rows that wait for the end of the transaction, to be written in the order of their keys.
//
// The index keeps 64 resources in a row: (parameter, key, block, extra) -> bits, where block = rid / 64. Ten results of
// one report are found by one patient, one status, one day: one row each instead of ten.

#include <string>
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
  void discard() override;

 private:
  // Sorted by the thousand: no text in it, only its number in texts_.
  struct Change {
    std::int64_t key;
    std::int64_t block;
    std::int64_t extra;
    std::uint32_t parameter;
    std::uint32_t order;
    std::uint32_t text;  // 0: none
    std::uint8_t bit;
    bool adds;
  };
  void put(std::int64_t rid, const Row& row, bool adds);
  int compare_places(const Change& a, const Change& b) const;
  void write(database::Connection& writer, const Change& place, std::uint64_t added, std::uint64_t removed) const;
  void bind_place(database::Statement& statement, const Change& place) const;
  std::vector<Change> changes_;
  std::vector<std::string> texts_;
};

}  // namespace yilian::records
