// MLLP framing: any bytes, cut anywhere, give the same events as in one piece; limits hold; nothing is lost or made up.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/net/mllp_framing.h"

using yilian::net::MllpEvent;
using yilian::net::MllpFraming;

namespace {

constexpr std::size_t kMax = 256;

void require(bool holds) {
  if (!holds) std::abort();
}

bool same(const MllpEvent& a, const MllpEvent& b) {
  return a.kind == b.kind && a.size == b.size && a.bytes == b.bytes && std::string_view(a.why) == b.why;
}

void check(const std::vector<MllpEvent>& events, std::size_t size) {
  std::size_t sum = 0;
  for (const auto& event : events) {
    sum += event.size;
    require(event.bytes.size() <= event.size);
    if (event.kind == MllpEvent::Kind::message) require(event.size <= kMax && event.bytes.size() == event.size);
    if (event.kind == MllpEvent::Kind::too_large) require(event.size > kMax);
  }
  require(sum <= size);
}

}  // namespace

// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<MllpEvent> whole, parts;
  MllpFraming one(kMax), many(kMax);
  one.feed(stream, whole);
  one.finish(whole);
  std::uint32_t seed = data[0];
  for (std::size_t at = 0; at < stream.size();) {
    seed = seed * 1664525u + 1013904223u;
    const std::size_t length = 1 + (seed >> 24) % (1 + data[0] % 16);
    many.feed(stream.substr(at, length), parts);
    at += length;
  }
  many.finish(parts);
  check(whole, stream.size());
  require(whole.size() == parts.size());
  for (std::size_t i = 0; i < whole.size(); ++i) require(same(whole[i], parts[i]));
  // With time in it: silence may come at any moment and must never break the machine.
  MllpFraming timed(kMax);
  std::vector<MllpEvent> events;
  for (const char c : stream) {
    timed.feed({&c, 1}, events);
    if ((seed = seed * 1664525u + 1013904223u) >> 30 == 0) timed.quiet(events);
    if (seed >> 29 == 2) timed.flush_junk(events);
  }
  timed.finish(events);
  check(events, stream.size());
  return 0;
}
