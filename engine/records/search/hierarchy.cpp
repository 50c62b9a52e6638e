#include "engine/records/search/hierarchy.h"

#include <algorithm>

#include "engine/records/many.h"
#include "engine/records/search/joins.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

constexpr int kDeepest = 32;
constexpr std::int64_t kMost = 10'000;

// `Location.partof`, `Organization.partof`, `Procedure.part-of`, …
const Indexed* part_of(const Plan& type) {
  for (const std::string_view code : {"partof", "part-of"}) {
    const Indexed* found = type.find(code);
    if (found != nullptr && found->kind == Kind::reference &&
        std::find(found->targets.begin(), found->targets.end(), type.name) != found->targets.end())
      return found;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<std::int64_t>> hierarchy_of(View& view, const Indexed& parameter,
                                               const std::vector<std::int64_t>& targets, bool below,
                                               const std::string& name) {
  database::Connection& reader = view.reader();
  std::vector<std::int64_t> out = targets, sorted = targets;
  std::sort(sorted.begin(), sorted.end());
  bool known = false;
  for (const std::string_view target : parameter.targets) {
    const Plan& type = *plan(target);
    const Indexed* way = part_of(type);
    if (way == nullptr) continue;
    known = true;
    Bitmap all = resources_with(reader, sorted);
    all.intersect(scan_type(reader, type.type));
    YL_CHECK(view.cut(all, type));
    Bitmap last = all;
    for (int round = 0; round < kDeepest && !last.empty(); ++round) {
      YL_TRY(Bitmap next, below ? referring(reader, *way, type, last) : referred(reader, *way, last, type));
      YL_CHECK(view.cut(next, type));
      next.subtract(all);
      all.unite(next);
      last = std::move(next);
      if (all.count() > kMost) return fail(Code::too_large, "more than " + std::to_string(kMost) + " are part of it", name);
    }
    visit_heads(reader, rids_of(all), [&](const Stored& stored) {
      out.push_back(resource_key(type.name, unpack_id(stored.packed_id)));
    });
  }
  if (!known) return fail(Code::unsupported, "nothing that it goes to is part of its like", name, "Leave the modifier out");
  return out;
}

}  // namespace yilian::records
