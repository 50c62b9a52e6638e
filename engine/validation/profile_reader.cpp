// From a StructureDefinition to the tree of what it asks.

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/validation/base_rules.h"
#include "engine/validation/discriminator.h"
#include "engine/validation/profile.h"

namespace yilian::validation {
namespace {

using fhir::Element;
using fhir::Json;
using fhir::Type;

constexpr std::size_t kMostElements = 20'000;
constexpr std::size_t kMostLevels = 40;
constexpr std::string_view kBestPractice = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice";
constexpr std::string_view kFhirType = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

std::span<const Json> items_of(const Json& of, std::string_view name) {
  const Json* found = of.find(name);
  return found ? found->items() : std::span<const Json>();
}

std::string_view bare(std::string_view segment) {
  return segment.ends_with("[x]") ? segment.substr(0, segment.size() - 3) : segment;
}

// fixed[x], pattern[x], minValue[x], maxValue[x]
const Json* choice(const Json& element, std::string_view prefix) {
  for (const fhir::Member& each : element.members()) {
    if (each.name.size() > prefix.size() && each.name.starts_with(prefix) && each.name[prefix.size()] >= 'A' &&
        each.name[prefix.size()] <= 'Z') {
      return &each.value;
    }
  }
  return nullptr;
}

std::string_view type_code(const Json& type) {
  for (const Json& each : items_of(type, "extension")) {
    if (each.text_at("url") == kFhirType)
      return each.find("valueUrl") ? each.text_at("valueUrl") : each.text_at("valueUri");
  }
  const std::string_view code = type.text_at("code");
  return code.starts_with("http://hl7.org/fhirpath/") ? "string" : code;
}

class Reader {
 public:
  Reader(const Json& definition, const Profile* base) : definition_(definition), base_(base) {}

  Result<Profile> read() {
    profile_.url = definition_.text_at("url");
    profile_.version = definition_.text_at("version");
    if (profile_.url.empty()) return fail(Code::required_missing, "A profile without url", "StructureDefinition.url");
    profile_.type = fhir::type(definition_.text_at("type"));
    if (!profile_.type) {
      return fail(Code::unsupported, "\"" + std::string(definition_.text_at("type")) + "\" is no type of FHIR R4",
                  profile_.url);
    }
    profile_.memory = std::make_shared<fhir::Arena>();
    const Json* snapshot = definition_.find("snapshot");
    const Json* source = snapshot ? snapshot : definition_.find("differential");
    if (!snapshot && base_) profile_.root = base_->root;  // its values live as long as the set
    profile_.root.name = profile_.type->name;
    const std::span<const Json> elements = source ? items_of(*source, "element") : std::span<const Json>();
    if (elements.size() > kMostElements) return fail(Code::too_large, "More than 20000 elements", profile_.url);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (auto done = element(elements[i]); !done) {
        Issue issue = std::move(done).error();
        issue.where = profile_.url + ", " + (snapshot ? "snapshot" : "differential") + ".element[" + std::to_string(i) +
                      "] (" + std::string(elements[i].text_at("id")) + ")" +
                      (issue.where.empty() ? "" : ", " + issue.where);
        return Failure(std::move(issue));
      }
    }
    for (const Json& each : items_of(definition_, "context")) {
      if (profile_.type->name == "Extension")
        profile_.contexts.push_back({std::string(each.text_at("type")), std::string(each.text_at("expression"))});
    }
    tidy(profile_.root);
    return std::move(profile_);
  }

 private:
  // The id, or what it has to be by the path and the slice name.
  std::string id_of(const Json& element) {
    const std::string path(element.text_at("path"));
    std::string id(element.text_at("id"));
    if (id.empty() || id.find('.') == std::string::npos) {
      const std::size_t dot = path.rfind('.');
      const std::string parent = dot == std::string::npos ? std::string() : path.substr(0, dot);
      const auto known = last_id_.find(parent);
      const std::string slice(element.text_at("sliceName"));
      id = (parent.empty() ? std::string() : (known == last_id_.end() ? parent : known->second) + ".") +
           path.substr(dot == std::string::npos ? 0 : dot + 1);
      if (!slice.empty()) id += ":" + slice;
    }
    last_id_[path] = id;
    return id;
  }

  Result<void> element(const Json& json) {
    const std::string id = id_of(json);
    const std::string_view path = json.text_at("path");
    if (path.empty()) return fail(Code::required_missing, "An element without path");
    YL_TRY(Rule * rule, place(id));
    rule->id = id;
    const Element* plain = rule->slice_name.empty() ? base_element(path) : nullptr;
    YL_CHECK(cardinality(json, plain, *rule));
    types(json, plain, *rule);
    values(json, *rule);
    binding(json, plain, *rule);
    YL_CHECK(constraints(json, path, *rule));
    if (const Json* reference = json.find("contentReference")) {
      const std::string_view text = reference->text();
      rule->content = text.substr(std::min(text.find('#') + 1, text.size()));
    }
    return slicing(json, *rule);
  }

  // The rule of an id, made with those above it where they are not there.
  Result<Rule*> place(std::string_view id) {
    Rule* at = &profile_.root;
    const std::size_t first = id.find('.');
    std::string_view rest = first == std::string_view::npos ? std::string_view() : id.substr(first + 1);
    const Type* type = profile_.type;
    for (std::size_t level = 0; !rest.empty(); ++level) {
      if (level > kMostLevels) return fail(Code::too_deep, "Nested deeper than 40 levels");
      const std::size_t end = std::min(rest.find('.'), rest.size());
      std::string_view segment = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      std::string_view slice;
      if (const std::size_t colon = segment.find(':'); colon != std::string_view::npos) {
        slice = segment.substr(colon + 1);
        segment = segment.substr(0, colon);
      }
      std::string_view name = bare(segment);
      // "valueQuantity" is value[x] where it is a Quantity.
      if (const Element* found = type ? type->find(name) : nullptr; type && !found) {
        const fhir::Found short_form = fhir::find_json(*type, name);
        if (!short_form.element)
          return fail(Code::bad_value, "\"" + std::string(segment) + "\" is no element of " + std::string(type->name));
        if (slice.empty()) slice = name;
        name = short_form.element->name;
      }
      at = &child(*at, name);
      const Element* element = type ? type->find(name) : nullptr;
      type = element && element->types.size() == 1 && element->types.front()->kind != Type::Kind::resource
                 ? element->types.front()
                 : nullptr;
      if (!slice.empty()) {
        at = &this->slice(*at, slice, element);
        if (at->types.size() == 1) type = at->types.front().type;
      }
    }
    return at;
  }

  static Rule& child(Rule& of, std::string_view name) {
    for (Rule& each : of.children) {
      if (each.name == name) return each;
    }
    of.children.emplace_back().name = name;
    return of.children.back();
  }

  // "a/b": the slice b of the slice a.
  Rule& slice(Rule& of, std::string_view name, const Element* element) {
    const std::size_t slash = name.find('/');
    const std::string_view first = name.substr(0, slash);
    if (element && element->choice && !of.slicing)
      of.slicing = Slicing{{{Discriminator::Kind::type, {}}}, false, Slicing::Rules::open};
    Rule* found = nullptr;
    for (Rule& each : of.slices) {
      if (each.slice_name == first) found = &each;
    }
    if (!found) {
      found = &of.slices.emplace_back();
      found->name = of.name;
      found->slice_name = first;
      const fhir::Type* named = nullptr;
      if (element && element->choice) {
        for (std::size_t i = 0; i < element->types.size(); ++i) {
          if (element->json_names[i] == first) named = element->types[i];
        }
      }
      if (named) found->types.push_back({named, {}, {}});
    }
    return slash == std::string_view::npos ? *found : slice(*found, name.substr(slash + 1), nullptr);
  }

  // What R4 has at a path, as far as the types on the way are told by R4.
  const Element* base_element(std::string_view path) const {
    const Type* type = profile_.type;
    const Element* element = nullptr;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos;) {
      path.remove_prefix(dot + 1);
      dot = path.find('.');
      element = type ? type->find(bare(path.substr(0, dot))) : nullptr;
      if (!element) return nullptr;
      type = element->types.size() == 1 ? element->types.front() : nullptr;
    }
    return element;
  }

  static Result<void> cardinality(const Json& json, const Element* plain, Rule& rule) {
    if (const Json* min = json.find("min")) {
      const std::string_view text = min->text();
      if (std::from_chars(text.data(), text.data() + text.size(), rule.min).ec != std::errc())
        return fail(Code::bad_value, "No number", "min");
      if (plain && plain->required && rule.min == 1) rule.min = 0;  // R4 asks it
    }
    const std::string_view max = json.text_at("max");
    if (max.empty() || max == "*") return {};
    if (std::from_chars(max.data(), max.data() + max.size(), rule.max).ec != std::errc())
      return fail(Code::bad_value, "No number", "max");
    if (plain && !plain->list && rule.max == 1) rule.max = kUnbounded;
    return {};
  }

  static void types(const Json& json, const Element* plain, Rule& rule) {
    std::vector<TypeRule> read;
    bool narrows = !plain;
    for (const Json& each : items_of(json, "type")) {
      const std::string_view code = type_code(each);
      TypeRule* same = nullptr;
      for (TypeRule& other : read) {
        if (other.type && other.type->name == code) same = &other;
      }
      TypeRule& type = same ? *same : read.emplace_back();
      type.type = fhir::type(code);
      for (const Json& url : items_of(each, "profile")) type.profiles.emplace_back(url.text());
      for (const Json& url : items_of(each, "targetProfile")) type.targets.emplace_back(url.text());
      narrows =
          narrows || !type.profiles.empty() ||
          (plain && std::ranges::find(plain->types, type.type) == plain->types.end()) ||
          (plain && !type.targets.empty() && type.targets.size() != plain->targets.size()) ||
          (plain && std::ranges::any_of(type.targets, [](const std::string& url) { return !is_base_definition(url); }));
    }
    if (read.empty()) return;
    narrows = narrows || read.size() != plain->types.size();
    // The definitions have a type of its own for what the files call a BackboneElement.
    const bool backbone = read.size() == 1 && read.front().type &&
                          (read.front().type->name == "BackboneElement" || read.front().type->name == "Element");
    if (narrows && !(backbone && read.front().profiles.empty())) rule.types = std::move(read);
  }

  static bool is_base_definition(std::string_view url) {
    constexpr std::string_view before = "http://hl7.org/fhir/StructureDefinition/";
    return url.starts_with(before) && fhir::type(url.substr(before.size()));
  }

  void values(const Json& json, Rule& rule) {
    const auto keep = [&](std::string_view prefix, const Json*& to) {
      if (const Json* found = choice(json, prefix)) to = fhir::copy(*found, *profile_.memory);
    };
    keep("fixed", rule.fixed);
    keep("pattern", rule.pattern);
    keep("minValue", rule.least);
    keep("maxValue", rule.most);
    if (const Json* length = json.find("maxLength")) {
      std::uint32_t most = 0;
      const std::string_view text = length->text();
      if (std::from_chars(text.data(), text.data() + text.size(), most).ec == std::errc()) rule.max_length = most;
    }
  }

  static void binding(const Json& json, const Element* plain, Rule& rule) {
    const Json* found = json.find("binding");
    if (!found) return;
    std::string_view url = found->text_at("valueSet");
    url = url.substr(0, url.find('|'));
    const std::string_view strength = found->text_at("strength");
    if (url.empty() || strength == "example") return;
    if (plain && plain->binding == std::string(strength) + ' ' + std::string(url) && !plain->codes.empty())
      return;  // fhir::check looks
    rule.binding = Binding{std::string(strength), std::string(url)};
  }

  static Result<void> constraints(const Json& json, std::string_view path, Rule& rule) {
    for (const Json& each : items_of(json, "constraint")) {
      const std::string_view key = each.text_at("key");
      const std::string_view expression = each.text_at("expression");
      if (expression.empty() || is_base_constraint(key, expression)) continue;
      const auto same = [&](const Constraint& other) {
        return other.key == key && other.expression.text() == expression;
      };
      if (std::ranges::any_of(rule.constraints, same)) continue;
      const bool best = std::ranges::any_of(
          items_of(each, "extension"), [](const Json& extension) { return extension.text_at("url") == kBestPractice; });
      const Severity severity = each.text_at("severity") == "warning" ? Severity::warning : Severity::error;
      const Type* type = fhir::type(path);
      if (!type && rule.types.size() == 1) type = rule.types.front().type;
      auto compiled = Constraint::compile({key, severity, best, expression, each.text_at("human")}, type);
      if (!compiled) {
        return fail(compiled.error().code, compiled.error().what,
                    "constraint " + std::string(key) + ", " + compiled.error().where);
      }
      rule.constraints.push_back(std::move(*compiled));
    }
    return {};
  }

  static Result<void> slicing(const Json& json, Rule& rule) {
    const Json* found = json.find("slicing");
    if (!found) return {};
    Slicing made;
    for (const Json& each : items_of(*found, "discriminator")) {
      using Kind = Discriminator::Kind;
      static const std::map<std::string_view, Kind> kinds{{"value", Kind::value},
                                                          {"pattern", Kind::value},
                                                          {"exists", Kind::exists},
                                                          {"type", Kind::type},
                                                          {"profile", Kind::profile}};
      const auto kind = kinds.find(each.text_at("type"));
      if (kind == kinds.end())
        return fail(Code::unsupported, "\"" + std::string(each.text_at("type")) + "\" is no kind of discriminator",
                    "slicing");
      YL_TRY(auto path, read_discriminator_path(each.text_at("path")));
      made.discriminators.push_back({kind->second, std::move(path)});
    }
    const Json* ordered = found->find("ordered");
    made.ordered = ordered && ordered->boolean();
    const std::string_view rules = found->text_at("rules");
    made.rules = rules == "closed"      ? Slicing::Rules::closed
                 : rules == "openAtEnd" ? Slicing::Rules::at_end
                                        : Slicing::Rules::open;
    rule.slicing = std::move(made);
    return {};
  }

  // Extensions are sliced by their URL whether or not that is said; what asks nothing goes.
  static void tidy(Rule& rule) {
    for (std::vector<Rule>* each : {&rule.children, &rule.slices}) {
      for (Rule& below : *each) tidy(below);
    }
    const bool extension = rule.name == "extension" || rule.name == "modifierExtension";
    if (!rule.slices.empty() && !rule.slicing && extension && rule.slice_name.empty()) {
      rule.slicing =
          Slicing{{{Discriminator::Kind::value, {{PathStep::Kind::child, "url"}}}}, false, Slicing::Rules::open};
    }
    std::erase_if(rule.children, asks_nothing);
  }
  static bool asks_nothing(const Rule& rule) {
    return rule.min == 0 && rule.max == kUnbounded && rule.types.empty() && !rule.fixed && !rule.pattern &&
           !rule.least && !rule.most && !rule.max_length && !rule.binding && rule.constraints.empty() &&
           rule.content.empty() && !rule.slicing && rule.slices.empty() && rule.children.empty();
  }

  const Json& definition_;
  const Profile* base_;
  Profile profile_;
  std::map<std::string, std::string> last_id_;
};

}  // namespace

Result<Profile> read_profile(const Json& definition, const Profile* base) { return Reader(definition, base).read(); }

}  // namespace yilian::validation
