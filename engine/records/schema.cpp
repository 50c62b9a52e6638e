#include "engine/records/index/run_pieces.h"
#include "engine/records/index/upkeep.h"
#include "engine/records/pack.h"
#include "engine/records/reindex.h"
#include "engine/records/store.h"

namespace yilian::records {

// resource_group: resources as they came, see group.h. resource: the current version of each that changed since, and of
// each that came before there were groups. `rid` in the order in which they came, found by the index; `id` as types.h
// packs it, `updated` in microseconds, `happened` in milliseconds. resource_history: former versions. body: the texts of what was
// written together, compressed as one; a version's own is `bytes` of it from `start` (-1: all to the end); number 0 is
// that of what was deleted. index_change, index_run, index_piece: see index/README.md.
const database::Schema& schema() {
  static const database::Schema made{
      "records",
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
  )"},
       // Before, each version had a body of its own in its row.
       {3, R"(
    CREATE TABLE body(
      number INTEGER PRIMARY KEY,
      dictionary INTEGER NOT NULL,
      packed BLOB NOT NULL);
    INSERT INTO body SELECT rid, dictionary, body FROM resource WHERE method <> 3;
    INSERT INTO body SELECT (SELECT coalesce(max(rid), 0) FROM resource) + rowid, dictionary, body
      FROM resource_history WHERE method <> 3;
    ALTER TABLE resource RENAME TO resource_before;
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
      body INTEGER NOT NULL,
      start INTEGER NOT NULL,
      bytes INTEGER NOT NULL);
    INSERT INTO resource SELECT rid, type, id, version, updated, method, message, happened, content, clock,
      CASE method WHEN 3 THEN 0 ELSE rid END, 0, -1 FROM resource_before;
    ALTER TABLE resource_history RENAME TO resource_history_before;
    CREATE TABLE resource_history(
      rid INTEGER NOT NULL,
      version INTEGER NOT NULL,
      type INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      method INTEGER NOT NULL,
      message INTEGER NOT NULL,
      body INTEGER NOT NULL,
      start INTEGER NOT NULL,
      bytes INTEGER NOT NULL);
    INSERT INTO resource_history SELECT rid, version, type, updated, method, message,
      CASE method WHEN 3 THEN 0 ELSE (SELECT coalesce(max(rid), 0) FROM resource_before) + rowid END, 0, -1
      FROM resource_history_before;
    DROP TABLE resource_before;
    DROP TABLE resource_history_before;
    CREATE UNIQUE INDEX resource_history_version ON resource_history(rid, version);
    CREATE INDEX resource_history_time ON resource_history(type, updated, rid, version);
  )"},
       // Before, each resource had a row in `resource` from its first version on, and a
       // commit's changes were sorted, as a run's piece is: they become one.
       {4, R"(
    CREATE TABLE resource_group(
      first INTEGER PRIMARY KEY,
      heads BLOB NOT NULL);
    DELETE FROM index_piece WHERE run NOT IN (SELECT run FROM index_run);
    INSERT INTO index_run SELECT number * 16 + 1, 1, number, length(changes) / 8 + 1, x'' FROM index_change;
    INSERT INTO index_piece SELECT NULL, number * 16 + 1, x'', changes FROM index_change;
    DELETE FROM index_change;
  )"},
       // Before, thirty search parameters had rows. See reindex.h.
       {5, R"(
    CREATE TABLE index_state(
      through INTEGER NOT NULL,
      done INTEGER NOT NULL,
      last INTEGER NOT NULL);
    INSERT INTO index_state SELECT CASE WHEN EXISTS(SELECT 1 FROM resource) OR EXISTS(SELECT 1 FROM resource_group)
      THEN 32 ELSE 1 << 30 END, 0, -1;
  )"},
       // Before, SearchParameters of clients were kept and passed over. See custom/README.md.
       {6, R"(
    CREATE TABLE search_parameter(
      number INTEGER PRIMARY KEY,
      resource TEXT NOT NULL,
      state INTEGER NOT NULL,
      done INTEGER NOT NULL,
      last INTEGER NOT NULL,
      definition TEXT NOT NULL);
    ALTER TABLE index_state ADD COLUMN parameters INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE index_state ADD COLUMN sought INTEGER NOT NULL DEFAULT -1;
    UPDATE index_state SET sought = 0
      WHERE EXISTS(SELECT 1 FROM resource) OR EXISTS(SELECT 1 FROM resource_group);
  )"},
       // Before, a run did not tell what it cleared and set again.
       {7, R"(
    ALTER TABLE index_state ADD COLUMN twice INTEGER NOT NULL DEFAULT 0;
    UPDATE index_state SET twice = (SELECT coalesce(max(through), 0) FROM index_run);
  )"}},
                                     [](database::Database& database, bool at_rest, const std::atomic<bool>& closing) {
                                       // In turns, so that neither waits while the other has much to do.
                                       const bool kept = keep_index(database, at_rest, closing);
                                       if (reindex_some(database, closing) || kept) return true;
                                       if (at_rest) {
                                         rest_pieces();
                                         rest_packs();
                                       }
                                       return false;
                                     },
                                     // What is stored is compressed already, or packed: it stays as it is, in its row
                                     // while a page has room for it. Beside the row, in pieces of 2 KB as PostgreSQL would
                                     // else cut it, each read is one more look into another index.
                                     {{6, R"(
    CREATE TABLE resource_group(
      first BIGINT PRIMARY KEY,
      heads BYTEA NOT NULL) WITH (toast_tuple_target = 8160);
    ALTER TABLE resource_group ALTER heads SET STORAGE EXTERNAL;
    CREATE TABLE resource(
      rid BIGINT PRIMARY KEY,
      type BIGINT NOT NULL,
      id BYTEA NOT NULL,
      version BIGINT NOT NULL,
      updated BIGINT NOT NULL,
      method BIGINT NOT NULL,
      message BIGINT NOT NULL,
      happened BIGINT,
      content BIGINT NOT NULL,
      clock BYTEA NOT NULL,
      body BIGINT NOT NULL,
      start BIGINT NOT NULL,
      bytes BIGINT NOT NULL) WITH (fillfactor = 80);
    CREATE TABLE resource_history(
      rid BIGINT NOT NULL,
      version BIGINT NOT NULL,
      type BIGINT NOT NULL,
      updated BIGINT NOT NULL,
      method BIGINT NOT NULL,
      message BIGINT NOT NULL,
      body BIGINT NOT NULL,
      start BIGINT NOT NULL,
      bytes BIGINT NOT NULL);
    CREATE UNIQUE INDEX resource_history_version ON resource_history(rid, version);
    CREATE INDEX resource_history_time ON resource_history(type, updated, rid, version);
    CREATE TABLE body(
      number BIGINT PRIMARY KEY,
      dictionary BIGINT NOT NULL,
      packed BYTEA NOT NULL) WITH (toast_tuple_target = 8160);
    ALTER TABLE body ALTER packed SET STORAGE EXTERNAL;
    CREATE TABLE index_change(
      number BIGINT PRIMARY KEY,
      changes BYTEA NOT NULL) WITH (toast_tuple_target = 8160);
    ALTER TABLE index_change ALTER changes SET STORAGE EXTERNAL;
    CREATE TABLE index_run(
      run BIGINT PRIMARY KEY,
      level BIGINT NOT NULL,
      through BIGINT NOT NULL,
      ids BIGINT NOT NULL,
      filter BYTEA NOT NULL);
    CREATE TABLE index_piece(
      id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      run BIGINT NOT NULL,
      first BYTEA NOT NULL,
      entries BYTEA NOT NULL) WITH (toast_tuple_target = 8160);
    ALTER TABLE index_piece ALTER entries SET STORAGE EXTERNAL;
    CREATE UNIQUE INDEX index_piece_first ON index_piece(run, first);
    CREATE TABLE index_state(
      through BIGINT NOT NULL,
      done BIGINT NOT NULL,
      last BIGINT NOT NULL,
      parameters BIGINT NOT NULL,
      sought BIGINT NOT NULL);
    INSERT INTO index_state VALUES(1 << 30, 0, -1, 0, -1);
    CREATE TABLE search_parameter(
      number BIGINT PRIMARY KEY,
      resource BYTEA NOT NULL,
      state BIGINT NOT NULL,
      done BIGINT NOT NULL,
      last BIGINT NOT NULL,
      definition BYTEA NOT NULL);
  )"},
                                      {7, R"(
    ALTER TABLE index_state ADD COLUMN twice BIGINT NOT NULL DEFAULT 0;
    UPDATE index_state SET twice = (SELECT coalesce(max(through), 0) FROM index_run);
  )"}}};
  return made;
}

}  // namespace yilian::records
