#pragma once
// The texts of a resource in which `_content` and `_text` look for words: what people read, and codes.

#include <string>
#include <string_view>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/fhir/member_table.h"

namespace yilian::records {

// Not when all of it is the name of a thing and nothing that people look for words in: a UUID, an OID, an address.
bool has_words(std::string_view text);

// The text of a narrative: a blank for each tag, characters for the entities of XML and of HTML's Latin-1.
std::string without_tags(std::string_view div);

namespace detail {

template <class Visit>
class TextWalk {
 public:
  explicit TextWalk(Visit& visit) : visit_(visit) {}

  enum class Of : std::uint8_t { element, resource, own_narrative };
  void object(const fhir::Type& type, const fhir::Json& object, Of of = Of::element) {
    const fhir::MemberName* before = nullptr;
    for (const fhir::Member& member : object.members()) {
      if (member.value.kind() == fhir::Json::Kind::number || member.value.kind() == fhir::Json::Kind::boolean) continue;
      const fhir::MemberName* name = type.members->find(member.name, before);
      if (name != nullptr) {
        before = name;
        if (name->name != "reference" || type.name != "Reference") values(*name, member.value, of);
      } else if (member.name.starts_with('_')) {
        beside(type.members->find(member.name.substr(1)), member.value);
      }
    }
  }

 private:
  void values(const fhir::MemberName& name, const fhir::Json& value, Of of) {
    if (!value.is_array()) return one(name, value, of);
    for (const fhir::Json& item : value.items()) one(name, item, of);
  }

  // The id and the extensions of a primitive value.
  void beside(const fhir::MemberName* name, const fhir::Json& value) {
    if (name == nullptr) return;
    if (!value.is_array()) return object(*name->type, value);
    for (const fhir::Json& item : value.items()) object(*name->type, item);
  }

  void one(const fhir::MemberName& name, const fhir::Json& value, Of of) {
    using fhir::Primitive;
    switch (name.type->primitive) {
      case Primitive::none:
        return complex(*name.type, value, of);
      case Primitive::string:
        if (name.name == "id") return;  // of an element
        [[fallthrough]];
      case Primitive::code:
      case Primitive::markdown:
        if (value.is_string() && has_words(value.text())) visit_(value.text(), false);
        return;
      case Primitive::xhtml:
        if (of != Of::own_narrative) visit_(std::string_view(without_tags(value.text())), false);
        return;
      default:
        return;
    }
  }

  void complex(const fhir::Type& type, const fhir::Json& value, Of of) {
    if (type.kind == fhir::Type::Kind::resource) {
      const fhir::Type* found = fhir::resource_type(value.text_at("resourceType"));
      if (found != nullptr) object(*found, value);
    } else {
      object(type, value, of == Of::resource && type.name == "Narrative" ? Of::own_narrative : Of::element);
    }
  }

  Visit& visit_;
};

}  // namespace detail

// Calls visit(text, narrative) for each: the resource's own narrative first; then the values of the types string,
// markdown and code wherever they stand, also in what is contained, and other narratives. What is visited lives as long
// as the call.
template <class Visit>
void for_texts(const fhir::Type& type, const fhir::Json& resource, Visit&& visit) {
  if (const fhir::Json* text = resource.find("text"); text != nullptr) {
    if (const std::string_view div = text->text_at("div"); !div.empty()) visit(std::string_view(without_tags(div)), true);
  }
  using Walk = detail::TextWalk<std::remove_reference_t<Visit>>;
  Walk(visit).object(type, resource, Walk::Of::resource);
}

}  // namespace yilian::records
