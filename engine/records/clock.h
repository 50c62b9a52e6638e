#pragma once
// When, and by whose word, each element of a resource was last said: what makes merging the same in any order of
// arrival.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"

namespace yilian::records {

// A higher rank beats a lower one whatever the time; of one rank the newer beats the older.
struct Stamp {
  std::uint8_t rank = 0;
  Instant time = 0;
  auto operator<=>(const Stamp&) const = default;
};

// Elements and list items without an entry of their own have `base` (and items `first`, and their place in the list).
struct Clock {
  struct Element {
    std::string path;  // "status", "period.end", "value"
    Stamp stamp;
    bool absent;  // deleted: what is older does not come back
    bool operator==(const Element&) const = default;
  };
  struct Item {        // of a united list
    std::string path;  // of the list
    std::int64_t key;  // hash of what makes it the same item
    Stamp stamp;
    Instant first;        // when it was said first, by event time…
    std::uint32_t place;  // …and at which place of the list: that is its order
    bool operator==(const Item&) const = default;
  };
  Stamp base;
  Instant first = 0;
  std::vector<Element> elements;
  std::vector<Item> items;

  bool simple() const { return elements.empty() && items.empty(); }
  bool operator==(const Clock&) const = default;
};

std::string encode(const Clock& clock);
std::optional<Clock> decode(std::string_view bytes);  // nothing: damaged

}  // namespace yilian::records
