#include "engine/net/endpoint.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <optional>

namespace yilian::net {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

// An address as sixteen bytes; IPv4 in its mapped form (RFC 4291, 2.5.5.2), so that one comparison serves both.
struct Address {
  Bytes bytes;
  bool v4;
};

std::optional<Address> read_address(std::string_view text) {
  const std::string copy(text.substr(0, text.find('%')));  // without a zone
  Bytes bytes{};
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return Address{bytes, false};
  in_addr v4;
  if (inet_pton(AF_INET, copy.c_str(), &v4) != 1) return std::nullopt;
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes.data() + 12, &v4, 4);
  return Address{bytes, true};
}

template <class N>
std::optional<N> number(std::string_view text, N most) {
  N value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

}  // namespace

std::string Endpoint::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto wrong = [&] {
    return fail(Code::bad_value, "\"" + std::string(text) + "\" is no address", {},
                "Write host:port, for example 127.0.0.1:2575 or [::1]:2575");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong();
  auto host = text.substr(0, colon);
  const auto port = number<std::uint32_t>(text.substr(colon + 1), 65535);
  if (!port) return wrong();
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    const auto address = read_address(host);
    if (!address || address->v4) return wrong();
  } else if (host.find_first_of(":[]/ \t") != std::string_view::npos) {
    return wrong();
  }
  return Endpoint{std::string(host), static_cast<std::uint16_t>(*port)};
}

Result<void> Networks::add(std::string_view text) {
  const auto wrong = [&] {
    return fail(Code::bad_value, "\"" + std::string(text) + "\" is no network", {},
                "Write an address or a network, for example 10.1.0.0/16");
  };
  const auto slash = text.find('/');
  const auto address = read_address(text.substr(0, slash));
  if (!address) return wrong();
  unsigned bits = 128;
  if (slash != std::string_view::npos) {
    const auto given = number<unsigned>(text.substr(slash + 1), address->v4 ? 32 : 128);
    if (!given) return wrong();
    bits = *given + (address->v4 ? 96 : 0);
  }
  networks_.push_back({address->bytes, bits});
  return {};
}

bool Networks::contains(std::string_view text) const {
  const auto address = read_address(text);
  if (!address) return false;
  for (const auto& network : networks_) {
    const auto whole = network.bits / 8;
    if (std::memcmp(network.bytes.data(), address->bytes.data(), whole) != 0) continue;
    const auto rest = network.bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    if (((network.bytes[whole] ^ address->bytes[whole]) & mask) == 0) return true;
  }
  return false;
}

}  // namespace yilian::net
