// Rows of a message: groups and segments in the order of the structure.

#include <utility>

#include "engine/mapping/outbound/run.h"

namespace yilian::mapping::outbound {
namespace {

constexpr std::size_t kMostSegments = 100'000;

}  // namespace

bool Run::rows(const std::vector<Row>& rows, const Item& here, Counters& loop, Making& making) {
  Counters local;
  bool any = false;
  for (const auto& each : rows) any |= row(each, here, local, loop, making);
  return any;
}

bool Run::row(const Row& row, const Item& here, Counters& local, Counters& loop, Making& making) {
  evaluator_.reads.clear();
  std::vector<Item> items;
  if (row.over) {
    evaluator_.items(*row.over, here, items);
    if (!row.each && items.size() > 1) items.resize(1);
    if (items.empty() && row.always && !row.each) items.push_back(Item{});
  } else {
    items.push_back(here);
  }
  const auto way = evaluator_.reads;
  bool any = false;
  for (const Item& item : items) {
    std::vector<std::vector<Item>> outer;  // what the row's variables were around it
    for (const auto& [name, path] : row.with) {
      std::vector<Item> found;
      evaluator_.reads.clear();
      evaluator_.items(path, item, found);
      outer.push_back(std::exchange(evaluator_.variables[name], std::move(found)));
    }
    evaluator_.reads.clear();
    if (!row.when || evaluator_.test(*row.when, item)) {
      any |= row.segment.empty() ? rows(row.rows, item, row.each && !row.again ? local : loop, making) : segment(row, item, row.each ? local : loop, making);
    }
    for (std::size_t i = row.with.size(); i-- > 0;) evaluator_.variables[row.with[i].first] = std::move(outer[i]);
  }
  if (any) {
    for (const auto* each : way) said_.emplace_back(each, nullptr);
  }
  return any;
}

bool Run::segment(const Row& row, const Item& here, Counters& counters, Making& making) {
  Fields fields(row.segment, program_);
  if (++making.segments > kMostSegments) return false;
  unsigned& number = counters[row.segment];
  if (row.number) fields.put({1, 1, 1, 1}, std::to_string(number + 1), false);
  for (const auto& each : row.fills) {
    std::vector<Item> items;
    if (each.of) {
      evaluator_.reads.clear();
      evaluator_.items(*each.of, here, items);
    } else {
      items.push_back(here);
    }
    // The first fills the place; of others what says the same counts as told, and the rest is left out.
    for (const Item& item : items) {
      evaluator_.reads.clear();
      fill(*each.map, item, fields, {});
    }
  }
  if (!fields.has_content() && !(row.always && !fields.parts().empty())) {
    // Nothing stands here, or the receiver does not take it: what would have is told elsewhere or lost.
    saying_.clear();
    return false;
  }
  ++number;
  for (const auto& part : fields.parts()) making.valued.emplace(row.segment, part.at.field);
  fields.write(making.builder);
  commit();
  return true;
}

}  // namespace yilian::mapping::outbound
