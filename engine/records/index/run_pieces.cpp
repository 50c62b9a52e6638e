#include "engine/records/index/run_pieces.h"

#include "engine/records/index/key.h"
#include "engine/records/index/known_runs.h"

namespace yilian::records {
namespace {

// Of all runs in the process.
Lately<Piece>& pieces_lately() {
  static Lately<Piece> pieces(96U << 20);
  return pieces;
}
Lately<PieceUnion>& unions_lately() {
  static Lately<PieceUnion> unions(64U << 20);
  return unions;
}
Lately<RunTexts>& texts_lately() {
  static Lately<RunTexts> texts(24U << 20);
  return texts;
}
Lately<PieceSummary>& summaries_lately() {
  static Lately<PieceSummary> summaries(96U << 20);
  return summaries;
}

}  // namespace

RunPieces::RunPieces(database::Connection& connection, std::int64_t run) {
  auto row = connection.prepare("SELECT id, first FROM index_piece WHERE run = ?1 ORDER BY first");
  row.bind(1, run);
  while (row.step()) {
    ids_.push_back(row.integer(0));
    firsts_.append(row.blob(1));
    ends_.push_back(static_cast<std::uint32_t>(firsts_.size()));
  }
  firsts_.shrink_to_fit();
}

RunPieces::~RunPieces() {
  pieces_lately().forget(this);
  unions_lately().forget(this);
  summaries_lately().forget(this);
  texts_lately().forget(this);
}

std::size_t RunPieces::count_not_after(std::string_view key, bool strictly) const {
  std::size_t low = 0, high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const int order = first(middle).compare(key);
    if (order < 0 || (order == 0 && !strictly)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::size_t RunPieces::around(std::string_view key) const {
  const std::size_t count = count_not_after(key, false);
  return count == 0 ? 0 : count - 1;
}

std::size_t RunPieces::before(std::string_view key) const {
  const std::size_t count = count_not_after(key, true);
  return count == 0 ? size() : count - 1;
}

std::shared_ptr<const Piece> RunPieces::get(database::Connection& connection, std::size_t i, bool keep) {
  if (auto found = pieces_lately().find({this, i})) return found;
  auto row = connection.prepare("SELECT entries FROM index_piece WHERE id = ?1");
  row.bind(1, ids_[i]);
  if (!row.step()) throw database::StorageError(database::Trouble::damaged, "a piece of the index is missing");
  auto made = std::make_shared<const Piece>(row.blob(0));
  if (keep) pieces_lately().keep({this, i}, made, made->bytes());
  return made;
}

template <class Made>
std::shared_ptr<const Made> RunPieces::of_many(database::Connection& connection, Lately<Made>& lately, std::size_t level,
                                               std::size_t i) {
  const std::uint64_t number = static_cast<std::uint64_t>(level) << 32 | i;
  if (auto found = lately.find({this, number})) return found;
  auto made = std::make_shared<Made>();
  if (level == 0) {
    made->add(*get(connection, i, false));
  } else {
    for (std::size_t part = i << kTogetherBits; part < (i + 1) << kTogetherBits; ++part)
      made->add(*of_many<Made>(connection, lately, level - 1, part));
  }
  made->finish();
  lately.keep({this, number}, made, made->bytes());
  return made;
}

std::shared_ptr<const PieceUnion> RunPieces::together(database::Connection& connection, std::size_t level,
                                                      std::size_t i) {
  return of_many(connection, unions_lately(), level, i);
}

std::shared_ptr<const PieceSummary> RunPieces::in_short(database::Connection& connection, std::size_t level,
                                                        std::size_t i) {
  return of_many(connection, summaries_lately(), level, i);
}

std::shared_ptr<const RunTexts> RunPieces::texts(database::Connection& connection, std::uint32_t parameter) {
  if (auto found = texts_lately().find({this, parameter})) return found;
  auto made = std::make_shared<RunTexts>();
  const std::string low = parameter_key(parameter), high = parameter_key(parameter + 1);
  for (std::size_t i = around(low); i < size() && first(i) < high; ++i) made->add(*get(connection, i, false), i, low, high);
  made->finish();
  texts_lately().keep({this, parameter}, made, made->bytes());
  return made;
}

void rest_pieces() {
  pieces_lately().rest();
  unions_lately().rest();
  summaries_lately().rest();
  texts_lately().rest();
}

std::shared_ptr<RunPieces> pieces_of(database::Connection& connection, std::int64_t run) {
  return KnownRuns<RunPieces>::instance().find_or_make(
      connection, run, [&] { return std::make_shared<RunPieces>(connection, run); });
}

}  // namespace yilian::records
