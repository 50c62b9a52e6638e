#include "engine/units/table.h"

#include <algorithm>
#include <stdexcept>

#include "engine/units/expression.h"

namespace yilian::embedded {
std::string_view ucum();
}

namespace yilian::units {
namespace {

[[noreturn]] void broken(std::string_view what, std::string_view which) {
  throw std::logic_error("UCUM table: " + std::string(what) + " " + std::string(which));
}

std::array<std::string_view, 6> split(std::string_view line) {
  std::array<std::string_view, 6> fields;
  for (std::string_view& field : fields) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    field = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return fields;
}

// What UCUM takes as pure numbers, and what makes a difference all the same: 5 mmol/L is not 3.0e21 /L to anyone who
// searches, and cells per field are no number without a field.
bool counted_apart(std::string_view code) { return code == "mol" || code == "[HPF]"; }

Function function_named(std::string_view name) {
  static constexpr std::array<std::string_view, 15> names{"",    "cel", "degf", "degre", "tan100", "hpx", "hpc", "hpm",
                                                          "hpq", "ph",  "ln",   "lg",    "lg2",    "sqrt", "ld"};
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) broken("no function", name);
  return static_cast<Function>(found - names.begin());
}

}  // namespace

const Table& Table::instance() {
  static const Table table(embedded::ucum());
  return table;
}

Table::Table(std::string_view definitions) {
  while (!definitions.empty()) {
    const std::size_t end = std::min(definitions.find('\n'), definitions.size());
    read_line(definitions.substr(0, end));
    definitions.remove_prefix(std::min(end + 1, definitions.size()));
  }
  while (!waiting_.empty()) {
    const auto again = std::exchange(waiting_, {});
    for (const auto& fields : again) read_unit(fields);
    if (waiting_.size() == again.size()) broken("no such unit:", waiting_.front()[4]);
  }
}

void Table::read_line(std::string_view line) {
  const auto fields = split(line);
  if (fields[0] == "P") {
    const auto value = read_factor(fields[2]);
    if (!value) broken("the prefix", fields[1]);
    prefixes_.emplace(fields[1], *value);
  } else if (fields[0] == "B") {
    add_base(fields[1], true);
  } else if (fields[0] == "U") {
    read_unit(fields);
  } else if (!line.starts_with('#')) {
    broken("no such line:", line);
  }
}

void Table::add_base(std::string_view code, bool metric) {
  if (dimensions_.size() == kMostDimensions) broken("too many dimensions, at", code);
  Atom atom;
  atom.unit.dimension[dimensions_.size()] = 1;
  atom.metric = metric;
  dimensions_.push_back(code);
  atoms_.emplace(code, atom);
}

// U code flags value unit function
void Table::read_unit(const std::array<std::string_view, 6>& fields) {
  const std::string_view code = fields[1];
  const bool metric = fields[2].find('m') != std::string_view::npos;
  const bool arbitrary = fields[2].find('a') != std::string_view::npos;
  if (counted_apart(code) || (arbitrary && fields[4] == "1")) return add_base(code, metric);
  if (code == "[LPF]") {  // a hundred times the area of the other field, says UCUM
    Atom atom = atoms_.at("[HPF]");
    atom.unit.factor = Factor{100, 0};
    atoms_.emplace(code, atom);
    return;
  }
  const auto of = read_expression(*this, fields[4]);
  if (!of) return waiting_.push_back(fields);
  const auto value = read_factor(fields[3]);
  if (!value) broken("the value of", code);
  Atom atom{*of, metric};
  atom.unit.factor.multiply(*value);
  atom.unit.function = function_named(fields[5]);
  if (atom.unit.function != Function::none) atom.unit.special = code;
  atoms_.emplace(code, atom);
}

const Factor* Table::prefix(std::string_view code) const {
  const auto found = prefixes_.find(code);
  return found == prefixes_.end() ? nullptr : &found->second;
}

const Table::Atom* Table::atom(std::string_view code) const {
  const auto found = atoms_.find(code);
  return found == atoms_.end() ? nullptr : &found->second;
}

std::string Table::text(const Dimension& dimension) const {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    if (dimension[i] == 0) continue;
    parts.emplace_back(dimensions_[i]);
    if (dimension[i] != 1) parts.back() += std::to_string(dimension[i]);
  }
  if (parts.empty()) return "1";
  std::ranges::sort(parts);
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ".").append(part);
  return text;
}

}  // namespace yilian::units
