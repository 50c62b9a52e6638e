#include "engine/records/search/cleared.h"

#include <algorithm>

#include "engine/records/index/key.h"
#include "engine/records/index/unmerged.h"
#include "engine/records/rows.h"
#include "engine/records/stored.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostKeys = 2'000;
constexpr std::int64_t kMostLookedAt = 500;

bool is_within(std::string_view row, std::int64_t rid, std::span<const Stretch> stretches) {
  std::string key(row);
  append_block(key, rid / 64);
  return std::ranges::any_of(stretches, [&](const Stretch& stretch) {
    return key >= stretch.low && (stretch.high.empty() || key < stretch.high) && (!stretch.accept || stretch.accept(key));
  });
}

// Whether a resource has any row there. One whose body cannot be read may: who reads it is told.
bool has_row(database::Connection& reader, std::int64_t rid, std::span<const Stretch> stretches) {
  const auto stored = stored_at(reader, rid);
  if (!stored) return false;  // it was expunged
  if (is_within(updated_row(stored->type, stored->updated, stored->deleted() ? kDeletedCode : kUpdatedCode), rid, stretches))
    return true;
  if (stored->deleted()) return false;
  fhir::Arena arena;
  const auto content = content_of(reader, *stored, arena);
  if (!content) return true;
  const Rows rows = rows_of(*plan(stored->type), **content);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_within(rows[i], rid, stretches)) return true;
  }
  return false;
}

}  // namespace

bool Cleared::add(std::string_view key) {
  // Rows of clients' parameters are made otherwise.
  if (code_of(parameter_of(key)) >= kFirstCustom) return false;
  keys_.emplace(key);
  return keys_.size() <= kMostKeys;
}

Bitmap Cleared::taken_from(database::Connection& reader, std::int64_t& counted) const {
  Bitmap out;
  for (const std::string& key : keys_) {
    Bits together;
    std::uint64_t said = 0;
    for (const Bits& bits : all_bits_of(reader, key)) {
      together = over(together, bits);
      said |= bits.set;
      counted -= count_of(bits.set);
    }
    counted += count_of(together.set);
    out.add(block_of(key), said & ~together.set);
  }
  out.finish();
  return out;
}

bool take_back(database::Connection& reader, Bitmap taken_from, std::span<const Stretch> stretches, Bitmap& set) {
  taken_from.intersect(set);
  if (taken_from.count() > kMostLookedAt) return false;
  taken_from.keep_if([&](std::int64_t rid) { return !has_row(reader, rid, stretches); });
  set.subtract(taken_from);
  return true;
}

}  // namespace yilian::records
