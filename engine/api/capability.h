#pragma once
// What the FHIR face can do, said from the tables that it works by.

#include <string>

#include "engine/base/result.h"
#include "engine/records/store.h"

namespace yilian::api {

// `mode` of GET metadata (http.html#capabilities): empty or "full"; "normative": only the types that are normative in
// R4; "terminology": TerminologyCapabilities. `defined`: the search parameters of clients. Error: bad_value.
Result<std::string> capability_statement(const std::string& base, const std::string& version,
                                         std::string_view mode = {}, const std::vector<records::Defined>& defined = {});

}  // namespace yilian::api
