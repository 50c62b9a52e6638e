#include "engine/records/index/filter.h"

namespace yilian::records {
namespace {

constexpr std::size_t kLineBytes = 64, kKeysOfLine = 48;  // 10.7 bits a key
constexpr int kProbes = 6, kProbeBits = 9;                // a line has 512 bits

// The upper half of the hash chooses the line, the whole, mixed once more, the bits in it.
std::uint64_t mixed(std::uint64_t hash) { return (hash ^ hash >> 29) * 0x9E3779B97F4A7C15ULL; }

}  // namespace

Filter::Filter(std::size_t keys) : bytes_((keys / kKeysOfLine + 1) * kLineBytes, '\0') {}

Filter::Filter(std::string_view bytes) : bytes_(bytes) {
  // What is no filter of ours says "perhaps" to everything.
  if (bytes_.empty() || bytes_.size() % kLineBytes != 0) bytes_.assign(kLineBytes, '\xFF');
}

std::size_t Filter::line_of(std::uint64_t hash) const {
  const std::uint64_t lines = bytes_.size() / kLineBytes;
  return static_cast<std::size_t>((hash >> 32) * lines >> 32) * kLineBytes;
}

void Filter::add(std::int64_t hash) {
  const auto key = static_cast<std::uint64_t>(hash);
  char* line = bytes_.data() + line_of(key);
  std::uint64_t bits = mixed(key);
  for (int i = 0; i < kProbes; ++i, bits >>= kProbeBits)
    line[bits >> 3 & 63] = static_cast<char>(line[bits >> 3 & 63] | 1 << (bits & 7));
}

bool Filter::may_hold(std::int64_t hash) const {
  const auto key = static_cast<std::uint64_t>(hash);
  const char* line = bytes_.data() + line_of(key);
  std::uint64_t bits = mixed(key);
  for (int i = 0; i < kProbes; ++i, bits >>= kProbeBits) {
    if ((line[bits >> 3 & 63] >> (bits & 7) & 1) == 0) return false;
  }
  return true;
}

}  // namespace yilian::records
