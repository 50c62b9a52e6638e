#pragma once
// Holds the index against the resources: what an incremental index must equal after any history.

#include <set>
#include <tuple>

#include "engine/records/prepared.h"
#include "engine/records/scan.h"
#include "engine/records/types.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {

using IndexEntry = std::tuple<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t>;

inline std::set<IndexEntry> index_of(database::Connection& reader) {
  std::set<IndexEntry> out;
  for (auto row = reader.prepare("SELECT parameter, typeof(key), key, extra, block, bits FROM resource_index");
       row.step();) {
    EXPECT_NE(row.integer(5), 0) << "a row without resources was left";
    const bool text = row.text(1) == "text";
    const std::string key = text ? std::string(row.text(2)) : "";
    const std::int64_t number = text ? 0 : row.integer(2);
    for (int bit = 0; bit < 64; ++bit) {
      if ((static_cast<std::uint64_t>(row.integer(5)) >> bit & 1) != 0)
        out.emplace(row.integer(0), number, key, row.integer(3), row.integer(4) * 64 + bit);
    }
  }
  return out;
}

inline std::set<IndexEntry> expected_index(database::Connection& reader) {
  std::set<IndexEntry> out;
  for (auto row = reader.prepare("SELECT rid, type, updated, method FROM resource"); row.step();) {
    const std::int64_t rid = row.integer(0);
    const auto type = static_cast<std::uint8_t>(row.integer(1));
    const bool deleted = row.integer(3) == 3;
    std::vector<Row> rows;
    fhir::Arena arena;
    if (!deleted) {
      auto content = load_content(reader, rid, arena);
      EXPECT_TRUE(content);
      rows = rows_of(*plan(type), **content);
    }
    rows.push_back(updated_row(type, row.integer(2), deleted ? kDeletedCode : kUpdatedCode));
    for (const Row& entry : rows) out.emplace(entry.parameter, entry.key, entry.text, entry.extra, rid);
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
