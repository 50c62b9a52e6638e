#include "engine/fhir/definitions_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "engine/fhir/member_table.h"

namespace yilian::fhir {
namespace {

constexpr std::string_view kSpecification = "http://hl7.org/fhir/";

struct Binding {
  std::string_view text;  // "required http://…"
  std::span<const std::string_view> systems;
  std::span<const std::string_view> codes;
};

struct Line {
  static constexpr std::size_t kMost = 7;
  std::array<std::string_view, kMost> fields;
};

std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return taken;
}

class Reader {
 public:
  Reader(std::string_view text, Definitions& into) : text_(text), into_(into) {}

  void read() {
    read_type_names();
    std::string_view rest = text_;
    while (!rest.empty()) read_line(split(take_until(rest, '\n')));
    finish_type();
    finish_composite();
    finish_parameters();
  }

 private:
  [[noreturn]] static void broken(std::string_view what, std::string_view which) {
    throw std::logic_error("FHIR definitions: " + std::string(what) + " " + std::string(which));
  }
  static Line split(std::string_view line) {
    Line fields;
    for (std::size_t i = 0; !line.empty(); ++i) {
      if (i == Line::kMost) broken("too many fields beside", fields.fields[1]);
      fields.fields[i] = take_until(line, '\t');
    }
    return fields;
  }

  template <class T>
  std::span<T> keep(const std::vector<T>& values) {
    if (values.empty()) return {};
    T* first = static_cast<T*>(into_.memory.allocate(values.size() * sizeof(T), alignof(T)));
    std::uninitialized_copy(values.begin(), values.end(), first);
    return {first, values.size()};
  }
  std::string_view join(std::string_view a, std::string_view b, std::string_view c = {}) {
    char* text = static_cast<char*>(into_.memory.allocate(a.size() + b.size() + c.size() + 1, 1));
    char* end = std::ranges::copy(a, text).out;
    end = std::ranges::copy(b, end).out;
    end = std::ranges::copy(c, end).out;
    return {text, static_cast<std::size_t>(end - text)};
  }
  std::span<const std::string_view> keep_list(std::string_view list) {
    std::vector<std::string_view> words;
    while (!list.empty()) words.push_back(take_until(list, ' '));
    return keep(words);
  }
  Type* known_type(std::string_view name) {
    const auto found = into_.types.find(name);
    if (found == into_.types.end()) broken("no type", name);
    return found->second;
  }

  void read_type_names();
  void read_line(const Line& line);
  void read_binding(const Line& line);
  void begin_type(const Line& line);
  void read_element(const Line& line);
  void finish_type();
  void read_parameter(const Line& line);
  void finish_composite();
  void finish_parameters();

  std::string_view text_;
  Definitions& into_;
  std::vector<Binding> bindings_;
  Type* type_ = nullptr;  // the one whose elements are being read
  std::vector<Element> elements_;
  std::unordered_map<std::string_view, std::vector<SearchParameter>> own_parameters_;
  std::vector<SearchParameter::Component> components_;
  std::string_view composite_base_;  // components_ are of the last parameter of this base
};

// Elements name types that come later, so the types are there first, empty.
void Reader::read_type_names() {
  into_.types.reserve(1024);
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::string_view raw = take_until(rest, '\n');
    if (!raw.starts_with("T\t")) continue;
    const std::string_view name = split(raw).fields[2];
    Type* made = new (into_.memory.allocate(sizeof(Type), alignof(Type))) Type{};
    made->name = name;
    if (!into_.types.emplace(name, made).second) broken("twice the type", name);
  }
}

void Reader::read_line(const Line& line) {
  const std::string_view kind = line.fields[0];
  if (kind == "E") return read_element(line);
  finish_type();
  if (kind == "C") {
    components_.push_back({join(kSpecification, "SearchParameter/", line.fields[1]), line.fields[2]});
    return;
  }
  finish_composite();
  if (kind == "T") return begin_type(line);
  if (kind == "P") return read_parameter(line);
  if (kind == "B") return read_binding(line);
  if (kind == "K") {
    into_.compartments[join(line.fields[1], "/", line.fields[2])] = keep_list(line.fields[3]);
    return;
  }
  if (!kind.starts_with('#')) broken("no such kind of line:", kind);
}

void Reader::read_binding(const Line& line) {
  std::string_view url = line.fields[2];
  if (url.starts_with('~')) url = join(kSpecification, "ValueSet/", url.substr(1));
  bindings_.push_back({join(line.fields[1], " ", url), keep_list(line.fields[3]), keep_list(line.fields[4])});
}

void Reader::begin_type(const Line& line) {
  std::string_view kind = line.fields[1];
  type_ = known_type(line.fields[2]);
  type_->abstract_type = kind.starts_with('a');
  if (type_->abstract_type) kind.remove_prefix(1);
  if (kind == "r") {
    type_->kind = Type::Kind::resource;
    if (!type_->abstract_type) into_.resource_types.push_back(type_);
  } else if (kind == "c") {
    type_->kind = Type::Kind::complex;
  } else if (kind == "p") {
    type_->kind = Type::Kind::primitive;
    type_->primitive = primitive_named(type_->name);
    if (type_->primitive == Primitive::none) broken("no such primitive type:", type_->name);
  } else if (kind == "b") {
    type_->kind = Type::Kind::backbone;
  } else {
    broken("no such kind of type:", kind);
  }
  elements_.clear();
  if (line.fields[3].empty()) return;
  type_->base = known_type(line.fields[3]);
  if (!type_->base->members) broken("the base comes after", type_->name);
  elements_.assign(type_->base->elements.begin(), type_->base->elements.end());
}

void Reader::read_element(const Line& line) {
  if (!type_) broken("an element outside of a type:", line.fields[1]);
  Element element{};
  element.name = line.fields[1];
  const std::string_view flags = line.fields[2];
  element.list = flags.find('*') != std::string_view::npos;
  element.required = flags.find('!') != std::string_view::npos;
  element.choice = flags.find('c') != std::string_view::npos;
  element.summary = flags.find('s') != std::string_view::npos;
  element.modifier = flags.find('m') != std::string_view::npos;
  element.order = static_cast<std::uint16_t>(elements_.size());
  std::vector<const Type*> types;
  std::vector<std::string_view> names;
  for (std::string_view list = line.fields[3]; !list.empty();) {
    types.push_back(known_type(take_until(list, ' ')));
    if (!element.choice) {
      names.push_back(element.name);
      continue;
    }
    const std::string_view type_name = types.back()->name;
    const char upper = type_name.front() >= 'a' && type_name.front() <= 'z'
                           ? static_cast<char>(type_name.front() - 'a' + 'A')
                           : type_name.front();
    names.push_back(join(element.name, std::string_view(&upper, 1), type_name.substr(1)));
  }
  if (types.empty() || (types.size() > 1 && !element.choice)) broken("the types of", element.name);
  element.types = keep(types);
  element.json_names = keep(names);
  element.targets = keep_list(line.fields[4]);
  if (const std::string_view number = line.fields[5]; !number.empty()) {
    std::size_t index = bindings_.size();
    std::from_chars(number.data(), number.data() + number.size(), index);
    if (index >= bindings_.size()) broken("no binding", number);
    element.binding = bindings_[index].text;
    element.systems = bindings_[index].systems;
    element.codes = bindings_[index].codes;
  }
  elements_.push_back(element);
}

void Reader::finish_type() {
  if (!type_) return;
  type_->elements = keep(elements_);
  type_->members =
      new (into_.memory.allocate(sizeof(MemberTable), alignof(MemberTable))) MemberTable(type_->elements, into_.memory);
  type_ = nullptr;
}

std::optional<SearchParameter::Kind> parameter_kind(std::string_view name) {
  constexpr std::array<std::string_view, 9> names{"number",    "date",     "string", "token",  "reference",
                                                  "composite", "quantity", "uri",    "special"};
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<SearchParameter::Kind>(found - names.begin());
}

void Reader::read_parameter(const Line& line) {
  const std::string_view base = known_type(line.fields[1])->name;
  const std::optional<SearchParameter::Kind> kind = parameter_kind(line.fields[3]);
  if (!kind) broken("no such kind of search parameter:", line.fields[3]);
  SearchParameter parameter{};
  parameter.code = line.fields[2];
  parameter.kind = *kind;
  const std::string_view id = line.fields[4];
  parameter.url = join(kSpecification, "SearchParameter/", id.empty() ? join(base, "-", parameter.code) : id);
  parameter.targets = keep_list(line.fields[5]);
  parameter.expression = line.fields[6];
  own_parameters_[base].push_back(parameter);
  composite_base_ = base;
}

void Reader::finish_composite() {
  if (components_.empty()) return;
  const auto found = own_parameters_.find(composite_base_);
  if (found == own_parameters_.end()) broken("a component outside of a composite:", components_.front().url);
  found->second.back().components = keep(components_);
  components_.clear();
}

// Each resource type gets its own parameters and those of its bases.
void Reader::finish_parameters() {
  for (const auto& [name, type] : into_.types) {
    if (type->kind != Type::Kind::resource) continue;
    std::vector<SearchParameter> all;
    for (const Type* each = type; each; each = each->base) {
      const auto own = own_parameters_.find(each->name);
      if (own != own_parameters_.end()) all.insert(all.end(), own->second.begin(), own->second.end());
    }
    std::ranges::sort(all, {}, &SearchParameter::code);
    const auto twice = std::ranges::adjacent_find(all, {}, &SearchParameter::code);
    if (twice != all.end()) broken("twice the search parameter", twice->url);
    into_.parameters.emplace(name, keep(all));
  }
  std::ranges::sort(into_.resource_types, {}, &Type::name);
  if (into_.resource_types.size() > std::numeric_limits<std::uint8_t>::max()) broken("too many", "resource types");
  std::uint8_t number = 0;
  for (const Type* each : into_.resource_types) known_type(each->name)->number = ++number;
}

}  // namespace

void read_definitions(std::string_view text, Definitions& into) { Reader(text, into).read(); }

}  // namespace yilian::fhir
