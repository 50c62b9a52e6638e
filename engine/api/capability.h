#pragma once
// What the FHIR face can do, said from the tables that it works by.

#include <string>

#include "engine/base/result.h"

namespace yilian::api {

// `mode` of GET metadata (http.html#capabilities): empty or "full"; "normative": only the types that are normative in
// R4; "terminology": TerminologyCapabilities. Error: bad_value.
Result<std::string> capability_statement(const std::string& base, const std::string& version,
                                         std::string_view mode = {});

}  // namespace yilian::api
