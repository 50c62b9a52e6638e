#include "engine/records/search/scan.h"

#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/index/unmerged.h"
#include "engine/records/search/cleared.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

// What pieces say together, of those where all of their keys count or none does.
class Wholes {
 public:
  explicit Wholes(const Stretch& stretch) : stretch_(stretch) {}
  bool wanted() const { return !stretch_.accept || stretch_.decided_from > 0; }
  bool operator()(const std::shared_ptr<const PieceUnion>& together) {
    if (together->overflows()) return false;
    if (stretch_.accept) {
      if (together->keys().from() > stretch_.decided_from) return false;
      if (!stretch_.accept(together->keys().first())) return true;
    }
    taken_.push_back(together);
    return true;
  }
  void add_to(Bitmap& set) const {
    for (const auto& each : taken_) {
      set.add(each->rids(), each->first_block(), each->last_block());
      set.add(each->words(), each->first_block());
    }
  }

 private:
  const Stretch& stretch_;
  std::vector<std::shared_ptr<const PieceUnion>> taken_;
};

// Source by source; false: only merging them can tell.
template <class Take>
bool visit_all(database::Connection& reader, const Stretch& stretch, Bitmap& set, const Take& take, Wholes& wholes,
               Cleared& cleared) {
  if (stretch.containing.empty())
    return visit_unmerged(reader, stretch.low, stretch.high, take, wholes, [&](std::string_view key) {
      return (stretch.accept && !stretch.accept(key)) || cleared.add(key);
    });
  return visit_texts_with(reader, parameter_of(stretch.low), stretch.containing, stretch.at_end,
                          [&](std::string_view key, const Bits& bits) {
                            if (stretch.accept && !stretch.accept(key)) return true;
                            set.add(block_of(key), bits.set);
                            return bits.clear == 0 || cleared.add(key);
                          });
}

}  // namespace

void scan_into(database::Connection& reader, const Stretch& stretch, Bitmap& set) {
  const std::size_t before = set.mark();
  const auto take = [&](std::string_view key, std::uint64_t bits) {
    if (!stretch.accept || stretch.accept(key)) set.add(block_of(key), bits);
  };
  Cleared cleared;
  Wholes wholes(stretch);
  if (visit_all(reader, stretch, set, take, wholes, cleared)) {
    if (cleared.empty()) return wholes.add_to(set);
    // The set may have the same resources of other stretches.
    Bitmap own = set.split(before);
    wholes.add_to(own);
    own.finish();
    std::int64_t counted = 0;
    if (take_back(reader, cleared.taken_from(reader, counted), {&stretch, 1}, own)) {
      for (const Bitmap::Block& block : own.blocks()) set.add(block.block, block.bits);
      return;
    }
  }
  set.rewind(before);
  for (IndexCursor at(reader, stretch.low, stretch.high); at.there(); at.next()) take(at.key(), at.bits().set);
}

Bitmap scan(database::Connection& reader, const Stretch& stretch) {
  Bitmap set;
  scan_into(reader, stretch, set);
  set.finish();
  return set;
}

void probe_into(database::Connection& reader, const Stretch& stretch, const Bitmap& candidates, Bitmap& set) {
  for (IndexCursor at(reader, stretch.low, stretch.high); at.there();) {
    // Without a given extra there is a row of blocks for each; most have one.
    const std::string value(without_block(at.key()));
    for (const Bitmap::Block& block : candidates.blocks()) {
      std::string wanted = value;
      append_block(wanted, block.block);
      at.seek(wanted);
      if (!at.there() || without_block(at.key()) != value) break;
      if (at.key() == wanted) set.add(block.block, at.bits().set);
    }
    at.seek(after_all(value));
  }
}

std::int64_t count(database::Connection& reader, const Stretch& stretch, std::int64_t most) {
  return static_cast<std::int64_t>(
      count_entries(reader, stretch.low, stretch.high, static_cast<std::size_t>(most)));
}

Bitmap scan_any(database::Connection& reader, const Indexed& parameter) {
  const std::uint8_t target = parameter.target.empty() ? std::uint8_t{0} : type_number(parameter.target);
  Bitmap set;
  for (const std::uint32_t number : parameter.numbers) {
    // The parameter's own number and the one after it.
    Stretch all{parameter_key(number), parameter_key((number | 1U) + 1), {}};
    if (target != 0)
      all.accept = [target](std::string_view key) { return !is_beside(key) && extra_of_number(key) == target; };
    scan_into(reader, all, set);
  }
  set.finish();
  return set;
}

Bitmap scan_type(database::Connection& reader, std::uint8_t type) {
  return scan(reader, all_of(number_key(row_number(type, kEveryCode), 0)));
}

Result<const fhir::Json*> load_content(database::Connection& reader, std::int64_t rid, fhir::Arena& arena) {
  const auto stored = stored_at(reader, rid);
  if (!stored)
    return fail(Code::storage, "the index names a resource that is not there", "records",
                "Check the disk, restore the database from its backup");
  return content_of(reader, *stored, arena);
}

}  // namespace yilian::records
