#pragma once
// What patterns said of short texts, kept by a thread: ranges, times and many numbers come again, and to look is quicker
// than to match.

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace yilian::mapping {

class Matches {
 public:
  static constexpr std::size_t kLongest = 16;  // bytes of a text

  class Key {
   public:
    // `program` is its serial number, `pattern` the pattern's in it.
    Key(std::uint64_t program, std::uint32_t pattern, std::string_view text)
        : which_(program << 32 | std::uint64_t{pattern} << 8 | (text.size() + 1)) {
      if (!text.empty()) std::memcpy(words_, text.data(), text.size());
    }
    bool operator==(const Key&) const = default;

   private:
    friend class Matches;
    Key() = default;
    std::uint64_t words_[2] = {};
    std::uint64_t which_ = 0;  // none
  };

  // Whether a key can be made of it.
  static bool fits(std::uint32_t pattern, std::string_view text) {
    return text.size() <= kLongest && pattern < (1u << 24);
  }
  std::optional<bool> find(const Key& key) const {
    const Known& known = known_[place(key)];
    return known.key == key ? std::optional<bool>(known.holds) : std::nullopt;
  }
  void keep(const Key& key, bool holds) { known_[place(key)] = {key, holds}; }

 private:
  static constexpr unsigned kBits = 9;
  struct Known {
    Key key;
    bool holds = false;
  };
  static std::size_t place(const Key& key) {
    std::uint64_t hash = (key.words_[0] ^ key.which_) * 0x9E3779B97F4A7C15ull;
    hash = (hash ^ hash >> 32 ^ key.words_[1]) * 0xC2B2AE3D27D4EB4Full;
    return hash >> (64 - kBits);
  }

  std::array<Known, 1u << kBits> known_{};
};

}  // namespace yilian::mapping
