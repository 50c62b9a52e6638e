#include "engine/records/search/index_order.h"

#include <algorithm>
#include <limits>

#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"

namespace yilian::records {
namespace {

// The entries of one parameter by value, from this one on.
IndexCursor stream(database::Connection& reader, std::uint32_t parameter, bool descending, std::int64_t from) {
  if (descending)
    return {reader, parameter_key(parameter), after_all(number_key(parameter, from)), Order::descending};
  return {reader, number_key(parameter, from), parameter_key(parameter + 1)};
}

class Walk {
 public:
  Walk(database::Connection& reader, const Bitmap& found, const IndexOrder& order)
      : reader_(reader), found_(found), order_(order) {}

  std::vector<Dated> run() {
    if (order_.backward) {
      // Those without the date are last.
      if (order_.of_happened && order_.after && !order_.after->at) without_date();
      if (out_.size() < order_.wanted) with_date();
      return std::move(out_);
    }
    if (!order_.after || order_.after->at) with_date();
    if (order_.of_happened && out_.size() < order_.wanted) without_date();
    return std::move(out_);
  }

 private:
  bool falling() const { return order_.descending != order_.backward; }

  void with_date() {
    const std::int64_t from = order_.after && order_.after->at ? *order_.after->at / scale()
                              : falling()                      ? std::numeric_limits<std::int64_t>::max()
                                                               : std::numeric_limits<std::int64_t>::min();
    IndexCursor narrow = stream(reader_, order_.parameter, falling(), from),
                wide = stream(reader_, order_.parameter | 1U, falling(), from);
    while ((narrow.there() || wide.there()) && out_.size() < order_.wanted) {
      const std::int64_t key = !wide.there()     ? number_of(narrow.key())
                               : !narrow.there() ? number_of(wide.key())
                                                 : nearer(number_of(narrow.key()), number_of(wide.key()));
      // All of one key at once: within it the order is that of the rids, which lie in several rows.
      Bitmap group;
      for (IndexCursor* at : {&narrow, &wide}) {
        for (; at->there() && number_of(at->key()) == key; at->next()) group.add(block_of(at->key()), at->bits().set);
      }
      group.finish();
      group.intersect(found_);
      take(group, key * scale());
    }
  }

  void take(const Bitmap& group, std::int64_t at) {
    for_rids(group, order_.after && order_.after->at == at, [&](std::int64_t rid) {
      // One with several dates stands in several places; its own is the earliest.
      if (!order_.of_happened || happened_at(rid) == at) out_.push_back({rid, at});
      return out_.size() < order_.wanted;
    });
  }

  void without_date() {
    Bitmap rest = found_;
    rest.subtract(scan(reader_, {parameter_key(order_.parameter), parameter_key((order_.parameter | 1U) + 1), {}}));
    for_rids(rest, order_.after && !order_.after->at, [&](std::int64_t rid) {
      out_.push_back({rid, std::nullopt});
      return out_.size() < order_.wanted;
    });
  }

  // `from_after`: the group in which the page before ended.
  template <class Visit>
  void for_rids(const Bitmap& group, bool from_after, Visit&& visit) const {
    if (order_.backward) {
      group.for_each_back(from_after ? order_.after->rid : std::numeric_limits<std::int64_t>::max(), visit);
    } else {
      group.for_each(from_after ? order_.after->rid : -1, visit);
    }
  }

  // lastUpdated is kept in microseconds, its rows in milliseconds.
  std::int64_t scale() const { return order_.of_happened ? 1 : 1000; }
  std::int64_t nearer(std::int64_t a, std::int64_t b) const {
    return falling() ? std::max(a, b) : std::min(a, b);
  }

  std::optional<std::int64_t> happened_at(std::int64_t rid) {
    const auto stored = stored_at(reader_, rid);
    return stored ? stored->happened : std::nullopt;
  }

  database::Connection& reader_;
  const Bitmap& found_;
  const IndexOrder& order_;
  std::vector<Dated> out_;
};

}  // namespace

std::vector<Dated> in_index_order(database::Connection& reader, const Bitmap& found, const IndexOrder& order) {
  return Walk(reader, found, order).run();
}

}  // namespace yilian::records
