#pragma once
// UUIDs (RFC 4122): computed ones for what messages name, random ones for what clients create.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yilian {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // Version 5: the same namespace and name always give the same id.
  static Uuid named(const Uuid& space, std::string_view name);
  // Version 4, from the operating system's generator.
  static Uuid random();
  // "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", lower or upper case.
  static std::optional<Uuid> parse(std::string_view text);

  std::string text() const;  // 36 characters, lower case
  void text(char* out) const;  // the same into 36 bytes, no terminator

  bool operator==(const Uuid&) const = default;
};

// The space that all ids of this project descend from.
const Uuid& root_space();

}  // namespace yilian
