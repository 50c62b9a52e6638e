#include "engine/records/search/wide.h"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/records/index/key.h"
#include "engine/records/index/unmerged.h"
#include "engine/records/reindex.h"
#include "engine/records/search/cleared.h"
#include "engine/records/search/fine_dates.h"
#include "engine/records/search/scan.h"
#include "engine/records/search/stretch.h"
#include "engine/records/search/word_index.h"

namespace yilian::records {
namespace {

using About = Condition::About;
using Test = Condition::Test;

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
// More is no longer cheaper than the set.
constexpr std::size_t kMostEntries = 100'000;

// One condition that the index alone decides, or none; in the order of the resources.
bool suits(View& view, const SearchQuery& query) {
  if (!view.is_all() || query.of.size() != 1 || !query.sort.empty()) return false;
  const std::vector<Condition>& all_of = query.of.front().all_of;
  if (all_of.empty()) return true;
  const Condition& condition = all_of.front();
  constexpr std::array kTests{Test::matches, Test::contains, Test::text};
  if (all_of.size() > 1 || std::ranges::find(kTests, condition.test) == kTests.end()) return false;
  if (condition.about == About::updated || condition.about == About::content || condition.about == About::narrative)
    return true;
  if (condition.about != About::parameter || is_fine(condition)) return false;
  const Indexed& parameter = *condition.parameter;
  if (parameter.kind == Kind::composite)
    return std::ranges::all_of(parameter.composites, [](const Composite& one) { return one.number != 0; });
  return parameter.kind != Kind::special && !parameter.numbers.empty() &&
         std::ranges::all_of(parameter.numbers, [](std::uint32_t number) { return code_of(number) < kFirstCustom; });
}

// What is asked for twice (`final,final`) is counted twice.
bool overlap(const std::vector<Stretch>& sorted) {
  return std::ranges::adjacent_find(sorted, [](const Stretch& a, const Stretch& b) {
           return a.high.empty() || a.high > b.low;
         }) != sorted.end();
}

class WideLook {
 public:
  WideLook(View& view, const SearchQuery& query, const WideBounds& bounds)
      : reader_(view.reader()), query_(query), plan_(*query.of.front().plan), bounds_(bounds) {
    if (!query.of.front().all_of.empty()) condition_ = &query.of.front().all_of.front();
  }

  std::optional<Matches> run() {
    const auto turn = turn_of(query_);
    if (!turn) return std::nullopt;  // who makes the page refuses it
    turn_ = *turn;
    if (!find_stretches() || !is_wide() || has_long_texts()) return std::nullopt;
    for (const Stretch& stretch : stretches_) {
      if (!gather(stretch)) return std::nullopt;
    }
    taken_back_ = cleared_.taken_from(reader_, counted_);
    Matches page;
    if (!count(page) || (!query_.only_count && !cut(page))) return std::nullopt;
    return page;
  }

 private:
  // False: the index alone does not decide.
  bool find_stretches() {
    if (condition_ == nullptr) {
      stretches_.push_back(all_of(number_key(row_number(plan_.type, kEveryCode), 0)));
    } else if (condition_->about == About::content || condition_->about == About::narrative) {
      auto words = word_stretches(reader_, plan_.type, *condition_);
      if (!words) return false;
      stretches_ = std::move(*words);
    } else if (condition_->about == About::updated) {
      stretches_ = stretches_of(reader_, updated_parameter(plan_.type), Test::matches, condition_->any_of);
    } else {
      stretches_ = stretches_of(reader_, *condition_->parameter, condition_->test, condition_->any_of);
    }
    std::ranges::sort(stretches_, {}, &Stretch::low);
    return true;
  }

  bool is_wide() const {
    std::size_t pieces = 0;
    for (const Stretch& stretch : stretches_) pieces += pieces_within(reader_, stretch.low, stretch.high);
    return pieces >= bounds_.pieces;
  }

  // Of those the bodies decide.
  bool has_long_texts() const {
    if (condition_ == nullptr || condition_->about != About::parameter || condition_->parameter->kind != Kind::string)
      return false;
    return std::ranges::any_of(rows_beside(*condition_->parameter),
                               [this](const Stretch& stretch) { return records::count(reader_, stretch, 1) > 0; });
  }

  bool gather(const Stretch& stretch) {
    const auto visit = [&](std::string_view key, const Bits& bits) {
      if (++visited_ > kMostEntries) return false;
      if (stretch.accept && !stretch.accept(key)) return true;
      keys_.add(key);
      if (bits.clear != 0 && !cleared_.add(key)) return false;
      counted_ += count_of(bits.set);
      loose_.push_back({block_of(key), bits.set});
      return true;
    };
    if (!stretch.containing.empty())
      return visit_texts_with(reader_, parameter_of(stretch.low), stretch.containing, stretch.at_end, visit);
    const auto take = [&](std::shared_ptr<const PieceSummary>&& summary) {
      if (summary->clears()) return false;
      if (stretch.accept) {
        if (summary->keys().from() > stretch.decided_from) return false;
        if (!stretch.accept(summary->keys().first())) return true;
      }
      keys_.add(summary->keys());
      counted_ += summary->count();
      if (!summary->has_all()) known_to_ = std::min(known_to_, summary->first().back());
      summaries_.push_back(std::move(summary));
      return true;
    };
    const auto part = [&](const std::shared_ptr<const Piece>& piece, std::size_t begin, std::size_t end) {
      if (stretch.accept || piece->clears()) return false;
      keys_.add(piece->key(begin));  // the others lie between the two
      keys_.add(piece->key(end - 1));
      counted_ += piece->count_before(end) - piece->count_before(begin);
      parts_.push_back({piece, begin, end});
      return true;
    };
    return visit_in_short(reader_, stretch.low, stretch.high, visit, take, part);
  }

  // Whether no resource was counted twice.
  bool is_exact() const {
    if (const auto& runs = reader_.deferred<Index>().runs(reader_);
        !runs.empty() && runs.back().through < index_state(reader_).twice)
      return false;
    return !overlap(stretches_) && (keys_.is_one() || has_single_rows());
  }

  bool has_single_rows() const {
    if (condition_ == nullptr || condition_->about == About::updated) return true;
    if (condition_->parameter == nullptr) return false;  // of words
    const Indexed& parameter = *condition_->parameter;
    if (parameter.kind != Kind::composite) return parameter.is_single();
    // A code may come under several systems: of one it has one row, as the value is one.
    const Composite& composite = parameter.composites.front();
    return parameter.composites.size() == 1 && composite.bases.front().steps.empty() && condition_->any_of.size() == 1 &&
           condition_->any_of.front().parts.front().system &&
           std::ranges::none_of(composite.components[1].paths, [](const Path& path) { return path.repeats; });
  }

  // False: they have to be told apart to be counted.
  bool count(Matches& page) {
    using Total = SearchQuery::Total;
    if (query_.total == Total::none && !query_.only_count) return true;
    const bool wanted = query_.only_count || query_.total == Total::accurate ||
                        (query_.total == Total::if_cheap && counted_ <= bounds_.counted);
    if (query_.total == Total::estimate || is_exact()) {
      page.total = counted_;
      return true;
    }
    return !wanted;
  }

  // All that is known up to where all is known; false: the page goes further.
  bool cut(Matches& page) {
    std::vector<Bitmap::Block> near = known_blocks();
    // Of many only the first after the turn are put in order.
    const std::size_t enough = 4 * query_.count + 256;
    if (!turn_.backward && near.size() > 4 * enough) {
      const auto end = std::partition(near.begin(), near.end(),
                                      [this](const Bitmap::Block& one) { return one.block * 64 + 63 > turn_.rid; });
      const auto last = near.begin() + static_cast<std::ptrdiff_t>(enough);
      if (last < end) {
        std::nth_element(near.begin(), last, end, [](const auto& a, const auto& b) { return a.block < b.block; });
        known_to_ = std::min(known_to_, last->block * 64 + 63);
      }
    }
    const std::int64_t last_block = known_to_ / 64;
    const std::uint64_t of_last = known_to_ % 64 == 63 ? ~0ULL : (1ULL << (known_to_ % 64 + 1)) - 1;
    for (const Bitmap::Block& one : near) {
      if (one.block <= last_block) page.found.add(one.block, one.block < last_block ? one.bits : one.bits & of_last);
    }
    page.found.finish();
    if (!take_back(reader_, taken_back_, stretches_, page.found)) return false;
    if (known_to_ == kEnd) return true;
    if (turn_.backward) return turn_.rid <= known_to_;
    std::size_t there = 0;
    page.found.for_each(turn_.rid, [&](std::int64_t) { return ++there <= query_.count; });
    return there > query_.count;
  }

  // Of what is known up to there.
  std::vector<Bitmap::Block> known_blocks() const {
    std::vector<Bitmap::Block> out;
    for (const auto& summary : summaries_) {
      for (const std::int64_t rid : summary->first()) {
        if (rid > known_to_) break;
        out.push_back({rid / 64, 1ULL << (rid % 64)});
      }
    }
    const std::int64_t last = known_to_ / 64;
    for (const Bitmap::Block& block : loose_) {
      if (block.block <= last) out.push_back(block);
    }
    for (const auto& [piece, begin, end] : parts_) {
      for (std::size_t i = begin; i < end; ++i) {
        if (piece->block(i) <= last) out.push_back({piece->block(i), piece->bits(i).set});
      }
    }
    return out;
  }

  database::Connection& reader_;
  const SearchQuery& query_;
  const Plan& plan_;
  const WideBounds bounds_;
  const Condition* condition_ = nullptr;
  Turn turn_;

  std::vector<Stretch> stretches_;
  std::vector<std::shared_ptr<const PieceSummary>> summaries_;
  struct Part {
    std::shared_ptr<const Piece> piece;
    std::size_t begin, end;
  };
  std::vector<Part> parts_;
  std::vector<Bitmap::Block> loose_;
  Cleared cleared_;
  std::size_t visited_ = 0;
  std::int64_t counted_ = 0;
  std::int64_t known_to_ = kEnd;  // up to this resource all are known
  Likeness keys_;
  Bitmap taken_back_;
};

}  // namespace

std::optional<Matches> wide_page(View& view, const SearchQuery& query, const WideBounds& bounds) {
  if (!suits(view, query)) return std::nullopt;
  return WideLook(view, query, bounds).run();
}

}  // namespace yilian::records
