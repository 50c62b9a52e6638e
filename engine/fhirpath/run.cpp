#include "engine/fhirpath/run.h"

#include <algorithm>

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/lexer.h"
#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/type_names.h"

namespace yilian::fhirpath {

void Collector::grow(std::size_t least) {
  if (least > run_.context().limits.items) run_.too_many_items();
  std::size_t room = std::max<std::size_t>(capacity_ * 2, 2);
  room = std::max(room, least);
  auto* items = static_cast<Item*>(run_.arena().allocate(room * sizeof(Item), alignof(Item)));
  std::uninitialized_copy_n(items_, size_, items);
  items_ = items;
  capacity_ = room;
}

void Collector::add(Collection items) {
  if (items.empty() || !run_.spend(items.size())) return;
  if (size_ + items.size() > capacity_) grow(size_ + items.size());
  std::uninitialized_copy(items.begin(), items.end(), items_ + size_);
  size_ += items.size();
}

Run::Run(const Program& program, const Context& context, const Node& root)
    : program_(program), context_(context), root_(root), steps_left_(context.limits.steps), now_(context.now) {}

Result<Collection> Run::evaluate() {
  const Item item = Item::of(root_);
  Frame frame;
  frame.focus = one(item);
  const Collection result = detached(eval(program_.root, frame));
  if (failed_) return Failure(std::move(issue_));
  return result;
}

// Values may lie in the program, which need not live as long as the result.
Collection Run::detached(Collection items) {
  if (std::ranges::all_of(items, &Item::is_node)) return items;
  auto* const copies = static_cast<Item*>(arena().allocate(items.size() * sizeof(Item), alignof(Item)));
  const auto own = [this](const Item& item) {
    switch (item.kind()) {
      case Item::Kind::string:
        return spend(item.text().size() / 16) ? Item::of_text(arena().copy(item.text())) : item;
      case Item::Kind::decimal:
        return Item::of(keep(arena(), item.decimal()));
      case Item::Kind::date:
      case Item::Kind::date_time:
      case Item::Kind::time:
        return Item::of(keep(arena(), item.temporal()));
      case Item::Kind::quantity:
        return Item::of(keep(arena(), Quantity{item.quantity().value, arena().copy(item.quantity().unit)}));
      default:
        return item;
    }
  };
  for (std::size_t i = 0; i < items.size(); ++i) new (&copies[i]) Item(own(items[i]));
  return {copies, items.size()};
}

Collection Run::fail(const Step& step, Issue issue) {
  if (failed_) return {};
  failed_ = true;
  if (issue.where.empty()) issue.where = at_byte(step.position);
  issue_ = std::move(issue);
  return {};
}

Collection Run::fail(const Step& step, Code code, std::string what, std::string cure) {
  if (failed_) return {};
  return fail(step, Issue{code, Severity::error, {}, std::move(what), std::move(cure)});
}

bool Run::out_of_steps() {
  steps_left_ = 0;
  if (!failed_) {
    fail(step(program_.root), Code::too_large, "The expression takes too many steps", "Write one that looks at less");
  }
  return false;
}

void Run::too_many_items() {
  fail(step(program_.root), Code::too_large,
       "A collection of more than " + std::to_string(context_.limits.items) + " items",
       "Write an expression that looks at less");
  steps_left_ = 0;
}

Collection Run::text(const Step& step, std::string_view value) {
  if (value.size() > context_.limits.text_bytes) {
    return fail(step, Code::too_large, "A text of more than " + std::to_string(context_.limits.text_bytes) + " bytes");
  }
  if (!spend(value.size() / 16)) return {};
  return view(arena().copy(value));
}

Collection Run::value(const std::optional<Quantity>& value) {
  return value ? one(Item::of(keep(arena(), *value))) : Collection();
}

bool Run::single(const Step& step, Collection items, Item& value) {
  if (items.empty() || failed_) return false;
  if (items.size() > 1) {
    fail(step, Code::bad_value, "One item is wanted, and there are " + std::to_string(items.size()),
         "Choose one with first(), single() or where()");
    return false;
  }
  return system(items.front(), value);
}

bool Run::single_text(const Step& step, Collection items, std::string_view& value) {
  Item item = Item::of(false);
  if (!single(step, items, item)) {
    if (!items.empty() && items.front().is_node() && !items.front().node().is_primitive()) {
      fail(step, Code::bad_value, "A text is wanted, not " + type_of(items.front()));
    }
    return false;
  }
  if (item.kind() != Item::Kind::string) {
    // A date or a number of a resource is a text only by toString().
    fail(step, Code::bad_value, "A text is wanted, not " + type_of(items.front()), "Use toString()");
    return false;
  }
  value = item.text();
  return true;
}

bool Run::single_integer(const Step& step, Collection items, std::int64_t& value) {
  Item item = Item::of(false);
  if (!single(step, items, item)) return false;
  if (item.kind() != Item::Kind::integer) {
    fail(step, Code::bad_value, "An integer is wanted, not " + type_of(items.front()));
    return false;
  }
  value = item.integer();
  return true;
}

std::optional<bool> Run::truth(const Step& step, Collection items) {
  if (items.empty() || failed_) return std::nullopt;
  if (items.size() > 1) {
    fail(step, Code::bad_value, "A Boolean is wanted, and there are " + std::to_string(items.size()) + " items",
         "Say what has to hold for them: exists(), all(), anyTrue()");
    return std::nullopt;
  }
  Item value = Item::of(false);
  if (!system(items.front(), value)) return true;
  return value.kind() == Item::Kind::boolean ? value.boolean() : true;
}

Instant Run::now() {
  if (!now_) now_ = yilian::now();
  return *now_;
}

Collection Run::eval(StepNumber number, Frame& frame) {
  if (failed_ || !spend(1)) return {};
  const Step& step = program_.steps[number];
  switch (step.op) {
    case Op::literal:
      return {&step.value, 1};
    case Op::empty:
      return {};
    case Op::member:
      return member(step, frame);
    case Op::call:
      return call(step, frame);
    case Op::index:
      return at_index(step, frame);
    case Op::this_:
      return frame.focus;
    case Op::index_:
      return frame.index < 0 ? Collection() : integer(frame.index);
    case Op::total:
      return frame.total ? *frame.total : Collection();
    case Op::variable:
      return variable(step, frame);
    case Op::is:
    case Op::as:
      return type_step(step, frame);
    case Op::negative:
      return negate(*this, step, eval(step.left, frame));
    case Op::positive: {
      const Collection items = eval(step.left, frame);
      return negate(*this, step, negate(*this, step, items));
    }
    default:
      return apply_operator(*this, step, frame);
  }
}

Collection Run::member(const Step& step, Frame& frame) {
  const Collection input = step.left == kNoStep ? frame.focus : eval(step.left, frame);
  Collector out(*this);
  for (const Item& item : input) {
    if (!spend(1)) return {};
    if (item.is_node()) {
      // "Patient.name" where the resource is $this.
      if (step.left == kNoStep && step.type.fhir && is_of(*item.node().type, *step.type.fhir)) {
        out.add(item);
      } else {
        children_named(item.node(), step, out);
      }
    } else if (item.kind() == Item::Kind::type) {
      if (step.name == "name") out.add(Item::of_text(item.type().name));
      if (step.name == "namespace") out.add(Item::of_text(item.type().space));
    } else if (item.kind() == Item::Kind::quantity) {
      if (step.name == "value") out.add(Item::of(item.quantity().value));
      if (step.name == "unit" || step.name == "code") out.add(Item::of_text(item.quantity().unit));
    }
  }
  return out.done();
}

Collection Run::call(const Step& step, Frame& frame) {
  Call call{*this, step, frame, step.left == kNoStep ? frame.focus : eval(step.left, frame)};
  if (failed_) return {};
  return step.function->call(call);
}

Collection Run::at_index(const Step& step, Frame& frame) {
  const Collection items = eval(step.left, frame);
  std::int64_t index = 0;
  if (!single_integer(step, eval(step.right, frame), index)) return {};
  if (index < 0 || static_cast<std::uint64_t>(index) >= items.size()) return {};
  return items.subspan(static_cast<std::size_t>(index), 1);
}

Collection Run::type_step(const Step& step, Frame& frame) {
  const Collection items = eval(step.left, frame);
  if (items.empty()) return {};
  if (items.size() > 1 && !(step.op == Op::as && as_filters())) {
    return fail(
        step, Code::bad_value,
        std::string(step.op == Op::is ? "is" : "as") + " takes one item, and there are " + std::to_string(items.size()),
        "Use ofType() to keep those of a type");
  }
  if (step.op == Op::is) return one(is_of(items.front(), step.type));
  Collector out(*this);
  for (const Item& item : items) {
    if (is_kept_as(item, step.type)) out.add(item);
  }
  return out.done();
}

const Node* Run::resource() const { return context_.resource ? context_.resource : resource_of(root_); }

const Node* Run::root_resource() const {
  if (context_.root_resource) return context_.root_resource;
  const Node* found = resource();
  if (!found || !found->element || found->element->name != "contained") return found;
  return found->parent ? resource_of(*found->parent) : found;
}

Collection Run::named_by(std::string_view name, std::string_view before, std::string_view url) {
  std::string full(url);
  full += name.substr(before.size());
  return view(arena().copy(full));
}

// FHIRPath 2.0, 8, and what FHIR adds (R4, fhirpath.html#vars).
Collection Run::variable(const Step& step, Frame& frame) {
  for (const Defined* each = frame.defined; each; each = each->before) {
    if (each->name == step.name) return each->items;
  }
  for (const Variable& each : context_.variables) {
    if (each.name == step.name) return each.items;
  }
  const auto node = [this](const Node* found) { return found ? one(Item::of(*found)) : Collection(); };
  if (step.name == "context") return one(Item::of(root_));
  if (step.name == "resource") return node(resource());
  if (step.name == "rootResource") return node(root_resource());
  if (step.name == "ucum") return view("http://unitsofmeasure.org");
  if (step.name == "sct") return view("http://snomed.info/sct");
  if (step.name == "loinc") return view("http://loinc.org");
  if (step.name.starts_with("vs-")) return named_by(step.name, "vs-", "http://hl7.org/fhir/ValueSet/");
  if (step.name.starts_with("ext-")) return named_by(step.name, "ext-", "http://hl7.org/fhir/StructureDefinition/");
  return fail(step, Code::bad_value, "There is no variable %" + std::string(step.name));
}

}  // namespace yilian::fhirpath
