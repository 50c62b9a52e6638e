#pragma once
// What a page needs of a search for one thing that very many have: the first of them and how many they are, without the
// set of them, so that it costs the same whether they are thousands or millions.

#include <optional>

#include "engine/records/search/page.h"
#include "engine/records/view.h"

namespace yilian::records {

// What counts as very many.
struct WideBounds {
  std::size_t pieces = 1;        // of the index that lie within: some hundred rows each
  std::int64_t counted = 20'000;   // rows, where some resources may have several of them: so many are looked at to count
};

// Nothing: it is a search of another kind, or not of so many; the set is to be made.
std::optional<Matches> wide_page(View& view, const SearchQuery& query, const WideBounds& bounds = {});

}  // namespace yilian::records
