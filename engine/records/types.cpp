#include "engine/records/types.h"

#define XXH_INLINE_ALL  // most texts are short: the call would cost as much as the hash
#include <xxhash.h>

#include <array>
#include <cstring>

#include "engine/base/uuid.h"
#include "engine/fhir/definitions.h"

namespace yilian::records {
namespace {

constexpr std::array<std::uint8_t, 256> kHexDigits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(0xFF);
  for (std::uint8_t i = 0; i < 10; ++i) table['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) table['a' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}();

// Only what unpack_id() makes of the bytes: lower case.
bool pack_uuid(std::string_view text, char (&out)[16]) {
  if (text.size() != 36) return false;
  unsigned wrong = 0;
  std::size_t at = 0;
  for (char& byte : out) {
    if (at == 8 || at == 13 || at == 18 || at == 23) wrong |= text[at++] == '-' ? 0U : 0x80U;
    const unsigned high = kHexDigits[static_cast<unsigned char>(text[at])];
    const unsigned low = kHexDigits[static_cast<unsigned char>(text[at + 1])];
    wrong |= high | low;
    byte = static_cast<char>(high << 4 | low);
    at += 2;
  }
  return wrong <= 0x0F;
}

}  // namespace

std::uint8_t type_number(std::string_view name) {
  const fhir::Type* type = fhir::resource_type(name);
  return type != nullptr ? type->number : std::uint8_t{0};
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
  if (char bytes[16]; pack_uuid(id, bytes)) return std::string(bytes, sizeof bytes);
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
