#include "engine/journal/prepared.h"
#include "engine/journal/row.h"

namespace yilian::journal {

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

Result<Entry> read(database::Connection& reader, std::int64_t number) {
  auto row = reader.prepare("SELECT " YL_JOURNAL_COLUMNS ", raw_size, raw FROM message WHERE number = ?1");
  row.bind(1, number);
  if (!row.step()) return fail(Code::not_found, "there is no message " + std::to_string(number), "journal");
  Entry entry = entry_of(row);
  YL_TRY(entry.raw, unpack(row.blob(kColumns + 1), static_cast<std::size_t>(row.integer(kColumns))));
  return entry;
}

std::int64_t newest(database::Connection& reader) {
  auto row = reader.prepare("SELECT max(number) FROM message");
  return row.step() && !row.null(0) ? row.integer(0) : 0;
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
