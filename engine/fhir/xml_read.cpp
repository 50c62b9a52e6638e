#include <algorithm>
#include <cstring>

#include "engine/fhir/check.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/member_table.h"
#include "engine/fhir/place.h"
#include "engine/fhir/xml.h"
#include "engine/fhir/xml_names.h"
#include "engine/fhir/xml_scanner.h"

namespace yilian::fhir {
namespace {

using Event = XmlScanner::Event;

std::string shown(std::string_view text) { return "\"" + std::string(text.substr(0, 64)) + "\""; }

// Gives false when it fails, with the reason in issue_.
class XmlReader {
 public:
  XmlReader(XmlScanner& scanner, Arena& arena) : scanner_(scanner), arena_(arena) {}

  Result<Json*> read() {
    Json* root = new (arena_.allocate(sizeof(Json), alignof(Json))) Json();
    if (!outermost(*root)) return Failure(std::move(issue_));
    sort_members(*root);
    return root;
  }

 private:
  bool refuse(Code code, const Place& place, std::string what, std::string cure = {}) {
    issue_ = Issue{code, Severity::error, place.text(), std::move(what), std::move(cure)};
    return false;
  }
  bool broken() {
    issue_ = scanner_.error();
    return false;
  }

  bool outermost(Json& root);
  bool resource(Json& into, const Place& place);
  bool inner_resource(Json& into, const Place& place);
  bool children(const Type& type, Json& into, const Place& place);
  bool child(const Type& type, Json& into, const Place& place);
  bool value(const MemberName& found, Json& object, const Place& place);
  bool primitive(const MemberName& found, Json& object, const Place& place);
  bool primitive_value(Primitive form, const XmlScanner::Attribute& attribute, Json& into, const Place& place);
  bool narrative(Json& into, const Place& place);
  bool attributes_of(const Type& type, Json& into, const Place& place);
  bool namespace_is(const XmlScanner::Attribute& attribute, std::string_view wanted, const Place& place);
  bool nothing_more(const Place& place);
  void keep_sibling(const MemberName& found, Json& object, const Json& sibling, std::size_t index);
  void even_out(Json& object);
  Json& list(Json& object, std::string_view name) {
    Json& member = object.member(arena_, name);
    if (member.is_null()) member.set_array();
    return member;
  }

  XmlScanner& scanner_;
  Arena& arena_;
  Issue issue_;
};

bool XmlReader::outermost(Json& root) {
  Event event = scanner_.next();
  while (event == Event::text) event = scanner_.next();
  if (event == Event::failed) return broken();
  const Place place{nullptr, scanner_.name()};
  if (event != Event::start) return refuse(Code::bad_syntax, place, "No XML element");
  const auto attributes = scanner_.attributes();
  if (std::ranges::find(attributes, "xmlns", &XmlScanner::Attribute::name) == attributes.end()) {
    return refuse(Code::bad_structure, place, "Not in FHIR's namespace", "Add xmlns=\"http://hl7.org/fhir\"");
  }
  if (!resource(root, place)) return false;
  do event = scanner_.next();
  while (event == Event::text);
  if (event == Event::failed) return broken();
  if (event == Event::start) return refuse(Code::bad_syntax, place, "There is a second element behind it");
  return true;
}

// Behind the start tag that names its type.
bool XmlReader::resource(Json& into, const Place& place) {
  const Type* type = resource_type(scanner_.name());
  if (!type) {
    return refuse(Code::bad_structure, place, shown(scanner_.name()) + " is no resource type of FHIR R4");
  }
  into.set_object();
  into.add(arena_, "resourceType").set_string(type->name);
  return attributes_of(*type, into, place) && children(*type, into, place);
}

// Within contained, entry.resource and the like: one element that is a resource.
bool XmlReader::inner_resource(Json& into, const Place& place) {
  for (const auto& attribute : scanner_.attributes()) {
    if (is_namespace(attribute.name) ? !namespace_is(attribute, kFhirNamespace, place)
                                     : !refuse(Code::bad_structure, place, "Has no attribute " + shown(attribute.name)))
      return false;
  }
  for (;;) {
    switch (scanner_.next()) {
      case Event::failed:
      case Event::done:
        return broken();
      case Event::text:
        if (!scanner_.blank()) return refuse(Code::bad_structure, place, "Text cannot stand here");
        break;
      case Event::start:
        if (into.is_object()) return refuse(Code::bad_structure, place, "Holds more than one resource");
        if (!resource(into, place)) return false;
        break;
      case Event::end:
        return into.is_object() || refuse(Code::bad_structure, place, "Holds no resource");
    }
  }
}

bool XmlReader::namespace_is(const XmlScanner::Attribute& attribute, std::string_view wanted, const Place& place) {
  if (attribute.name != "xmlns" || attribute.value == wanted) return true;
  return refuse(Code::bad_structure, place, "Is in another namespace: " + shown(attribute.value),
                "Use " + std::string(wanted));
}

// What JSON has as members and XML as attributes: the id of what is no resource, the url of an extension.
bool XmlReader::attributes_of(const Type& type, Json& into, const Place& place) {
  for (const auto& [name, text] : scanner_.attributes()) {
    if (is_namespace(name)) {
      if (!namespace_is({name, text}, kFhirNamespace, place)) return false;
    } else if (is_attribute(type, name)) {
      into.add(arena_, name).set_string(text);
    } else {
      return refuse(Code::bad_structure, place,
                    shown(name) + " is no attribute of " + std::string(type.name),
                    name == "value" ? "Only primitive types have a value of their own" : "");
    }
  }
  return true;
}

bool XmlReader::children(const Type& type, Json& into, const Place& place) {
  for (;;) {
    switch (scanner_.next()) {
      case Event::failed:
      case Event::done:
        return broken();
      case Event::text:
        if (!scanner_.blank()) return refuse(Code::bad_structure, place, "Text cannot stand here", "Values are attributes");
        break;
      case Event::start:
        if (!child(type, into, place)) return false;
        break;
      case Event::end:
        even_out(into);
        if (into.size() == 0) return refuse(Code::bad_structure, place, "An empty element", "Leave it out");
        return true;
    }
  }
}

bool XmlReader::child(const Type& type, Json& into, const Place& place) {
  const MemberName* found = type.members->find(scanner_.name());
  if (!found || is_attribute(type, scanner_.name())) {
    return refuse(Code::bad_structure, place.member(scanner_.name()),
                  shown(scanner_.name()) + " is no element of " + std::string(type.name));
  }
  Place here = place.member(found->name);
  if (found->element->list) {
    const Json* before = into.find(found->name);
    here.index = before ? before->size() : 0;
  } else if (into.find(found->name)) {
    return refuse(Code::bad_structure, here, "Cannot repeat");
  }
  return value(*found, into, here);
}

bool XmlReader::value(const MemberName& found, Json& object, const Place& place) {
  if (found.type->primitive == Primitive::xhtml) return narrative(object.member(arena_, found.name), place);
  if (found.type->kind == Type::Kind::primitive) return primitive(found, object, place);
  // Filled before it is put into the object, which may move while others are added; nothing is added meanwhile.
  Json made;
  if (found.type->kind == Type::Kind::resource) {
    if (!inner_resource(made, place)) return false;
  } else {
    made.set_object();
    if (!attributes_of(*found.type, made, place) || !children(*found.type, made, place)) return false;
  }
  (found.element->list ? list(object, found.name).append(arena_) : object.member(arena_, found.name)) = made;
  return true;
}

bool XmlReader::primitive(const MemberName& found, Json& object, const Place& place) {
  const Type& type = *found.type;
  Json made;  // null: there is no value
  Json sibling;
  sibling.set_object();
  for (const auto& attribute : scanner_.attributes()) {
    if (attribute.name == "value") {
      if (!primitive_value(type.primitive, attribute, made, place)) return false;
    } else if (attribute.name == "id") {
      sibling.add(arena_, "id").set_string(attribute.value);
    } else if (!is_namespace(attribute.name)) {
      return refuse(Code::bad_structure, place, shown(attribute.name) + " is no attribute of " + std::string(type.name));
    } else if (!namespace_is(attribute, kFhirNamespace, place)) {
      return false;
    }
  }
  for (Event event = scanner_.next(); event != Event::end; event = scanner_.next()) {
    if (event == Event::failed || event == Event::done) return broken();
    if (event == Event::text && !scanner_.blank()) {
      return refuse(Code::bad_structure, place, "Text cannot stand here", "Write value=\"…\"");
    }
    if (event == Event::start && !child(type, sibling, place)) return false;
  }
  if (made.is_null() && sibling.size() == 0) return refuse(Code::bad_structure, place, "An empty element", "Leave it out");
  even_out(sibling);
  if (!found.element->list) {
    if (!made.is_null()) object.member(arena_, found.name) = made;
    if (sibling.size() > 0) object.member(arena_, beside(found.name, arena_)) = sibling;
    return true;
  }
  Json& values = list(object, found.name);
  values.append(arena_) = made;
  if (sibling.size() > 0) keep_sibling(found, object, sibling, values.size() - 1);
  return true;
}

bool XmlReader::primitive_value(Primitive form, const XmlScanner::Attribute& attribute, Json& into,
                                const Place& place) {
  const std::string_view text = attribute.value;
  const Json::Kind kind = json_kind(form);
  if (kind == Json::Kind::string) {
    into.set_string(text);
    return true;
  }
  if (!valid_primitive(form, text)) {
    return refuse(Code::bad_value, place,
                  shown(text) + (kind == Json::Kind::boolean ? " is neither true nor false" : " is no number of this type"));
  }
  if (kind == Json::Kind::boolean) {
    into.set_boolean(text == "true");
  } else {
    into.set_number(text);
  }
  return true;
}

bool XmlReader::narrative(Json& into, const Place& place) {
  const auto attributes = scanner_.attributes();
  const auto space = std::ranges::find(attributes, "xmlns", &XmlScanner::Attribute::name);
  if (space == attributes.end() || space->value != kXhtmlNamespace) {
    return refuse(Code::bad_structure, place, "Not in XHTML's namespace",
                  "Add xmlns=\"" + std::string(kXhtmlNamespace) + "\"");
  }
  const std::string_view text = scanner_.rest_of_element();
  if (text.empty()) return broken();
  into.set_string(text);
  return true;
}

void XmlReader::keep_sibling(const MemberName& found, Json& object, const Json& sibling, std::size_t index) {
  Json& siblings = list(object, beside(found.name, arena_));
  while (siblings.size() < index) siblings.append(arena_).set_null();
  siblings.append(arena_) = sibling;
}

// The arrays of values and of what stands beside them have the same length (json.html#primitive); one that would be
// nothing but nulls is left out.
void XmlReader::even_out(Json& object) {
  for (std::size_t i = 0; i < object.size(); ++i) {
    Member& member = object.members()[i];
    if (!member.name.starts_with('_') || !member.value.is_array()) continue;
    const std::string_view name = member.name.substr(1);
    const Json* values = object.find(name);
    while (values && member.value.size() < values->size()) member.value.append(arena_).set_null();
    if (values && std::ranges::all_of(values->items(), &Json::is_null)) {
      object.remove(name);
      return even_out(object);
    }
  }
}

}  // namespace

Result<Json*> read_xml(std::string_view text, Arena& arena, const XmlLimits& limits) {
  if (text.size() > limits.bytes) {
    return fail(Code::too_large, "XML of more than " + std::to_string(limits.bytes) + " bytes");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE") || text.starts_with(std::string_view("\0<", 2)) ||
      text.starts_with(std::string_view("<\0", 2))) {
    return fail(Code::bad_encoding, "Only UTF-8 is taken, this is UTF-16", "byte 0");
  }
  if (const std::size_t at = bad_xml_character(text); at != std::string_view::npos) {
    return fail(Code::bad_encoding, "Not valid UTF-8, or a character that XML does not allow", "byte " + std::to_string(at));
  }
  char* const copied = static_cast<char*>(arena.allocate(text.size() + 1, 1));
  if (!text.empty()) std::memcpy(copied, text.data(), text.size());
  copied[text.size()] = '\0';
  XmlScanner scanner(copied, copied + text.size(), std::min(limits.depth, kDeepest), "div");
  return XmlReader(scanner, arena).read();
}

}  // namespace yilian::fhir
