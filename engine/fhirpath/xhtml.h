#pragma once
// Whether a text is a narrative as FHIR R4 allows it (narrative.html#xhtml).

#include <string_view>

namespace yilian::fhirpath {

// A div of XHTML, well formed, with nothing but the elements and attributes of HTML 4.0, chapters 7 to 11 (but section
// 4 of chapter 9) and 15, `a` and `img`, and with some text or a picture in it: no scripts, forms, events, frames.
bool is_narrative(std::string_view xhtml);

}  // namespace yilian::fhirpath
