#pragma once
// The texts of HTTP that need no socket: paths out of targets, heads of responses.

#include <string>
#include <string_view>

#include "engine/net/http.h"

namespace yilian::net {

// The decoded path of a request target (RFC 9112, 3.2: origin form, absolute form, "*"), and its query as it came.
struct Target {
  std::string path;
  std::string_view query;  // into the target, without "?"
};

// bad_syntax: not a target, a broken escape, an encoded NUL or other control character, a ".." segment.
Result<Target> read_target(std::string_view target);

// Status line and header of a response, to the blank line. Content-Length is that of the body (none where the status
// forbids a body); line breaks inside a header value become blanks, so that no value can begin a header of its own.
std::string response_head(const Response& response, std::string_view reason, bool keep_alive);

// Whether a response of this status may carry a body (RFC 9110, 6.4.1).
bool may_have_body(int status);

}  // namespace yilian::net
