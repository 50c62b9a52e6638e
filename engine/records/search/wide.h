#pragma once
// One page of a search for one thing that very many have: the first of them and how many they are, without the set of
// them, so that it costs the same whether they are thousands or millions.

#include <optional>

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"
#include "engine/records/view.h"

namespace yilian::records {

struct WidePage {
  Bitmap found;  // all up to some resource, of which the page is
  std::optional<std::int64_t> total;
};

// After which resource the page begins, or before which it ends. Nothing: the cursor is not of this search.
struct Turn {
  bool backward = false;
  std::int64_t after = 0;
};
std::optional<Turn> turn_of(const SearchQuery& query);

// What counts as very many.
struct WideBounds {
  std::size_t pieces = 1;        // of the index that lie within: some hundred rows each
  std::int64_t counted = 20'000;   // rows, where some resources may have several of them: so many are looked at to count
};

// Nothing: it is a search of another kind, or not of so many; the set is to be made.
std::optional<WidePage> wide_page(View& view, const SearchQuery& query, const WideBounds& bounds = {});

}  // namespace yilian::records
