#pragma once
// The pieces of a run as all connections of a database share them: where each begins, and those that were read lately.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database/database.h"
#include "engine/records/index/piece.h"
#include "engine/records/index/piece_summary.h"
#include "engine/records/index/piece_union.h"
#include "engine/records/index/run_texts.h"
#include "engine/records/lately.h"

namespace yilian::records {

// A run never changes, so what is kept of it stays right. Any thread may ask, with a connection that sees the run.
class RunPieces {
 public:
  // Throws StorageError.
  RunPieces(database::Connection& connection, std::int64_t run);
  ~RunPieces();
  RunPieces(const RunPieces&) = delete;

  std::size_t size() const { return ids_.size(); }
  // The piece in which a key stands, or would stand: the last that begins with it or before it; 0 when all begin after.
  std::size_t around(std::string_view key) const;
  // The last piece that begins before the key; size() when none does.
  std::size_t before(std::string_view key) const;
  // `keep`: it is likely to be asked for again. Throws StorageError.
  std::shared_ptr<const Piece> get(database::Connection& connection, std::size_t i, bool keep);
  // Of pieces kTogether^level * i and those after it, kTogether^level in all; all of them must be there. Throws StorageError.
  static constexpr std::size_t kTogetherBits = 2, kTogether = 1U << kTogetherBits;
  std::shared_ptr<const PieceUnion> together(database::Connection& connection, std::size_t level, std::size_t i);
  std::shared_ptr<const PieceSummary> in_short(database::Connection& connection, std::size_t level, std::size_t i);
  // Those of a parameter whose values are texts. Throws StorageError.
  std::shared_ptr<const RunTexts> texts(database::Connection& connection, std::uint32_t parameter);

 private:
  std::string_view first(std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : ends_[i - 1];
    return {firsts_.data() + begin, ends_[i] - begin};
  }
  std::size_t count_not_after(std::string_view key, bool strictly) const;
  template <class Made>
  std::shared_ptr<const Made> of_many(database::Connection& connection, Lately<Made>& lately, std::size_t level,
                                      std::size_t i);

  std::string firsts_;  // the first keys, one after the other
  std::vector<std::uint32_t> ends_;
  std::vector<std::int64_t> ids_;  // rows of index_piece
};

std::shared_ptr<RunPieces> pieces_of(database::Connection& connection, std::int64_t run);

// What is kept of all runs in memory is bounded. Called at rest: what nobody asks for is let go.
void rest_pieces();

}  // namespace yilian::records
