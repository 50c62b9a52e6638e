#include "engine/records/index_plan.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "engine/fhir/member_table.h"
#include "engine/records/parameter_numbers.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

// What shares the rows of another comes after it: `patient` is the part of `subject` that goes to patients.
constexpr std::array<std::string_view, 3> kFirst{"link", "subject", "patient"};

// Of a value of these, or of a primitive, there is one row.
constexpr std::array<std::string_view, 13> kOneRow{"Coding", "Period", "Timing", "Quantity", "SimpleQuantity", "Age",
                                                   "Count", "Distance", "Duration", "Money", "MoneyQuantity", "Range", "SampledData"};

// The first of these that a type has is when it happened.
constexpr std::array<std::string_view, 9> kHappened{"date",    "birthdate",  "authored",      "authoredon", "collected",
                                                    "started", "onset-date", "recorded-date", "issued"};

bool same_paths(const std::vector<Path>& a, const std::vector<Path>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Path& x, const Path& y) { return x.steps == y.steps; });
}

bool same_way(const Indexed& a, const Indexed& b) { return a.kind == b.kind && same_paths(a.paths, b.paths); }

bool holds_path(const std::vector<Path>& paths, const Path& path) {
  return std::any_of(paths.begin(), paths.end(), [&](const Path& other) { return other.steps == path.steps; });
}

// Strings are found by other words when they are those of a `family` name (strings.h).
bool shares_words(const Indexed& a, const Indexed& b) {
  return a.kind != Kind::string || a.code == b.code || a.paths.empty() || a.paths.front().leaf->kind == fhir::Type::Kind::primitive ||
         a.code == "phonetic";
}

// The one target to which all paths are narrowed; empty when there is none.
std::string_view narrowed_to(const std::vector<Path>& paths) {
  if (paths.empty()) return {};
  const std::string_view target = paths.front().target;
  for (const Path& path : paths) {
    if (path.target != target) return {};
  }
  return target;
}

// Types from which nothing can be read for such a parameter: of an extension's value[x] all are possible.
bool can_hold(Kind kind, const fhir::Type& type) {
  const std::string_view name = type.name;
  const bool primitive = type.kind == fhir::Type::Kind::primitive;
  switch (kind) {
    case Kind::token:
      return primitive || name == "CodeableConcept" || name == "Coding" || name == "Identifier" ||
             name == "ContactPoint";
    case Kind::string:
      return primitive || name == "HumanName" || name == "Address" || name == "Annotation";
    case Kind::reference:
      return name == "Reference" || name == "canonical" || name == "uri" || type.kind == fhir::Type::Kind::resource;
    default:
      return true;
  }
}

class PlanMaker {
 public:
  explicit PlanMaker(const fhir::Type& type) : type_(type), made_(std::make_unique<Plan>()) {
    made_->type = type_number(type.name);
    made_->name = type.name;
  }

  std::unique_ptr<const Plan> run() {
    for (const std::string_view code : kFirst) add(fhir::search_parameter(type_.name, code));
    for (const fhir::SearchParameter& definition : fhir::search_parameters(type_.name)) {
      if (definition.kind != Kind::composite) add(&definition);
    }
    share_unions();
    for (const fhir::SearchParameter& definition : fhir::search_parameters(type_.name)) {
      if (definition.kind == Kind::composite) add_composite(definition);
    }
    made_->source = made_->find("_source")->numbers.front();
    find_ways();
    find_happened();
    return std::move(made_);
  }

 private:
  void add(const fhir::SearchParameter* definition) {
    if (definition == nullptr || made_->find(definition->code) != nullptr) return;
    const std::uint32_t code = parameter_number(definition->code);
    if (code == 0 || definition->expression.empty()) return;  // _id, _lastUpdated, _text, …: they are decided otherwise
    Indexed indexed = read(definition->code, definition->kind, definition->url,
                           compile_path(type_, definition->expression));
    if (indexed.paths.empty() && !compute(indexed, definition->expression)) return;
    indexed.numbers = {row_number(made_->type, code)};
    indexed.own = definition->kind != Kind::special;
    indexed.targets.assign(definition->targets.begin(), definition->targets.end());
    for (const Indexed& other : made_->parameters) {
      if (indexed.expression || other.expression || !other.own || !same_way(other, indexed) || !narrowed_to(other.paths).empty() || !shares_words(indexed, other))
        continue;
      indexed.own = false;
      indexed.numbers = other.numbers;
      indexed.target = narrowed_to(indexed.paths);
      break;
    }
    made_->parameters.push_back(std::move(indexed));
  }

  bool compute(Indexed& indexed, std::string_view expression) const {
    if (expression.empty()) return false;
    auto compiled = fhirpath::Expression::compile(expression, {.type = &type_, .as_filters = true});
    if (compiled) indexed.expression = std::move(*compiled);
    indexed.from = &type_;
    return compiled.has_value();
  }

  static Indexed read(std::string_view code, Kind kind, std::string_view url, std::vector<Path> paths) {
    std::erase_if(paths, [&](const Path& path) { return !can_hold(kind, *path.leaf); });
    Indexed out{.code = code, .kind = kind};
    out.url = url;
    out.paths = std::move(paths);
    return out;
  }

  // `combo-code` is found by what `code` and `component-code` wrote.
  void share_unions() {
    for (Indexed& all : made_->parameters) {
      if (!all.own || all.paths.size() < 2) continue;
      std::vector<std::uint32_t> numbers;
      std::vector<bool> covered(all.paths.size(), false);
      for (const Indexed& part : made_->parameters) {
        if (&part != &all && !part.expression && covers(all, part, covered)) numbers.push_back(part.numbers.front());
      }
      if (std::find(covered.begin(), covered.end(), false) != covered.end()) continue;
      const std::vector<std::uint32_t> before = std::exchange(all.numbers, numbers);
      all.own = false;
      for (Indexed& other : made_->parameters) {
        if (other.numbers == before) other.numbers = numbers;
      }
    }
  }

  // Whether the part brings values of the union that no other brought.
  static bool covers(const Indexed& all, const Indexed& part, std::vector<bool>& covered) {
    if (!part.own || part.kind != all.kind || part.paths.size() >= all.paths.size() ||
        !narrowed_to(part.paths).empty() || !shares_words(all, part))
      return false;
    bool fresh = false;
    std::vector<bool> with = covered;
    for (const Path& path : part.paths) {
      const auto at = std::find_if(all.paths.begin(), all.paths.end(),
                                   [&](const Path& other) { return other.steps == path.steps; });
      if (at == all.paths.end()) return false;
      auto flag = with[static_cast<std::size_t>(at - all.paths.begin())];
      if (!flag) fresh = true;
      flag = true;
    }
    if (fresh) covered = std::move(with);
    return fresh;
  }

  void add_composite(const fhir::SearchParameter& definition) {
    Indexed indexed{.code = definition.code, .kind = Kind::composite};
    indexed.url = definition.url;
    std::string_view rest = definition.expression;
    while (!rest.empty()) {
      const std::size_t bar = rest.find('|');
      std::string_view base = rest.substr(0, bar);
      while (!base.empty() && base.front() == ' ') base.remove_prefix(1);
      while (!base.empty() && base.back() == ' ') base.remove_suffix(1);
      if (!add_base(indexed, definition, base)) return;
      rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
    }
    if (!indexed.composites.empty()) made_->parameters.push_back(std::move(indexed));
  }

  bool add_base(Indexed& indexed, const fhir::SearchParameter& definition, std::string_view expression) {
    Composite composite;
    const fhir::Type* leaf = &type_;
    if (expression == type_.name) {
      composite.bases.emplace_back();
    } else {
      composite.bases = compile_path(type_, expression);
      if (composite.bases.size() != 1) return false;
      leaf = composite.bases.front().leaf;
      composite.repeats = composite.bases.front().element->list;
    }
    for (const auto& component : definition.components) {
      const Kind kind = kind_of(component.url);
      // %resource.referenceSeq.chromosome, of a variant of MolecularSequence
      constexpr std::string_view kResource = "%resource.";
      const bool of_resource = component.expression.starts_with(kResource);
      Indexed part = read({}, kind, component.url,
                          of_resource ? compile_relative(type_, component.expression.substr(kResource.size()))
                                      : compile_relative(*leaf, component.expression));
      part.of_resource = of_resource;
      // R4 gives the two of DocumentReference.relationship each the other's expression.
      if (part.paths.empty() && definition.components.size() == 2) {
        const auto& other = definition.components[&component == &definition.components[0] ? 1 : 0];
        part = read({}, kind, component.url, compile_relative(*leaf, other.expression));
      }
      if (part.paths.empty()) return false;
      part.numbers = numbers_of(composite.bases.front(), part);
      composite.components.push_back(std::move(part));
    }
    give_rows(composite, definition.code);
    indexed.composites.push_back(std::move(composite));
    return true;
  }

  // The kind of a parameter that is named by its URL, which may be of another type.
  static Kind kind_of(std::string_view url) {
    for (const fhir::Type* type : fhir::resource_types()) {
      for (const fhir::SearchParameter& parameter : fhir::search_parameters(type->name)) {
        if (parameter.url == url) return parameter.kind;
      }
    }
    return Kind::special;
  }

  // Of the parameter with these very values: the one that has least beside them.
  std::vector<std::uint32_t> numbers_of(const Path& base, const Indexed& part) const {
    std::vector<Path> whole = part.paths;
    if (!part.of_resource) {
      for (Path& path : whole) path.steps.insert(path.steps.begin(), base.steps.begin(), base.steps.end());
    }
    const Indexed* best = nullptr;
    for (const Indexed& other : made_->parameters) {
      if (other.kind == part.kind && other.kind != Kind::composite && narrowed_to(other.paths).empty() &&
          std::all_of(whole.begin(), whole.end(), [&](const Path& path) { return holds_path(other.paths, path); }) &&
          (best == nullptr || other.paths.size() < best->paths.size()))
        best = &other;
    }
    return best == nullptr ? std::vector<std::uint32_t>() : best->numbers;
  }

  void give_rows(Composite& composite, std::string_view code) {
    if (composite.components.size() != 2 || composite.components[0].kind != Kind::token ||
        composite.components[1].kind != Kind::quantity)
      return;
    for (const Indexed& other : made_->parameters) {
      for (const Composite& like : other.composites) {
        if (like.number == 0 || !same_paths(like.bases, composite.bases) ||
            !same_way(like.components[0], composite.components[0]))
          continue;
        composite.number = like.number;
        return;
      }
    }
    // Those of a code and a value of the resource itself came later, and so have a number of their own.
    const std::uint32_t number = parameter_number(composite.repeats ? std::string(code) : std::string(code) + ":together");
    if (number == 0) return;
    composite.number = row_number(made_->type, number);
    composite.own = true;
  }

  void find_ways() {
    made_->members = type_.members;
    made_->ways.resize(type_.members->size());
    for (const Indexed& parameter : made_->parameters) {
      if (parameter.own && parameter.expression) made_->computed.push_back(&parameter);
      if (parameter.own) {
        for (const Path& path : parameter.paths) add_way(parameter, path, nullptr);
      }
      for (const Composite& composite : parameter.composites) {
        if (!composite.own) continue;
        if (composite.bases.front().steps.empty()) {
          made_->whole.push_back(&composite);
        } else {
          add_way(parameter, composite.bases.front(), &composite);
        }
      }
    }
  }

  void add_way(const Indexed& parameter, const Path& path, const Composite* composite) {
    const fhir::MemberName* first = type_.members->find(path.steps.front().member);
    made_->ways[type_.members->order(*first)].push_back({&parameter, &path, composite});
  }

  void find_happened() {
    for (const std::string_view code : kHappened) {
      const Indexed* found = made_->find(code);
      if (found == nullptr || found->kind != Kind::date) continue;
      made_->happened = found;
      return;
    }
  }

  const fhir::Type& type_;
  std::unique_ptr<Plan> made_;
};

// Of each type when it is first asked for: most are never.
struct Slot {
  std::once_flag once;
  std::unique_ptr<const Plan> plan;
};

}  // namespace

const Indexed* Plan::find(std::string_view code) const {
  for (const Indexed& parameter : parameters) {
    if (parameter.code == code) return &parameter;
  }
  return nullptr;
}

constexpr std::string_view kKindNames[] = {"number",    "date",     "string", "token",  "reference",
                                           "composite", "quantity", "uri",    "special"};
std::string_view kind_name(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_named(std::string_view name) {
  const auto* const found = std::find(std::begin(kKindNames), std::end(kKindNames), name);
  if (found == std::end(kKindNames)) return std::nullopt;
  return static_cast<Kind>(found - std::begin(kKindNames));
}

bool Indexed::is_single() const {
  if (numbers.size() != 1 || expression || paths.empty() || kind == Kind::string || kind == Kind::reference) return false;
  // Several paths are one element's types, of which it has one.
  const auto beside_first = [&](const Path& path) {
    return path.element == paths.front().element && path.steps.size() == paths.front().steps.size() &&
           std::equal(path.steps.begin(), path.steps.end() - 1, paths.front().steps.begin());
  };
  return std::all_of(paths.begin(), paths.end(), [&](const Path& path) {
    const bool one_value = path.leaf->kind == fhir::Type::Kind::primitive ||
                           std::ranges::find(kOneRow, path.leaf->name) != std::end(kOneRow);
    return !path.repeats && !path.steps.empty() && one_value && beside_first(path);
  });
}

std::uint32_t ends_row(std::uint32_t number) {
  const std::uint32_t ends = ends_of(code_of(number));
  return ends == 0 ? 0 : row_number(type_of_row(number), ends);
}

const Plan* plan(std::string_view type) { return plan(type_number(type)); }
const Plan* plan(std::uint8_t type) {
  static std::vector<Slot> slots(fhir::resource_types().size() + 1);
  if (type == 0 || type >= slots.size()) return nullptr;
  Slot& slot = slots[type];
  std::call_once(slot.once, [&] { slot.plan = PlanMaker(*fhir::resource_types()[type - 1U]).run(); });
  return slot.plan.get();
}

}  // namespace yilian::records
