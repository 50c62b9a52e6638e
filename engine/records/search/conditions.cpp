#include "engine/records/search/conditions.h"

#include <algorithm>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/search/allowed.h"
#include "engine/records/search/codes.h"
#include "engine/records/search/fine_dates.h"
#include "engine/records/search/hierarchy.h"
#include "engine/records/search/values.h"
#include "engine/records/search/words.h"

namespace yilian::records {
namespace {

using About = Condition::About;
using Test = Condition::Test;

constexpr int kDeepest = 8;  // of chains and _has within each other
constexpr std::size_t kMostAlternatives = 1000;

Failure bad(std::string_view name, std::string_view value, std::string what, std::string cure = {}) {
  return fail(Code::bad_value, "'" + std::string(value) + "' " + what, std::string(name), std::move(cure));
}

bool is_narrower(std::string_view only, std::string_view type) { return only.empty() || only == type; }

class ConditionReader {
 public:
  ConditionReader(View& view, std::string_view base, const std::string& whole, bool bound)
      : view_(view), base_(base), whole_(whole), bound_(bound) {}

  Result<Condition> read(const Plan& plan, std::string_view name, const std::string& value, int depth) {
    if (depth > kDeepest) return bad(whole_, name, "is nested too deeply");
    if (name.starts_with("_has:")) return read_has(plan, name, value, depth);
    if (const std::size_t dot = name.find('.'); dot != std::string_view::npos)
      return read_chain(plan, name.substr(0, dot), name.substr(dot + 1), value, depth);
    const std::size_t colon = name.find(':');
    const std::string_view code = name.substr(0, colon);
    const std::string_view modifier = colon == std::string_view::npos ? std::string_view() : name.substr(colon + 1);
    if (value.empty()) return bad(whole_, value, "is empty", "Give a value, or leave the parameter out");
    if (code != "_filter" && has_wrong_escape(value))
      return bad(whole_, value, "has a \\ before what needs none", "Write \\\\ for a \\; only , $ | and \\ are escaped");
    if (code.starts_with("_")) {
      if (auto special = read_special(plan, code, modifier, value)) return std::move(*special);
    }
    const Indexed* parameter = plan.find(code);
    if (parameter == nullptr) return unknown_parameter(plan, name);
    const bool words = modifier == "text" && parameter->kind == Kind::string;
    YL_TRY(Condition read, words ? read_words(plan, *parameter, value) : read_parameter(*parameter, modifier, value));
    if (bound_) YL_CHECK(check_allowed(read, *parameter, modifier, value, whole_));
    return read;
  }

 private:
  static bool has_wrong_escape(std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] != '\\') continue;
      if (++i == value.size() || std::string_view("\\,|$").find(value[i]) == std::string_view::npos) return true;
    }
    return false;
  }

  // Nothing: it is a parameter like others.
  std::optional<Result<Condition>> read_special(const Plan& plan, std::string_view code, std::string_view modifier,
                                                const std::string& value) {
    Condition out;
    if (code == "_lastUpdated") {
      out.about = About::updated;
    } else if (code == "_id") {
      out.about = About::id;
    } else if (code == "_list") {
      out.about = About::list;
    } else if (code == "_text") {
      out.about = About::narrative;
    } else if (code == "_content") {
      out.about = About::content;
    } else if (code == "_filter") {
      if (modifier.empty()) return read_filter(view_, plan, base_, value);
    } else {
      return std::nullopt;
    }
    const bool negated = out.about == About::id && modifier == "not";
    if (!modifier.empty() && !negated)
      return Result<Condition>(fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not known here",
                                    whole_, "Leave it out"));
    if (auto filled = fill_special(out, value); !filled) return Result<Condition>(Failure(std::move(filled).error()));
    if (!negated) return Result<Condition>(std::move(out));
    Condition none;
    none.about = About::none;
    none.legs.push_back({&plan, {std::move(out)}});
    return Result<Condition>(std::move(none));
  }

  Result<void> fill_special(Condition& out, const std::string& value) {
    if (out.about == About::updated) {
      for (const std::string& part : split_alternatives(value)) {
        YL_TRY(Alternative date, read_date(part, whole_));
        out.any_of.push_back(of_whole_milliseconds(date));
      }
      return out.any_of.empty() ? Result<void>(bad(whole_, value, "has no value")) : Result<void>();
    }
    if (out.about == About::narrative || out.about == About::content) {
      for (const std::string& part : split_values(value)) {
        Alternative words;
        words.text = part;
        YL_CHECK(check_words(part, whole_));
        out.any_of.push_back(std::move(words));
      }
      if (const std::size_t words = count_of_words(out); words > kMostWordsAsked)
        return bad(whole_, std::to_string(words), "words are too many", "At most " + std::to_string(kMostWordsAsked));
      return out.any_of.empty() ? Result<void>(bad(whole_, value, "has nothing to look for")) : Result<void>();
    }
    for (std::string& id : split_values(value)) {
      if (!fhir::valid_primitive("id", id))
        return bad(whole_, id, "is no id", id.starts_with("$") ? "Lists made on the fly are not offered" : "");
      out.ids.push_back(std::move(id));
    }
    if (out.ids.empty()) return bad(whole_, value, "has no value");
    if (out.about == About::list && out.ids.size() > 1) return bad(whole_, value, "names more than one list");
    return {};
  }

  // _has:Observation:patient:code
  Result<Condition> read_has(const Plan& plan, std::string_view name, const std::string& value, int depth) {
    name.remove_prefix(5);
    const std::size_t first = name.find(':');
    const std::size_t second = first == std::string_view::npos ? first : name.find(':', first + 1);
    if (second == std::string_view::npos)
      return bad(whole_, name, "is not written as _has:Type:reference:parameter");
    const Plan* source = search_plan(view_.reader(), name.substr(0, first));
    if (source == nullptr) return bad(whole_, name.substr(0, first), "is no resource type of FHIR R4");
    const std::string_view code = name.substr(first + 1, second - first - 1);
    const Indexed* reference = source->find(code);
    if (reference == nullptr || reference->kind != Kind::reference)
      return fail(Code::unsupported, "'" + std::string(code) + "' is no reference of " + std::string(source->name), whole_);
    if (!is_narrower(reference->target, plan.name))
      return fail(Code::unsupported, "'" + std::string(code) + "' does not go to " + std::string(plan.name), whole_);
    YL_TRY(Condition inner, read(*source, name.substr(second + 1), value, depth + 1));
    Condition out;
    out.about = About::has;
    out.parameter = reference;
    out.legs.push_back({source, {std::move(inner)}});
    return out;
  }

  // subject:Patient.name, patient.organization.name
  Result<Condition> read_chain(const Plan& plan, std::string_view head, std::string_view rest, const std::string& value,
                               int depth) {
    const std::size_t colon = head.find(':');
    const std::string_view code = head.substr(0, colon);
    std::string_view type = colon == std::string_view::npos ? std::string_view() : head.substr(colon + 1);
    const Indexed* reference = plan.find(code);
    if (reference == nullptr) return unknown_parameter(plan, code);
    if (reference->kind != Kind::reference)
      return fail(Code::unsupported, "'" + std::string(code) + "' is no reference, nothing follows its dot", whole_);
    if (bound_) YL_CHECK(check_chain_allowed(*reference, rest, whole_));
    if (!type.empty() && !fhir::is_resource_type(type)) return bad(whole_, type, "is no resource type of FHIR R4");
    if (type.empty()) type = reference->target;
    Condition out;
    out.about = About::chain;
    out.parameter = reference;
    std::optional<Issue> refused;
    for (const std::string_view target : targets_of(*reference, type)) {
      const Plan& there = *search_plan(view_.reader(), target);
      auto inner = read(there, rest, value, depth + 1);
      if (inner) {
        out.legs.push_back({&there, {std::move(*inner)}});
      } else if (!refused || refused->code == Code::unsupported) {
        refused = std::move(inner).error();
      }
    }
    // Of several types those count that know the parameter; a bad value is bad for all.
    if (out.legs.empty() || (refused && refused->code != Code::unsupported)) return Failure(std::move(*refused));
    return out;
  }

  static std::vector<std::string_view> targets_of(const Indexed& reference, std::string_view type) {
    if (!type.empty()) return {fhir::type(type)->name};
    if (!reference.targets.empty()) return reference.targets;
    std::vector<std::string_view> all;
    for (const fhir::Type* each : fhir::resource_types()) all.push_back(each->name);
    return all;
  }

  Result<Condition> read_parameter(const Indexed& parameter, std::string_view modifier, const std::string& value) {
    Condition out;
    out.parameter = &parameter;
    std::string_view target;
    YL_CHECK(read_modifier(out, modifier, target));
    if (out.test == Test::is_missing) {
      if (value != "true" && value != "false") return bad(whole_, value, "is neither true nor false");
      if (value == "false") out.test = Test::is_there;
      if (parameter.kind == Kind::special || parameter.kind == Kind::composite)
        return fail(Code::unsupported, "':missing' is not offered for it", whole_);
      return out;
    }
    // text/xml with its parameters; a canonical with its later versions: the texts themselves are looked at.
    const bool plain = parameter.kind == Kind::token ? value.find('|') == std::string::npos : is_canonical(parameter);
    if (modifier == "below" && plain && parameter.kind != Kind::uri) {
      out.test = Test::begins;
      for (std::string& part : split_values(value)) {
        Alternative begin;
        begin.text = std::move(part);
        out.any_of.push_back(std::move(begin));
      }
      return out;
    }
    if (parameter.kind == Kind::token && (modifier == "in" || modifier == "not-in" || modifier == "below" || modifier == "above")) {
      YL_TRY(out.any_of, read_codes(view_, modifier, value, whole_));
      return out;
    }
    for (std::string& part : split_alternatives(value)) {
      if (parameter.kind == Kind::reference && !base_.empty() && part.starts_with(base_)) part.erase(0, base_.size());
      YL_TRY(Alternative alternative, read_alternative(parameter, out.test, target, part, whole_));
      if (parameter.kind == Kind::reference && (out.test == Test::above || out.test == Test::below)) {
        YL_TRY(alternative.targets, hierarchy_of(view_, parameter, alternative.targets, out.test == Test::below, whole_));
      }
      out.any_of.push_back(std::move(alternative));
    }
    if (out.any_of.empty()) return bad(whole_, value, "has no value");
    if (out.any_of.size() > kMostAlternatives)
      return bad(whole_, std::to_string(out.any_of.size()), "values are too many", "At most " + std::to_string(kMostAlternatives));
    return out;
  }

  // name:text=shaw amy: each of its words begins one of the resource's, wherever it stands, or it is found as it was typed
  // (zhang san).
  Result<Condition> read_words(const Plan& plan, const Indexed& parameter, const std::string& value) {
    Condition out;
    out.about = About::any;
    out.parameter = &parameter;
    std::size_t words = 0;
    const auto add = [&](Leg& leg, std::string_view text) -> Result<void> {
      Condition& one = leg.all_of.emplace_back();
      one.parameter = &parameter;
      YL_TRY(Alternative asked, read_alternative(parameter, Test::matches, {}, std::string(text), whole_));
      one.any_of.push_back(std::move(asked));
      return {};
    };
    for (const std::string& part : split_alternatives(value)) {
      Leg together{&plan, {}};
      for (const std::string_view word : words_in(part)) YL_CHECK(add(together, word));
      words += together.all_of.size();
      if (together.all_of.empty() || words > kMostWordsAsked)
        return bad(whole_, value, words > kMostWordsAsked ? "has too many words" : "has nothing to look for",
                   "Write one to " + std::to_string(kMostWordsAsked) + " words");
      const bool several = together.all_of.size() > 1;
      out.legs.push_back(std::move(together));
      if (several) YL_CHECK(add(out.legs.emplace_back(Leg{&plan, {}}), part));
    }
    if (out.legs.empty()) return bad(whole_, value, "has no value");
    if (words > 1) return out;
    Condition only = std::move(out.legs.front().all_of.front());
    return only;
  }

  static std::vector<std::string_view> words_in(std::string_view text) {
    std::vector<std::string_view> out;
    constexpr std::string_view kWideBlank = "\xE3\x80\x80";
    while (!text.empty()) {
      const std::size_t end = std::min({text.find(' '), text.find(kWideBlank), text.size()});
      if (end > 0) out.push_back(text.substr(0, end));
      text.remove_prefix(end == text.size() ? end : end + (text[end] == ' ' ? 1 : kWideBlank.size()));
    }
    return out;
  }

  Result<void> read_modifier(Condition& out, std::string_view modifier, std::string_view& target) {
    const Kind kind = out.parameter->kind;
    if (kind == Kind::special) out.test = Test::near;
    if (modifier.empty()) return {};
    struct Offer {
      std::string_view modifier;
      Kind kind;
      Test test;
    };
    static constexpr Offer offers[] = {
        {"exact", Kind::string, Test::exact},       {"contains", Kind::string, Test::contains},
        {"not", Kind::token, Test::differs},        {"text", Kind::token, Test::text},
        {"in", Kind::token, Test::matches},         {"not-in", Kind::token, Test::differs},
        {"below", Kind::token, Test::matches},      {"above", Kind::token, Test::matches},
        {"of-type", Kind::token, Test::of_type},    {"identifier", Kind::reference, Test::identifier},
        {"above", Kind::uri, Test::above},          {"below", Kind::uri, Test::below},
        {"above", Kind::reference, Test::above},    {"below", Kind::reference, Test::below},
    };
    if (modifier == "missing") {
      out.test = Test::is_missing;
      return {};
    }
    for (const Offer& offer : offers) {
      if (offer.modifier != modifier || offer.kind != kind || (modifier == "of-type" && !has_identifiers(*out.parameter)))
        continue;
      out.test = offer.test;
      return {};
    }
    if (kind == Kind::reference && fhir::is_resource_type(modifier)) {
      target = fhir::type(modifier)->name;
      return {};
    }
    std::string known = kind == Kind::string ? "Known: :missing, :text" : "Known: :missing";
    for (const Offer& offer : offers) {
      if (offer.kind == kind) known.append(", :").append(offer.modifier);
    }
    if (kind == Kind::reference) known += ", a resource type (:Patient)";
    return fail(Code::unsupported, "the modifier ':" + std::string(modifier) + "' is not offered", whole_,
                std::move(known));
  }

  static bool is_canonical(const Indexed& parameter) {
    return parameter.any_leaf([](const fhir::Type& leaf) { return leaf.name == "canonical"; });
  }

  static bool has_identifiers(const Indexed& parameter) {
    return parameter.any_leaf([](const fhir::Type& leaf) { return leaf.name == "Identifier"; });
  }

  View& view_;
  const std::string_view base_;
  const std::string& whole_;
  const bool bound_;
};

}  // namespace

Failure unknown_parameter(const Plan& plan, std::string_view name) {
  std::string known = "_id, _lastUpdated";
  for (const Indexed& parameter : plan.parameters) known.append(", ").append(parameter.code);
  return fail(Code::unsupported, "'" + std::string(name) + "' is not searched by", std::string(plan.name),
              "Known: " + known + "; _count, _sort, _include, _revinclude, _summary, _elements, _total, _has, _filter");
}

Result<Condition> read_condition(View& view, const Plan& plan, std::string_view base, const std::string& name,
                                 const std::string& value, bool bound) {
  return ConditionReader(view, base, name, bound).read(plan, name, value, 0);
}

}  // namespace yilian::records
