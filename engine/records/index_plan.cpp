#include "engine/records/index_plan.h"

#include <algorithm>
#include <array>

#include "engine/fhir/member_table.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

struct IndexedCode {
  std::string_view code;
  std::uint32_t
      number;  // in the rows: never change one, never use one again. 0 to 2 are taken (index_plan.h); below 128
};

// `subject` before `patient`, `link` before both: what is a part of an earlier one shares its rows.
constexpr std::array<IndexedCode, 30> kCodes{{
    {"link", 32},          {"subject", 3},       {"patient", 4},          {"identifier", 5},  {"name", 6},
    {"family", 7},         {"given", 8},         {"birthdate", 9},        {"gender", 10},     {"active", 11},
    {"phone", 12},         {"code", 13},         {"category", 14},        {"status", 15},     {"type", 16},
    {"class", 17},         {"date", 18},         {"authored", 19},        {"authoredon", 20}, {"issued", 21},
    {"recorded-date", 22}, {"onset-date", 23},   {"clinical-status", 24}, {"encounter", 25},  {"based-on", 26},
    {"result", 27},        {"organization", 28}, {"beneficiary", 29},     {"collected", 30},  {"started", 31},
}};

// The first of these that a type has is when it happened.
constexpr std::array<std::string_view, 9> kHappened{"date",    "birthdate",  "authored",      "authoredon", "collected",
                                                    "started", "onset-date", "recorded-date", "issued"};

bool can_index(Kind kind) {
  return kind == Kind::date || kind == Kind::string || kind == Kind::token || kind == Kind::reference;
}

bool same_way(const Indexed& a, const Indexed& b) {
  return a.kind == b.kind && a.paths.size() == b.paths.size() &&
         std::equal(a.paths.begin(), a.paths.end(), b.paths.begin(),
                    [](const Path& x, const Path& y) { return x.steps == y.steps; });
}

// The one target to which all paths are narrowed; empty when there is none.
std::string_view narrowed_to(const Indexed& parameter) {
  std::string_view target = parameter.paths.front().target;
  for (const Path& path : parameter.paths) {
    if (path.target != target) return {};
  }
  return target;
}

void add_parameter(Plan& made, const fhir::Type& type, const fhir::SearchParameter& definition, std::uint32_t code) {
  if (!can_index(definition.kind)) return;
  Indexed indexed{definition.code,
                  definition.kind,
                  row_number(made.type, code),
                  false,
                  {},
                  {},
                  definition.url,
                  compile_path(type, definition.expression)};
  if (indexed.paths.empty()) return;
  indexed.targets.assign(definition.targets.begin(), definition.targets.end());
  for (const Indexed& other : made.parameters) {
    if (other.alias || !same_way(other, indexed) || !narrowed_to(other).empty()) continue;
    indexed.alias = true;
    indexed.number = other.number;
    indexed.target = narrowed_to(indexed);
    break;
  }
  made.parameters.push_back(std::move(indexed));
}

std::unique_ptr<const Plan> make(const fhir::Type& type) {
  auto made = std::make_unique<Plan>();
  made->type = type_number(type.name);
  made->name = type.name;
  for (const auto& [code, number] : kCodes) {
    if (const fhir::SearchParameter* definition = fhir::search_parameter(type.name, code); definition != nullptr) {
      add_parameter(*made, type, *definition, number);
    }
  }
  made->members = type.members;
  made->ways.resize(type.members->size());
  for (const Indexed& parameter : made->parameters) {
    if (parameter.alias) continue;
    for (const Path& path : parameter.paths) {
      const fhir::MemberName* first = type.members->find(path.steps.front().member);
      made->ways[type.members->order(*first)].push_back({&parameter, &path});
    }
  }
  for (const std::string_view code : kHappened) {
    if (made->happened = made->find(code); made->happened != nullptr && made->happened->kind == Kind::date) break;
    made->happened = nullptr;
  }
  return made;
}

const std::vector<std::unique_ptr<const Plan>>& plans() {
  static const auto made = [] {
    std::vector<std::unique_ptr<const Plan>> all(1);
    for (const fhir::Type* type : fhir::resource_types()) all.push_back(make(*type));
    return all;
  }();
  return made;
}

}  // namespace

const Indexed* Plan::find(std::string_view code) const {
  for (const Indexed& parameter : parameters) {
    if (parameter.code == code) return &parameter;
  }
  return nullptr;
}

const Plan* plan(std::string_view type) { return plan(type_number(type)); }
const Plan* plan(std::uint8_t type) { return type < plans().size() ? plans()[type].get() : nullptr; }

}  // namespace yilian::records
