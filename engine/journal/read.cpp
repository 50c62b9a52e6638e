#include <algorithm>
#include <limits>

#include "engine/journal/prepared.h"

namespace yilian::journal {
namespace {

constexpr std::size_t kMostFound = 1000;

#define YL_JOURNAL_COLUMNS                                                                                      \
  "number, received, state, hospital, feed, peer, type, event, structure, control_id, sender, charset, error, " \
  "patient, mapping, answer, notices"
constexpr int kColumns = 17;  // raw_size and raw come after them

Entry entry_of(const database::Statement& row) {
  Entry entry;
  entry.number = row.integer(0);
  entry.received = row.integer(1);
  entry.state = static_cast<State>(row.integer(2));
  std::string* const texts[] = {&entry.hospital, &entry.feed,      &entry.peer,       &entry.type,
                                &entry.event,    &entry.structure, &entry.control_id, &entry.sender,
                                &entry.charset,  &entry.error,     &entry.patient};
  int column = 3;
  for (std::string* text : texts) text->assign(row.text(column++));
  entry.mapping = static_cast<std::uint64_t>(row.integer(14));
  entry.answer = row.text(15);
  entry.notices = unpack_notices(row.blob(16));
  return entry;
}

bool fits(const Query& query, const Entry& entry) {
  return (query.hospital.empty() || query.hospital == entry.hospital) &&
         (query.feed.empty() || query.feed == entry.feed) &&
         (query.patient.empty() || query.patient == entry.patient) &&
         (query.control_id.empty() || query.control_id == entry.control_id) &&
         (!query.state || *query.state == entry.state);
}

// The narrowest way to the messages asked for; what it does not cover, fits() does.
database::Statement way(database::Connection& reader, const Query& query) {
  const std::int64_t before = query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
  if (!query.control_id.empty()) {
    const std::uint64_t half = control_half(query.control_id);
    auto rows = reader.walk("SELECT " YL_JOURNAL_COLUMNS
                               " FROM message WHERE number < ?1 AND key BETWEEN ?2 AND ?3 ORDER BY number DESC");
    rows.bind(1, before)
        .bind(2, static_cast<std::int64_t>(half))
        .bind(3, static_cast<std::int64_t>(half | 0xFFFFFFFFU));
    return rows;
  }
  if (!query.patient.empty()) {
    auto rows = reader.walk("SELECT " YL_JOURNAL_COLUMNS
                               " FROM message INDEXED BY message_patient WHERE patient = ?2 AND patient <> '' AND "
                               "number < ?1 ORDER BY number DESC");
    rows.bind(1, before).bind(2, query.patient);
    return rows;
  }
  if (query.state && *query.state != State::stored) {
    auto rows = reader.walk(
        "SELECT " YL_JOURNAL_COLUMNS
        " FROM message INDEXED BY message_state WHERE state = ?2 AND state <> 1 AND number < ?1 ORDER BY number DESC");
    rows.bind(1, before).bind(2, static_cast<std::int64_t>(*query.state));
    return rows;
  }
  auto rows = reader.walk("SELECT " YL_JOURNAL_COLUMNS " FROM message WHERE number < ?1 ORDER BY number DESC");
  rows.bind(1, before);
  return rows;
}

}  // namespace

Result<Entry> read(database::Connection& reader, std::int64_t number) {
  auto row = reader.prepare("SELECT " YL_JOURNAL_COLUMNS ", raw_size, raw FROM message WHERE number = ?1");
  row.bind(1, number);
  if (!row.step()) return fail(Code::not_found, "there is no message " + std::to_string(number), "journal");
  Entry entry = entry_of(row);
  YL_TRY(entry.raw, unpack(row.blob(kColumns + 1), static_cast<std::size_t>(row.integer(kColumns))));
  return entry;
}

std::vector<Entry> find(database::Connection& reader, const Query& query) {
  std::vector<Entry> out;
  const std::size_t most = std::min(query.count, kMostFound);
  for (auto rows = way(reader, query); out.size() < most && rows.step();) {
    Entry entry = entry_of(rows);
    if (fits(query, entry)) out.push_back(std::move(entry));
  }
  return out;
}

std::vector<Count> counts(database::Connection& reader) {
  std::vector<Count> out;
  for (auto rows =
           reader.prepare("SELECT hospital, feed, state, messages FROM message_count ORDER BY hospital, feed, state");
       rows.step();) {
    out.push_back(
        {std::string(rows.text(1)), static_cast<State>(rows.integer(2)), rows.integer(3), std::string(rows.text(0))});
  }
  return out;
}

}  // namespace yilian::journal
