#include "engine/records/index/run_pieces.h"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "engine/records/index/known_runs.h"

namespace yilian::records {
namespace {

// In the whole process: each is a page of the database, unpacked.
constexpr std::size_t kMostKept = 1500;
std::atomic<std::size_t> kept_in_all{0};

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

RunPieces::~RunPieces() { kept_in_all -= kept_.size(); }

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
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(i); found != kept_.end()) return found->second;
  }
  auto row = connection.prepare("SELECT entries FROM index_piece WHERE id = ?1");
  row.bind(1, ids_[i]);
  if (!row.step()) throw database::StorageError(database::Trouble::damaged, "a piece of the index is missing");
  auto made = std::make_shared<const Piece>(row.blob(0));
  if (!keep) return made;
  const std::lock_guard lock(mutex_);
  if (kept_in_all >= kMostKept) {
    kept_in_all -= kept_.size();
    kept_.clear();
  }
  if (kept_.emplace(i, made).second) ++kept_in_all;
  return made;
}

std::shared_ptr<RunPieces> pieces_of(database::Connection& connection, std::int64_t run) {
  return KnownRuns<RunPieces>::instance().find_or_make(
      connection, run, [&] { return std::make_shared<RunPieces>(connection, run); });
}

}  // namespace yilian::records
