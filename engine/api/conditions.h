#pragma once
// What a request makes depend on versions and times (http.html#concurrency, #cread; RFC 9110, 13).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/net/http.h"

namespace yilian::api {

std::string etag_of(std::int64_t version);  // W/"3"

// The number of a version in an ETag, quoted or not, weak or not. Nothing for an empty text. Error: bad_value at `where`.
Result<std::optional<std::int64_t>> version_in(std::string_view etag, std::string_view where);

// If-None-Match: a list of ETags, or "*".
struct NoneMatch {
  bool any = false;
  std::vector<std::int64_t> versions;
  bool said() const { return any || !versions.empty(); }
  bool has(std::int64_t version) const;
};
Result<NoneMatch> none_match(std::string_view header, std::string_view where);

// "Tue, 24 Nov 2026 08:30:00 GMT" to the second; nothing for another text, which is passed over as RFC 9110 says.
std::optional<Instant> read_http_date(std::string_view text);

// Whether a read is answered with 304: by If-None-Match, else by If-Modified-Since.
struct ReadConditions {
  NoneMatch unless;
  std::optional<Instant> since;
  bool unchanged(std::int64_t version, Instant updated) const;
};
Result<ReadConditions> read_conditions(const net::Request& request);

}  // namespace yilian::api
