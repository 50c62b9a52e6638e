#pragma once
// Hashing and comparing of the short names in the definitions' tables: inline, as they are looked up for every member.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace yilian::fhir {

inline std::size_t name_hash(std::string_view name) {
  if (name.empty()) return 0;
  const auto byte = [name](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  const std::size_t last = name.size() - 1;
  return name.size() * 131 + byte(0) * 31 + byte(last) * 17 + byte(last / 2) * 7 + byte(last - last / 4) * 61;
}

inline bool same_name(std::string_view a, std::string_view b) {
  const auto word = [](const char* at) {
    std::uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (word(a.data() + i) != word(b.data() + i)) return false;
  }
  return word(a.data() + size - 8) == word(b.data() + size - 8);  // the last eight, some of them seen already
}

}  // namespace yilian::fhir
