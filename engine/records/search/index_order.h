#pragma once
// A large set in the order of a date, read from the index as far as a page goes: sorting it would read every resource.

#include <optional>
#include <vector>

#include "engine/database/database.h"
#include "engine/records/search/bitmap.h"

namespace yilian::records {

// A resource's place in such an order. Those without the date come last, either way; equal ones by rid.
struct Dated {
  std::int64_t rid;
  std::optional<std::int64_t> at;
};

struct IndexOrder {
  std::uint32_t parameter;  // of the rows; dates longer than a day are beside them (index_plan.h)
  bool of_happened;         // resource.happened; else lastUpdated
  bool descending;
  std::optional<Dated> after;  // from here on
  bool backward = false;       // against the order, from `after` to its beginning
  std::size_t wanted;
};

std::vector<Dated> in_index_order(database::Connection& reader, const Bitmap& found, const IndexOrder& order);

}  // namespace yilian::records
