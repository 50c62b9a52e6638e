#include "engine/fhirpath/equal_set.h"

#include <algorithm>

namespace yilian::fhirpath {
namespace {

std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash ^ hash >> 29;
}

std::uint64_t hash_number(const Decimal& value) {
  const Decimal plain = value.stripped();
  const auto low = static_cast<std::uint64_t>(plain.coefficient());
  return (low ^ static_cast<std::uint64_t>(plain.scale())) * 0x9E3779B97F4A7C15u;
}

constexpr std::size_t kFew = 8;  // compared one by one

}  // namespace

EqualSet::Key EqualSet::key_of(const Item& item) const {
  Item value = item;
  if (!run_.system(item, value)) return {Key::Kind::other, 0};
  switch (value.kind()) {
    case Item::Kind::string:
      run_.spend(value.text().size() / 32);
      return {Key::Kind::hashed, hash_bytes(value.text(), 1)};
    case Item::Kind::boolean:
      return {Key::Kind::hashed, value.boolean() ? 2u : 3u};
    case Item::Kind::integer:
      return {Key::Kind::number, hash_number(Decimal(value.integer()))};
    case Item::Kind::decimal:
      return {Key::Kind::number, hash_number(value.decimal())};
    default:
      return {Key::Kind::other, 0};
  }
}

bool EqualSet::any_equal(const std::vector<Item>& items, const Item& item) const {
  return std::ranges::any_of(items, [&](const Item& each) { return equal(run_, each, item) == true; });
}

bool EqualSet::has(const Item& item, const Key& key) const {
  if (key.kind == Key::Kind::other) {
    // A quantity may equal a number; else nothing here equals what is hashed.
    Item value = item;
    const bool quantity = run_.system(item, value) && value.kind() == Item::Kind::quantity;
    return any_equal(others_, item) || (quantity && any_equal(hashed_, item));
  }
  if (key.kind == Key::Kind::number && any_equal(others_, item)) return true;
  if (slots_.empty()) return any_equal(hashed_, item);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    if (!run_.spend(1)) return true;  // texts may be chosen so that they meet
    const std::size_t index = slots_[slot] - 1U;
    if (hashes_[index] == key.hash && equal(run_, hashed_[index], item) == true) return true;
  }
  return false;
}

bool EqualSet::has(const Item& item) const { return has(item, key_of(item)); }

void EqualSet::put(std::uint64_t hash, std::uint32_t index) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = index + 1;
}

bool EqualSet::add(const Item& item) {
  const Key key = key_of(item);
  if (!run_.spend(1) || has(item, key) || run_.failed()) return false;
  if (key.kind == Key::Kind::other) {
    others_.push_back(item);
    return true;
  }
  hashed_.push_back(item);
  hashes_.push_back(key.hash);
  if (hashed_.size() <= kFew) return true;
  if (hashed_.size() * 2 <= slots_.size()) {
    put(key.hash, static_cast<std::uint32_t>(hashed_.size() - 1));
    return true;
  }
  slots_.assign(std::max<std::size_t>(32, slots_.size() * 2), 0);
  for (std::uint32_t i = 0; i < hashed_.size(); ++i) put(hashes_[i], i);
  return true;
}

}  // namespace yilian::fhirpath
