#include "engine/routing/stops.h"

namespace yilian::routing {

const database::Schema& schema() {
  static const database::Schema made{
      "routing",
      {{1, "CREATE TABLE feed_stop(hospital TEXT NOT NULL, feed TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY(hospital, feed)) WITHOUT ROWID;"}},
      {},
      {{1, "CREATE TABLE feed_stop(hospital BYTEA NOT NULL, feed BYTEA NOT NULL, since BIGINT NOT NULL, PRIMARY KEY(hospital, feed));"}}};
  return made;
}

Stops stops(database::Connection& reader) {
  Stops out;
  for (auto rows = reader.prepare("SELECT hospital, feed, since FROM feed_stop"); rows.step();) out[std::string(rows.text(0)) + "/" + std::string(rows.text(1))] = rows.integer(2);
  return out;
}

void put_stop(database::Connection& writer, std::string_view hospital, std::string_view feed, Instant since) {
  writer.prepare("INSERT INTO feed_stop VALUES(?1, ?2, ?3) ON CONFLICT(hospital, feed) DO NOTHING").bind(1, hospital).bind(2, feed).bind(3, since).run();
}

void remove_stop(database::Connection& writer, std::string_view hospital, std::string_view feed) {
  writer.prepare("DELETE FROM feed_stop WHERE hospital = ?1 AND feed = ?2").bind(1, hospital).bind(2, feed).run();
}

}  // namespace yilian::routing
