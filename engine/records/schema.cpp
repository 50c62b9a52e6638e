#include "engine/records/store.h"

namespace yilian::records {

// resource: the current version of each, in the order in which they came. `key` is the hash of "Type/id" (half the size
// of an index over both, and every new resource dirties a page of it); type and id are compared on what is found. `id`
// as types.h packs it, `updated` in microseconds, `happened` in milliseconds, `body` last so that the rest is read
// without it. resource_history: former versions. resource_index: see pending_rows.h.
const database::Schema& schema() {
  static const database::Schema made{"records", {{1, R"(
    CREATE TABLE resource(
      rid INTEGER PRIMARY KEY,
      key INTEGER NOT NULL,
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
    CREATE INDEX resource_key ON resource(key);
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
    CREATE TABLE resource_index(
      parameter INTEGER NOT NULL,
      key NOT NULL,
      block INTEGER NOT NULL,
      extra INTEGER NOT NULL,
      bits INTEGER NOT NULL,
      PRIMARY KEY(parameter, key, block, extra)) WITHOUT ROWID;
  )"}}};
  return made;
}

}  // namespace yilian::records
