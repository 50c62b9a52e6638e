#include "engine/records/index/unmerged.h"

#include <set>

namespace yilian::records {

std::size_t pieces_within(database::Connection& connection, const std::string& low, const std::string& high) {
  std::size_t pieces = 0;
  for (const Run& run : connection.deferred<Index>().runs(connection)) {
    if (run.pieces->size() == 0) continue;
    const std::size_t first = run.pieces->around(low), last = high.empty() ? run.pieces->size() - 1 : run.pieces->around(high);
    if (last > first) pieces += last - first - 1;
  }
  return pieces;
}

std::vector<Bits> all_bits_of(database::Connection& connection, std::string_view key) {
  auto& index = connection.deferred<Index>();
  std::vector<Bits> out;
  const auto look_in = [&](const Piece& piece) {
    const std::size_t at = piece.lower_bound(key);
    if (at < piece.size() && piece.key(at) == key) out.push_back(piece.bits(at));
  };
  for (const Tail& part : index.tail(connection)) look_in(part.piece);
  for (const Run& run : index.runs(connection)) {
    if (run.pieces->size() > 0) look_in(*run.pieces->get(connection, run.pieces->around(key), true));
  }
  return out;
}

std::optional<std::vector<std::string>> texts_with(database::Connection& connection, std::uint32_t parameter,
                                                   std::string_view text, bool at_end, std::size_t most) {
  auto& index = connection.deferred<Index>();
  std::set<std::string, std::less<>> out;
  const auto take = [&](std::string_view found, const RunTexts::Place&, const RunTexts::Place&) {
    out.emplace(found);
    return out.size() <= most;
  };
  bool few = true;
  for (const Tail& tail : index.tail(connection)) {
    RunTexts texts;
    texts.add(tail.piece, 0, parameter_key(parameter), parameter_key(parameter + 1));
    texts.finish();
    few = few && texts.visit_with(text, at_end, take);
  }
  for (const Run& run : index.runs(connection))
    few = few && (run.pieces->size() == 0 || run.pieces->texts(connection, parameter)->visit_with(text, at_end, take));
  if (!few) return std::nullopt;
  return std::vector<std::string>(out.begin(), out.end());
}

std::size_t count_entries(database::Connection& connection, const std::string& low, const std::string& high,
                          std::size_t most) {
  auto& index = connection.deferred<Index>();
  std::size_t entries = 0;
  const auto count_in = [&](const Piece& piece, bool first) {
    const std::size_t end = high.empty() ? piece.size() : piece.lower_bound(high);
    const std::size_t begin = first ? piece.lower_bound(low) : 0;
    entries += end > begin ? end - begin : 0;
    return end == piece.size();
  };
  for (const Tail& part : index.tail(connection)) count_in(part.piece, true);
  for (const Run& run : index.runs(connection)) {
    if (run.pieces->size() == 0) continue;
    const std::size_t begin = run.pieces->around(low);
    for (std::size_t i = begin; i < run.pieces->size() && entries < most; ++i) {
      if (!count_in(*run.pieces->get(connection, i, true), i == begin)) break;
    }
  }
  return std::min(entries, most);
}

}  // namespace yilian::records
