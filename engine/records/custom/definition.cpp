#include "engine/records/custom/definition.h"

#include <algorithm>

namespace yilian::records {
namespace {

using fhir::Json;

constexpr std::size_t kLongestCode = 64, kLongestUrl = 1024, kLongestExpression = 4096, kMostComponents = 8;
constexpr std::size_t kMostNames = 64;  // of what is allowed

bool derives(const fhir::Type* type, std::string_view base) {
  for (; type != nullptr; type = type->base) {
    if (type->name == base) return true;
  }
  return false;
}

// What can stand in a URL beside modifiers (:), chains (.), _has and the parameters of all types (_).
bool is_code(std::string_view code) {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !code.empty() && alphanumeric(code.front()) &&
         std::all_of(code.begin(), code.end(), [&](char c) { return alphanumeric(c) || c == '-' || c == '_'; });
}

Failure missing(std::string_view element, std::string cure) {
  return fail(Code::required_missing, "an active SearchParameter is searched by, and this has none",
              "SearchParameter." + std::string(element), std::move(cure));
}

Result<std::string> bounded(const Json& from, std::string_view name, std::size_t most, const std::string& where) {
  const std::string_view text = from.text_at(name);
  if (text.size() > most)
    return fail(Code::bad_value, "has more than " + std::to_string(most) + " bytes", where, "Make it shorter");
  return std::string(text);
}

// The resource types that a list names.
Result<void> read_types(const Json& resource, std::string_view name, bool with_abstract,
                        std::vector<std::string_view>& out) {
  const Json* list = resource.find(name);
  if (list == nullptr) return {};
  for (const Json& item : list->items()) {
    const fhir::Type* type = fhir::type(item.text());
    const bool known = type != nullptr && type->kind == fhir::Type::Kind::resource;
    if (!known || (type->abstract_type && !with_abstract))
      return fail(Code::bad_value, "'" + std::string(item.text().substr(0, 64)) + "' is no resource type of FHIR R4",
                  "SearchParameter." + std::string(name), "Name a type, as Patient");
    if (std::find(out.begin(), out.end(), type->name) == out.end()) out.push_back(type->name);
  }
  std::sort(out.begin(), out.end());
  return {};
}

Result<void> read_components(const Json& resource, CustomDefinition& out) {
  const Json* list = resource.find("component");
  if (out.kind != Kind::composite) {
    if (list == nullptr || list->size() == 0) return {};
    return fail(Code::bad_value, "only a composite has components", "SearchParameter.component", "Leave them out");
  }
  if (list == nullptr || list->size() < 2 || list->size() > kMostComponents)
    return fail(Code::bad_value, "a composite has 2 to " + std::to_string(kMostComponents) + " components",
                "SearchParameter.component", "Say of what it is composed");
  for (const Json& item : list->items()) {
    const std::string where = "SearchParameter.component[" + std::to_string(out.components.size()) + "]";
    CustomDefinition::Component component;
    YL_TRY(component.url, bounded(item, "definition", kLongestUrl, where + ".definition"));
    YL_TRY(component.expression, bounded(item, "expression", kLongestExpression, where + ".expression"));
    component.kind = kind_named(item.text_at("type")).value_or(Kind::special);
    out.components.push_back(std::move(component));
  }
  return {};
}

// Nothing said about it: all is allowed.
bool is_allowed(const Json& resource, std::string_view name) { return resource.text_at(name) != "false"; }

Result<void> read_names(const Json& resource, std::string_view name, std::vector<std::string>& out) {
  const Json* list = resource.find(name);
  if (list == nullptr) return {};
  const std::string where = "SearchParameter." + std::string(name);
  if (list->size() > kMostNames)
    return fail(Code::bad_value, "has more than " + std::to_string(kMostNames) + " items", where, "Name fewer");
  for (const Json& item : list->items()) {
    if (item.text().empty() || item.text().size() > kLongestCode)
      return fail(Code::bad_value,
                  "has an item without text, or of more than " + std::to_string(kLongestCode) + " bytes", where,
                  "Name what is allowed");
    out.emplace_back(item.text());
  }
  std::sort(out.begin(), out.end());
  return {};
}

Result<void> read_allowed(const Json& resource, Allowed& out) {
  out.several_values = is_allowed(resource, "multipleOr");
  out.repeated = is_allowed(resource, "multipleAnd");
  YL_CHECK(read_names(resource, "modifier", out.modifiers));
  YL_CHECK(read_names(resource, "comparator", out.comparators));
  return read_names(resource, "chain", out.chains);
}

template <class Text>
void write_list(std::string& out, const char* name, const std::vector<Text>& list) {
  out.append(",\"").append(name).append("\":[");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    fhir::write_json_string(list[i], out);
  }
  out += ']';
}

void write_text(std::string& out, const char* name, std::string_view text) {
  out.append(out.empty() || out.back() == '{' ? "\"" : ",\"").append(name).append("\":");
  fhir::write_json_string(text, out);
}

}  // namespace

bool CustomDefinition::is_of(const fhir::Type& type) const {
  return std::any_of(bases.begin(), bases.end(), [&](std::string_view base) { return derives(&type, base); });
}

bool CustomDefinition::has_rows_of(const CustomDefinition& other) const {
  CustomDefinition like = other;
  like.url = url;
  like.allowed = allowed;
  return *this == like;
}

std::vector<const fhir::Type*> CustomDefinition::types() const {
  std::vector<const fhir::Type*> out;
  for (const fhir::Type* type : fhir::resource_types()) {
    if (is_of(*type)) out.push_back(type);
  }
  return out;
}

Result<CustomDefinition> read_definition(const Json& resource) {
  CustomDefinition out;
  YL_TRY(out.code, bounded(resource, "code", kLongestCode, "SearchParameter.code"));
  YL_TRY(out.url, bounded(resource, "url", kLongestUrl, "SearchParameter.url"));
  YL_TRY(out.expression, bounded(resource, "expression", kLongestExpression, "SearchParameter.expression"));
  if (!is_code(out.code))
    return fail(Code::bad_value, "'" + out.code + "' cannot be searched by", "SearchParameter.code",
                "Letters, digits, - and _, beginning with a letter or digit; what begins with _ is the standard's own");
  const auto kind = kind_named(resource.text_at("type"));
  if (!kind) return missing("type", "Say token, string, date, reference, number, quantity, uri or composite");
  if (*kind == Kind::special)
    return fail(Code::unsupported, "what a special parameter means stands in no expression, so it cannot be indexed",
                "SearchParameter.type",
                "Say what it is: token, string, date, reference, number, quantity, uri, composite");
  out.kind = *kind;
  if (out.expression.empty()) return missing("expression", "Say by FHIRPath where its values are: Patient.birthDate");
  YL_CHECK(read_types(resource, "base", true, out.bases));
  if (out.bases.empty()) return missing("base", "Name the types that have it");
  YL_CHECK(read_types(resource, "target", false, out.targets));
  if (!out.targets.empty() && out.kind != Kind::reference)
    return fail(Code::bad_value, "only a reference has targets", "SearchParameter.target", "Leave them out");
  YL_CHECK(read_components(resource, out));
  YL_CHECK(read_allowed(resource, out.allowed));
  return out;
}

std::string text_of(const CustomDefinition& definition) {
  std::string out = "{";
  write_text(out, "url", definition.url);
  write_text(out, "code", definition.code);
  write_text(out, "type", kind_name(definition.kind));
  write_text(out, "expression", definition.expression);
  write_list(out, "base", definition.bases);
  write_list(out, "target", definition.targets);
  const Allowed& allowed = definition.allowed;
  if (!allowed.several_values) out += ",\"multipleOr\":false";
  if (!allowed.repeated) out += ",\"multipleAnd\":false";
  write_list(out, "modifier", allowed.modifiers);
  write_list(out, "comparator", allowed.comparators);
  write_list(out, "chain", allowed.chains);
  if (definition.kind == Kind::composite) {
    out += ",\"component\":[";
    for (std::size_t i = 0; i < definition.components.size(); ++i) {
      const auto& component = definition.components[i];
      std::string one = "{";
      write_text(one, "definition", component.url);
      write_text(one, "expression", component.expression);
      write_text(one, "type", kind_name(component.kind));
      out.append(i > 0 ? "," : "").append(one).append("}");
    }
    out += ']';
  }
  return out + "}";
}

}  // namespace yilian::records
