#include "engine/records/index/upkeep.h"
#include "engine/records/store.h"

namespace yilian::records {

// resource: the current version of each, in the order in which they came, found by the index. `id` as types.h packs it,
// `updated` in microseconds, `happened` in milliseconds, `body` last so that the rest is read without it.
// resource_history: former versions. index_change, index_run, index_piece: see index/README.md.
const database::Schema& schema() {
  static const database::Schema made{"records",
                                     {{2, R"(
    CREATE TABLE resource(
      rid INTEGER PRIMARY KEY,
      type INTEGER NOT NULL,
      id BLOB NOT NULL,
      version INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      method INTEGER NOT NULL,
      message INTEGER NOT NULL,
      happened INTEGER,
      content INTEGER NOT NULL,
      clock BLOB NOT NULL,
      dictionary INTEGER NOT NULL,
      body BLOB NOT NULL);
    CREATE TABLE resource_history(
      rid INTEGER NOT NULL,
      version INTEGER NOT NULL,
      type INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      method INTEGER NOT NULL,
      message INTEGER NOT NULL,
      dictionary INTEGER NOT NULL,
      body BLOB NOT NULL);
    CREATE UNIQUE INDEX resource_history_version ON resource_history(rid, version);
    CREATE INDEX resource_history_time ON resource_history(type, updated, rid, version);
    CREATE TABLE index_change(
      number INTEGER PRIMARY KEY,
      changes BLOB NOT NULL);
    CREATE TABLE index_run(
      run INTEGER PRIMARY KEY,
      level INTEGER NOT NULL,
      through INTEGER NOT NULL,
      ids INTEGER NOT NULL,
      filter BLOB NOT NULL);
    CREATE TABLE index_piece(
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL,
      first BLOB NOT NULL,
      entries BLOB NOT NULL);
    CREATE UNIQUE INDEX index_piece_first ON index_piece(run, first);
  )"}},
                                     keep_index};
  return made;
}

}  // namespace yilian::records
