#pragma once
// The XML form of FHIR R4 resources (xml.html), to and from the JSON tree.

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {

struct XmlLimits {
  std::size_t depth = 100;  // elements within elements, the narrative's own counted too
  std::size_t bytes = 64u << 20;
};

// XML 1.0 in UTF-8 to a tree whose members are sorted; check() is still to be asked. The tree keeps its own copy of the
// text in the arena. Numbers keep their text; the narrative's <div> becomes text byte for byte; comments and processing
// instructions are dropped. Elements may come in any order.
// Errors: bad_syntax and bad_encoding ("byte N"; a DOCTYPE is refused, so there are no entities but XML's five),
// too_deep, too_large; bad_structure and bad_value with a place ("Patient.name[0].foo") for unknown elements,
// attributes, texts and namespaces, and values of no such type.
Result<Json*> read_xml(std::string_view text, Arena& arena, const XmlLimits& limits = {});

// With the XML declaration, elements in the order of the definitions. Errors, both with a place: bad_structure (a
// member that R4 does not know), unsupported (what XML cannot hold: a control character, a narrative that is no
// well-formed XML). HTML's named entities of Latin-1 in the narrative (&nbsp;) become numbers, which are the same in XML.
Result<void> write_xml(const Json& resource, std::string& out, bool pretty = false);
Result<std::string> write_xml(const Json& resource, bool pretty = false);

}  // namespace yilian::fhir
