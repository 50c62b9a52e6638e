#pragma once
// A search as the FHIR face offers it: what is found, and how much of each is shown.

#include <string>

#include "engine/api/negotiation.h"
#include "engine/fhir/subset.h"
#include "engine/records/store.h"

namespace yilian::api {

// A searchset Bundle in JSON. _summary and _elements are this function's, all else is the record store's, which refuses
// what it does not know (Prefer: handling=strict, and when nothing is said). Lenient: parameters that the type is not
// searched by are passed over, and the self link shows what was not.
Result<std::string> search_and_show(database::Connection& connection, const std::string& type, const records::Parameters& parameters,
                                    const std::string& base, Preferences::Handling handling = Preferences::Handling::unsaid);

// A resource's text with what `subset` leaves of it.
std::string subset_of(std::string body, const fhir::Subset& subset);

}  // namespace yilian::api
