#include "engine/records/types.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "engine/base/uuid.h"
#include "engine/fhir/definitions.h"

namespace yilian::records {

std::uint8_t type_number(std::string_view name) {
  const auto types = fhir::resource_types();
  const auto found = std::lower_bound(types.begin(), types.end(), name,
                                      [](const fhir::Type* type, std::string_view n) { return type->name < n; });
  return found != types.end() && (*found)->name == name ? static_cast<std::uint8_t>(found - types.begin() + 1)
                                                        : std::uint8_t{0};
}

std::string_view type_name(std::uint8_t number) {
  const auto types = fhir::resource_types();
  return number == 0 || number > types.size() ? std::string_view() : types[number - 1U]->name;
}

std::int64_t hash(std::string_view text) { return static_cast<std::int64_t>(XXH3_64bits(text.data(), text.size())); }

std::int64_t resource_key(std::string_view type, std::string_view id) {
  // Both are bounded by R4 (a type's name, 64 characters of id); what is longer names nothing that is stored.
  char buffer[256];
  const std::size_t size = type.size() + 1 + id.size();
  if (size > sizeof buffer) return hash(std::string(type) + "/" + std::string(id));
  std::memcpy(buffer, type.data(), type.size());
  buffer[type.size()] = '/';
  std::memcpy(buffer + type.size() + 1, id.data(), id.size());
  return hash({buffer, size});
}

std::string pack_id(std::string_view id) {
  if (const auto uuid = Uuid::parse(id)) {
    char text[36];
    uuid->text(text);
    if (id == std::string_view(text, sizeof text))
      return std::string(reinterpret_cast<const char*>(uuid->bytes.data()), uuid->bytes.size());
  }
  std::string out(1, 't');
  out += id;
  // A text of 15 characters would be taken for a UUID.
  if (out.size() == 16) out += '\0';
  return out;
}

std::string unpack_id(std::string_view packed) {
  if (packed.size() == 16) {
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), packed.data(), 16);
    return uuid.text();
  }
  if (packed.empty()) return {};
  packed.remove_prefix(1);
  if (packed.size() == 16 && packed.back() == '\0') packed.remove_suffix(1);
  return std::string(packed);
}

}  // namespace yilian::records
