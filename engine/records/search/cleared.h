#pragma once
// What a newer source of the index takes back of an older one, where the two are not merged: the keys are few, and the
// resources that they were taken from are asked whether they are still meant.

#include <set>
#include <span>
#include <string>

#include "engine/records/search/bitmap.h"
#include "engine/records/search/stretch.h"

namespace yilian::records {

class Cleared {
 public:
  // A key of which an entry clears something; false: there are so many that merging is cheaper.
  bool add(std::string_view key);
  bool empty() const { return keys_.empty(); }
  // The resources that an older entry of such a key names and the newest does not. `counted`: of each entry by itself;
  // what is said twice is taken off.
  Bitmap taken_from(database::Connection& reader, std::int64_t& counted) const;

 private:
  std::set<std::string, std::less<>> keys_;
};

// Takes from the set what was taken back, unless the resource has another row in one of the stretches. False: there are
// so many to be looked at that merging is cheaper.
bool take_back(database::Connection& reader, Bitmap taken_from, std::span<const Stretch> stretches, Bitmap& set);

}  // namespace yilian::records
