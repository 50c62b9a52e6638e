#pragma once
// Sheaves: each 8,192 messages with what they are found by, made when they are whole and never changed. A search looks into each sheaf from the newest on, and reads only messages that may
// fit; what is younger than the last sheaf is looked at one by one.

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database/database.h"

namespace yilian::journal {

inline constexpr int kSheafBits = 13;
inline constexpr std::int64_t kSheafMessages = std::int64_t{1} << kSheafBits;
inline std::int64_t sheaf_of(std::int64_t number) { return number >> kSheafBits; }

// Terms beside those of the text, which no text has.
std::uint32_t feed_term(std::string_view hospital, std::string_view feed);  // feed empty: all of the hospital
std::uint32_t type_term(std::string_view type);                             // "ORU", "ORU^R01"

// The sheaf up to which all are made, without it: messages below sheaf * 8192 are in one.
std::int64_t sheaves_made(database::Connection& reader);
// Numbers of messages in the sheaf that may have all of the terms, ascending; nothing: all may.
std::optional<std::vector<std::int64_t>> may_have(database::Connection& reader, std::int64_t sheaf, std::span<const std::uint32_t> terms);

// As the schema's upkeep: makes the next sheaf; whether there is another to be made.
bool make_sheaf(database::Database& database, const std::atomic<bool>& closing);

}  // namespace yilian::journal
