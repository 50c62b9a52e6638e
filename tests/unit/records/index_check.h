#pragma once
// Holds the index against the resources: what an incremental index must equal after any history.

#include <set>

#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/prepared.h"
#include "engine/records/scan.h"
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
  for (auto row = reader.prepare("SELECT rid, type, updated, method, id FROM resource"); row.step();) {
    const std::int64_t rid = row.integer(0);
    const auto type = static_cast<std::uint8_t>(row.integer(1));
    const bool deleted = row.integer(3) == 3;
    Rows rows;
    fhir::Arena arena;
    if (!deleted) {
      auto content = load_content(reader, rid, arena);
      EXPECT_TRUE(content);
      rows = rows_of(*plan(type), **content);
    }
    rows.add(updated_row(type, row.integer(2), deleted ? kDeletedCode : kUpdatedCode));
    std::string named = number_key(kResources, resource_key(type_name(type), unpack_id(row.blob(4))));
    append_extra(named, 0);
    rows.add(named);
    for (std::size_t i = 0; i < rows.size(); ++i) out.emplace(rows[i], rid);
  }
  return out;
}

inline void StoreFixture::expect_index_is_exact() {
  database_->read([](database::Connection& reader) {
    EXPECT_EQ(index_of(reader), expected_index(reader));
    return 0;
  });
}

}  // namespace yilian::records
