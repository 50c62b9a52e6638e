#include "engine/base/uuid.h"

// An id of some fifty bytes: what stands around the digest in the newer interface (contexts on the heap, made and freed
// each time) costs more than the digest. Nothing is kept secret by it.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstring>
#include <stdexcept>

namespace yilian {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::array<std::array<char, 2>, 256> kHex = [] {
  constexpr char digits[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = {digits[i >> 4], digits[i & 15]};
  return table;
}();

void stamp(Uuid& id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

Uuid Uuid::named(const Uuid& space, std::string_view name) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA_CTX context;
  if (SHA1_Init(&context) != 1 || SHA1_Update(&context, space.bytes.data(), space.bytes.size()) != 1 ||
      SHA1_Update(&context, name.data(), name.size()) != 1 || SHA1_Final(digest, &context) != 1) {
    throw std::runtime_error("OpenSSL computes no SHA-1");
  }
  Uuid id;
  std::memcpy(id.bytes.data(), digest, id.bytes.size());
  stamp(id, 5);
  return id;
}

Uuid Uuid::random() {
  Uuid id;
  if (RAND_bytes(id.bytes.data(), static_cast<int>(id.bytes.size())) != 1) {
    throw std::runtime_error("the operating system gives no random bytes");
  }
  stamp(id, 4);
  return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[at++] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  return id;
}

void Uuid::text(char* out) const {
  // Where each byte goes: eight, four, four, four and twelve digits with a dash between.
  static constexpr std::uint8_t kPlaces[] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  for (std::size_t i = 0; i < bytes.size(); ++i) std::memcpy(out + kPlaces[i], kHex[bytes[i]].data(), 2);
  out[8] = out[13] = out[18] = out[23] = '-';
}

std::string Uuid::text() const {
  std::string out(36, '\0');
  text(out.data());
  return out;
}

const Uuid& root_space() {
  // UUIDv5 of the URL "https://yilian.dev/" in RFC 4122's URL namespace, fixed for ever.
  static const Uuid space = Uuid::named(*Uuid::parse("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "https://yilian.dev/");
  return space;
}

}  // namespace yilian
