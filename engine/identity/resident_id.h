#pragma once
// China's resident identity number (GB 11643-1999): 17 digits and a check character, with place, birth date and sex in it.

#include <optional>
#include <string>
#include <string_view>

namespace yilian::identity {

inline constexpr std::string_view kResidentIdSystem = "urn:oid:2.16.156.10011.1.3";

struct ResidentId {
  std::string number;      // 18 characters, a final x as 'X'
  std::string birth_date;  // "1958-03-07"
  bool male;
};

// Nothing unless the form, the date and the check character (ISO 7064 MOD 11-2) are right.
std::optional<ResidentId> resident_id(std::string_view text);

}  // namespace yilian::identity
