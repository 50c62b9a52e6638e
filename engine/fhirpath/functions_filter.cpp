// FHIRPath 2.0, 5.2, 5.8 and 7: filtering, projection, walking the tree, aggregates.

#include <algorithm>
#include <vector>

#include "engine/fhirpath/equal_set.h"
#include "engine/fhirpath/function.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

Collection where(Call& call) {
  Collector out(call.run);
  for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) {
    if (call.run.truth(call.step, call.on(0, i)) == true) out.add(call.input[i]);
  }
  return out.done();
}

Collection select(Call& call) {
  Collector out(call.run);
  for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) out.add(call.on(0, i));
  return out.done();
}

// What was found is asked again, until nothing new comes.
Collection repeat(Call& call) {
  EqualSet seen(call.run);
  Collector out(call.run);
  for (Collection asked = call.input; !asked.empty() && !call.run.failed();) {
    Collector fresh(call.run);
    Call next{call.run, call.step, call.frame, asked};
    for (std::size_t i = 0; i < asked.size() && !call.run.failed(); ++i) {
      for (const Item& item : next.on(0, i)) {
        if (!seen.add(item)) continue;
        out.add(item);
        fresh.add(item);
      }
    }
    asked = fresh.done();
  }
  return out.done();
}

Collection children(Call& call) {
  Collector out(call.run);
  for (const Item& item : call.input) {
    if (item.is_node() && call.run.spend(1)) call.run.all_children(item.node(), out);
  }
  return out.done();
}

Collection descendants(Call& call) {
  Collector out(call.run);
  for (const Item& item : call.input) {
    if (item.is_node()) call.run.all_children(item.node(), out);
  }
  // What was found is walked in its turn; out.done() moves when it grows.
  for (std::size_t i = 0; i < out.size() && !call.run.failed(); ++i) {
    const Item item = out.done()[i];
    if (item.is_node() && call.run.spend(1)) call.run.all_children(item.node(), out);
  }
  return out.done();
}

Collection aggregate(Call& call) {
  Collection total = call.has(1) ? call.argument(1) : Collection();
  for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) {
    const Collection before = total;
    total = call.on(0, i, &before);
  }
  return total;
}

// A key of sort(): "-name" sorts downwards.
struct Key {
  bool down;
  StepNumber step;
};

Collection sort(Call& call) {
  std::vector<Key> keys;
  for (const StepNumber each : call.step.arguments) {
    const bool down = call.run.step(each).op == Op::negative;
    keys.push_back({down, down ? call.run.step(each).left : each});
  }
  struct Row {
    std::size_t item;
    std::vector<Collection> keys;
  };
  std::vector<Row> rows;
  for (std::size_t i = 0; i < call.input.size() && !call.run.failed(); ++i) {
    Row row{i, {}};
    for (const Key& key : keys) {
      Frame inner{call.input.subspan(i, 1), static_cast<std::int64_t>(i), call.frame.total, call.frame.defined};
      row.keys.push_back(call.run.eval(key.step, inner));
      if (row.keys.back().size() > 1) return call.fail("A key of sort() has more than one item");
    }
    if (keys.empty()) row.keys.push_back(call.input.subspan(i, 1));
    rows.push_back(std::move(row));
  }
  // What is empty comes first, upwards and downwards; what cannot be compared stays as it was.
  const auto before = [&](const Row& a, const Row& b) {
    for (std::size_t k = 0; k < a.keys.size(); ++k) {
      if (call.run.failed() || !call.run.spend(1)) return false;
      const Collection &x = a.keys[k], &y = b.keys[k];
      if (x.empty() != y.empty()) return x.empty();
      if (x.empty()) continue;
      const Order order = order_of(call.run, call.step, x.front(), y.front());
      const bool down = k < keys.size() && keys[k].down;
      if (order == (down ? Order::greater : Order::less)) return true;
      if (order == (down ? Order::less : Order::greater)) return false;
    }
    return false;
  };
  // Insertion into what is sorted: an order that some pairs do not have must not lead std::sort astray.
  std::vector<Row> sorted;
  for (Row& row : rows) {
    std::size_t at = sorted.size();
    while (at > 0 && before(row, sorted[at - 1])) --at;
    sorted.insert(sorted.begin() + static_cast<std::ptrdiff_t>(at), std::move(row));
  }
  Collector out(call.run);
  for (const Row& row : sorted) out.add(call.input[row.item]);
  return out.done();
}

constexpr Function kFunctions[]{
    {"where", 1, 1, Gives::same, 0, false, where},
    {"select", 1, 1, Gives::argument, 0, false, select},
    {"repeat", 1, 1, Gives::argument, 0, false, repeat},
    {"children", 0, 0, Gives::children, kNever, false, children},
    {"descendants", 0, 0, Gives::descendants, kNever, false, descendants},
    {"aggregate", 1, 2, Gives::unknown, 0, false, aggregate},
    {"sort", 0, 16, Gives::same, 0, false, sort},
};

}  // namespace

std::span<const Function> filter_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
