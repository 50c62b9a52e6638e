#pragma once
// JSON text behind a string, written through plain pointers. For the writers of this folder, and for those who write
// what is no tree.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "engine/fhir/json_scan.h"

namespace yilian::fhir {

// The text is behind the string when this goes. It comes there in pieces: room in a string would have to be filled with
// zeros before it could be written to.
class JsonOutput {
  static constexpr std::size_t kPiece = 1536;

 public:
  explicit JsonOutput(std::string& out, std::size_t expected = 0) : out_(out), at_(piece_), end_(piece_ + kPiece) {
    if (expected > kPiece) out_.reserve(out_.size() + expected);
  }
  JsonOutput(const JsonOutput&) = delete;
  ~JsonOutput() { flush(); }

  void put(char c) {
    room(1);
    *at_++ = c;
  }
  void put(std::string_view text) {
    room(text.size());
    at_ = copy(at_, text);
  }
  // In quotes, with `behind` after it when that is not 0.
  void string(std::string_view text, char behind = 0) {
    room(text.size() + 3);
    *at_++ = '"';
    char* const end = copy_plain(at_, text);
    at_ = end != nullptr ? end : escaped(text);
    *at_++ = '"';
    if (behind != 0) *at_++ = behind;
  }
  // A member's name with what stands around it; it has nothing to escape.
  void name(char before, std::string_view text) {
    room(text.size() + 4);
    char* to = at_;
    *to++ = before;
    *to++ = '"';
    to = copy(to, text);
    *to++ = '"';
    *to++ = ':';
    at_ = to;
  }
  // A member with a text, as name() and string() write them.
  void member(char before, std::string_view name, std::string_view text) {
    room(name.size() + text.size() + 6);
    char* to = at_;
    *to++ = before;
    *to++ = '"';
    to = copy(to, name);
    std::memcpy(to, "\":\"", 3);
    at_ = to + 3;
    to = copy_plain(at_, text);
    at_ = to != nullptr ? to : escaped(text);
    *at_++ = '"';
  }
  void indent(std::size_t level) {
    room(1 + level * 2);
    *at_++ = '\n';
    at_ = std::fill_n(at_, level * 2, ' ');
  }

 private:
  void room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  // The place behind the text. Most texts are shorter than a call of memcpy is worth: two words that overlap.
  static char* copy(char* to, std::string_view text) {
    const char* const from = text.data();
    const std::size_t size = text.size();
    if (size > 2 * kWord) {
      std::memcpy(to, from, size);
    } else if (size >= kWord) {
      std::memcpy(to, from, kWord);
      std::memcpy(to + size - kWord, from + size - kWord, kWord);
    } else if (size >= kWord / 2) {
      std::memcpy(to, from, kWord / 2);
      std::memcpy(to + size - kWord / 2, from + size - kWord / 2, kWord / 2);
    } else {
      for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    }
    return to + size;
  }
  // The same, eight bytes at a time and looked at on the way; nullptr when something in it is to be escaped.
  static char* copy_plain(char* to, std::string_view text) {
    const char* const from = text.data();
    const std::size_t size = text.size();
    const auto move = [&](std::size_t at) {
      std::uint64_t word;
      std::memcpy(&word, from + at, kWord);
      std::memcpy(to + at, &word, kWord);
      return bytes_to_escape(word) == 0;
    };
    if (size >= kWord) {
      for (std::size_t at = 0; at + kWord < size; at += kWord) {
        if (!move(at)) return nullptr;
      }
      return move(size - kWord) ? to + size : nullptr;
    }
    if (size >= kWord / 2) {
      std::uint32_t first, last;
      std::memcpy(&first, from, sizeof first);
      std::memcpy(&last, from + size - sizeof last, sizeof last);
      std::memcpy(to, &first, sizeof first);
      std::memcpy(to + size - sizeof last, &last, sizeof last);
      return bytes_to_escape(std::uint64_t{first} << 32 | last) == 0 ? to + size : nullptr;
    }
    for (std::size_t i = 0; i < size; ++i) {
      const auto c = static_cast<unsigned char>(from[i]);
      if (c < 0x20 || c == '"' || c == '\\') return nullptr;
      to[i] = from[i];
    }
    return to + size;
  }
  void flush() { out_.append(begin(), static_cast<std::size_t>(at_ - begin())); }
  char* begin() { return large_ == nullptr ? piece_ : large_.get(); }
  void grow(std::size_t bytes);
  char* escaped(std::string_view text);
  void escape(unsigned char c);

  std::string& out_;
  char piece_[kPiece];
  std::unique_ptr<char[]> large_;  // instead of it, since a text came that is longer
  char* at_;
  char* end_;
};

}  // namespace yilian::fhir
