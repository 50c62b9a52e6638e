#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/fhir/json_patch.h"

namespace yilian::fhir {
namespace {

// A number without what makes no difference: digits with neither zeros before nor behind them, and a power of ten.
struct Decimal {
  bool minus = false;
  std::string digits;
  std::int64_t tens = 0;
  bool operator==(const Decimal&) const = default;
};

Decimal decimal(std::string_view text) {
  constexpr std::int64_t kFar = 1'000'000'000'000;
  Decimal read;
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    const auto [end, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), read.tens);
    if (error != std::errc()) read.tens = exponent.starts_with('-') ? -kFar : kFar;
    read.tens = std::clamp(read.tens, -kFar, kFar);
  }
  bool fraction = false;
  for (const char c : text.substr(0, e)) {
    if (c == '-') read.minus = true;
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    if (fraction) --read.tens;
    if (c != '0' || !read.digits.empty()) read.digits.push_back(c);
  }
  while (read.digits.ends_with('0')) {
    read.digits.pop_back();
    ++read.tens;
  }
  return read.digits.empty() ? Decimal{} : read;
}

std::vector<const Member*> by_name(const Json& object) {
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const Member& member : object.members()) members.push_back(&member);
  std::ranges::sort(members, {}, &Member::name);
  return members;
}

}  // namespace

bool same_value(const Json& a, const Json& b) {
  if (a.kind() != b.kind()) return false;
  if (a.kind() == Json::Kind::number) return a.text() == b.text() || decimal(a.text()) == decimal(b.text());
  if (a.is_array()) return std::ranges::equal(a.items(), b.items(), same_value);
  if (!a.is_object()) return a.text() == b.text();
  return std::ranges::equal(by_name(a), by_name(b), [](const Member* x, const Member* y) {
    return x->name == y->name && same_value(x->value, y->value);
  });
}

}  // namespace yilian::fhir
