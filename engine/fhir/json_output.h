#pragma once
// JSON text behind a string, written through plain pointers. For the writers of this folder, and for those who write
// what is no tree.

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/fhir/json_scan.h"

namespace yilian::fhir {

// The string has its true size when this goes. It grows by what was written through it, never by what was there before:
// many small writes behind a long text stay cheap.
class JsonOutput {
 public:
  static constexpr std::size_t kFirstRoom = 2048;

  explicit JsonOutput(std::string& out, std::size_t expected = kFirstRoom) : out_(out), start_(out.size()) {
    out_.resize(start_ + expected);
    at_ = out_.data() + start_;
    end_ = at_ + expected;
  }
  JsonOutput(const JsonOutput&) = delete;
  ~JsonOutput() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }

  void put(char c) {
    room(1);
    *at_++ = c;
  }
  void put(std::string_view text) {
    room(text.size());
    at_ = copy(at_, text);
  }
  // In quotes, with `behind` after it when that is not 0.
  void string(std::string_view text, char behind = 0);
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
  void grow(std::size_t bytes);
  void escape(unsigned char c);

  std::string& out_;
  std::size_t start_;
  char* at_;
  char* end_;
};

}  // namespace yilian::fhir
