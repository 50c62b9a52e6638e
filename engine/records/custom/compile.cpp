#include "engine/records/custom/compile.h"

#include <algorithm>
#include <array>

namespace yilian::records {
namespace {

const std::string kExpression = "SearchParameter.expression";

// What reaches outside of the resource, is another at another time, or reads without an order.
constexpr std::array<std::string_view, 15> kNotIndexed{
    "resolve",    "memberOf",        "conformsTo",        "now",         "today",
    "timeOfDay",  "trace",           "children",          "descendants", "subsumes",
    "subsumedBy", "hasTemplateIdOf", "elementDefinition", "slice",       "checkModifiers"};
constexpr std::array<std::string_view, 6> kVariables{"resource", "context", "rootResource", "ucum", "sct", "loinc"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool derives(const fhir::Type* type, std::string_view base) {
  for (; type != nullptr; type = type->base) {
    if (type->name == base) return true;
  }
  return false;
}

bool fits(Kind kind, const fhir::Type& type) {
  static constexpr std::array<std::string_view, 10> texts{"string", "markdown", "code",      "id",   "uri",
                                                          "url",    "oid",      "canonical", "uuid", "xhtml"};
  static constexpr std::array<std::string_view, 18> tokens{
      "boolean",         "code",   "string",     "id",          "uri",  "url",         "oid",
      "canonical",       "uuid",   "integer",    "date",        "time", "positiveInt", "unsignedInt",
      "CodeableConcept", "Coding", "Identifier", "ContactPoint"};
  static constexpr std::array<std::string_view, 4> numbers{"integer", "positiveInt", "unsignedInt", "decimal"};
  static constexpr std::array<std::string_view, 5> dates{"date", "dateTime", "instant", "Period", "Timing"};
  static constexpr std::array<std::string_view, 5> uris{"uri", "url", "oid", "canonical", "uuid"};
  const std::string_view name = type.name;
  switch (kind) {
    case Kind::token:
      return is_one_of(name, tokens);
    case Kind::string:
      return is_one_of(name, texts) || name == "HumanName" || name == "Address" || name == "Annotation";
    case Kind::number:
      return is_one_of(name, numbers);
    case Kind::date:
      return is_one_of(name, dates);
    case Kind::quantity:
      return derives(&type, "Quantity") || name == "Money" || name == "Range";
    case Kind::reference:
      return name == "Reference" || name == "canonical" || name == "uri";
    case Kind::uri:
      return is_one_of(name, uris);
    case Kind::composite:
    case Kind::special:
      break;
  }
  return false;
}

// Of System values, as far as their types are known.
bool can_be_computed(Kind kind, std::uint8_t values) {
  using Use = fhirpath::Use;
  if (values == Use::none || kind == Kind::reference || kind == Kind::quantity) return false;
  return kind == Kind::token || values != Use::boolean;
}

// The resource type that a part begins with: "Patient" of `(Patient.x as Coding).code`. nullptr: it begins with an
// element.
const fhir::Type* head_of(std::string_view part) {
  while (!part.empty() && (part.front() == '(' || part.front() == ' ')) part.remove_prefix(1);
  const auto* const end = std::find_if_not(part.begin(), part.end(),
                                           [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  const fhir::Type* type = fhir::type(part.substr(0, static_cast<std::size_t>(end - part.begin())));
  return type != nullptr && type->kind == fhir::Type::Kind::resource ? type : nullptr;
}

// The parts of a union that are for the type.
std::vector<std::string_view> parts_for(const fhir::Type& type, std::string_view expression) {
  std::vector<std::string_view> out = union_parts(expression);
  std::erase_if(out, [&](std::string_view part) {
    const fhir::Type* head = head_of(part);
    return head != nullptr && !derives(&type, head->name);
  });
  return out;
}

Failure not_kept(std::string_view what) {
  return fail(Code::unsupported, "'" + std::string(what) + "' stands beside a resource's content, and is no part of it",
              kExpression, "Search by _id and _lastUpdated");
}

// id, meta.versionId and meta.lastUpdated are kept apart from the content.
Result<void> check_paths(const std::vector<Path>& paths) {
  for (const Path& path : paths) {
    const std::string_view first = path.steps.front().member;
    const std::string_view last = path.steps.back().member;
    if (path.steps.size() == 1 && first == "id") return not_kept("id");
    if (path.steps.size() == 2 && first == "meta" && (last == "versionId" || last == "lastUpdated"))
      return not_kept(last);
  }
  return {};
}

Result<void> check_use(const fhirpath::Use& use) {
  if (!use.never.empty())
    return fail(Code::bad_value, std::string(use.never), kExpression, "Name a type that the element can have");
  for (const std::string_view function : use.functions) {
    if (is_one_of(function, kNotIndexed))
      return fail(Code::unsupported,
                  std::string(function) + "() cannot be indexed: what it gives does not follow from the resource alone",
                  kExpression,
                  function == "resolve" ? "Only where(resolve() is Patient) at the end of a path is offered"
                                        : "Say it by the elements of the resource");
  }
  for (const std::string_view variable : use.variables) {
    if (!is_one_of(variable, kVariables))
      return fail(Code::bad_value, "there is no variable %" + std::string(variable), kExpression, "Known: %resource");
  }
  for (const auto& [in, name] : use.members) {
    const bool of_resource = in == nullptr || in->kind == fhir::Type::Kind::resource;
    const bool of_meta = in == nullptr || in->name == "Meta";
    if ((of_resource && name == "id") || (of_meta && (name == "versionId" || name == "lastUpdated")))
      return not_kept(name);
  }
  return {};
}

std::string listed(const std::vector<const fhir::Type*>& types) {
  std::string out;
  for (std::size_t i = 0; i < types.size() && i < 4; ++i) out.append(i > 0 ? ", " : "").append(types[i]->name);
  return types.size() > 4 ? out + ", …" : out;
}

Failure unfit(std::string_view part, Kind kind, const std::vector<const fhir::Type*>& types) {
  return fail(
      Code::bad_value,
      "'" + std::string(part) + "' gives " + (types.empty() ? "nothing, or a value that is computed" : listed(types)) +
          ", of which nothing can be searched by as " + std::string(kind_name(kind)),
      "SearchParameter.type", "Give it the type of what the expression gives, or go on to an element that fits");
}

class Compiler {
 public:
  Compiler(const fhir::Type& type, const CustomDefinition& definition, std::uint32_t number, const Plan& plan)
      : type_(type), definition_(definition), plan_(plan) {
    out_.code = definition.code;
    out_.kind = definition.kind;
    out_.url = definition.url;
    out_.own = true;
    out_.from = &type;
    out_.allowed = &definition.allowed;
    number_ = row_number(type.number, number);
    out_.failed = row_number(type.number, number + 1);
  }

  Result<Indexed> run() {
    const std::vector<std::string_view> parts = parts_for(type_, definition_.expression);
    if (parts.empty())
      return fail(Code::bad_value, "the expression says nothing for the base " + std::string(type_.name), kExpression,
                  "Add a part with |, or leave the type out of base");
    if (definition_.kind == Kind::composite) {
      YL_CHECK(add_composite(parts));
      return std::move(out_);
    }
    out_.numbers = {number_};
    YL_CHECK(add_values(parts));
    out_.targets = definition_.targets;
    return std::move(out_);
  }

 private:
  // By paths where all parts are paths, else by FHIRPath.
  Result<void> add_values(const std::vector<std::string_view>& parts) {
    std::string joined;
    bool computed = false;
    for (const std::string_view part : parts) {
      joined.append(joined.empty() ? "" : " | ").append(part);
      std::vector<Path> paths = compile_path(type_, part);
      if (paths.empty() && head_of(part) == nullptr) paths = compile_relative(type_, part);
      // The first of a list is FHIRPath's first of all that there are, not of each list.
      if (paths.empty() || part.find('[') != std::string_view::npos) {
        YL_CHECK(check_computed(part));
        computed = true;
        continue;
      }
      YL_CHECK(check_paths(paths));
      std::vector<const fhir::Type*> leaves;
      for (const Path& path : paths) leaves.push_back(path.leaf);
      std::erase_if(paths, [&](const Path& path) { return !fits(definition_.kind, *path.leaf); });
      if (paths.empty()) return unfit(part, definition_.kind, leaves);
      for (Path& path : paths) out_.leaves.push_back(path.leaf);
      std::move(paths.begin(), paths.end(), std::back_inserter(out_.paths));
    }
    if (!computed) {
      out_.leaves.clear();
      return {};
    }
    out_.paths.clear();
    YL_TRY(fhirpath::Expression expression, compile(joined));
    out_.expression = std::move(expression);
    return {};
  }

  Result<fhirpath::Expression> compile(std::string_view text) const {
    auto compiled = fhirpath::Expression::compile(text, {.type = &type_, .strict = true, .as_filters = true});
    if (compiled) return std::move(*compiled);
    Issue issue = std::move(compiled).error();
    issue.what = "'" + std::string(text) + "' on " + std::string(type_.name) + ", " + issue.where + ": " + issue.what;
    issue.where = kExpression;
    if (issue.code == Code::bad_syntax || issue.code == Code::too_deep) issue.code = Code::bad_value;
    return Failure(std::move(issue));
  }

  Result<void> check_computed(std::string_view part) {
    YL_TRY(const fhirpath::Expression expression, compile(part));
    const fhirpath::Use use = expression.use();
    YL_CHECK(check_use(use));
    if (!use.known) return {};
    const bool fit = std::any_of(use.gives.begin(), use.gives.end(),
                                 [&](const fhir::Type* type) { return fits(definition_.kind, *type); });
    if (!fit && !can_be_computed(definition_.kind, use.values)) return unfit(part, definition_.kind, use.gives);
    for (const fhir::Type* type : use.gives) {
      if (fits(definition_.kind, *type)) out_.leaves.push_back(type);
    }
    return {};
  }

  Result<void> add_composite(const std::vector<std::string_view>& parts) {
    for (const std::string_view part : parts) {
      Composite composite;
      const fhir::Type* leaf = &type_;
      if (head_of(part) != nullptr && part == head_of(part)->name) {
        composite.bases.emplace_back();
      } else {
        composite.bases = compile_path(type_, part);
        if (composite.bases.size() != 1)
          return fail(Code::unsupported,
                      "'" + std::string(part) + "' is not one plain path to the element that holds the values",
                      kExpression, "Name the type alone, or a path as Observation.component");
        leaf = composite.bases.front().leaf;
        composite.repeats = repeats(composite.bases.front());
      }
      for (const auto& component : definition_.components) YL_CHECK(add_component(composite, *leaf, component));
      give_rows(composite);
      out_.composites.push_back(std::move(composite));
    }
    return {};
  }

  // Whether any element on the way may be there more than once.
  bool repeats(const Path& path) const {
    const fhir::Type* at = &type_;
    for (const Step& step : path.steps) {
      const fhir::Element* element = at->find(step.member);
      if (element == nullptr || element->list || element->types.size() != 1) return true;
      at = element->types.front();
    }
    return false;
  }

  Result<void> add_component(Composite& composite, const fhir::Type& leaf,
                             const CustomDefinition::Component& component) {
    const std::string where =
        "SearchParameter.component[" + std::to_string(composite.components.size()) + "].expression";
    Indexed part{.code = {}, .kind = component.kind};
    part.url = component.url;
    part.paths = compile_relative(leaf, component.expression);
    if (part.paths.empty())
      return fail(Code::bad_value, "'" + component.expression + "' is no plain path from " + std::string(leaf.name),
                  where, "Name elements of what the composite's own expression gives");
    YL_CHECK(check_paths(part.paths));
    std::vector<const fhir::Type*> leaves;
    for (const Path& path : part.paths) leaves.push_back(path.leaf);
    std::erase_if(part.paths, [&](const Path& path) { return !fits(component.kind, *path.leaf); });
    if (part.paths.empty()) return unfit(component.expression, component.kind, leaves);
    part.numbers = numbers_of(composite.bases.front(), part);
    composite.components.push_back(std::move(part));
    return {};
  }

  // Of a parameter of the type that has these very values and no others.
  std::vector<std::uint32_t> numbers_of(const Path& base, const Indexed& part) const {
    std::vector<Path> whole = part.paths;
    for (Path& path : whole) path.steps.insert(path.steps.begin(), base.steps.begin(), base.steps.end());
    const auto has = [](const Indexed& other, const Path& path) {
      return std::any_of(other.paths.begin(), other.paths.end(),
                         [&](const Path& each) { return each.steps == path.steps && each.target == path.target; });
    };
    for (const Indexed& other : plan_.parameters) {
      if (other.kind == part.kind && !other.numbers.empty() && other.target.empty() &&
          other.paths.size() == whole.size() &&
          std::all_of(whole.begin(), whole.end(), [&](const Path& path) { return has(other, path); }))
        return other.numbers;
    }
    return {};
  }

  void give_rows(Composite& composite) const {
    if (!composite.repeats || composite.components.size() != 2 || composite.components[0].kind != Kind::token ||
        composite.components[1].kind != Kind::quantity)
      return;
    composite.number = number_;
    composite.own = true;
  }

  const fhir::Type& type_;
  const CustomDefinition& definition_;
  const Plan& plan_;
  std::uint32_t number_ = 0;
  Indexed out_;
};

std::string without_blanks(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != ' ' && c != '\n'; });
  return out;
}

std::string joined_for(const fhir::Type& type, std::string_view expression) {
  std::string out;
  for (const std::string_view part : parts_for(type, expression)) out.append(without_blanks(part)).append("|");
  return out;
}

}  // namespace

Result<Indexed> compile_custom(const fhir::Type& type, const CustomDefinition& definition, std::uint32_t number,
                               const Plan& plan) {
  return Compiler(type, definition, number, plan).run();
}

Result<void> check_custom(const CustomDefinition& definition) {
  const std::vector<const fhir::Type*> types = definition.types();
  for (const std::string_view part : union_parts(definition.expression)) {
    const fhir::Type* head = head_of(part);
    if (head != nullptr &&
        std::none_of(types.begin(), types.end(), [&](const fhir::Type* type) { return derives(type, head->name); }))
      return fail(Code::bad_value, "'" + std::string(part) + "' is of none of the bases", kExpression,
                  "Add " + std::string(head->name) + " to base, or leave the part out");
  }
  for (const fhir::Type* type : types) YL_CHECK(compile_custom(*type, definition, kFirstCustom, *plan(type->name)));
  return {};
}

Result<bool> repeats_standard(const CustomDefinition& definition) {
  bool all = true;
  const fhir::SearchParameter* taken = nullptr;
  std::string_view on;
  for (const fhir::Type* type : definition.types()) {
    const fhir::SearchParameter* standard = fhir::search_parameter(type->name, definition.code);
    if (standard == nullptr) {
      all = false;
      continue;
    }
    const bool same = standard->url == definition.url && standard->kind == definition.kind &&
                      joined_for(*type, standard->expression) == joined_for(*type, definition.expression);
    if (!same && taken == nullptr) {
      taken = standard;
      on = type->name;
    }
    if (taken == nullptr) on = type->name;
    if (!same) all = false;
  }
  if (all) return true;
  if (on.empty()) return false;
  return fail(Code::bad_value, "'" + definition.code + "' is already a standard search parameter of " + std::string(on),
              "SearchParameter.code", "Choose another code, or leave " + std::string(on) + " out of base");
}

bool is_of_the_standard(const fhir::Json& resource) {
  const std::string_view code = resource.text_at("code"), url = resource.text_at("url");
  const fhir::Json* bases = resource.find("base");
  if (bases == nullptr || bases->size() == 0 || (!code.starts_with('_') && resource.text_at("type") != "special"))
    return false;
  return std::all_of(bases->items().begin(), bases->items().end(), [&](const fhir::Json& base) {
    const auto& types = fhir::resource_types();
    return std::all_of(types.begin(), types.end(), [&](const fhir::Type* type) {
      if (!derives(type, base.text())) return true;
      const fhir::SearchParameter* standard = fhir::search_parameter(type->name, code);
      return standard != nullptr && standard->url == url;
    });
  });
}

}  // namespace yilian::records
