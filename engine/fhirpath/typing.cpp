#include "engine/fhirpath/typing.h"

#include <algorithm>

#include "engine/base/config.h"
#include "engine/fhirpath/function.h"
#include "engine/fhirpath/lexer.h"
#include "engine/fhirpath/type_names.h"

namespace yilian::fhirpath {
namespace {

using fhir::Type;

// What a step gives.
struct Shape {
  bool known = false;  // false: anything; `types` is of no meaning
  bool unordered = false;
  std::vector<const Type*> types;  // of nodes
  std::uint8_t values = 0;         // of System types (Use::Values), as bits

  static Shape system(std::uint8_t values = Use::other) { return {true, false, {}, values}; }
  static Shape of(const Type& type) {
    if (type.abstract_type && type.kind == Type::Kind::resource) return {};
    return {true, false, {&type}};
  }
  void add(const Type* type) {
    if (type->abstract_type) known = false;
    if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  }
  void add(const Shape& other) {
    known = known && other.known;
    unordered = unordered || other.unordered;
    values |= other.values;
    for (const Type* each : other.types) add(each);
  }
};

// The element that was meant: of a choice with its type in the name the choice, else the one that is nearest by its letters.
std::string hint(std::string_view name, const std::vector<const Type*>& types) {
  std::vector<std::string_view> known;
  for (const Type* type : types) {
    for (const fhir::Element& element : type->elements) {
      known.push_back(element.name);
      for (std::size_t i = 0; element.choice && i < element.json_names.size() && i < element.types.size(); ++i) {
        if (element.json_names[i] != name) continue;
        return "Write " + std::string(element.name) + ".ofType(" + std::string(element.types[i]->name) + ")";
      }
    }
  }
  const std::string near = config::nearest(name, known);
  return near.empty() ? "Names are those of the definitions of FHIR R4" : "Did you mean " + near + "?";
}

constexpr std::size_t kMostAsked = 200'000;  // an expression of 64 KiB has fewer than 64 Ki steps

class Typing {
 public:
  Typing(Program& program, const Options& options) : program_(program), options_(options) {}

  Result<void> run() {
    const Shape root = options_.type ? Shape::of(*options_.type) : Shape{};
    Shape given = infer(program_.root, root);
    program_.given_known = given.known;
    program_.given_values = given.values;
    program_.given = std::move(given.types);
    if (issue_) return Failure(std::move(*issue_));
    return {};
  }

 private:
  Shape infer(StepNumber number, const Shape& focus);
  Shape member(Step& step, const Shape& focus);
  Shape call(const Step& step, const Shape& focus);
  Shape given(const Step& step, const Shape& input, const std::vector<Shape>& arguments);
  Shape repeated(const Step& step, const Shape& input);
  Shape of_type(const Step& step, const Shape& input);
  void wrong(const Step& step, std::string what, std::string cure = {}) {
    if (!issue_)
      issue_ = Issue{Code::bad_value, Severity::error, at_byte(step.position), std::move(what), std::move(cure)};
  }

  Program& program_;
  const Options& options_;
  std::optional<Issue> issue_;
  std::size_t asked_ = 0;
};

std::string listed(const std::vector<const Type*>& types) {
  std::string text;
  for (std::size_t i = 0; i < types.size() && i < 4; ++i) {
    if (i > 0) text += ", ";
    text += types[i]->name;
  }
  return types.size() > 4 ? text + ", …" : text;
}

Shape Typing::member(Step& step, const Shape& focus) {
  const Shape input = step.left == kNoStep ? focus : infer(step.left, focus);
  if (!input.known) return {false, input.unordered, {}};
  Shape made{true, input.unordered, {}};
  if (step.left == kNoStep && step.type.fhir) {
    for (const Type* each : input.types) {
      if (is_of(*each, *step.type.fhir)) made.add(each);
    }
    if (!made.types.empty()) return made;
  }
  bool found_any = false;
  for (const Type* each : input.types) {
    const fhir::Element* const element = each->find(step.name);
    if (!element) continue;
    found_any = true;
    const auto same = [&](const KnownElement& known) { return known.in == each; };
    if (std::ranges::none_of(step.known, same)) step.known.push_back({each, element});
    for (const Type* type : element->types) made.add(type);
  }
  if (!found_any && !input.types.empty() && options_.strict) {
    wrong(step, "There is no element '" + std::string(step.name) + "' in " + listed(input.types), hint(step.name, input.types));
  }
  if (!found_any) made.known = false;
  return made;
}

Shape Typing::of_type(const Step& step, const Shape& input) {
  const TypeSpecifier& type = step.type;
  Shape made{true, input.unordered, {}, type.system && (input.values != 0 || !input.known) ? Use::other : Use::none};
  if (type.fhir) {
    for (const Type* each : input.types) {
      if (is_kept_as(*each, *type.fhir)) made.add(each);
    }
  }
  if (input.known && !input.types.empty() && made.types.empty() && made.values == 0 && program_.never.empty())
    program_.never = at_byte(step.position) + ": " + listed(input.types) + " is never of the type asked for";
  if (type.fhir && (made.types.empty() || !input.known)) made.add(type.fhir);
  return made;
}

// What it gives is asked again; twice is enough for types that hold themselves.
Shape Typing::repeated(const Step& step, const Shape& input) {
  Shape made = infer(step.arguments.front(), input);
  for (int i = 0; i < 2; ++i) {
    Shape both = input;
    both.add(made);
    made.add(infer(step.arguments.front(), both));
  }
  return made;
}

Shape Typing::given(const Step& step, const Shape& input, const std::vector<Shape>& arguments) {
  switch (step.function->gives) {
    case Gives::same:
      return input;
    case Gives::argument:
      return arguments.front();
    case Gives::both: {
      Shape made = input;
      made.add(arguments.front());
      return made;
    }
    case Gives::type:
      return of_type(step, input);
    case Gives::branches: {
      Shape made = arguments[1];
      if (arguments.size() > 2) made.add(arguments[2]);
      return made;
    }
    case Gives::children:
    case Gives::descendants:
      return {false, true, {}};
    case Gives::extension: {
      static const Type* const extension = fhir::type("Extension");
      return Shape::of(*extension);
    }
    case Gives::unknown:
      return {};
    case Gives::boolean:
      return Shape::system(Use::boolean);
    case Gives::integer:
    case Gives::decimal:
      return Shape::system(Use::number);
    case Gives::string:
      return Shape::system(Use::text);
    default:
      return Shape::system();
  }
}

Shape Typing::call(const Step& step, const Shape& focus) {
  const Shape input = step.left == kNoStep ? focus : infer(step.left, focus);
  const Function& function = *step.function;
  if (options_.check_order && function.ordered && input.unordered) {
    wrong(step, std::string(function.name) + "() is used on what has no order");
  }
  if (function.name == "repeat") return repeated(step, input);
  std::vector<Shape> arguments;
  if (function.gives == Gives::type || function.name == "is") return given(step, input, arguments);
  for (std::size_t i = 0; i < step.arguments.size(); ++i) {
    arguments.push_back(infer(step.arguments[i], i >= function.each_from ? input : focus));
  }
  return given(step, input, arguments);
}

Shape Typing::infer(StepNumber number, const Shape& focus) {
  // repeat() asks for its argument's types again, and repeat() within repeat() again and again.
  if (++asked_ > kMostAsked) {
    if (!issue_)
      issue_ = Issue{Code::too_large,
                     Severity::error,
                     at_byte(program_.steps[number].position),
                     "Too many repeat() within each other",
                     {}};
    return {};
  }
  Step& step = program_.steps[number];
  switch (step.op) {
    case Op::member:
      return member(step, focus);
    case Op::call:
      return call(step, focus);
    case Op::this_:
      return focus;
    case Op::index: {
      const Shape items = infer(step.left, focus);
      infer(step.right, focus);
      if (options_.check_order && items.unordered) wrong(step, "An index is used on what has no order");
      return items;
    }
    case Op::union_: {
      Shape made = infer(step.left, focus);
      made.add(infer(step.right, focus));
      return made;
    }
    case Op::as:
      return of_type(step, infer(step.left, focus));
    case Op::total:
    case Op::variable:
      return {};
    case Op::empty:
      return Shape::system(Use::none);
    case Op::literal:
      return Shape::system();
    case Op::index_:
      return Shape::system(Use::number);
    default:
      break;
  }
  if (step.left != kNoStep) infer(step.left, focus);
  if (step.right != kNoStep) infer(step.right, focus);
  return Shape::system(step.op >= Op::less && step.op <= Op::is ? Use::boolean : Use::other);
}

}  // namespace

Result<void> resolve_types(Program& program, const Options& options) { return Typing(program, options).run(); }

}  // namespace yilian::fhirpath
