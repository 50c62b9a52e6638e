#include "engine/journal/sheaf.h"

#include <algorithm>
#include <iterator>

#include "engine/base/log.h"
#include "engine/journal/prepared.h"
#include "engine/journal/terms.h"

namespace yilian::journal {
namespace {

// A message's text is read so far; those that are longer may have anything.
constexpr std::size_t kMostText = 256 * 1024;
constexpr std::size_t kPieceBytes = 4000;
constexpr std::int64_t kReadAtOnce = 256;
// Of a term that more than half of the messages have, nothing is kept but that.
constexpr std::size_t kCommon = kSheafMessages / 2;
constexpr std::string_view kLong = "\x01long";

struct Place {
  std::uint32_t term;
  std::uint16_t at;  // the message in its sheaf
  auto operator<=>(const Place&) const = default;
};

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::uint64_t take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (int shift = 0; !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) break;
  }
  return value;
}

// Entries one after the other: term (less the one before), how many messages (0: common), each less the one before.
struct Piece {
  std::int64_t first = 0;
  std::string entries;
};

std::vector<Piece> pieces_of(std::vector<Place>& places) {
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<Piece> out;
  std::uint32_t before = 0;
  for (std::size_t begin = 0; begin < places.size();) {
    std::size_t end = begin;
    while (end < places.size() && places[end].term == places[begin].term) ++end;
    if (out.empty() || out.back().entries.size() > kPieceBytes) {
      out.push_back({places[begin].term, {}});
      before = places[begin].term;
    }
    std::string& entries = out.back().entries;
    put_varint(entries, places[begin].term - before);
    before = places[begin].term;
    if (end - begin > kCommon) {
      entries.push_back('\0');
    } else {
      put_varint(entries, end - begin);
      std::uint16_t last = 0;
      for (std::size_t i = begin; i < end; ++i) {
        put_varint(entries, static_cast<std::uint64_t>(places[i].at - last));
        last = places[i].at;
      }
    }
    begin = end;
  }
  return out;
}

// Of one message: `fields` are hospital, feed, type, event, charset.
void add_places(std::vector<Place>& places, std::uint16_t at, std::span<const std::string_view> fields, std::string_view raw) {
  const auto add = [&](std::uint32_t each) { places.push_back({each, at}); };
  add(feed_term(fields[0], ""));
  add(feed_term(fields[0], fields[1]));
  add(type_term(fields[2]));
  add(type_term(std::string(fields[2]) + "^" + std::string(fields[3])));
  if (raw.size() > kMostText) {
    add(term(kLong));
    return;
  }
  // Sorted at the end; what a message says again and again would only be longer to sort.
  const std::size_t begin = places.size();
  for_terms(searchable(raw, fields[4]), add);
  std::sort(places.begin() + static_cast<std::ptrdiff_t>(begin), places.end());
  places.erase(std::unique(places.begin() + static_cast<std::ptrdiff_t>(begin), places.end()), places.end());
}

// Nothing: it is not common, and no message has it. An empty list with `common`: nearly all may.
struct Found {
  bool common = false;
  std::vector<std::int64_t> numbers;
};

Found look_up(database::Connection& reader, std::int64_t sheaf, std::uint32_t wanted) {
  Found found;
  auto row = reader.prepare("SELECT first, entries FROM message_terms WHERE sheaf = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1");
  row.bind(1, sheaf).bind(2, static_cast<std::int64_t>(wanted));
  if (!row.step()) return found;
  std::string_view entries = row.blob(1);
  std::uint64_t term = static_cast<std::uint64_t>(std::max<std::int64_t>(0, row.integer(0)));
  while (!entries.empty() && term <= wanted) {
    term += take_varint(entries);
    const std::uint64_t count = take_varint(entries);
    if (term == wanted && count == 0) found.common = true;
    std::int64_t at = sheaf << kSheafBits;
    for (std::uint64_t i = 0; i < count; ++i) {
      at += static_cast<std::int64_t>(take_varint(entries));
      if (term == wanted) found.numbers.push_back(at);
    }
    if (term >= wanted) break;
  }
  return found;
}

}  // namespace

std::uint32_t feed_term(std::string_view hospital, std::string_view feed) { return term("\x01" "feed " + std::string(hospital) + "/" + std::string(feed)); }
std::uint32_t type_term(std::string_view type) { return term("\x01" "type " + std::string(type)); }

std::int64_t sheaves_made(database::Connection& reader) {
  auto row = reader.prepare("SELECT max(sheaf) FROM message_terms");
  return row.step() && !row.null(0) ? row.integer(0) + 1 : 0;
}

std::optional<std::vector<std::int64_t>> may_have(database::Connection& reader, std::int64_t sheaf, std::span<const std::uint32_t> terms) {
  std::optional<std::vector<std::int64_t>> all;
  for (const std::uint32_t each : terms) {
    Found found = look_up(reader, sheaf, each);
    if (found.common) continue;
    if (!all) {
      all = std::move(found.numbers);
    } else {
      std::vector<std::int64_t> both;
      std::set_intersection(all->begin(), all->end(), found.numbers.begin(), found.numbers.end(), std::back_inserter(both));
      all = std::move(both);
    }
    if (all->empty()) break;
  }
  if (!all) return std::nullopt;
  const Found any = look_up(reader, sheaf, term(kLong));
  std::vector<std::int64_t> with_long;
  std::set_union(all->begin(), all->end(), any.numbers.begin(), any.numbers.end(), std::back_inserter(with_long));
  return with_long;
}

bool make_sheaf(database::Database& database, const std::atomic<bool>& closing) {
  struct Next {
    std::int64_t sheaf = 0, newest = 0;
  };
  const auto next = database.read([](database::Connection& reader) -> Result<Next> {
    auto lowest = reader.prepare("SELECT min(number) FROM message");
    const std::int64_t first = lowest.step() && !lowest.null(0) ? sheaf_of(lowest.integer(0)) : 0;
    return Next{std::max(sheaves_made(reader), first), newest(reader)};
  });
  if (!next || sheaf_of(next->newest) <= next->sheaf) return false;
  const std::int64_t sheaf = next->sheaf, begin = sheaf << kSheafBits, end = begin + kSheafMessages;
  std::vector<Place> places;
  // Each reading for itself, so that none is long.
  for (std::int64_t from = begin; from < end; from += kReadAtOnce) {
    if (closing) return false;
    const auto read = database.read([&](database::Connection& reader) -> Result<void> {
      auto rows = reader.prepare("SELECT number, hospital, feed, type, event, charset, raw_size, raw FROM message WHERE number >= ?1 AND number < ?2 ORDER BY number");
      rows.bind(1, from).bind(2, std::min(from + kReadAtOnce, end));
      while (rows.step()) {
        const std::string_view fields[] = {rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5)};
        const auto raw = unpack(rows.blob(7), static_cast<std::size_t>(rows.integer(6)));
        // What cannot be read is told by who reads it; it has no words.
        add_places(places, static_cast<std::uint16_t>(rows.integer(0) - begin), fields, raw ? *raw : std::string());
      }
      return {};
    });
    if (!read) return false;
  }
  const std::vector<Piece> pieces = pieces_of(places);
  const auto written = database.write_as_keeper([&](database::Connection& writer) -> Result<void> {
    if (sheaves_made(writer) > sheaf) return {};
    // Also of a sheaf without messages, so that it is known to be made.
    writer.prepare("INSERT INTO message_terms VALUES(?1, ?2, ?3)").bind(1, sheaf).bind(2, std::int64_t{-1}).bind_blob(3, "").run();
    for (const Piece& piece : pieces) {
      writer.prepare("INSERT INTO message_terms VALUES(?1, ?2, ?3)").bind(1, sheaf).bind(2, piece.first).bind_blob(3, piece.entries).run();
    }
    return {};
  });
  if (!written) {
    if (written.error().code != Code::busy) log::error("journal", "messages_not_indexed", {{"what", written.error().line()}});
    return false;
  }
  return sheaf_of(next->newest) > sheaf + 1;
}

}  // namespace yilian::journal
