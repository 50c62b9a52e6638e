#include "engine/base/uuid.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace yilian {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void stamp(Uuid& id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
}

// Kept by the thread: to look up the algorithm costs more than to digest a name.
EVP_MD_CTX* sha1_context() {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context = [] {
    std::unique_ptr<EVP_MD_CTX, Free> made(EVP_MD_CTX_new());
    if (made == nullptr || EVP_DigestInit_ex(made.get(), EVP_sha1(), nullptr) != 1)
      throw std::runtime_error("OpenSSL has no SHA-1");
    return made;
  }();
  return context.get();
}

}  // namespace

Uuid Uuid::named(const Uuid& space, std::string_view name) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_MD_CTX* const context = sha1_context();
  if (EVP_DigestInit_ex(context, nullptr, nullptr) != 1 ||
      EVP_DigestUpdate(context, space.bytes.data(), space.bytes.size()) != 1 ||
      EVP_DigestUpdate(context, name.data(), name.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest, nullptr) != 1) {
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
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 15];
  }
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
