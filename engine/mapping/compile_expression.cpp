// Conditions, operands and field names to numbers.

#include <algorithm>
#include <charconv>

#include "engine/mapping/compiler.h"

namespace yilian::mapping {

using config::Node;

namespace {

// Types whose text is taken whole.
bool is_primitive_type(std::string_view type) {
  for (const std::string_view known : {"ST", "TX", "FT", "NM", "DT", "TM", "DTM", "ID", "IS", "SI", "SNM"}) {
    if (type == known) return true;
  }
  return false;
}

// Whether a field says one of few things: a code, a unit, a range, a place, a name of a department; no time, no number
// and no identifier.
bool recurs(const PathName& path) {
  const hl7v2::FieldFacts* facts = hl7v2::field_facts(path.head, path.field);
  if (facts == nullptr) return false;
  for (const std::string_view known : {"CWE", "CE", "CNE", "ID", "IS", "ST", "HD", "PL", "XON", "MSG"}) {
    if (facts->datatype == known) return true;
  }
  return false;
}

struct Function {
  std::string_view name;
  Expr::Op op;
  std::size_t least, most;
};
constexpr Function kFunctions[] = {
    {"count", Expr::Op::count, 1, 1},     {"length", Expr::Op::length, 1, 1}, {"upper", Expr::Op::upper, 1, 1},
    {"trim", Expr::Op::trim, 1, 1},       {"digits", Expr::Op::digits, 1, 1}, {"concat", Expr::Op::concat, 1, 20},
    {"match", Expr::Op::match, 2, 2},     {"pick", Expr::Op::pick, 1, 30},    {"made", Expr::Op::made, 1, 1},
    {"version", Expr::Op::version, 0, 0}, {"feed", Expr::Op::feed, 0, 0},     {"hospital", Expr::Op::hospital, 0, 0},
    {"table", Expr::Op::table, 2, 2},     {"system", Expr::Op::system, 1, 1},
    {"plus", Expr::Op::plus, 3, 3},       {"script", Expr::Op::script, 1, 21},
};

Expr::Compare comparison(std::string_view op) {
  if (op == "=") return Expr::Compare::equal;
  if (op == "!=") return Expr::Compare::differs;
  if (op == "<") return Expr::Compare::less;
  if (op == "<=") return Expr::Compare::at_most;
  if (op == ">") return Expr::Compare::more;
  return Expr::Compare::at_least;
}

}  // namespace

bool Compiler::known_segment(const std::string& id) const {
  return hl7v2::is_segment(id) || sources_.z_segments.count(id) > 0;
}

std::uint32_t Compiler::add_expr(Expr expr) {
  if (expr.op == Expr::Op::literal && !expr.text.empty()) {
    const auto [end, error] = std::from_chars(expr.text.data(), expr.text.data() + expr.text.size(), expr.number);
    expr.is_number = error == std::errc() && end == expr.text.data() + expr.text.size();
  }
  const bool selects = expr.op == Expr::Op::selector || expr.op == Expr::Op::count || expr.op == Expr::Op::pick;
  // What a script says of a call that went wrong is told of each call: its truth is never kept.
  expr.steady =
      expr.op != Expr::Op::made && expr.op != Expr::Op::script && (!selects || program_->selectors[expr.index].base == Selector::Base::segment);
  // Where no segment is read, 0 stays; what looks at more than fields is of no single one.
  bool several = expr.op == Expr::Op::exists || expr.op == Expr::Op::count_segments;
  const auto of = [&](std::uint16_t segment) {
    several = several || (expr.segment != 0 && segment != 0 && segment != expr.segment);
    if (segment != 0) expr.segment = segment;
  };
  if (selects) {
    const Selector& read = program_->selectors[expr.index];
    of(read.segment);
    expr.fields = std::uint64_t{1} << (read.field < 64 ? read.field : 0);
    if (read.read == Selector::Read::by_obx2) expr.fields |= std::uint64_t{1} << 2;
  }
  // All numbers have one width, so that no two expressions are written alike.
  std::string meaning{static_cast<char>(expr.op), static_cast<char>(expr.compare), expr.pick_first ? '1' : '0'};
  const auto means = [&](std::uint32_t number) {
    meaning.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  means(expr.index);
  means(expr.count);
  for (std::uint32_t i = 0; i < expr.count; ++i) {
    const std::uint32_t argument = program_->arguments[expr.first + i];
    const Expr& part = program_->exprs[argument];
    expr.steady = expr.steady && part.steady;
    several = several || (part.steady && !part.of_one && part.op != Expr::Op::literal);
    of(part.segment);
    expr.fields |= part.fields;
    means(argument);
  }
  expr.of_one = expr.steady && !several && expr.segment != 0;
  meaning += expr.text;
  const auto [known, fresh] = exprs_.emplace(std::move(meaning), static_cast<std::uint32_t>(program_->exprs.size()));
  if (fresh) program_->exprs.push_back(expr);
  return known->second;
}

std::uint32_t Compiler::add_selector(const Selector& s) {
  static_assert(SegmentIds::kMost < 1u << 13, "so many bits are left beside base, read and three numbers of sixteen");
  std::uint64_t meaning = static_cast<std::uint64_t>(s.base) << 2 | static_cast<std::uint64_t>(s.read);
  meaning = meaning << 13 | s.segment;
  for (const std::uint64_t part : {s.field, s.component, s.subcomponent}) meaning = meaning << 16 | part;
  const auto [known, fresh] = selectors_.emplace(meaning, static_cast<std::uint32_t>(program_->selectors.size()));
  if (fresh) program_->selectors.push_back(s);
  return known->second;
}

std::uint32_t Compiler::compile_condition(const Node& node, const Place& place) {
  // Messages say the same things again and again.
  const std::string text = node.text_or("");
  if (place.plain()) {
    if (const auto made = plain_conditions_.find(text); made != plain_conditions_.end()) return made->second;
  }
  const auto [known, fresh] = conditions_.try_emplace(text);
  if (fresh) known->second = parse_condition(known->first);
  const Result<Expression>& parsed = known->second;
  if (parsed) {
    const std::uint32_t made = compile_tests(*parsed, Test::kHolds, Test::kFails, node, place);
    if (made != kNone && place.plain()) plain_conditions_.emplace(text, made);
    return made;
  }
  fail(node, "the condition is not understood: " + parsed.error().what);
  return kNone;
}

// The first test of a condition that goes on at `yes` or `no`. Later parts come first: they are where earlier ones go on.
std::uint32_t Compiler::compile_tests(const Expression& source, std::uint32_t yes, std::uint32_t no, const Node& node,
                                      const Place& place) {
  if (source.op == Expression::Op::negate) return compile_tests(source.args[0], no, yes, node, place);
  if (source.op == Expression::Op::either || source.op == Expression::Op::both) {
    const bool either = source.op == Expression::Op::either;
    std::uint32_t next = either ? no : yes;
    bool ok = true;
    for (auto part = source.args.rbegin(); part != source.args.rend(); ++part) {
      const std::uint32_t made =
          either ? compile_tests(*part, yes, next, node, place) : compile_tests(*part, next, no, node, place);
      ok = ok && made != kNone;
      if (made != kNone) next = made;
    }
    return ok ? next : kNone;
  }
  const std::uint32_t expr = compile_expression(source, node, place);
  if (expr == kNone) return kNone;
  const auto [known, fresh] =
      tests_.emplace(std::array{expr, yes, no}, static_cast<std::uint32_t>(program_->tests.size()));
  if (fresh) program_->tests.push_back({expr, yes, no});
  return known->second;
}

const Result<Expression>& Compiler::operand(const std::string& text) {
  const auto [known, fresh] = operands_.try_emplace(text);
  if (fresh) known->second = parse_operand(text);
  return known->second;
}

std::uint32_t Compiler::compile_operand(const std::string& text, const Node& node, const Place& place) {
  if (place.plain()) {
    if (const auto made = plain_operands_.find(text); made != plain_operands_.end()) return made->second;
  }
  const Result<Expression>& parsed = operand(text);
  if (parsed) {
    const std::uint32_t made = compile_expression(*parsed, node, place);
    if (made != kNone && place.plain()) plain_operands_.emplace(text, made);
    return made;
  }
  fail(node, "'" + text + "' is not understood: " + parsed.error().what);
  return kNone;
}

std::uint32_t Compiler::add_pattern(const std::string& text, const Node& node) {
  if (const auto known = patterns_.find(text); known != patterns_.end()) return known->second;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto pattern = std::make_unique<re2::RE2>(text, options);
  if (!pattern->ok()) {
    fail(node, "'" + text + "' is no regular expression: " + pattern->error());
    return kNone;
  }
  program_->patterns.push_back(std::move(pattern));
  return patterns_[text] = static_cast<std::uint32_t>(program_->patterns.size() - 1);
}

std::uint32_t Compiler::compile_expression(const Expression& source, const Node& node, const Place& place) {
  Expr out;
  switch (source.op) {
    case Expression::Op::path: {
      PathName path;
      parse_path(source.text, path);
      const bool own_type = !place.datatype.empty() && path.head == place.datatype && path.component == 0;
      if (own_type) path = PathName{".", false};
      if (path.segment && path.field == 0) {
        if (!known_segment(path.head)) {
          fail(node, "HL7 v2 has no segment " + path.head, "texts stand in quotes");
          return kNone;
        }
        out.op = Expr::Op::exists;
        out.index = program_->segments.add(path.head);
        if (place.nature != nullptr) place.nature->reads({static_cast<std::uint16_t>(out.index), 0, true});
        return add_expr(out);
      }
      out.op = Expr::Op::selector;
      out.index = compile_selector(path, source.text, node, place);
      return out.index == kNone ? kNone : add_expr(out);
    }
    case Expression::Op::literal:
      out.text = keep(source.text);
      return add_expr(out);
    case Expression::Op::call:
      if (!compile_call(source, out, node, place)) return kNone;
      break;
    case Expression::Op::either:
    case Expression::Op::both:
    case Expression::Op::negate:
      return kNone;  // only conditions have them; compile_tests takes them apart
    case Expression::Op::among:
      out.op = Expr::Op::among;
      break;
    case Expression::Op::coalesce:
      out.op = Expr::Op::coalesce;
      break;
    case Expression::Op::compare:
      out.op = Expr::Op::compare;
      out.compare = comparison(source.text);
      break;
    case Expression::Op::matches:
      out.op = Expr::Op::matches;
      out.index = add_pattern(source.text, node);
      if (out.index == kNone) return kNone;
      break;
  }
  std::vector<std::uint32_t> args;
  for (std::size_t i = 0; i < source.args.size(); ++i) {
    // The call has taken what is no expression: a table's name, a pattern, a mark.
    if (source.op == Expression::Op::call) {
      if (out.op == Expr::Op::script && i == 0) continue;
      if (out.op == Expr::Op::pick && (i == 0 || source.args[i].text == "first")) continue;
      if ((out.op == Expr::Op::match || out.op == Expr::Op::table) && i == 1) continue;
      if (out.op == Expr::Op::count || out.op == Expr::Op::count_segments || out.op == Expr::Op::made) continue;
    }
    const std::uint32_t arg = compile_expression(source.args[i], node, place);
    if (arg == kNone) return kNone;
    args.push_back(arg);
  }
  out.first = static_cast<std::uint32_t>(program_->arguments.size());
  out.count = static_cast<std::uint32_t>(args.size());
  program_->arguments.insert(program_->arguments.end(), args.begin(), args.end());
  return add_expr(out);
}

bool Compiler::compile_call(const Expression& source, Expr& out, const Node& node, const Place& place) {
  const auto* const known = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [&](const Function& f) { return f.name == source.text; });
  if (known == std::end(kFunctions)) {
    std::vector<std::string_view> names;
    for (const Function& each : kFunctions) names.push_back(each.name);
    fail(node, "there is no function " + source.text + "()", did_you_mean(source.text, names));
    return false;
  }
  if (source.args.size() < known->least || source.args.size() > known->most) {
    fail(node, source.text + "() does not take " + std::to_string(source.args.size()) + " arguments");
    return false;
  }
  out.op = known->op;
  const bool of_message = out.op == Expr::Op::made || out.op == Expr::Op::pick || out.op == Expr::Op::version;
  if (place.nature != nullptr && of_message) place.nature->steady = false;
  if (out.op == Expr::Op::count || out.op == Expr::Op::pick) {
    PathName path;
    if (source.args[0].op != Expression::Op::path || !parse_path(source.args[0].text, path)) {
      fail(node, source.text + "() is of a field", "write it like " + source.text + "(PID-3)");
      return false;
    }
    if (path.segment && path.field == 0 && out.op == Expr::Op::count) {
      if (!known_segment(path.head)) {
        fail(node, "HL7 v2 has no segment " + path.head);
        return false;
      }
      if (place.nature != nullptr) place.nature->steady = false;
      out.op = Expr::Op::count_segments;
      out.index = program_->segments.add(path.head);
      return true;
    }
    if (out.op == Expr::Op::pick && !path.segment) {
      fail(node, "pick() is of a field that repeats, like PID-3");
      return false;
    }
    out.index = compile_selector(path, source.args[0].text, node, place);
    out.pick_first = source.args.back().op == Expression::Op::call && source.args.back().text == "first";
    return out.index != kNone;
  }
  if (out.op == Expr::Op::script) return compile_script_call(source, out, node);
  if (out.op == Expr::Op::made) {
    out.text = keep(source.args[0].text);
    return true;
  }
  if (out.op != Expr::Op::match && out.op != Expr::Op::table) return true;
  if (source.args[1].op != Expression::Op::literal) {
    fail(node, "the second argument of " + source.text + "() is a text in quotes");
    return false;
  }
  if (out.op == Expr::Op::match) {
    out.index = add_pattern(source.args[1].text, node);
    return out.index != kNone;
  }
  const auto table = tables_.find(source.args[1].text);
  if (table == tables_.end()) {
    std::vector<std::string_view> names;
    for (const auto& entry : tables_) names.push_back(entry.first);
    fail(node, "no table is named '" + source.args[1].text + "'", did_you_mean(source.args[1].text, names));
    return false;
  }
  out.index = table->second;
  return true;
}

// The first argument is the function's name; the others are given to it.
bool Compiler::compile_script_call(const Expression& source, Expr& out, const Node& node) {
  if (sources_.script == nullptr) {
    fail(node, "script() calls a function of a hospital's script, and there is none here",
         "name it in the hospital's file: mapping: {script: scripts/mine.lua}; shared rules have none");
    return false;
  }
  if (source.args[0].op != Expression::Op::literal) {
    fail(node, "the first argument of script() is the function's name in quotes");
    return false;
  }
  const auto& functions = sources_.script->functions();
  const std::string& name = source.args[0].text;
  const int found = sources_.script->find(name);
  if (found < 0) {
    std::vector<std::string_view> names;
    for (const script::Function& each : functions) names.push_back(each.name);
    const std::string near = did_you_mean(name, names);
    fail(node, sources_.script->place(0) + " has no function " + name,
         near.empty() ? "it has " + std::string(names.front()) + (names.size() > 1 ? " and others" : "") : near);
    return false;
  }
  const script::Function& function = functions[static_cast<std::size_t>(found)];
  const std::size_t given = source.args.size() - 1;
  if (function.any_number ? given < function.parameters : given != function.parameters) {
    fail(node,
         name + "() takes " + (function.any_number ? "at least " : "") + std::to_string(function.parameters) +
             " arguments, not " + std::to_string(given),
         "it stands at " + sources_.script->place(function.line));
    return false;
  }
  out.index = static_cast<std::uint32_t>(found);
  return true;
}

bool Compiler::check_components(std::string_view datatype, const PathName& path, const std::string& text, Selector& out,
                                const Node& node) {
  out.component = static_cast<std::uint16_t>(path.component);
  out.subcomponent = static_cast<std::uint16_t>(path.subcomponent);
  const unsigned count = hl7v2::component_count(datatype);
  if (path.component == 0) {
    if (count > 0) out.read = Selector::Read::first;
    return true;
  }
  if ((count > 0 && path.component > count) || (is_primitive_type(datatype) && path.component > 1)) {
    fail(node, text + ": " + std::string(datatype) +
                   (count > 0 ? " has only " + std::to_string(count) + " components" : " has no components"));
    return false;
  }
  const std::string_view below = hl7v2::component_datatype(datatype, path.component);
  const unsigned below_count = hl7v2::component_count(below);
  if (path.subcomponent == 0) {
    if (below_count > 0) out.read = Selector::Read::first;
    return true;
  }
  if ((below_count > 0 && path.subcomponent > below_count) || (is_primitive_type(below) && path.subcomponent > 1)) {
    fail(node,
         text + ": " + std::string(below) +
             (below_count > 0 ? " has only " + std::to_string(below_count) + " components" : " has no components"));
    return false;
  }
  return true;
}

bool Compiler::check_field(const PathName& path, const std::string& text, Selector& out, const Node& node) {
  if (const auto z = sources_.z_segments.find(path.head); z != sources_.z_segments.end()) {
    const auto field = z->second.find(path.field);
    if (field == z->second.end()) {
      fail(node, "the hospital's file declares no field " + std::to_string(path.field) + " of " + path.head,
           "add it under `segments`");
      return false;
    }
    return check_components(field->second, path, text, out, node);
  }
  if (!hl7v2::is_segment(path.head)) {
    fail(node, "HL7 v2 has no segment " + path.head,
         path.head[0] == 'Z' ? "declare it in the hospital's `segments`" : "");
    return false;
  }
  const hl7v2::FieldFacts* facts = hl7v2::field_facts(path.head, path.field);
  if (facts == nullptr) {
    fail(node, path.head + " has no field " + std::to_string(path.field));
    return false;
  }
  if (path.head == "OBX" && path.field == 5) {
    out.component = static_cast<std::uint16_t>(path.component);
    out.subcomponent = static_cast<std::uint16_t>(path.subcomponent);
    if (path.component == 0) out.read = Selector::Read::by_obx2;
    return true;
  }
  return check_components(facts->datatype, path, text, out, node);
}

std::uint32_t Compiler::compile_selector(const PathName& path, const std::string& text, const Node& node,
                                         const Place& place) {
  Selector out;
  if (path.segment) {
    out.base = Selector::Base::segment;
    out.field = static_cast<std::uint16_t>(path.field);
    if (!check_field(path, text, out, node)) return kNone;
    out.segment = program_->segments.add(path.head);
    if (place.nature != nullptr) {
      place.nature->reads({out.segment, out.field, recurs(path)});
      // How OBX-5 is read, OBX-2 tells.
      if (out.read == Selector::Read::by_obx2) place.nature->reads({out.segment, 2, true});
    }
  } else {
    if (place.datatype.empty()) {
      fail(node, "'" + text + "' is for datatype maps; here it is a field that is meant", "write it like PID-3.1");
      return kNone;
    }
    if (path.head != "." && path.head != place.datatype) {
      fail(node, "'" + text + "': this map is for " + place.datatype,
           "write " + place.datatype + text.substr(path.head.size()));
      return kNone;
    }
    if (!check_components(place.datatype, path, text, out, node)) return kNone;
  }
  return add_selector(out);
}

}  // namespace yilian::mapping
