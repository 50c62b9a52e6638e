#pragma once
// Dates asked for more finely than the index tells them apart, which has milliseconds: it says who surely fulfils, and who
// perhaps; of these the bodies decide.

#include "engine/records/search/query.h"

namespace yilian::records {

bool is_fine(const Condition& condition);
// In milliseconds: what holds of these holds; what does not hold of those does not. What is not asked for so finely stays as
// it is.
Alternative surely(const Alternative& asked);
Alternative perhaps(const Alternative& asked);
// Of what is a whole millisecond, as _lastUpdated is.
Alternative of_whole_milliseconds(const Alternative& asked);

// Whether one of the values of the resource, or of a composite's element, is what is asked for.
bool fine_date_is_in(const Indexed& parameter, const Alternative& asked, const fhir::Json& from);

}  // namespace yilian::records
