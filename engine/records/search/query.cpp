#include "engine/records/search/query.h"

#include <algorithm>

#include "engine/fhir/definitions.h"
#include "engine/records/custom/custom_parameters.h"
#include "engine/records/search/allowed.h"
#include "engine/records/search/conditions.h"
#include "engine/records/search/values.h"
#include "engine/records/types.h"
#include "engine/text/utf8.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostValue = 64 * 1024;
constexpr std::size_t kMostConditions = 32;
constexpr std::size_t kMostSorts = 4;
constexpr std::size_t kMostIncludes = 16;

Failure bad(std::string_view name, std::string_view value, std::string what, std::string cure = {}) {
  return fail(Code::bad_value, "'" + std::string(value) + "' " + what, std::string(name), std::move(cure));
}

class QueryReader {
 public:
  QueryReader(View& view, const SearchRequest& request) : view_(view), request_(request) {}

  Result<SearchQuery> run() {
    YL_CHECK(find_types());
    for (const auto& [name, value] : request_.parameters) YL_CHECK(add_or_pass_over(name, value));
    if (!request_.compartment.empty()) YL_CHECK(add_compartment());
    query_.fingerprint = hash(std::string(request_.type)
                                  .append("?")
                                  .append(request_.compartment)
                                  .append("/")
                                  .append(request_.compartment_id)
                                  .append("?")
                                  .append(seed_)) ^
                         view_.scope().fingerprint();
    return std::move(query_);
  }

 private:
  Result<void> find_types() {
    if (!request_.type.empty()) return add_type(request_.type);
    std::vector<std::string> without;
    for (const auto& [name, value] : request_.parameters) {
      if (name != "_type" && name != "_type:not") continue;
      const std::vector<std::string> types = split_values(value);
      if (types.empty()) return bad(name, value, "names no type");
      for (const std::string& type : types) {
        if (!fhir::is_resource_type(type)) {
          if (request_.lenient && types.size() > 1) continue;
          return bad(name, type, "is no resource type of FHIR R4");
        }
        if (name == "_type:not") {
          without.push_back(type);
        } else {
          YL_CHECK(add_type(type));
        }
      }
    }
    if (query_.of.empty()) {
      for (const fhir::Type* type : fhir::resource_types()) YL_CHECK(add_type(type->name));
    }
    std::erase_if(query_.of, [&](const Leg& leg) {
      return std::find(without.begin(), without.end(), leg.plan->name) != without.end();
    });
    if (query_.of.empty()) return bad("_type:not", "", "leaves no type");
    return {};
  }

  Result<void> add_type(std::string_view type) {
    const Plan* found = search_plan(view_.reader(), type);
    if (found == nullptr)
      return fail(Code::not_found, "'" + std::string(type) + "' is no resource type of FHIR R4", std::string(type));
    query_.of.push_back({found, {}});
    return {};
  }

  const Plan& type() const { return *query_.of.front().plan; }
  bool one_type() const { return query_.of.size() == 1; }

  Result<void> add_or_pass_over(const std::string& name, const std::string& value) {
    const std::string seed = seed_;
    auto added = add(name, value);
    if (added || !request_.lenient || added.error().code != Code::unsupported || is_known(name)) return added;
    seed_ = seed;
    query_.applied.pop_back();
    return {};
  }

  // What is wrong with a parameter that is known is told to lenient clients too, and what begins with "_" is never passed
  // over: it is no criterion that a server may lack.
  bool is_known(std::string_view name) const {
    const std::string_view code = name.substr(0, name.find_first_of(":."));
    return (code.starts_with('_') && code != "_sort") || type().find(code) != nullptr;
  }

  Result<void> add(const std::string& name, const std::string& value) {
    const std::size_t colon = name.find(':');
    const std::string_view code = std::string_view(name).substr(0, colon);
    const std::string_view modifier =
        colon == std::string::npos ? std::string_view() : std::string_view(name).substr(colon + 1);
    if (code == "_format" || code == "_pretty") return {};  // how it is shown: the caller's
    query_.applied.emplace_back(name, value);
    if (name == "_contained" && value == "false") return {};  // as it is always: what is contained is not searched for
    if (value.size() > kMostValue) return bad(name, text::shortened(value, 40), "is too long");
    if (code == "_cursor") {
      query_.cursor = value;
      return {};
    }
    // Length-marked, so that no two queries say the same.
    if (code != "_count" && code != "_total" && code != "_summary" && code != "_elements")
      seed_.append(std::to_string(name.size())).append(":").append(name).append(std::to_string(value.size())).append(":").append(value);
    if (auto done = add_control(code, modifier, name, value)) return std::move(*done);
    return add_condition(name, value);
  }

  // Nothing: it is a condition.
  std::optional<Result<void>> add_control(std::string_view code, std::string_view modifier, const std::string& name,
                                          const std::string& value) {
    if (code == "_include" || code == "_revinclude") return add_include(code == "_revinclude", modifier, name, value);
    const bool plain = code == "_count" || code == "_sort" || code == "_summary" || code == "_total" ||
                       code == "_elements" || (code == "_type" && request_.type.empty());
    if (!plain) return std::nullopt;
    if (!modifier.empty() && name != "_type:not")
      return fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not known here", name,
                  "Leave it out");
    if (code == "_count") return set_count(value);
    if (code == "_sort") return add_sort(value);
    if (code == "_summary") return set_summary(value);
    if (code == "_elements") {
      query_.shown.elements = value;
      return Result<void>();
    }
    if (code == "_total") {
      using Total = SearchQuery::Total;
      query_.total = value == "accurate" ? Total::accurate : value == "estimate" ? Total::estimate : Total::none;
      if (value == "accurate" || value == "none" || value == "estimate") return Result<void>();
      return Result<void>(bad("_total", value, "is none of its values", "Known: accurate, estimate, none"));
    }
    return Result<void>();
  }

  Result<void> set_summary(const std::string& value) {
    query_.only_count = value == "count";
    if (value == "count" || value == "false") return {};
    if (value != "true" && value != "text" && value != "data")
      return bad("_summary", value, "is none of its values", "Known: true, text, data, count, false");
    query_.shown.summary = value;
    return {};
  }

  Result<void> set_count(const std::string& value) {
    if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) {
      return bad("_count", value, "is no number", "0 to " + std::to_string(kMostCount));
    }
    query_.count = value.size() > 9 ? kMostCount : std::min<std::size_t>(std::stoul(value), kMostCount);
    if (query_.count == 0) query_.only_count = true;
    return {};
  }

  Result<void> add_sort(const std::string& value) {
    for (std::string& key : split_values(value)) {
      SortBy sort;
      sort.descending = key.starts_with("-");
      const std::string code = sort.descending ? key.substr(1) : key;
      sort.parameter = one_type() ? type().find(code) : nullptr;
      if (code == "_lastUpdated") {
        sort.by = SortBy::By::updated;
      } else if (code == "_id") {
        sort.by = SortBy::By::id;
      } else if (sort.parameter == nullptr || sort.parameter->kind == Kind::composite ||
                 sort.parameter->kind == Kind::special) {
        return fail(Code::unsupported, "'" + code + "' is not sorted by", "_sort",
                    "Known: _lastUpdated, _id, and the parameters of the one type that is searched");
      } else {
        sort.by = sort.parameter == type().happened ? SortBy::By::happened : SortBy::By::parameter;
      }
      if (query_.sort.size() >= kMostSorts)
        return bad("_sort", value, "has too many keys", "At most " + std::to_string(kMostSorts));
      query_.sort.push_back(sort);
    }
    return {};
  }

  Result<void> add_include(bool reverse, std::string_view modifier, const std::string& name, const std::string& value) {
    if (!modifier.empty() && modifier != "iterate" && modifier != "recurse")
      return fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not offered", name,
                  "Known: :iterate");
    if (query_.includes.size() >= kMostIncludes) return bad(name, value, "is one include too many");
    Include include;
    include.reverse = reverse;
    include.iterate = !modifier.empty();
    if (value == "*" || value == "*:*") {
      if (!reverse && one_type()) include.source = query_.of.front().plan;
      query_.includes.push_back(std::move(include));
      return {};
    }
    const auto parts = split_plain(value, ':');
    if (parts.size() < 2 || parts.size() > 3)
      return bad(name, value, "is not written as Type:parameter or Type:parameter:Target");
    include.source = search_plan(view_.reader(), parts[0]);
    if (include.source == nullptr) return bad(name, parts[0], "is no resource type of FHIR R4");
    if (!reverse && !include.iterate && one_type() && include.source != &type())
      return bad(name, parts[0], "is not the type searched",
                 "Begin with " + std::string(type().name) + ", or write _include:iterate");
    for (const Indexed& parameter : include.source->parameters) {
      if (parameter.kind == Kind::reference && (parts[1] == "*" || parameter.code == parts[1]))
        include.indexed.push_back(&parameter);
    }
    if (include.indexed.empty()) {
      return fail(Code::unsupported, "'" + std::string(parts[1]) + "' is no reference that can be included", name,
                  reference_codes(*include.source));
    }
    if (parts.size() == 3) {
      if (!fhir::is_resource_type(parts[2])) return bad(name, parts[2], "is no resource type of FHIR R4");
      include.target = fhir::type(parts[2])->name;
    }
    query_.includes.push_back(std::move(include));
    return {};
  }

  static std::string reference_codes(const Plan& source) {
    std::string out;
    for (const Indexed& parameter : source.parameters) {
      if (parameter.kind == Kind::reference) out.append(out.empty() ? "Known: " : ", ").append(parameter.code);
    }
    return out;
  }

  Result<void> add_condition(const std::string& name, const std::string& value) {
    if (++conditions_ > kMostConditions) return bad(name, text::shortened(value, 40), "is one condition too many");
    // Of several types, all must know it.
    std::vector<Condition> read;
    for (const Leg& leg : query_.of) {
      YL_TRY(Condition condition, read_condition(view_, *leg.plan, request_.base, name, value));
      YL_CHECK(check_repetition(condition, leg.all_of, name));
      read.push_back(std::move(condition));
    }
    for (std::size_t i = 0; i < read.size(); ++i) query_.of[i].all_of.push_back(std::move(read[i]));
    return {};
  }

  // compartmentdefinition.html: what belongs to one patient, stay, person or device.
  Result<void> add_compartment() {
    const std::string_view owner = request_.compartment, id = request_.compartment_id;
    std::vector<Leg> within;
    for (Leg& leg : query_.of) {
      Condition condition;
      condition.about = Condition::About::compartment;
      if (leg.plan->name == owner) condition.ids.emplace_back(id);
      for (const std::string_view code : fhir::compartment_parameters(owner, leg.plan->name)) {
        const Indexed* way = leg.plan->find(code);
        if (way != nullptr && way->kind == Kind::reference) condition.ways.push_back(way);
      }
      if (condition.ids.empty() && condition.ways.empty()) continue;
      Alternative here;
      here.targets.push_back(resource_key(owner, id));
      condition.any_of.push_back(std::move(here));
      leg.all_of.push_back(std::move(condition));
      within.push_back(std::move(leg));
    }
    if (within.empty())
      return fail(Code::not_found, std::string(request_.type) + " is not in the compartment of a " + std::string(owner),
                  std::string(request_.type), "See the FHIR CompartmentDefinition of " + std::string(owner));
    query_.of = std::move(within);
    return {};
  }

  View& view_;
  const SearchRequest& request_;
  SearchQuery query_;
  std::string seed_;
  std::size_t conditions_ = 0;
};

}  // namespace

Result<SearchQuery> read_query(View& view, const SearchRequest& request) {
  return QueryReader(view, request).run();
}

}  // namespace yilian::records
