#pragma once
// What runs and tail say of a range each for itself, without merging them: quicker, and whole pieces are taken together.
// Where one takes back what another said it is told.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/index/index.h"
#include "engine/records/index/key.h"

namespace yilian::records {

// Calls visit(key, bits) for every entry of a range, source by source and so in no order: without merging it costs a fifth.
// Of many pieces that lie within the range it offers what they say together first: take(union) says whether that will do.
// cleared(key) for each key of which an entry clears something, before its visit; false: nothing more is visited, and the
// answer is false.
template <class Visit, class Take, class Cleared>
bool visit_unmerged(database::Connection& connection, const std::string& low, const std::string& high, Visit&& visit,
                    Take&& take, Cleared&& cleared);

// The same for who wants no more than to count them and to know the first. Of whole pieces it offers what they say in short:
// take(summary); false: its parts are offered. Of a piece at the edge, or one whose summary was refused, it offers
// part(piece, begin, end); false: its entries are. visit(key, bits) for those; false: nothing more is offered, and the
// answer is false.
template <class Visit, class Take, class Part>
bool visit_in_short(database::Connection& connection, const std::string& low, const std::string& high, Visit&& visit,
                    Take&& take, Part&& part);

// How many whole pieces lie in a range, of all runs: what they say together may be cheaper than each of their entries.
std::size_t pieces_within(database::Connection& connection, const std::string& low, const std::string& high);

// What each source says of one key, the newest first.
std::vector<Bits> all_bits_of(database::Connection& connection, std::string_view key);

// The different texts of a parameter that contain, or end with, this one. Nothing: there are more than `most`.
std::optional<std::vector<std::string>> texts_with(database::Connection& connection, std::uint32_t parameter,
                                                   std::string_view text, bool at_end, std::size_t most);

// Calls visit(key, bits) for the entries of a parameter whose texts contain, or end with, this one; source by source and so
// in no order, until it is false.
template <class Visit>
bool visit_texts_with(database::Connection& connection, std::uint32_t parameter, std::string_view text, bool at_end,
                      Visit&& visit);

// About how many entries a range has, up to `most`: no source is read further than that.
std::size_t count_entries(database::Connection& connection, const std::string& low, const std::string& high,
                          std::size_t most);

namespace detail {

// The largest level at which whole pieces from `i` on, all before `end`, are taken together; nothing: not even one is.
inline std::optional<std::size_t> level_at(std::size_t i, std::size_t end) {
  constexpr std::size_t kBits = RunPieces::kTogetherBits;
  if (i >= end) return std::nullopt;
  std::size_t level = 0;
  for (std::size_t more = RunPieces::kTogether; (i & (more - 1)) == 0 && i + more <= end; more <<= kBits) ++level;
  return level;
}
inline std::size_t pieces_at(std::size_t level) { return std::size_t{1} << level * RunPieces::kTogetherBits; }

// Of a piece, from the entry on that is not before `low`.
template <class Visit, class Cleared>
bool visit_piece(const Piece& piece, const std::string& low, const std::string& high, Visit& visit, Cleared& cleared) {
  const std::size_t end = high.empty() ? piece.size() : piece.lower_bound(high);
  for (std::size_t at = low.empty() ? 0 : piece.lower_bound(low); at < end; ++at) {
    if (piece.bits(at).clear != 0 && !cleared(piece.key(at))) return false;
    visit(piece.key(at), piece.bits(at).set);
  }
  return true;
}

// How many pieces from `i` on, all before `end`, were taken together; 0: none.
template <class Take>
std::size_t take_union(database::Connection& connection, RunPieces& pieces, std::size_t i, std::size_t end, Take& take) {
  if (!take.wanted()) return 0;
  for (auto level = level_at(i, end); level; level = *level == 0 ? std::nullopt : std::optional(*level - 1)) {
    const auto together = pieces.together(connection, *level, i >> *level * RunPieces::kTogetherBits);
    if (!together->clears() && take(together)) return pieces_at(*level);
  }
  return 0;
}

template <class Visit, class Part>
bool visit_part(const std::shared_ptr<const Piece>& piece, const std::string& low, const std::string& high, Visit& visit,
                Part& part) {
  const std::size_t end = high.empty() ? piece->size() : piece->lower_bound(high);
  const std::size_t begin = low.empty() ? 0 : piece->lower_bound(low);
  if (begin >= end || part(piece, begin, end)) return true;
  for (std::size_t at = begin; at < end; ++at) {
    if (!visit(piece->key(at), piece->bits(at))) return false;
  }
  return true;
}

template <class Visit, class Take, class Part>
bool visit_summary(database::Connection& connection, RunPieces& pieces, std::size_t level, std::size_t i, Visit& visit,
                   Take& take, Part& part) {
  if (take(pieces.in_short(connection, level, i))) return true;
  if (level == 0) return visit_part(pieces.get(connection, i, true), {}, {}, visit, part);
  for (std::size_t each = 0; each < RunPieces::kTogether; ++each) {
    if (!visit_summary(connection, pieces, level - 1, (i << RunPieces::kTogetherBits) + each, visit, take, part)) return false;
  }
  return true;
}

}  // namespace detail

template <class Visit, class Take, class Part>
bool visit_in_short(database::Connection& connection, const std::string& low, const std::string& high, Visit&& visit,
                    Take&& take, Part&& part) {
  auto& index = connection.deferred<Index>();
  for (const Tail& tail : index.tail(connection)) {
    // It is as it is while the transaction lasts.
    const std::shared_ptr<const Piece> piece(std::shared_ptr<const Piece>(), &tail.piece);
    if (!detail::visit_part(piece, low, high, visit, part)) return false;
  }
  for (const Run& run : index.runs(connection)) {
    RunPieces& pieces = *run.pieces;
    if (pieces.size() == 0) continue;
    const std::size_t first = pieces.around(low), last = high.empty() ? pieces.size() - 1 : pieces.around(high);
    for (std::size_t i = first; i <= last;) {
      const auto level = i == first ? std::nullopt : detail::level_at(i, last);
      const bool goes_on =
          level ? detail::visit_summary(connection, pieces, *level, i >> *level * RunPieces::kTogetherBits, visit, take, part)
                : detail::visit_part(pieces.get(connection, i, true), low, high, visit, part);
      if (!goes_on) return false;
      i += level ? detail::pieces_at(*level) : 1;
    }
  }
  return true;
}

template <class Visit, class Take, class Cleared>
bool visit_unmerged(database::Connection& connection, const std::string& low, const std::string& high, Visit&& visit,
                    Take&& take, Cleared&& cleared) {
  auto& index = connection.deferred<Index>();
  for (const Tail& part : index.tail(connection)) {
    if (!detail::visit_piece(part.piece, low, high, visit, cleared)) return false;
  }
  for (const Run& run : index.runs(connection)) {
    RunPieces& pieces = *run.pieces;
    if (pieces.size() == 0) continue;
    const std::size_t first = pieces.around(low), last = high.empty() ? pieces.size() - 1 : pieces.around(high);
    for (std::size_t i = first; i <= last;) {
      const std::size_t taken = i == first ? 0 : detail::take_union(connection, pieces, i, last, take);
      if (taken == 0 &&
          !detail::visit_piece(*pieces.get(connection, i, true), i == first ? low : std::string(), high, visit, cleared))
        return false;
      i += std::max<std::size_t>(1, taken);
    }
  }
  return true;
}

template <class Visit>
bool visit_texts_with(database::Connection& connection, std::uint32_t parameter, std::string_view text, bool at_end,
                      Visit&& visit) {
  auto& index = connection.deferred<Index>();
  const std::string low = parameter_key(parameter), high = parameter_key(parameter + 1);
  for (const Tail& tail : index.tail(connection)) {
    RunTexts texts;
    texts.add(tail.piece, 0, low, high);
    texts.finish();
    const bool goes_on = texts.visit_with(text, at_end, [&](std::string_view, const RunTexts::Place& begin, const RunTexts::Place& end) {
      for (std::size_t i = begin.entry; i < end.entry; ++i) {
        if (!visit(tail.piece.key(i), tail.piece.bits(i))) return false;
      }
      return true;
    });
    if (!goes_on) return false;
  }
  for (const Run& run : index.runs(connection)) {
    if (run.pieces->size() == 0) continue;
    std::shared_ptr<const Piece> piece;
    std::size_t number = run.pieces->size();
    const auto texts = run.pieces->texts(connection, parameter);
    const bool goes_on = texts->visit_with(text, at_end, [&](std::string_view, RunTexts::Place at, const RunTexts::Place& end) {
      while (at.piece < end.piece || (at.piece == end.piece && at.entry < end.entry)) {
        if (number != at.piece) piece = run.pieces->get(connection, number = at.piece, true);
        if (at.entry == piece->size()) {
          at = {at.piece + 1, 0};
          continue;
        }
        if (!visit(piece->key(at.entry), piece->bits(at.entry))) return false;
        ++at.entry;
      }
      return true;
    });
    if (!goes_on) return false;
  }
  return true;
}

}  // namespace yilian::records
