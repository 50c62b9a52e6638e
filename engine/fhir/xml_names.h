#pragma once
// Names that the XML form has of its own. Internal to the reader and the writer of XML.

#include <string_view>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {

inline constexpr std::string_view kFhirNamespace = "http://hl7.org/fhir";
inline constexpr std::string_view kXhtmlNamespace = "http://www.w3.org/1999/xhtml";

// "xmlns", "xmlns:xsi", "xsi:schemaLocation": say nothing of the content.
inline bool is_namespace(std::string_view attribute) {
  return attribute == "xmlns" || attribute.starts_with("xmlns:") || attribute == "xsi:schemaLocation";
}

// Members of JSON that are attributes in XML (xml.html): the id of every element, but not that of a resource, and the
// url of an extension.
inline bool is_attribute(const Type& type, std::string_view name) {
  return (name == "id" && type.kind != Type::Kind::resource) || (name == "url" && type.name == "Extension");
}

// "_birthDate".
inline std::string_view beside(std::string_view name, Arena& arena) {
  char* const text = static_cast<char*>(arena.allocate(name.size() + 1, 1));
  text[0] = '_';
  name.copy(text + 1, name.size());
  return {text, name.size() + 1};
}

}  // namespace yilian::fhir
