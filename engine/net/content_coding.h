#pragma once
// gzip in HTTP (RFC 9110, 8.4 and 12.5.3), for bodies of requests and responses. Internal to engine/net.

#include <optional>
#include <string>
#include <string_view>

#include "engine/net/http.h"

namespace yilian::net {

struct CodingRefusal {
  int status;  // 400 damaged, 413 larger than `most` once unpacked, 415 a coding that is not known
  std::string_view why;
};
// Unpacks the body of a request, which then has no Content-Encoding any more.
std::optional<CodingRefusal> decode_body(Request& request, std::size_t most);
// Packs the body of a response when the client takes gzip and it is worth it: text of more than 1 KiB. Says in Vary that
// it depends.
void encode_body(const Request& request, Response& response);

// Whether an Accept-Encoding allows gzip.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace yilian::net
