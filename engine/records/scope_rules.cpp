#include "engine/records/scope_rules.h"

#include <algorithm>

#include "engine/fhir/definitions.h"
#include "engine/records/index/key.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

constexpr std::string_view kPatient = "Patient";
constexpr std::string_view kSource = "urn:yilian:";  // of what a feed brought; a hospital's code follows, and a colon

// What may hold anybody's data, and has no row that says whose.
constexpr std::string_view kHolders[] = {"Binary", "Bundle", "Parameters"};

bool is_holder(std::string_view type) { return std::ranges::find(kHolders, type) != std::end(kHolders); }

void add_numbers(const Indexed& parameter, std::vector<std::uint32_t>& to) {
  for (const std::uint32_t number : parameter.numbers) {
    if (std::ranges::find(to, number) == to.end()) to.push_back(number);
  }
}

// Of a type that lies in no patient's compartment: every parameter that may go to a Patient.
std::vector<std::uint32_t> ways_to_patients(const Plan& plan) {
  std::vector<std::uint32_t> out;
  for (const Indexed& parameter : plan.parameters) {
    const auto& targets = parameter.targets;
    if (parameter.kind == Kind::reference && (targets.empty() || std::ranges::find(targets, kPatient) != targets.end()))
      add_numbers(parameter, out);
  }
  return out;
}

void add_patients(const Plan& plan, ScopeRules& rules) {
  if (is_holder(plan.name)) {
    rules.nothing = true;
    return;
  }
  ScopeRule rule;
  rule.any_of.itself = plan.name == kPatient;
  if (!rule.any_of.itself) {
    const auto ways = fhir::compartment_parameters(kPatient, plan.name);
    for (const std::string_view code : ways) {
      const Indexed* way = plan.find(code);
      if (way != nullptr && way->kind == Kind::reference) add_numbers(*way, rule.any_of.to_named);
    }
    if (ways.empty()) {
      rule.any_of.to_named = ways_to_patients(plan);
      if (rule.any_of.to_named.empty()) return;  // it can name none
      rule.none_of.emplace().to_patients = rule.any_of.to_named;
    }
  }
  rules.all_of.push_back(std::move(rule));
}

std::string source_key(const Plan& plan, std::string_view begin) {
  std::string out = parameter_key(plan.source);
  append_text_begin(out, begin);
  return out;
}

void add_facilities(const Narrowing& narrowing, const Plan& plan, ScopeRules& rules) {
  ScopeRule rule;
  for (const std::string& code : *narrowing.facilities)
    rule.any_of.beginning.push_back(source_key(plan, std::string(kSource) + code + ":"));
  if (narrowing.without_facility) rule.none_of.emplace().beginning.push_back(source_key(plan, kSource));
  rules.all_of.push_back(std::move(rule));
}

void add_labels(const Narrowing& narrowing, const Plan& plan, ScopeRules& rules) {
  ScopeRule rule;
  rule.none_of.emplace();
  for (const std::uint32_t number : plan.find("_security")->numbers) {
    for (const Label& label : narrowing.withheld) {
      std::string begin = number_key(number, hash(label.code));
      if (!label.system.empty()) append_extra(begin, system_key(label.system));
      rule.none_of->beginning.push_back(std::move(begin));
    }
  }
  std::ranges::sort(rule.none_of->beginning);
  rules.all_of.push_back(std::move(rule));
}

// The first row that is not before this.
std::size_t lower_bound(const Rows& rows, std::string_view key) {
  std::size_t low = 0, high = rows.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (rows[middle] < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

template <class Accept>
bool has_row(const Rows& rows, const std::string& begin, Accept&& accept) {
  for (std::size_t i = lower_bound(rows, begin); i < rows.size() && rows[i].starts_with(begin); ++i) {
    if (accept(rows[i])) return true;
  }
  return false;
}

bool has_one(const ScopeRows& wanted, const Scope& scope, const Rows& rows, std::int64_t key) {
  const auto is_named = [&](std::int64_t each) { return std::ranges::binary_search(scope.patient_keys(), each); };
  if (wanted.itself && is_named(key)) return true;
  for (const std::uint32_t number : wanted.to_named) {
    if (has_row(rows, parameter_key(number), [&](std::string_view row) { return is_named(number_of(row)); })) return true;
  }
  for (const std::uint32_t number : wanted.to_patients) {
    if (has_row(rows, parameter_key(number), is_to_patient)) return true;
  }
  return std::ranges::any_of(wanted.beginning, [&](const std::string& begin) {
    return has_row(rows, begin, [](std::string_view) { return true; });
  });
}

std::uint32_t parameter_of(std::string_view key) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < kParameterBytes; ++i) out = out << 8 | static_cast<unsigned char>(key[i]);
  return out;
}

void add_numbers(const ScopeRows& rows, std::vector<std::uint32_t>& to) {
  to.insert(to.end(), rows.to_named.begin(), rows.to_named.end());
  to.insert(to.end(), rows.to_patients.begin(), rows.to_patients.end());
  for (const std::string& begin : rows.beginning) to.push_back(parameter_of(begin));
}

}  // namespace

bool is_to_patient(std::string_view row) {
  static const std::int64_t patient = type_number(kPatient);
  return extra_of_number(row) == patient;
}

ScopeRules rules_of(const Scope& scope, const Plan& plan) {
  const Narrowing& narrowing = scope.narrowing();
  ScopeRules rules;
  if (!scope.has_type(plan.name)) rules.nothing = true;
  if (!rules.nothing && narrowing.patients) add_patients(plan, rules);
  if (!rules.nothing && narrowing.facilities) add_facilities(narrowing, plan, rules);
  if (!rules.nothing && !narrowing.withheld.empty()) add_labels(narrowing, plan, rules);
  if (rules.nothing) rules.all_of.clear();
  return rules;
}

bool is_seen(const ScopeRules& rules, const Scope& scope, const Rows& rows, std::int64_t key) {
  if (rules.nothing) return false;
  return std::ranges::all_of(rules.all_of, [&](const ScopeRule& rule) {
    return has_one(rule.any_of, scope, rows, key) || (rule.none_of && !has_one(*rule.none_of, scope, rows, key));
  });
}

std::vector<std::uint32_t> numbers_of(const ScopeRules& rules) {
  std::vector<std::uint32_t> out;
  for (const ScopeRule& rule : rules.all_of) {
    add_numbers(rule.any_of, out);
    if (rule.none_of) add_numbers(*rule.none_of, out);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace yilian::records
