#pragma once
// How a client of the FHIR face wants its answer: format, layout, how much of it (http.html#mime-type, #prefer).

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/net/http.h"

namespace yilian::api {

enum class Format : std::uint8_t { json, xml };
inline constexpr const char* kFhirXml = "application/fhir+xml; charset=utf-8";

// The answer's format: `_format` when it is there, else the best of Accept by its q-values; JSON when both are liked the
// same. A browser (text/html) gets JSON. Error: unsupported_media, to be told with status 406.
Result<Format> wanted_format(const net::Request& request);

// Whether FHIR's formats are asked for by name, in `_format` or in Accept.
bool names_format(const net::Request& request);
// Whether a Content-Type is one of FHIR's formats.
bool is_format(std::string_view content_type);

// Of a body. An empty Content-Type is JSON. Error: unsupported_media (415), also for another charset than UTF-8.
Result<Format> body_format(std::string_view content_type);

// A media type without its parameters, in small letters.
std::string media_type(std::string_view header);

// Prefer (RFC 7240): the first of each that is known; what is not known is passed over, as the RFC says.
struct Preferences {
  enum class Return : std::uint8_t { unsaid, minimal, representation, outcome } returned = Return::unsaid;
  enum class Handling : std::uint8_t { unsaid, strict, lenient } handling = Handling::unsaid;  // of search parameters
};
Preferences preferences(const net::Request& request);
// What Preference-Applied says of them; empty: nothing was asked for.
std::string applied(const Preferences& preferences, bool returns, bool handles);

bool wants_pretty(const net::Request& request);

// The value of a query parameter; of several the last. Empty: it is not there.
std::string_view parameter(const net::Request& request, std::string_view name);

}  // namespace yilian::api
