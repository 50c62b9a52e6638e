#include "engine/records/query.h"

#include <algorithm>
#include <array>

#include "engine/base/time.h"
#include "engine/records/query_values.h"
#include "engine/records/types.h"
#include "engine/text/utf8.h"

namespace yilian::records {
namespace {

std::string known_codes(const Plan& plan) {
  std::string out = "_id, _lastUpdated";
  for (const Indexed& parameter : plan.parameters) out.append(", ").append(parameter.code);
  return out;
}

Failure unknown(const Plan& plan, std::string_view name) {
  return fail(Code::unsupported, "'" + std::string(name) + "' is not searched by", std::string(plan.name),
              "Known: " + known_codes(plan) + "; _count, _sort, _include, _revinclude, _summary=count, _total");
}

Failure bad(std::string_view name, std::string_view value, std::string what, std::string cure = {}) {
  return fail(Code::bad_value, "'" + std::string(value) + "' " + what, std::string(name), std::move(cure));
}

class QueryReader {
 public:
  explicit QueryReader(const Plan& plan) { query_.plan = &plan; }

  Result<void> add(const std::string& name, const std::string& value) {
    const std::size_t colon = name.find(':');
    const std::string_view code = std::string_view(name).substr(0, colon);
    const std::string_view modifier =
        colon == std::string::npos ? std::string_view() : std::string_view(name).substr(colon + 1);
    if (code == "_format" || code == "_pretty") return {};  // how it is shown: the caller's
    query_.applied.emplace_back(name, value);
    if (value.size() > kMostValue) return bad(name, text::shortened(value, 40), "is too long");
    if (code == "_cursor") {
      query_.cursor = value;
      return {};
    }
    if (code != "_count" && code != "_total") seed_ += name + "=" + value + "&";
    if (code.starts_with("_")) {
      if (auto done = add_control(code, modifier, name, value)) return std::move(*done);
    }
    return add_condition(code, modifier, name, value);
  }

  SearchQuery finish() {
    query_.fingerprint = hash(std::string(query_.plan->name) + "?" + seed_);
    return std::move(query_);
  }

 private:
  static constexpr std::size_t kMostValue = 64 * 1024;
  static constexpr std::size_t kMostConditions = 32;
  static constexpr std::size_t kMostSorts = 4;
  static constexpr std::size_t kMostIncludes = 16;

  // Nothing: it is a condition.
  std::optional<Result<void>> add_control(std::string_view code, std::string_view modifier, const std::string& name,
                                          const std::string& value) {
    if (code == "_lastUpdated") return std::nullopt;
    if (code == "_include" || code == "_revinclude") return add_include(code == "_revinclude", modifier, name, value);
    if (!modifier.empty()) {
      return fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not known here", name,
                  "Leave it out");
    }
    if (code == "_id") return add_ids(value);
    if (code == "_count") return set_count(value);
    if (code == "_sort") return add_sort(value);
    if (code == "_summary") {
      query_.only_count = value == "count";
      if (value == "count" || value == "false") return Result<void>();
      return Result<void>(
          fail(Code::unsupported, "_summary=" + value + " is not offered", "_summary", "Known: count, false"));
    }
    if (code == "_total") {
      query_.total = value != "none";
      if (value == "accurate" || value == "none" || value == "estimate") return Result<void>();
      return Result<void>(bad("_total", value, "is none of its values", "Known: accurate, estimate, none"));
    }
    return Result<void>(unknown(*query_.plan, code));
  }

  Result<void> add_ids(const std::string& value) {
    std::vector<std::string> ids;
    for (std::string& id : split_values(value)) {
      if (!fhir::valid_primitive("id", id)) return bad("_id", id, "is no id");
      ids.push_back(std::move(id));
    }
    if (query_.ids) {
      std::erase_if(*query_.ids,
                    [&](const std::string& id) { return std::find(ids.begin(), ids.end(), id) == ids.end(); });
    } else {
      query_.ids = std::move(ids);
    }
    return {};
  }

  Result<void> set_count(const std::string& value) {
    if (value.empty() || value.size() > 9 || value.find_first_not_of("0123456789") != std::string::npos) {
      return bad("_count", value, "is no number", "0 to " + std::to_string(kMostCount));
    }
    query_.count = std::min<std::size_t>(std::stoul(value), kMostCount);
    if (query_.count == 0) query_.only_count = true;
    return {};
  }

  Result<void> add_sort(const std::string& value) {
    for (std::string& key : split_values(value)) {
      SortBy sort;
      sort.descending = key.starts_with("-");
      const std::string code = sort.descending ? key.substr(1) : key;
      sort.parameter = query_.plan->find(code);
      if (code == "_lastUpdated") {
        sort.by = SortBy::By::updated;
      } else if (code == "_id") {
        sort.by = SortBy::By::id;
      } else if (sort.parameter == nullptr || sort.parameter->kind == Kind::reference) {
        return Result<void>(fail(Code::unsupported, "'" + code + "' is not sorted by", "_sort",
                                 "Known: " + known_codes(*query_.plan) + " (no references)"));
      } else {
        sort.by = sort.parameter == query_.plan->happened ? SortBy::By::happened : SortBy::By::parameter;
      }
      if (query_.sort.size() >= kMostSorts)
        return bad("_sort", value, "has too many keys", "At most " + std::to_string(kMostSorts));
      query_.sort.push_back(sort);
    }
    return {};
  }

  Result<void> add_include(bool reverse, std::string_view modifier, const std::string& name, const std::string& value) {
    if (!modifier.empty()) {
      return fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not offered", name,
                  "Leave it out: one level is included");
    }
    if (query_.includes.size() >= kMostIncludes) return bad(name, value, "is one include too many");
    const auto parts = split_plain(value, ':');
    if (parts.size() < 2 || parts.size() > 3)
      return bad(name, value, "is not written as Type:parameter or Type:parameter:Target");
    Include include;
    include.reverse = reverse;
    include.source = plan(parts[0]);
    if (include.source == nullptr) return bad(name, parts[0], "is no resource type of FHIR R4");
    if (!reverse && include.source != query_.plan)
      return bad(name, parts[0], "is not the type searched", "Begin with " + std::string(query_.plan->name));
    const fhir::SearchParameter* definition = fhir::search_parameter(parts[0], parts[1]);
    if (definition == nullptr || definition->kind != Kind::reference) {
      return fail(Code::unsupported, "'" + std::string(parts[1]) + "' is no reference that can be included", name,
                  reference_codes(*include.source, reverse));
    }
    include.indexed = include.source->find(parts[1]);
    if (reverse && include.indexed == nullptr) {
      return fail(Code::unsupported, "'" + std::string(parts[1]) + "' is not indexed", name,
                  reference_codes(*include.source, true));
    }
    include.paths = compile_path(*fhir::type(parts[0]), definition->expression);
    if (parts.size() == 3) {
      if (!fhir::is_resource_type(parts[2])) return bad(name, parts[2], "is no resource type of FHIR R4");
      include.target = fhir::type(parts[2])->name;
    }
    query_.includes.push_back(std::move(include));
    return {};
  }

  static std::string reference_codes(const Plan& source, bool indexed_only) {
    std::string out;
    for (const fhir::SearchParameter& parameter : fhir::search_parameters(source.name)) {
      if (parameter.kind != Kind::reference || (indexed_only && source.find(parameter.code) == nullptr)) continue;
      out.append(out.empty() ? "Known: " : ", ").append(parameter.code);
    }
    return out;
  }

  Result<void> add_condition(std::string_view code, std::string_view modifier, const std::string& name,
                             const std::string& value) {
    if (query_.conditions.size() >= kMostConditions) return bad(name, value, "is one condition too many");
    Condition condition;
    const bool updated = code == "_lastUpdated";
    condition.parameter = updated ? nullptr : query_.plan->find(code);
    if (!updated && condition.parameter == nullptr) return unknown(*query_.plan, name);
    const Kind kind = updated ? Kind::date : condition.parameter->kind;
    if (value.empty()) return bad(name, value, "is empty", "Give a value, or leave the parameter out");
    std::string_view target;
    YL_CHECK(read_modifier(condition, kind, modifier, target, name));
    if (condition.test == Condition::Test::is_missing) {
      if (value != "true" && value != "false") return bad(name, value, "is neither true nor false");
      if (value == "false") condition.test = Condition::Test::is_there;
      query_.conditions.push_back(std::move(condition));
      return {};
    }
    for (const std::string& part : split_alternatives(value)) {
      YL_TRY(Alternative alternative, read_alternative(kind, condition, target, part, name));
      condition.any_of.push_back(std::move(alternative));
    }
    if (condition.any_of.empty()) return bad(name, value, "has no value");
    query_.conditions.push_back(std::move(condition));
    return {};
  }

  static Result<void> read_modifier(Condition& condition, Kind kind, std::string_view modifier,
                                    std::string_view& target, const std::string& name) {
    if (modifier.empty()) return {};
    if (modifier == "missing" && condition.parameter != nullptr) {
      condition.test = Condition::Test::is_missing;
    } else if (modifier == "exact" && kind == Kind::string) {
      condition.test = Condition::Test::exact;
    } else if (modifier == "contains" && kind == Kind::string) {
      condition.test = Condition::Test::contains;
    } else if (modifier == "not" && kind == Kind::token) {
      condition.test = Condition::Test::differs;
    } else if (kind == Kind::reference && fhir::is_resource_type(modifier)) {
      target = fhir::type(modifier)->name;
    } else {
      std::string known = "Known: :missing";
      if (kind == Kind::string) known += ", :exact, :contains";
      if (kind == Kind::token) known += ", :not";
      if (kind == Kind::reference) known += ", a resource type (:Patient)";
      return fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not offered", name,
                  std::move(known));
    }
    return {};
  }

  SearchQuery query_;
  std::string seed_;
};

}  // namespace

Result<SearchQuery> read_query(std::string_view type, const Parameters& parameters) {
  const Plan* found = plan(type);
  if (found == nullptr)
    return fail(Code::not_found, "'" + std::string(type) + "' is no resource type of FHIR R4", std::string(type));
  QueryReader reader(*found);
  for (const auto& [name, value] : parameters) YL_CHECK(reader.add(name, value));
  return reader.finish();
}

}  // namespace yilian::records
