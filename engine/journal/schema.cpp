#include "engine/journal/journal.h"

namespace yilian::journal {

// The bytes stand last in their row: reading what is before them does not touch them. `key` serves two look-ups: the
// same message again (all of it), and a control id (a range: its upper half).
const database::Schema& schema() {
  static const database::Schema made{"journal", {{1, R"(
    CREATE TABLE message(
      number INTEGER PRIMARY KEY,
      received INTEGER NOT NULL,
      state INTEGER NOT NULL,
      key INTEGER NOT NULL,
      digest BLOB NOT NULL,
      hospital TEXT NOT NULL,
      feed TEXT NOT NULL,
      peer TEXT NOT NULL,
      type TEXT NOT NULL,
      event TEXT NOT NULL,
      structure TEXT NOT NULL,
      control_id TEXT NOT NULL,
      sender TEXT NOT NULL,
      charset TEXT NOT NULL,
      error TEXT NOT NULL,
      patient TEXT NOT NULL,
      mapping INTEGER NOT NULL,
      answer TEXT NOT NULL,
      notices BLOB NOT NULL,
      raw_size INTEGER NOT NULL,
      raw BLOB NOT NULL);
    CREATE INDEX message_key ON message(key);
    CREATE INDEX message_patient ON message(patient) WHERE patient <> '';
    CREATE INDEX message_state ON message(state) WHERE state <> 1;
    CREATE TABLE message_count(
      hospital TEXT NOT NULL, feed TEXT NOT NULL, state INTEGER NOT NULL, messages INTEGER NOT NULL,
      PRIMARY KEY(hospital, feed, state)) WITHOUT ROWID;
  )"}}};
  return made;
}

}  // namespace yilian::journal
