#include "engine/validation/presence.h"

#include <algorithm>

#include "engine/fhirpath/function.h"

namespace yilian::validation {
namespace {

using fhirpath::kNoStep;
using fhirpath::Op;
using fhirpath::Program;
using fhirpath::Step;
using fhirpath::StepNumber;

// What is known of a collection.
enum class Known : std::uint8_t { unknown, empty, some, yes, no };  // some: at least one item; yes, no: one Boolean

Known known(bool value) { return value ? Known::yes : Known::no; }
bool is_boolean(Known value) { return value == Known::yes || value == Known::no; }

class Analysis {
 public:
  Analysis(const Program& program, const fhir::Type& type) : program_(program), type_(type) {}

  std::vector<std::uint16_t> elements() const {
    std::vector<std::uint16_t> orders;
    for (const Step& step : program_.steps) {
      const fhir::Element* element = first_level(step);
      if (element && std::ranges::find(orders, element->order) == orders.end()) orders.push_back(element->order);
    }
    return orders;
  }

  Known of(StepNumber number, const fhir::ElementSet& present) const {
    const Step& step = program_.steps[number];
    switch (step.op) {
      case Op::literal:
        if (step.value.kind() == fhirpath::Item::Kind::boolean) return known(step.value.boolean());
        return Known::some;
      case Op::empty:
        return Known::empty;
      case Op::this_:
        return Known::some;
      case Op::member:
        return member(step, present);
      case Op::call:
        return call(step, present);
      case Op::and_:
      case Op::or_:
      case Op::xor_:
      case Op::implies:
        return logic(step.op, truth(of(step.left, present)), truth(of(step.right, present)));
      case Op::union_:
        return united(of(step.left, present), of(step.right, present));
      case Op::is:
      case Op::as:
      case Op::in:
        return of(step.left, present) == Known::empty ? Known::empty : Known::unknown;
      case Op::equal:
      case Op::not_equal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        return comparison(step.op, of(step.left, present), of(step.right, present));
      default:
        return Known::unknown;
    }
  }

 private:
  bool is_self(const Step& step) const {
    return step.op == Op::this_ || (step.op == Op::member && step.left == kNoStep && step.name == type_.name);
  }
  // The element of the type that a step begins with, or nullptr.
  const fhir::Element* first_level(const Step& step) const {
    if (step.op != Op::member || is_self(step)) return nullptr;
    if (step.left != kNoStep && !is_self(program_.steps[step.left])) return nullptr;
    return type_.find(step.name);
  }

  Known member(const Step& step, const fhir::ElementSet& present) const {
    if (is_self(step)) return Known::some;
    if (step.left != kNoStep && !is_self(program_.steps[step.left])) {
      return of(step.left, present) == Known::empty ? Known::empty : Known::unknown;
    }
    const fhir::Element* element = first_level(step);
    if (!element) return Known::unknown;
    return present.has(element->order) ? Known::some : Known::empty;
  }

  Known call(const Step& step, const fhir::ElementSet& present) const {
    const std::string_view name = step.function->name;
    const Known input = step.left == kNoStep ? Known::some : of(step.left, present);
    if (name == "not") {
      const Known value = truth(input);
      return is_boolean(value) ? known(value == Known::no) : value;
    }
    if (input == Known::unknown) return Known::unknown;
    if (name == "exists" && step.arguments.empty()) return known(input != Known::empty);
    if (name == "empty") return known(input == Known::empty);
    if (input != Known::empty) return Known::unknown;
    if (name == "exists" || name == "hasValue") return Known::no;
    if (name == "all" || name == "isDistinct") return Known::yes;
    static constexpr std::string_view stay_empty[]{
        "where",   "select",  "first",  "tail", "startsWith",  "contains", "toString", "toInteger",
        "matches", "resolve", "ofType", "as",   "descendants", "children", "trace",    "intersect"};
    return std::ranges::find(stay_empty, name) != std::end(stay_empty) ? Known::empty : Known::unknown;
  }

  // Singleton evaluation: one item that is no Boolean is true, but how many there are, and of what kind, is not known.
  static Known truth(Known value) { return value == Known::some ? Known::unknown : value; }

  // FHIRPath 2.0, 6.5; `empty` is a value of its own there.
  static Known logic(Op op, Known a, Known b) {
    if (op == Op::implies) {
      if (a == Known::no) return Known::yes;
      if (b == Known::yes) return a == Known::unknown ? Known::unknown : Known::yes;
      if (a == Known::yes) return b;
      return a == Known::empty && b != Known::unknown ? Known::empty : Known::unknown;
    }
    if (op == Op::xor_) {
      if (is_boolean(a) && is_boolean(b)) return known(a != b);
      return a != Known::unknown && b != Known::unknown ? Known::empty : Known::unknown;
    }
    const Known deciding = op == Op::or_ ? Known::yes : Known::no;
    if (a == deciding || b == deciding) return deciding;
    if (a == Known::unknown || b == Known::unknown) return Known::unknown;
    return a == Known::empty || b == Known::empty ? Known::empty : a;
  }
  static Known united(Known a, Known b) {
    if (a == Known::empty) return b;
    if (b == Known::empty) return a;
    return a == Known::unknown && b == Known::unknown ? Known::unknown : Known::some;
  }
  static Known comparison(Op op, Known a, Known b) {
    if (a == Known::empty || b == Known::empty) return Known::empty;
    if (!is_boolean(a) || !is_boolean(b)) return Known::unknown;
    if (op == Op::equal) return known(a == b);
    return op == Op::not_equal ? known(a != b) : Known::unknown;
  }

  const Program& program_;
  const fhir::Type& type_;
};

Verdict verdict_of(Known value) {
  switch (value) {
    case Known::yes:
      return Verdict::holds;
    case Known::no:
      return Verdict::fails;
    case Known::empty:
      return Verdict::empty;
    default:
      return Verdict::unknown;
  }
}

}  // namespace

Presence::Presence(const fhirpath::Program& program, const fhir::Type& type) {
  if (type.kind == fhir::Type::Kind::primitive) return;
  const Analysis analysis(program, type);
  std::vector<std::uint16_t> orders = analysis.elements();
  if (orders.size() > kMost) return;
  std::vector<Verdict> verdicts;
  for (std::size_t row = 0; row < std::size_t{1} << orders.size(); ++row) {
    fhir::ElementSet present;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (row >> i & 1) present.set(orders[i]);
    }
    const Verdict verdict = verdict_of(analysis.of(program.root, present));
    // Of what is not there at all it says nothing (bdl-8: an entry without fullUrl).
    verdicts.push_back(row == 0 && verdict == Verdict::empty ? Verdict::holds : verdict);
  }
  if (std::ranges::all_of(verdicts, [](Verdict each) { return each == Verdict::unknown; })) return;
  orders_ = std::move(orders);
  verdicts_ = std::move(verdicts);
}

}  // namespace yilian::validation
