#pragma once
// The viewer's built files, read once into memory, served with strict headers.

#include <map>
#include <string>

#include "engine/net/http.h"

namespace yilian::api {

class Pages {
 public:
  // An empty or missing folder is fine: `/` then says how to build the pages.
  explicit Pages(const std::string& folder);
  net::Response handle(const net::Request& request) const;

 private:
  struct File {
    std::string type, body;
    bool hashed;  // its name changes with its content: may be cached for ever
  };
  std::map<std::string, File> files_;
};

}  // namespace yilian::api
