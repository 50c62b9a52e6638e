#include "engine/journal/delivery.h"
#include "engine/journal/journal.h"
#include "engine/journal/keeping.h"

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
  )"},
                                              // What goes out. Rows of `delivery` come and are found by message first: those of one moment share their pages.
                                              {2, R"(
    CREATE TABLE destination(
      number INTEGER PRIMARY KEY, hospital TEXT NOT NULL, name TEXT NOT NULL, through INTEGER NOT NULL, paused INTEGER NOT NULL,
      UNIQUE(hospital, name));
    CREATE TABLE outbox(number INTEGER PRIMARY KEY, targets BLOB NOT NULL);
    CREATE TABLE delivery(
      number INTEGER NOT NULL, destination INTEGER NOT NULL, fate INTEGER NOT NULL, key INTEGER NOT NULL, priority INTEGER NOT NULL,
      attempts INTEGER NOT NULL, doubts INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, took INTEGER NOT NULL, next INTEGER NOT NULL,
      error TEXT NOT NULL, answer TEXT NOT NULL,
      PRIMARY KEY(number, destination)) WITHOUT ROWID;
    CREATE INDEX delivery_open ON delivery(fate, destination, number) WHERE fate <> 1;
    CREATE TABLE delivery_mark(
      destination INTEGER NOT NULL, line INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(destination, line)) WITHOUT ROWID;
    CREATE TABLE delivery_count(
      destination INTEGER NOT NULL, fate INTEGER NOT NULL, deliveries INTEGER NOT NULL, PRIMARY KEY(destination, fate)) WITHOUT ROWID;
    CREATE TABLE message_copy(number INTEGER PRIMARY KEY, of INTEGER NOT NULL);
    CREATE TABLE message_terms(sheaf INTEGER NOT NULL, first INTEGER NOT NULL, entries BLOB NOT NULL, PRIMARY KEY(sheaf, first)) WITHOUT ROWID;
    CREATE TABLE message_keeping(what INTEGER PRIMARY KEY, value INTEGER NOT NULL);
    CREATE INDEX message_copy_of ON message_copy(of);
  )"}},
                                     keep_journal,
                                     // What was stored is compressed already. The ways by patient and state go back
                                     // from the newest on.
                                     {{1, R"(
    CREATE TABLE message(
      number BIGINT PRIMARY KEY,
      received BIGINT NOT NULL,
      state BIGINT NOT NULL,
      key BIGINT NOT NULL,
      digest BYTEA NOT NULL,
      hospital BYTEA NOT NULL,
      feed BYTEA NOT NULL,
      peer BYTEA NOT NULL,
      type BYTEA NOT NULL,
      event BYTEA NOT NULL,
      structure BYTEA NOT NULL,
      control_id BYTEA NOT NULL,
      sender BYTEA NOT NULL,
      charset BYTEA NOT NULL,
      error BYTEA NOT NULL,
      patient BYTEA NOT NULL,
      mapping BIGINT NOT NULL,
      answer BYTEA NOT NULL,
      notices BYTEA NOT NULL,
      raw_size BIGINT NOT NULL,
      raw BYTEA NOT NULL);
    ALTER TABLE message ALTER raw SET STORAGE EXTERNAL;
    CREATE INDEX message_key ON message(key);
    CREATE INDEX message_patient ON message(patient, number) WHERE patient <> '';
    CREATE INDEX message_state ON message(state, number) WHERE state <> 1;
    CREATE TABLE message_count(
      hospital BYTEA NOT NULL, feed BYTEA NOT NULL, state BIGINT NOT NULL, messages BIGINT NOT NULL,
      PRIMARY KEY(hospital, feed, state)) WITH (fillfactor = 50);
  )"},
                                      {2, R"(
    CREATE TABLE destination(
      number BIGINT PRIMARY KEY, hospital BYTEA NOT NULL, name BYTEA NOT NULL, through BIGINT NOT NULL, paused BIGINT NOT NULL,
      UNIQUE(hospital, name)) WITH (fillfactor = 50);
    CREATE TABLE outbox(number BIGINT PRIMARY KEY, targets BYTEA NOT NULL);
    CREATE TABLE delivery(
      number BIGINT NOT NULL, destination BIGINT NOT NULL, fate BIGINT NOT NULL, key BIGINT NOT NULL, priority BIGINT NOT NULL,
      attempts BIGINT NOT NULL, doubts BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, took BIGINT NOT NULL, next BIGINT NOT NULL,
      error BYTEA NOT NULL, answer BYTEA NOT NULL,
      PRIMARY KEY(number, destination));
    CREATE INDEX delivery_open ON delivery(fate, destination, number) WHERE fate <> 1;
    CREATE TABLE delivery_mark(
      destination BIGINT NOT NULL, line BIGINT NOT NULL, number BIGINT NOT NULL, PRIMARY KEY(destination, line)) WITH (fillfactor = 50);
    CREATE TABLE delivery_count(
      destination BIGINT NOT NULL, fate BIGINT NOT NULL, deliveries BIGINT NOT NULL, PRIMARY KEY(destination, fate)) WITH (fillfactor = 50);
    CREATE TABLE message_copy(number BIGINT PRIMARY KEY, of BIGINT NOT NULL);
    CREATE TABLE message_terms(sheaf BIGINT NOT NULL, first BIGINT NOT NULL, entries BYTEA NOT NULL, PRIMARY KEY(sheaf, first));
    CREATE TABLE message_keeping(what BIGINT PRIMARY KEY, value BIGINT NOT NULL);
    CREATE INDEX message_copy_of ON message_copy(of);
  )"}}};
  return made;
}

}  // namespace yilian::journal
