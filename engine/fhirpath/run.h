#pragma once
// One evaluation of a program.

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/fhirpath/context.h"
#include "engine/fhirpath/program.h"

namespace yilian::fhirpath {

struct Defined {  // by defineVariable()
  std::string_view name;
  Collection items;
  const Defined* before;
};

// What $this, $index, $total and the variables are.
struct Frame {
  Collection focus;
  std::int64_t index = -1;  // -1: there is none
  const Collection* total = nullptr;
  const Defined* defined = nullptr;
};

class Run;

// Items one after the other; they lie in the arena.
class Collector {
 public:
  explicit Collector(Run& run) : run_(run) {}
  void add(const Item& item) {
    if (size_ == capacity_) grow(size_ + 1);
    items_[size_++] = item;
  }
  void add(Collection items);
  std::size_t size() const { return size_; }
  Collection done() const { return {items_, size_}; }

 private:
  void grow(std::size_t least);

  Run& run_;
  Item* items_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

class Run {
 public:
  Run(const Program& program, const Context& context, const Node& root);

  Result<Collection> evaluate();

  // Evaluates a step. After a failure everything is empty; loops ask failed().
  Collection eval(StepNumber number, Frame& frame);

  bool failed() const { return failed_; }
  // The first failure counts. Always gives an empty collection.
  Collection fail(const Step& step, Code code, std::string what, std::string cure = {});
  Collection fail(const Step& step, Issue issue);
  // Takes from the steps allowed; false: there are none left, and the evaluation has failed.
  bool spend(std::uint64_t steps) {
    if (steps <= steps_left_) {
      steps_left_ -= steps;
      return true;
    }
    return out_of_steps();
  }
  void too_many_items();

  const Step& step(StepNumber number) const { return program_.steps[number]; }
  const Context& context() const { return context_; }
  fhir::Arena& arena() const { return context_.arena; }
  bool as_filters() const { return program_.as_filters; }

  Collection one(const Item& item) { return {&keep(arena(), item), 1}; }
  Collection one(bool value) { return one(Item::of(value)); }
  Collection integer(std::int64_t value) { return one(Item::of_integer(value)); }
  Collection text(const Step& step, std::string_view value);  // copied; checked against the limit
  Collection view(std::string_view value) { return one(Item::of_text(value)); }
  Collection value(const std::optional<Decimal>& value) {
    return value ? one(Item::of(keep(arena(), *value))) : Collection();
  }
  Collection value(const std::optional<Temporal>& value) {
    return value ? one(Item::of(keep(arena(), *value))) : Collection();
  }
  Collection value(const std::optional<Quantity>& value);

  // The System value of an item; false: it has none.
  bool system(const Item& item, Item& value) { return system_value(item, arena(), value); }
  // One item's System value of what should be at most one item. False: empty, or a failure (several items).
  bool single(const Step& step, Collection items, Item& value);
  // The same of one kind only; anything else is a failure.
  bool single_text(const Step& step, Collection items, std::string_view& value);
  bool single_integer(const Step& step, Collection items, std::int64_t& value);
  // Singleton evaluation (FHIRPath 2.0, 4.5): nothing for an empty collection; one item that is no Boolean is true.
  std::optional<bool> truth(const Step& step, Collection items);

  Instant now();
  const Node& root() const { return root_; }
  const Node* resource() const;       // %resource
  const Node* root_resource() const;  // %rootResource

  void children_named(const Node& parent, const Step& step, Collector& out);
  void all_children(const Node& parent, Collector& out);
  // A node at the beginning of a tree of its own (resolved, say).
  const Node& begin_tree(const fhir::Json& resource) { return keep(arena(), root_node(resource)); }

 private:
  bool out_of_steps();
  Collection detached(Collection items);
  Collection member(const Step& step, Frame& frame);
  Collection call(const Step& step, Frame& frame);
  Collection at_index(const Step& step, Frame& frame);
  Collection variable(const Step& step, Frame& frame);
  Collection type_step(const Step& step, Frame& frame);
  Collection named_by(std::string_view name, std::string_view before, std::string_view url);

  const Program& program_;
  const Context& context_;
  const Node& root_;
  bool failed_ = false;
  Issue issue_;
  std::uint64_t steps_left_;
  std::optional<Instant> now_;
};

// A function that is being called.
struct Call {
  Run& run;
  const Step& step;
  Frame& frame;
  Collection input;

  bool has(std::size_t i) const { return i < step.arguments.size(); }
  // An argument where the function is called.
  Collection argument(std::size_t i) { return run.eval(step.arguments[i], frame); }
  // An argument on an item of the input, which is $this.
  Collection on(std::size_t i, std::size_t item, const Collection* total = nullptr) {
    Frame inner{input.subspan(item, 1), static_cast<std::int64_t>(item), total ? total : frame.total, frame.defined};
    return run.eval(step.arguments[i], inner);
  }
  Collection fail(std::string what, std::string cure = {}) {
    return run.fail(step, Code::bad_value, std::move(what), std::move(cure));
  }
};

// Binary operators: arithmetic, comparison, logic, and their like (operators.cpp).
Collection apply_operator(Run& run, const Step& step, Frame& frame);
Collection negate(Run& run, const Step& step, Collection items);

// FHIRPath 2.0, 6.1 (equality.cpp). Nothing: it cannot be said.
std::optional<bool> equal(Run& run, Collection a, Collection b);
std::optional<bool> equal(Run& run, const Item& a, const Item& b);
bool equivalent(Run& run, Collection a, Collection b);
bool equivalent(Run& run, const Item& a, const Item& b);
bool has_equal(Run& run, Collection items, const Item& item);
Collection union_of(Run& run, Collection a, Collection b);                 // without what is there twice
Order order_of(Run& run, const Step& step, const Item& a, const Item& b);  // fails for what has no order

}  // namespace yilian::fhirpath
