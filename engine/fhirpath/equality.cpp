// FHIRPath 2.0, 6.1 and 6.2: what is equal, equivalent, and less.

#include <algorithm>
#include <vector>

#include "engine/fhirpath/equal_set.h"
#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {
namespace {

using fhir::Json;
using Kind = Item::Kind;

// Numbers, and quantities beside them, in the larger of their kinds; Date beside DateTime is as it is.
struct Pair {
  Item a, b;
};

Decimal decimal_of(const Item& item) { return item.kind() == Kind::integer ? Decimal(item.integer()) : item.decimal(); }

bool same_shape(Run& run, Item& a, Item& b) {
  if (a.kind() == b.kind() || (a.is_number() && b.is_number())) return true;
  const auto lift = [&run](Item& item) {
    if (item.is_number()) item = Item::of(keep(run.arena(), Quantity{decimal_of(item), "1"}));
  };
  if (a.kind() == Kind::quantity) lift(b);
  if (b.kind() == Kind::quantity) lift(a);
  if (a.kind() == b.kind()) return true;
  const auto dated = [](const Item& item) { return item.kind() == Kind::date || item.kind() == Kind::date_time; };
  return dated(a) && dated(b);
}

std::optional<bool> equal_values(Run& run, Item a, Item b) {
  if (!same_shape(run, a, b)) return false;
  switch (a.kind()) {
    case Kind::boolean:
      return a.boolean() == b.boolean();
    case Kind::string:
      run.spend(std::min(a.text().size(), b.text().size()) / 32);
      return a.text() == b.text();
    case Kind::integer:
    case Kind::decimal:
      return decimal_of(a) == decimal_of(b);
    case Kind::quantity: {
      const auto order = compare(a.quantity(), b.quantity());
      if (!order) return std::nullopt;
      return *order == 0;
    }
    case Kind::type:
      return a.type().space == b.type().space && a.type().name == b.type().name;
    default:
      break;
  }
  const Order order = compare(a.temporal(), b.temporal());
  if (order == Order::unknown) return std::nullopt;
  return order == Order::equal;
}

std::string folded(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      blank = true;
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (blank) out += ' ';
  return out;
}

bool equivalent_values(Run& run, Item a, Item b) {
  if (!same_shape(run, a, b)) return false;
  switch (a.kind()) {
    case Kind::string:
      run.spend((a.text().size() + b.text().size()) / 16);
      return folded(a.text()) == folded(b.text());
    case Kind::integer:
    case Kind::decimal: {
      const Decimal left = decimal_of(a).stripped(), right = decimal_of(b).stripped();
      const int scale = std::min(left.scale(), right.scale());
      return left.rounded(scale) == right.rounded(scale);
    }
    case Kind::quantity:
      return equivalent(a.quantity(), b.quantity());
    case Kind::date:
    case Kind::date_time:
    case Kind::time:
      return equivalent(a.temporal(), b.temporal());
    default:
      return equal_values(run, a, b).value_or(false);
  }
}

const fhir::Type* quantity_type() {
  static const fhir::Type* const found = fhir::type("Quantity");
  return found;
}

bool is_complex(const Item& item) { return item.is_node() && !item.node().is_primitive(); }
bool is_quantity(const Item& item) {
  return item.is_node() && (item.node().type == quantity_type() || item.node().type->base == quantity_type());
}

std::vector<Item> children_of(Run& run, const Node& node) {
  Collector out(run);
  run.all_children(node, out);
  const Collection items = out.done();
  return {items.begin(), items.end()};
}

// Children in the order of their elements; ids of elements do not count for equivalence.
std::vector<Item> sorted_children(Run& run, const Node& node) {
  std::vector<Item> children = children_of(run, node);
  std::ranges::stable_sort(children, {}, [](const Item& item) { return item.node().element->order; });
  return children;
}

std::optional<bool> equal_complex(Run& run, const Node& a, const Node& b) {
  if (a.value == b.value && a.extra == b.extra) return true;
  const std::vector<Item> mine = sorted_children(run, a), other = sorted_children(run, b);
  if (mine.size() != other.size()) return false;
  std::optional<bool> all = true;
  for (std::size_t i = 0; i < mine.size() && !run.failed(); ++i) {
    if (mine[i].node().element != other[i].node().element) return false;
    const auto same = equal(run, mine[i], other[i]);
    if (same == false) return false;
    if (!same) all = std::nullopt;
  }
  return all;
}

bool equivalent_in_any_order(Run& run, Collection a, Collection b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> used(b.size());
  for (const Item& item : a) {
    std::size_t i = 0;
    for (; i < b.size(); ++i) {
      if (!run.spend(1)) return false;
      if (!used[i] && equivalent(run, item, b[i])) break;
    }
    if (i == b.size()) return false;
    used[i] = true;
  }
  return true;
}

}  // namespace

std::optional<bool> equal(Run& run, const Item& a, const Item& b) {
  if (!run.spend(1)) return false;
  if (is_complex(a) && is_complex(b)) return equal_complex(run, a.node(), b.node());
  Item left = a, right = b;
  const bool has_left = run.system(a, left), has_right = run.system(b, right);
  if (has_left && has_right) return equal_values(run, left, right);
  if (has_left != has_right) return false;
  return a.is_node() && b.is_node() && equal_complex(run, a.node(), b.node());
}

std::optional<bool> equal(Run& run, Collection a, Collection b) {
  if (a.empty() || b.empty()) return std::nullopt;
  if (a.size() != b.size()) return false;
  std::optional<bool> all = true;
  for (std::size_t i = 0; i < a.size() && !run.failed(); ++i) {
    const auto same = equal(run, a[i], b[i]);
    if (same == false) return false;
    if (!same) all = std::nullopt;
  }
  return all;
}

bool equivalent(Run& run, const Item& a, const Item& b) {
  if (!run.spend(1)) return false;
  Item left = a, right = b;
  const bool quantities = is_quantity(a) && is_quantity(b);
  if (is_complex(a) && is_complex(b) && !quantities) {
    const auto mine = children_of(run, a.node()), other = children_of(run, b.node());
    return equivalent_in_any_order(run, mine, other);
  }
  if (!run.system(a, left) || !run.system(b, right)) {
    return a.is_node() && b.is_node() && equal_complex(run, a.node(), b.node()).value_or(false);
  }
  return equivalent_values(run, left, right);
}

bool equivalent(Run& run, Collection a, Collection b) { return equivalent_in_any_order(run, a, b); }

bool has_equal(Run& run, Collection items, const Item& item) {
  return std::ranges::any_of(items, [&](const Item& each) { return equal(run, each, item) == true; });
}

Collection union_of(Run& run, Collection a, Collection b) {
  if (a.size() + b.size() < 2) return a.empty() ? b : a;
  Collector out(run);
  EqualSet seen(run);
  for (const Collection each : {a, b}) {
    for (const Item& item : each) {
      if (seen.add(item)) out.add(item);
      if (run.failed()) return {};
    }
  }
  return out.done();
}

Order order_of(Run& run, const Step& step, const Item& a, const Item& b) {
  Item left = a, right = b;
  if (!run.system(a, left) || !run.system(b, right)) {
    run.fail(step, Code::bad_value, type_of(a) + " and " + type_of(b) + " have no order");
    return Order::unknown;
  }
  const bool fits = same_shape(run, left, right);
  if (!fits || left.kind() == Kind::boolean || left.kind() == Kind::type) {
    run.fail(step, Code::bad_value, type_of(a) + " and " + type_of(b) + " have no order");
    return Order::unknown;
  }
  const auto told = [](std::strong_ordering order) {
    return order < 0 ? Order::less : order > 0 ? Order::greater : Order::equal;
  };
  if (left.is_temporal()) return compare(left.temporal(), right.temporal());
  if (left.kind() == Kind::string) run.spend(std::min(left.text().size(), right.text().size()) / 32);
  if (left.kind() == Kind::string) return told(left.text().compare(right.text()) <=> 0);
  if (left.is_number()) return told(decimal_of(left) <=> decimal_of(right));
  const auto order = compare(left.quantity(), right.quantity());
  return order ? told(*order) : Order::unknown;
}

}  // namespace yilian::fhirpath
