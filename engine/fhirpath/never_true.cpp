#include "engine/fhirpath/never_true.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/fhirpath/function.h"

namespace yilian::fhirpath {
namespace {

constexpr std::size_t kMostFacts = 200;  // of one chain of `and`; behind them nothing is looked for

// What a step may give, as bits; what is no Boolean may be anything.
enum Outcome : std::uint8_t { kTrue = 1, kFalse = 2, kEmpty = 4, kAny = 7 };
constexpr Outcome kOutcomes[]{kTrue, kFalse, kEmpty};

// Something that a part of an `and` says of what another part may speak of too.
struct Fact {
  enum class Says : std::uint8_t { there, absent, holds, fails, equals } says;
  std::string of;
  std::string value;  // of equals
};

bool contradict(const Fact& a, const Fact& b) {
  using Says = Fact::Says;
  if (a.of != b.of) return false;
  const auto are = [&](Says one, Says other) {
    return (a.says == one && b.says == other) || (a.says == other && b.says == one);
  };
  return are(Says::there, Says::absent) || are(Says::equals, Says::absent) || are(Says::holds, Says::fails) ||
         (a.says == Says::equals && b.says == Says::equals && a.value != b.value);
}

Outcome combined(Op op, Outcome a, Outcome b) {
  switch (op) {
    case Op::and_:
      return a == kFalse || b == kFalse ? kFalse : a == kEmpty || b == kEmpty ? kEmpty : kTrue;
    case Op::or_:
      return a == kTrue || b == kTrue ? kTrue : a == kEmpty || b == kEmpty ? kEmpty : kFalse;
    default:  // xor
      return a == kEmpty || b == kEmpty ? kEmpty : a == b ? kFalse : kTrue;
  }
}

enum class Kind : std::uint8_t { unknown, boolean, number, text };

class Outcomes {
 public:
  explicit Outcomes(const Program& program) : program_(program) {}

  std::uint8_t of(StepNumber number, bool chained = false) const;

 private:
  const Step& step(StepNumber number) const { return program_.steps[number]; }
  bool calls(const Step& step, std::string_view name, std::size_t arguments) const {
    return step.op == Op::call && step.function->name == name && step.arguments.size() == arguments;
  }
  std::uint8_t of_call(const Step& step) const;
  bool nothing(const Step& step) const;
  void facts(StepNumber number, std::vector<Fact>& out) const;
  bool contradicts_itself(StepNumber number) const;
  bool never_equal(const Step& a, const Step& b) const;
  Kind kind(const Step& step) const;
  void write(StepNumber number, std::string& out) const;
  std::string written(StepNumber number) const {
    std::string out;
    write(number, out);
    return out;
  }

  const Program& program_;
};

// The same for steps that say the same.
void Outcomes::write(StepNumber number, std::string& out) const {
  if (number == kNoStep) return;
  const Step& s = step(number);
  out += '(' + std::to_string(static_cast<int>(s.op)) + ' ';
  out += s.op == Op::call ? s.function->name : s.name;
  if (s.op == Op::literal) out += std::to_string(static_cast<int>(s.value.kind())) + '\'' + text_of(s.value);
  if (s.type.fhir) out.append(" ").append(s.type.fhir->name);
  if (s.type.system) out += ' ' + std::to_string(static_cast<int>(*s.type.system));
  write(s.left, out);
  out += ',';
  write(s.right, out);
  for (const StepNumber argument : s.arguments) write(argument, out);
  out += ')';
}

Kind kind(const fhir::Type& type) {
  if (type.kind != fhir::Type::Kind::primitive) return Kind::unknown;
  if (type.name == "boolean") return Kind::boolean;
  for (const std::string_view each : {"decimal", "integer", "positiveInt", "unsignedInt"}) {
    if (type.name == each) return Kind::number;
  }
  for (const std::string_view each : {"string", "code", "id", "markdown", "uri", "url", "canonical", "oid", "uuid"}) {
    if (type.name == each) return Kind::text;
  }
  return Kind::unknown;
}

Kind Outcomes::kind(const Step& s) const {
  if (s.op == Op::literal) {
    switch (s.value.kind()) {
      case Item::Kind::boolean:
        return Kind::boolean;
      case Item::Kind::integer:
      case Item::Kind::decimal:
        return Kind::number;
      case Item::Kind::string:
        return Kind::text;
      default:
        return Kind::unknown;
    }
  }
  if (s.op == Op::call) {
    switch (s.function->gives) {
      case Gives::boolean:
        return Kind::boolean;
      case Gives::integer:
      case Gives::decimal:
        return Kind::number;
      case Gives::string:
        return Kind::text;
      default:
        return Kind::unknown;
    }
  }
  if (s.op != Op::member || s.known.size() != 1 || s.known.front().element->types.size() != 1) return Kind::unknown;
  return fhirpath::kind(*s.known.front().element->types.front());
}

bool Outcomes::never_equal(const Step& a, const Step& b) const {
  const Kind of_a = kind(a), of_b = kind(b);
  if (of_a != Kind::unknown && of_b != Kind::unknown && of_a != of_b) return true;
  const Step& literal = a.op == Op::literal ? a : b;
  const Step& element = a.op == Op::literal ? b : a;
  if (literal.op != Op::literal || literal.value.kind() != Item::Kind::string || element.op != Op::member) return false;
  return !element.known.empty() && std::ranges::all_of(element.known, [&](const KnownElement& known) {
    const auto& codes = known.element->codes;
    return !codes.empty() && known.element->types.size() == 1 && known.element->types.front()->name == "code" &&
           !std::binary_search(codes.begin(), codes.end(), literal.value.text());
  });
}

void Outcomes::facts(StepNumber number, std::vector<Fact>& out) const {
  using Says = Fact::Says;
  const Step& s = step(number);
  if (out.size() > kMostFacts) return;
  if (s.op == Op::and_) {
    facts(s.left, out);
    facts(s.right, out);
    return;
  }
  out.push_back({Says::holds, written(number), {}});
  if (s.left == kNoStep) return;
  if (calls(s, "exists", 0)) out.push_back({Says::there, written(s.left), {}});
  if (calls(s, "empty", 0)) out.push_back({Says::absent, written(s.left), {}});
  if (calls(s, "not", 0)) {
    const Step& inner = step(s.left);
    out.push_back({Says::fails, written(s.left), {}});
    if (inner.left != kNoStep && calls(inner, "exists", 0)) out.push_back({Says::absent, written(inner.left), {}});
    if (inner.left != kNoStep && calls(inner, "empty", 0)) out.push_back({Says::there, written(inner.left), {}});
  }
  if (s.op != Op::equal) return;
  const bool behind = step(s.right).op == Op::literal;
  const Step& literal = step(behind ? s.right : s.left);
  const Item::Kind kind = literal.value.kind();
  // Numbers and dates may be written in several ways.
  if (literal.op != Op::literal || (kind != Item::Kind::string && kind != Item::Kind::boolean)) return;
  out.push_back({Says::equals, written(behind ? s.left : s.right), written(behind ? s.right : s.left)});
}

bool Outcomes::contradicts_itself(StepNumber number) const {
  std::vector<Fact> all;
  facts(number, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (contradict(all[i], all[k])) return true;
    }
  }
  return false;
}

// Whether the step gives no item, ever.
bool Outcomes::nothing(const Step& s) const {
  if (s.op == Op::empty) return true;
  if (calls(s, "where", 1) && (of(s.arguments.front()) & kTrue) == 0) return true;
  return s.op == Op::member && s.left != kNoStep && nothing(step(s.left));
}

std::uint8_t Outcomes::of_call(const Step& s) const {
  if (calls(s, "not", 0) && s.left != kNoStep) {
    const std::uint8_t inner = of(s.left);
    return static_cast<std::uint8_t>((inner & kEmpty) | ((inner & kTrue) != 0 ? kFalse : 0) | ((inner & kFalse) != 0 ? kTrue : 0));
  }
  if (calls(s, "exists", 0) && s.left != kNoStep && nothing(step(s.left))) return kFalse;
  if (calls(s, "exists", 1) && (of(s.arguments.front()) & kTrue) == 0) return kFalse;
  return kAny;
}

// `chained`: part of an `and` that is looked at as a whole.
std::uint8_t Outcomes::of(StepNumber number, bool chained) const {
  const Step& s = step(number);
  switch (s.op) {
    case Op::empty:
      return kEmpty;
    case Op::literal:
      return s.value.kind() != Item::Kind::boolean ? kAny : s.value.boolean() ? kTrue : kFalse;
    case Op::call:
      return of_call(s);
    case Op::equal:
    case Op::equivalent: {
      const bool never = s.op == Op::equal && never_equal(step(s.left), step(s.right));
      return never ? kFalse | kEmpty : kAny;
    }
    case Op::and_:
    case Op::or_:
    case Op::xor_: {
      const bool and_too = s.op == Op::and_;
      const std::uint8_t left = of(s.left, and_too), right = of(s.right, and_too);
      std::uint8_t made = 0;
      for (const Outcome a : kOutcomes) {
        for (const Outcome b : kOutcomes) {
          if ((left & a) != 0 && (right & b) != 0) made |= combined(s.op, a, b);
        }
      }
      if (and_too && !chained && (made & kTrue) != 0 && contradicts_itself(number)) made &= kFalse | kEmpty;
      return made;
    }
    default:
      return kAny;
  }
}

}  // namespace

bool never_true(const Program& program) { return (Outcomes(program).of(program.root) & kTrue) == 0; }

}  // namespace yilian::fhirpath
