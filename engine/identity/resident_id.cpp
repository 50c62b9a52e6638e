#include "engine/identity/resident_id.h"

#include "engine/base/time.h"

namespace yilian::identity {

std::optional<ResidentId> resident_id(std::string_view text) {
  if (text.size() != 18) return std::nullopt;
  static constexpr int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  static constexpr char checks[] = "10X98765432";
  int sum = 0;
  for (int i = 0; i < 17; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return std::nullopt;
    sum += (c - '0') * weights[i];
  }
  const char check = text[17] == 'x' ? 'X' : text[17];
  if (check != checks[sum % 11]) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const int year = number(6, 4), month = number(10, 2), day = number(12, 2);
  if (year < 1850 || year > 2150 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  ResidentId id;
  id.number.assign(text.substr(0, 17)).push_back(check);
  id.birth_date.append(text.substr(6, 4)).append("-").append(text.substr(10, 2)).append("-").append(text.substr(12, 2));
  id.male = (text[16] - '0') % 2 == 1;
  return id;
}

}  // namespace yilian::identity
