#pragma once
// A message as it is written: what prepare() made of it.

#include "engine/base/made_once.h"
#include "engine/journal/journal.h"

namespace yilian::journal {

struct Prepared {
  explicit Prepared(std::string raw);
  Entry entry;  // raw is empty: it is in `packed`
  std::size_t raw_size;
  MadeOnce<std::string> packed;  // raw, zstd; by whoever needs it first
  std::string notices;  // packed
  std::int64_t key;     // upper half: hash of the control id; lower half: of everything that makes it the same message
  std::string digest;   // 16 bytes of the latter
};

// The half of the key that all messages of one control id share.
std::uint64_t control_half(std::string_view control_id);

// zstd without a dictionary, so that the bytes can be had back with any tool.
std::string pack(std::string_view raw);
Result<std::string> unpack(std::string_view packed, std::size_t size);

using Notices = std::vector<std::pair<std::string, std::string>>;
std::string pack_notices(const Notices& notices);
Notices unpack_notices(std::string_view packed);

}  // namespace yilian::journal
