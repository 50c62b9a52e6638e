#include "engine/mapping/outbound/expression.h"

#include <array>
#include <utility>

#include "engine/base/config.h"
#include "engine/fhirpath/checked.h"

namespace yilian::mapping::outbound {
namespace {

constexpr int kMostDepth = 40;
constexpr std::pair<std::string_view, std::array<int, 2>> kFunctions[] = {
    {"count", {1, 1}},  {"length", {1, 1}},    {"concat", {1, 20}},    {"words", {1, 20}},          {"match", {2, 2}},
    {"upper", {1, 1}},  {"version", {0, 0}},   {"option", {1, 1}},     {"event", {0, 0}},           {"now", {0, 0}},
    {"name", {1, 1}},   {"universal", {1, 1}}, {"coding", {1, 1}},     {"universal-type", {1, 1}},  {"table", {2, 2}},
    {"first-line", {1, 1}}, {"profile", {1, 1}},    {"plain", {1, 1}},
};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  Parser(std::string_view text, const Scope& scope) : text_(text), scope_(scope) {}

  template <class Make>
  auto whole(Make make) -> Result<decltype(make(*this))> {
    auto made = make(*this);
    blanks();
    if (!failed_ && at_ < text_.size()) wrong("unexpected '" + std::string(text_.substr(at_)) + "'");
    if (failed_) return Failure(issue_);
    return made;
  }

  Expression condition() {
    Expression first = conjunction();
    return chain(std::move(first), "or", Expression::Op::either, &Parser::conjunction);
  }

  Expression operand() {
    Expression first = single();
    blanks();
    if (!take("??")) return first;
    Expression all{Expression::Op::coalesce, {}, {}, {}, {}};
    all.args.push_back(std::move(first));
    do {
      all.args.push_back(single());
      blanks();
    } while (!failed_ && take("??"));
    return all;
  }

  Path path() {
    Path path;
    path.type = scope_.type;
    blanks();
    bool first = true;
    if (peek() == '.' && !(at_ + 1 < text_.size() && letter(text_[at_ + 1]))) {
      ++at_;
      first = false;
    } else if (take("$")) {
      const std::string name = word();
      const auto found = scope_.variables == nullptr ? decltype(scope_.variables->end())() : scope_.variables->find(name);
      if (scope_.variables == nullptr || found == scope_.variables->end()) {
        wrong("no variable '$" + name + "' here", "variables are declared by `with:` of this row or one around it");
        return path;
      }
      path.type = found->second;
      path.steps.push_back({Step::Op::variable, name, {}, path.type, 0, {}});
      first = false;
    } else if (take("all(")) {
      const auto* type = resource_type();
      expect(")");
      path.type = type;
      path.steps.push_back({Step::Op::every, {}, {}, type, 0, {}});
      first = false;
    }
    while (!failed_) {
      if (take("->")) {
        follow(path);
      } else if (take("<-")) {
        back(path);
      } else if (peek() == '[') {
        ++at_;
        bracket(path);
      } else if (first ? letter(peek()) : take(".")) {
        element(path);
      } else {
        if (first) wrong("a path was expected at '" + std::string(text_.substr(at_)) + "'");
        break;
      }
      first = false;
    }
    return path;
  }

 private:
  void wrong(std::string what, std::string cure = {}) {
    if (failed_) return;
    failed_ = true;
    issue_ = Issue{Code::bad_syntax, Severity::error, {}, std::move(what), std::move(cure)};
  }

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  bool keyword(std::string_view what) {
    blanks();
    const std::size_t before = at_;
    if (take(what) && !letter(peek()) && !digit(peek())) return true;
    at_ = before;
    return false;
  }
  void expect(std::string_view what) {
    blanks();
    if (!take(what)) wrong("'" + std::string(what) + "' was expected at '" + std::string(text_.substr(at_)) + "'");
  }
  std::string word() {
    const std::size_t begin = at_;
    while (letter(peek()) || digit(peek()) || (peek() == '-' && at_ + 1 < text_.size() && (letter(text_[at_ + 1]) || digit(text_[at_ + 1])))) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  std::string quoted() {
    std::string out;
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == 'n')) {
        ++at_;
        out.push_back(text_[at_] == 'n' ? '\n' : '"');
        ++at_;
        continue;
      }
      out.push_back(text_[at_++]);
    }
    if (peek() != '"') wrong("a quotation mark is missing");
    ++at_;
    return out;
  }

  Expression chain(Expression first, std::string_view word, Expression::Op op, Expression (Parser::*next)()) {
    if (!keyword(word)) return first;
    Expression all{op, {}, {}, {}, {}};
    all.args.push_back(std::move(first));
    do all.args.push_back((this->*next)());
    while (!failed_ && keyword(word));
    return all;
  }
  Expression conjunction() {
    Expression first = negation();
    return chain(std::move(first), "and", Expression::Op::both, &Parser::negation);
  }
  Expression negation() {
    if (++depth_ > kMostDepth) wrong("nested too deep");
    Expression made;
    if (failed_) {
    } else if (keyword("not")) {
      made = Expression{Expression::Op::negate, {}, {}, {}, {}};
      made.args.push_back(negation());
    } else if (blanks(), peek() == '(') {
      ++at_;
      made = condition();
      expect(")");
    } else {
      made = comparison();
      if (made.op == Expression::Op::fhirpath && made.fhirpath && made.fhirpath->expression.use().never_true) {
        wrong("the FHIRPath can never hold", "it contradicts itself, or asks for a value that the element cannot have");
      }
    }
    --depth_;
    return made;
  }
  Expression comparison() {
    Expression left = operand();
    blanks();
    for (const std::string_view op : {"<=", ">=", "!=", "=", "<", ">"}) {
      if (op == "<" && text_.substr(at_, 2) == "<-") continue;
      if (!take(op)) continue;
      Expression made{Expression::Op::compare, std::string(op), {}, {}, {}};
      made.args.push_back(std::move(left));
      made.args.push_back(operand());
      return made;
    }
    const bool negated = keyword("not in");
    if (negated || keyword("in")) {
      Expression made{Expression::Op::among, {}, {}, {}, {}};
      made.args.push_back(std::move(left));
      expect("(");
      do made.args.push_back(operand());
      while (!failed_ && (blanks(), take(",")));
      expect(")");
      if (!negated) return made;
      Expression outer{Expression::Op::negate, {}, {}, {}, {}};
      outer.args.push_back(std::move(made));
      return outer;
    }
    if (keyword("matches")) {
      blanks();
      if (peek() != '"') wrong("a regular expression in quotes was expected after 'matches'");
      Expression made{Expression::Op::matches, failed_ ? "" : quoted(), {}, {}, {}};
      made.args.push_back(std::move(left));
      compile(made);
      return made;
    }
    return left;
  }
  void compile(Expression& made) {
    auto regex = std::make_shared<RE2>(made.text, RE2::Quiet);
    if (!regex->ok()) wrong("no regular expression: " + regex->error());
    made.regex = std::move(regex);
  }

  Expression single() {
    blanks();
    Expression made;
    if (++depth_ > kMostDepth) wrong("nested too deep");
    if (failed_) return made;
    if (peek() == '"') {
      made.text = quoted();
    } else if (digit(peek())) {
      while (digit(peek()) || peek() == '.') made.text.push_back(text_[at_++]);
    } else if (!call(made)) {
      made.op = Expression::Op::path;
      made.path = path();
    }
    --depth_;
    return made;
  }

  bool call(Expression& made) {
    const std::size_t before = at_;
    const std::string name = word();
    if (name.empty() || name == "all" || name == "extension" || peek() != '(') {
      at_ = before;
      return false;
    }
    ++at_;
    blanks();
    if (name == "fhirpath") {
      ask_fhirpath(made);
      return true;
    }
    made.op = Expression::Op::call;
    made.text = name;
    if ((name == "option" || name == "profile") && letter(peek())) {
      made.args.push_back(Expression{Expression::Op::literal, word(), {}, {}, {}});
      expect(")");
    } else if (!take(")")) {
      do made.args.push_back(operand());
      while (!failed_ && (blanks(), take(",")));
      expect(")");
    }
    std::vector<std::string_view> known;
    for (const auto& [function, counts] : kFunctions) {
      known.push_back(function);
      if (function != name) continue;
      const int given = static_cast<int>(made.args.size());
      if (given < counts[0] || given > counts[1]) wrong(name + "() takes " + std::to_string(counts[0]) + " values, not " + std::to_string(given));
      return check(made);
    }
    known.push_back("fhirpath");
    wrong("no function '" + name + "'", "did you mean " + config::nearest(name, known) + "()?");
    return true;
  }
  // In quotes of either kind; a backslash stands before one of them inside, all other ones are FHIRPath's.
  void ask_fhirpath(Expression& made) {
    const char quote = peek();
    std::string text;
    if (quote != '"' && quote != '\'') return wrong("fhirpath() takes an expression in quotes");
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[++at_] != quote) text += '\\';
      text += text_[at_];
    }
    if (peek() != quote) return wrong("a quotation mark is missing");
    ++at_;
    expect(")");
    auto compiled = fhirpath::compile_checked(text, scope_.type);
    if (!compiled) {
      const std::string on = scope_.type == nullptr ? std::string() : " on " + std::string(scope_.type->name);
      return wrong("the FHIRPath" + on + ": " + fhirpath::told(compiled.error()), compiled.error().cure);
    }
    const fhirpath::Use use = compiled->use();
    made.op = Expression::Op::fhirpath;
    if (use.known && use.gives.size() == 1 && use.values == fhirpath::Use::none) made.path.type = use.gives.front();
    made.fhirpath = std::make_shared<const FhirPath>(FhirPath{std::move(*compiled), scope_.type});
  }
  bool check(Expression& made) {
    const auto one_of = [&](const Expression& arg, const std::set<std::string>* names, const char* what) {
      if (arg.op != Expression::Op::literal) return wrong(made.text + "() takes a name");
      if (names != nullptr && !names->contains(arg.text)) {
        const std::string near = config::nearest(arg.text, std::vector<std::string_view>(names->begin(), names->end()));
        wrong(std::string("no ") + what + " '" + arg.text + "'", near.empty() ? "" : "did you mean '" + near + "'?");
      }
    };
    if (made.text == "option") one_of(made.args[0], scope_.options, "option");
    if (made.text == "table") one_of(made.args[1], scope_.tables, "table");
    if (made.text == "match") {
      if (made.args[1].op != Expression::Op::literal) {
        wrong("match() takes a regular expression in quotes");
      } else {
        Expression held{Expression::Op::matches, made.args[1].text, {}, {}, {}};
        compile(held);
        made.regex = held.regex;
        made.args.pop_back();
      }
    }
    return true;
  }

  const fhir::Type* resource_type() {
    const std::string name = word();
    if (fhir::is_resource_type(name)) return fhir::type(name);
    std::vector<std::string_view> known;
    for (const auto* each : fhir::resource_types()) known.push_back(each->name);
    wrong("no resource type '" + name + "'", "did you mean " + config::nearest(name, known) + "?");
    return nullptr;
  }

  void element(Path& path) {
    const std::string name = word();
    if (failed_) return;
    if (name == "extension" && take("(")) return extension(path);
    Step step{Step::Op::element, name, "_" + name, nullptr, 0, {}};
    if (path.type == nullptr) return wrong("." + name + " of no known type", "say which by ->Type before it");
    if (path.type->kind == fhir::Type::Kind::primitive) {
      if (name != "extension") return wrong("a " + std::string(path.type->name) + " has no element '" + name + "'");
      path.type = fhir::type("Extension");
    } else if (path.type->kind == fhir::Type::Kind::resource && name == "id") {
      path.type = fhir::type("id");
    } else {
      const auto found = fhir::find_json(*path.type, name);
      if (found.element == nullptr || found.type == nullptr) return unknown(*path.type, name);
      path.type = found.type;
    }
    path.steps.push_back(std::move(step));
  }
  void unknown(const fhir::Type& type, const std::string& name) {
    std::vector<std::string_view> known;
    for (const auto& each : type.elements) {
      if (each.choice) known.insert(known.end(), each.json_names.begin(), each.json_names.end());
      if (!each.choice) known.push_back(each.name);
    }
    const std::string near = config::nearest(name, known);
    wrong(std::string(type.name) + " has no element '" + name + "'", near.empty() ? "" : "did you mean " + near + "?");
  }

  // extension(patient-religion): of HL7's own; extension("http://…") of any.
  void extension(Path& path) {
    std::string url = peek() == '"' ? quoted() : "http://hl7.org/fhir/StructureDefinition/" + word();
    expect(")");
    path.steps.push_back({Step::Op::element, "extension", "_extension", nullptr, 0, {}});
    path.type = fhir::type("Extension");
    Expression test{Expression::Op::compare, "=", {}, {}, {}};
    Expression left{Expression::Op::path, {}, {}, {}, {}};
    left.path.steps.push_back({Step::Op::element, "url", "_url", nullptr, 0, {}});
    left.path.type = fhir::type("uri");
    test.args.push_back(std::move(left));
    test.args.push_back(Expression{Expression::Op::literal, std::move(url), {}, {}, {}});
    path.steps.push_back({Step::Op::where, {}, {}, nullptr, 0, std::make_shared<const Expression>(std::move(test))});
  }

  void follow(Path& path) {
    if (path.type == nullptr || path.type->name != "Reference") return wrong("-> follows a Reference only");
    const fhir::Type* type = resource_type();
    path.type = type;
    path.steps.push_back({Step::Op::follow, {}, {}, type, 0, {}});
  }

  void back(Path& path) {
    if (path.type != nullptr && path.type->kind != fhir::Type::Kind::resource) return wrong("<- starts at a resource only");
    const fhir::Type* type = resource_type();
    Step step{Step::Op::referrer, {}, {}, type, 0, {}};
    const fhir::Type* inner = type;
    while (!failed_ && take(".")) {
      const std::string name = word();
      const auto found = inner == nullptr ? fhir::Found() : fhir::find_json(*inner, name);
      if (found.type == nullptr) return unknown(*type, name);
      inner = found.type;
      step.name += (step.name.empty() ? "" : ".") + name;
      if (inner->name == "Reference") break;
    }
    if (!failed_ && (inner == nullptr || inner->name != "Reference")) wrong("<-" + std::string(type->name) + "… must name a Reference of it");
    path.type = type;
    path.steps.push_back(std::move(step));
  }

  void bracket(Path& path) {
    blanks();
    if (digit(peek())) {
      std::size_t index = 0;
      while (digit(peek()) && index < 100000) index = index * 10 + static_cast<std::size_t>(text_[at_++] - '0');
      expect("]");
      path.steps.push_back({Step::Op::at, {}, {}, nullptr, index, {}});
      return;
    }
    Scope inner = scope_;
    inner.type = path.type;
    std::swap(inner, scope_);
    auto test = std::make_shared<Expression>(condition());
    std::swap(inner, scope_);
    expect("]");
    path.steps.push_back({Step::Op::where, {}, {}, nullptr, 0, std::move(test)});
  }

  std::string_view text_;
  Scope scope_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  Issue issue_;
};

}  // namespace

Result<Expression> parse_condition(std::string_view text, const Scope& scope) {
  return Parser(text, scope).whole([](Parser& p) { return p.condition(); });
}
Result<Expression> parse_operand(std::string_view text, const Scope& scope) {
  return Parser(text, scope).whole([](Parser& p) { return p.operand(); });
}
Result<Path> parse_path(std::string_view text, const Scope& scope) {
  return Parser(text, scope).whole([](Parser& p) { return p.path(); });
}

}  // namespace yilian::mapping::outbound
