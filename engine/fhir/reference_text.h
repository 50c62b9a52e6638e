#pragma once
// What Reference.reference may hold (references.html#literal).

#include <string_view>

namespace yilian::fhir {

enum class ReferenceForm {
  wrong,        // none of the following
  contained,    // "#id", or "#" for the containing resource
  absolute,     // a URL, urn:uuid:…, urn:oid:…
  relative,     // "Patient/1", "Patient/1/_history/2"
  conditional,  // "Patient?identifier=…", within transactions (http.html#trules)
};

struct ReferenceText {
  ReferenceForm form = ReferenceForm::wrong;
  std::string_view type;  // resource type of a relative or conditional one
};

ReferenceText read_reference(std::string_view text);

}  // namespace yilian::fhir
