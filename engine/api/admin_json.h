#pragma once
// What the admin interface's answers are written with.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::api {

// Appends ,"name":"value".
void member(std::string& json, std::string_view name, std::string_view value);
void member(std::string& json, std::string_view name, std::int64_t value);
// The same for a moment, as a FHIR instant; nothing for 0.
void moment(std::string& json, std::string_view name, std::int64_t at);
// Text for people: decoded as it was read; what is no text at all is shown byte by byte.
std::string readable(std::string_view raw, std::string_view charset);
// What an operation answers that changes something: what was done, of how many.
std::string done(const char* what, std::int64_t count = 1);
// A whole number that is not negative. Errors: bad_value at `where`.
Result<std::int64_t> number_of(std::string_view text, const char* where);
// How many to give at once. Errors: bad_value when it is not 1 to 1000.
Result<std::size_t> count_of(std::string_view text);

}  // namespace yilian::api
