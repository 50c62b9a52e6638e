#pragma once
// Holds the index against the resources: what an incremental index must equal after any history.

#include <set>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/index/sorting.h"
#include "engine/records/prepared.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {

using IndexEntry = std::pair<std::string, std::int64_t>;  // a key without its block, a resource

inline std::set<IndexEntry> index_of(database::Connection& reader) {
  std::set<IndexEntry> out;
  std::string last;
  for (IndexCursor at(reader, {}, {}); at.there(); at.next()) {
    EXPECT_LT(last, at.key()) << "a key is there twice, or out of order";
    last = at.key();
    for (std::uint64_t bits = at.bits().set; bits != 0; bits &= bits - 1)
      out.emplace(without_block(at.key()), block_of(at.key()) * 64 + __builtin_ctzll(bits));
  }
  return out;
}

inline std::set<IndexEntry> expected_index(database::Connection& reader) {
  std::set<IndexEntry> out;
  for (std::int64_t rid = last_rid(reader); rid > 0; --rid) {
    const auto stored = stored_at(reader, rid);
    EXPECT_TRUE(stored) << rid;
    if (!stored) continue;
    const std::uint8_t type = stored->type;
    const bool deleted = stored->deleted();
    Rows rows;
    fhir::Arena arena;
    if (!deleted) {
      auto content = load_content(reader, rid, arena);
      EXPECT_TRUE(content);
      rows = with_custom(reader, *plan(type), rows_of(*plan(type), **content), **content, Moment::after);
    }
    rows.add(updated_row(type, stored->updated, deleted ? kDeletedCode : kUpdatedCode));
    rows.add(resource_row(resource_key(type_name(type), unpack_id(stored->packed_id))));
    for (std::size_t i = 0; i < rows.size(); ++i) out.emplace(rows[i], rid);
  }
  return out;
}

inline void StoreFixture::expect_index_is_exact() {
  database_->read([](database::Connection& reader) {
    const std::set<IndexEntry> there = index_of(reader), meant = expected_index(reader);
    std::vector<IndexEntry> lost, left_over;
    std::set_difference(meant.begin(), meant.end(), there.begin(), there.end(), std::back_inserter(lost));
    std::set_difference(there.begin(), there.end(), meant.begin(), meant.end(), std::back_inserter(left_over));
    EXPECT_EQ(lost, std::vector<IndexEntry>{});
    EXPECT_EQ(left_over, std::vector<IndexEntry>{});
    return 0;
  });
}

}  // namespace yilian::records
