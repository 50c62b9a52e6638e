#pragma once
// A search as the FHIR face offers it: what is found, and how much of each is shown.

#include <string>

#include "engine/fhir/subset.h"
#include "engine/records/store.h"

namespace yilian::api {

// A searchset Bundle in JSON. `path`: what was asked, behind the base, for the links.
Result<std::string> search_and_show(database::Connection& connection, const records::Scope& scope, const records::SearchRequest& request,
                                    const std::string& base, const std::string& path);

// A resource's text with what `subset` leaves of it.
std::string subset_of(std::string body, const fhir::Subset& subset);

}  // namespace yilian::api
