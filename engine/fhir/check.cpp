#include "engine/fhir/check.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json_output.h"
#include "engine/fhir/member_order.h"
#include "engine/fhir/place.h"
#include "engine/fhir/reference_text.h"

namespace yilian::fhir {
namespace {

constexpr std::size_t kMostLevels = 100;  // as ReadLimits::depth

// Data types that are looked at more closely than their definition alone asks.
struct SpecialTypes {
  const Type* resource = type("Resource");
  const Type* reference = type("Reference");
  const Type* coding = type("Coding");
  const Type* concept_type = type("CodeableConcept");
};
const SpecialTypes& special() {
  static const SpecialTypes types;
  return types;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 80;
  if (text.size() <= kMost) return "\"" + std::string(text) + "\"";
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "\"" + std::string(text.substr(0, end)) + "…\"";
}

std::string listed(std::span<const std::string_view> words) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), kMost); ++i) text.append(i == 0 ? "" : ", ").append(words[i]);
  if (words.size() > kMost) text.append(", …");
  return text;
}

std::string_view kind_name(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::boolean:
      return "true or false";
    case Json::Kind::number:
      return "a number";
    case Json::Kind::string:
      return "a string";
    case Json::Kind::array:
      return "an array";
    case Json::Kind::object:
      return "an object";
    case Json::Kind::null:
      break;
  }
  return "null";
}

bool has_code(const Element& element, std::string_view code) { return std::ranges::binary_search(element.codes, code); }

class Checker {
 public:
  explicit Checker(std::size_t limit) : limit_(limit) {}
  // Every object is put into order before its members are looked at, so the tree has to be one that may be changed;
  // what is right is written as it is passed. Once something was reported, what is written is no JSON any more.
  Checker(std::size_t limit, JsonOutput& out) : limit_(limit), out_(&out) {}

  void resource(const Json& value, const Place& place, bool contained);
  void object(const Type& type, const Json& value, const Place& place);
  std::vector<Issue> take() { return std::move(issues_); }

 private:
  bool full() const { return issues_.size() >= limit_; }
  void report(Code code, const Place& place, std::string what, std::string cure = {}) {
    if (!full()) issues_.push_back({code, Severity::error, place.text(), std::move(what), std::move(cure)});
  }

  void put(char c) {
    if (out_) out_->put(c);
  }

  struct Seen {
    ElementSet values;
    ElementSet siblings;  // "_birthDate"
  };
  void member(const Type& type, const MemberName* found, const Json& object, const Member& member, const Place& place,
              Seen& seen);
  void sibling(const Type& type, const MemberName* found, const Json& object, const Member& member, const Place& place,
               Seen& seen);
  void sibling_list(const Type& type, const Json* values, const Json& siblings, const Place& place);
  void missing(const Type& type, const Seen& seen, const Place& place);
  void unknown(const Type& type, std::string_view name, const Place& place);
  void list(const MemberName& found, const Json& object, const Json& value, const Place& place);
  void value(const MemberName& found, const Json& value, const Place& place);
  void primitive(const MemberName& found, const Json& value, const Place& place);
  void reference(const Element& element, const Json& value, const Place& place);
  void concept_codes(const Element& element, const Json& value, const Place& place);
  void coding_code(const Element& element, const Json& value, const Place& place);

  std::size_t limit_;
  JsonOutput* out_ = nullptr;
  std::vector<Issue> issues_;
};

// `contained`: it stands in DomainResource.contained, and may not contain others itself (dom-2).
void Checker::resource(const Json& value, const Place& place, bool contained) {
  if (!value.is_object()) return report(Code::bad_structure, place, "A resource has to be a JSON object");
  const Json* name = value.find("resourceType");
  if (!name) return report(Code::required_missing, place, "A resource without resourceType", "Name its type");
  const Type* found = name->is_string() ? resource_type(name->text()) : nullptr;
  if (!found) {
    return report(Code::bad_structure, place.member("resourceType"),
                  quoted(name->text()) + " is no resource type of FHIR R4");
  }
  object(*found, value, place);
  if (contained && value.find("contained")) {
    report(Code::bad_structure, place.member("contained"), "A contained resource cannot contain others",
           "Move them up to the outermost resource");
  }
}

void Checker::object(const Type& type, const Json& value, const Place& place) {
  if (full()) return;
  if (!value.is_object()) {
    return report(Code::bad_structure, place,
                  "Has to be an object (" + std::string(type.name) + "), not " + std::string(kind_name(value.kind())));
  }
  if (value.size() == 0) return report(Code::bad_structure, place, "An empty object", "Leave it out");
  if (place.level > kMostLevels) {
    return report(Code::too_deep, place, "Nested deeper than " + std::to_string(kMostLevels) + " levels");
  }
  const std::span<const Member> members = value.members();
  MemberOrder order(type, members);
  if (out_) order.sort(const_cast<Json&>(value).members());
  Seen seen;
  char before = '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (out_) out_->name(std::exchange(before, ','), members[i].name);
    if (order[i].sibling) {
      sibling(type, order[i].found, value, members[i], place, seen);
    } else {
      member(type, order[i].found, value, members[i], place, seen);
    }
    if (full()) return;
  }
  put('}');
  if (!seen.values.covers(type.members->required())) missing(type, seen, place);
}

void Checker::member(const Type& type, const MemberName* found, const Json& object, const Member& member,
                     const Place& place, Seen& seen) {
  if (!found) {
    if (member.name == "resourceType" && type.kind == Type::Kind::resource) {
      if (out_) out_->string(member.value.text());
      return;
    }
    return unknown(type, member.name, place);
  }
  const Element& element = *found->element;
  const Place here = place.member(member.name);
  if (seen.values.has(element.order)) {
    if (!element.choice) return report(Code::bad_structure, here, "Given twice");
    return report(Code::bad_structure, here, std::string(element.name) + "[x] is given twice", "Keep one of its types");
  }
  seen.values.set(element.order);
  if (element.list) {
    list(*found, object, member.value, here);
  } else if (member.value.is_array()) {
    report(Code::bad_structure, here, "Cannot repeat: an array is not allowed here");
  } else {
    value(*found, member.value, here);
  }
}

// "_birthDate": id and extensions of a primitive, whether or not it has a value.
void Checker::sibling(const Type& type, const MemberName* found, const Json& object, const Member& member,
                      const Place& place, Seen& seen) {
  if (!found || found->type->kind != Type::Kind::primitive) return unknown(type, member.name, place);
  const std::string_view name = found->name;
  const Element& element = *found->element;
  const Place here = place.member(member.name);
  if (seen.siblings.has(element.order)) return report(Code::bad_structure, here, "Given twice");
  seen.siblings.set(element.order);
  if (element.choice) {
    for (const Member& other : object.members()) {
      const MemberName* rival = type.members->find(other.name);
      if (rival && rival->element == &element && rival->name != name) {
        return report(Code::bad_structure, here, std::string(element.name) + "[x] is given twice",
                      "Keep one of its types");
      }
    }
  }
  if (element.list) {
    sibling_list(*found->type, object.find(name), member.value, here);
  } else {
    this->object(*found->type, member.value, here);
  }
}

// Beside a list of primitives: an array of the same length, with null where there is nothing to say
// (json.html#primitive).
void Checker::sibling_list(const Type& type, const Json* values, const Json& siblings, const Place& place) {
  if (!siblings.is_array()) return report(Code::bad_structure, place, "Has to be an array, as the element may repeat");
  if (siblings.size() == 0) return report(Code::bad_structure, place, "An empty array", "Leave it out");
  if (values && values->is_array() && values->size() != siblings.size()) {
    return report(Code::bad_structure, place, "Has to have as many items as the array of the values", "Pad with null");
  }
  char before = '[';
  for (std::size_t i = 0; i < siblings.items().size() && !full(); ++i) {
    const Json& item = siblings.items()[i];
    put(std::exchange(before, ','));
    if (item.kind() != Json::Kind::null) {
      object(type, item, place.item(i));
    } else if (!values) {
      report(Code::bad_structure, place.item(i), "null, and there is no value for it either", "Leave it out");
    } else if (out_) {
      out_->put("null");
    }
  }
  put(']');
}

void Checker::missing(const Type& type, const Seen& seen, const Place& place) {
  for (const Element& element : type.elements) {
    if (!element.required || seen.values.has(element.order) || seen.siblings.has(element.order)) continue;
    report(Code::required_missing, place, "Needs " + std::string(element.name) + (element.choice ? "[x]" : ""));
  }
}

void Checker::unknown(const Type& type, std::string_view name, const Place& place) {
  if (name.starts_with('_')) {
    return report(Code::bad_structure, place.member(name),
                  quoted(name.substr(1)) + " is no primitive element of " + std::string(type.name));
  }
  const Element* element = type.find(name);
  std::string cure;
  if (element && element->choice) {
    std::vector<std::string_view> names(element->json_names.begin(), element->json_names.end());
    cure = "Name its type: " + listed(names);
  }
  report(Code::bad_structure, place.member(name), quoted(name) + " is no element of " + std::string(type.name),
         std::move(cure));
}

void Checker::list(const MemberName& found, const Json& object, const Json& value, const Place& place) {
  if (!value.is_array())
    return report(Code::bad_structure, place,
                  "May repeat: has to be an array, not " + std::string(kind_name(value.kind())));
  const std::span<const Json> items = value.items();
  if (items.empty()) return report(Code::bad_structure, place, "An empty array", "Leave it out");
  const Json* siblings = nullptr;
  char before = '[';
  for (std::size_t i = 0; i < items.size() && !full(); ++i) {
    put(std::exchange(before, ','));
    if (items[i].kind() != Json::Kind::null || found.type->kind != Type::Kind::primitive) {
      this->value(found, items[i], place.item(i));
      continue;
    }
    if (!siblings) siblings = object.find("_" + std::string(found.name));
    const std::span<const Json> beside = siblings ? siblings->items() : std::span<const Json>();
    if (i >= beside.size() || beside[i].kind() == Json::Kind::null) {
      report(Code::bad_structure, place.item(i), "null without an extension to say why", "Leave it out");
    } else if (out_) {
      out_->put("null");
    }
  }
  put(']');
}

void Checker::value(const MemberName& found, const Json& value, const Place& place) {
  const Type& type = *found.type;
  if (type.kind == Type::Kind::primitive) return primitive(found, value, place);
  const SpecialTypes& types = special();
  if (&type == types.resource) return resource(value, place, found.name == "contained");
  object(type, value, place);
  if (!value.is_object()) return;
  if (&type == types.reference) return reference(*found.element, value, place);
  if (found.element->codes.empty()) return;
  if (&type == types.concept_type) return concept_codes(*found.element, value, place);
  if (&type == types.coding) return coding_code(*found.element, value, place);
}

void Checker::primitive(const MemberName& found, const Json& value, const Place& place) {
  const Primitive form = found.type->primitive;
  if (value.kind() != json_kind(form)) {
    return report(Code::bad_structure, place,
                  "Has to be " + std::string(kind_name(json_kind(form))) + " (" + std::string(found.type->name) +
                      "), not " + std::string(kind_name(value.kind())));
  }
  const std::string_view text = value.text();
  if (!valid_primitive(form, text)) {
    if (text.empty()) return report(Code::bad_value, place, "An empty string", "Leave it out");
    return report(Code::bad_value, place, quoted(text) + " is no valid " + std::string(found.type->name));
  }
  if (form == Primitive::code && !found.element->codes.empty() && !has_code(*found.element, text)) {
    report(Code::bad_value, place, quoted(text) + " is none of the codes allowed here",
           "Use one of: " + listed(found.element->codes));
  }
  if (!out_) return;
  if (value.is_string()) {
    out_->string(text);
  } else {
    out_->put(text);
  }
}

void Checker::reference(const Element& element, const Json& value, const Place& place) {
  const Json* text = value.find("reference");
  if (!text || !text->is_string() || text->text().empty()) return;
  const ReferenceText read = read_reference(text->text());
  if (read.form == ReferenceForm::wrong) {
    return report(Code::bad_value, place.member("reference"), quoted(text->text()) + " is no reference",
                  "Use Type/id, an absolute URL, urn:uuid:…, or #id for a contained resource");
  }
  if (read.type.empty() || element.targets.empty() ||
      std::ranges::find(element.targets, read.type) != element.targets.end())
    return;
  report(Code::bad_value, place.member("reference"), "A reference to " + std::string(read.type) + " cannot stand here",
         "It may point to: " + listed(element.targets));
}

// A required binding holds when one coding is of the value set (terminologies.html#required); an extension may say why
// none is.
void Checker::concept_codes(const Element& element, const Json& value, const Place& place) {
  if (value.find("extension")) return;
  const Json* codings = value.find("coding");
  const std::span<const Json> all = codings ? codings->items() : std::span<const Json>();
  const bool fits = std::ranges::any_of(all, [&](const Json& coding) {
    return has_code(element, coding.text_at("code")) &&
           std::ranges::find(element.systems, coding.text_at("system")) != element.systems.end();
  });
  if (fits) return;
  report(all.empty() ? Code::required_missing : Code::bad_value, place, "No code of the value set required here",
         "Use one of: " + listed(element.codes) + " of " + listed(element.systems));
}

void Checker::coding_code(const Element& element, const Json& value, const Place& place) {
  if (value.find("extension")) return;
  const bool fits = has_code(element, value.text_at("code")) &&
                    std::ranges::find(element.systems, value.text_at("system")) != element.systems.end();
  if (!fits)
    report(Code::bad_value, place, "No code of the value set required here",
           "Use one of: " + listed(element.codes) + " of " + listed(element.systems));
}

std::vector<Issue> run(Checker checker, const Json& resource) {
  if (const Type* found = resource_type(resource.text_at("resourceType"))) {
    checker.object(*found, resource, Place{nullptr, found->name});
  } else {
    checker.resource(resource, Place{nullptr, "resource"}, false);
  }
  return checker.take();
}

}  // namespace

std::vector<Issue> check(const Json& resource, std::size_t limit) { return run(Checker(limit), resource); }
std::vector<Issue> sort_check_write(Json& resource, std::string& out, std::size_t limit) {
  JsonOutput output(out);
  return run(Checker(limit, output), resource);
}

}  // namespace yilian::fhir
