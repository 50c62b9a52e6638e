#pragma once
// Where to listen or connect, and who may: addresses and networks as text.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::net {

struct Endpoint {
  std::string host;  // a name, "127.0.0.1" or "::1" (no brackets)
  std::uint16_t port = 0;
  std::string text() const;  // "127.0.0.1:2575", "[::1]:2575"
};

// "host:port", "[v6]:port". bad_value for anything else; port 0 is allowed (listening: any free one).
Result<Endpoint> parse_endpoint(std::string_view text);

// A list of networks ("10.1.0.0/16", "192.168.1.7", "fd00::/8"). IPv4 addresses seen through an IPv6 socket match IPv4
// networks.
class Networks {
 public:
  // bad_value when the text is neither an address nor a network.
  Result<void> add(std::string_view text);
  bool empty() const { return networks_.empty(); }
  // Whether the address (text, without port) lies in one of the networks.
  bool contains(std::string_view address) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes;
    unsigned bits;
  };
  std::vector<Network> networks_;
};

}  // namespace yilian::net
