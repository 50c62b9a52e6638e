#pragma once
// Asking an HTTP server, by libcurl. Blocking; for one thread. The connection stays open from one request to the next.

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::net {

struct HttpReply {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  // `base`: "http://127.0.0.1:8080", to which each path is added. `seconds`: for a whole request; a tenth of it, at least one, to connect.
  explicit HttpClient(std::string base, int seconds = 30);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  // Any status is a reply; redirects are not followed. Errors: busy (nothing answers there), timeout, too_large (a body over 256 MB), bad_value (no URL).
  // `text`: a body, as text/plain in UTF-8; empty: none.
  Result<HttpReply> send(const std::string& method, const std::string& path, const std::string& text = {});

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace yilian::net
