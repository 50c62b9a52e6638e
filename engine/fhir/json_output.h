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
    copy(text);
  }
  // In quotes, with `behind` after it when that is not 0.
  void string(std::string_view text, char behind = 0);
  // A member's name with what stands around it; it has nothing to escape.
  void name(char before, std::string_view text) {
    room(text.size() + 4);
    *at_++ = before;
    *at_++ = '"';
    copy(text);
    *at_++ = '"';
    *at_++ = ':';
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
  void copy(std::string_view text) {
    // Most are shorter than a call of memcpy is worth: two words that overlap.
    const std::size_t size = text.size();
    if (size >= kWord && size <= 2 * kWord) {
      std::memcpy(at_, text.data(), kWord);
      std::memcpy(at_ + size - kWord, text.data() + size - kWord, kWord);
    } else if (size > 0) {
      std::memcpy(at_, text.data(), size);
    }
    at_ += size;
  }
  void grow(std::size_t bytes);
  void escape(unsigned char c);

  std::string& out_;
  std::size_t start_;
  char* at_;
  char* end_;
};

}  // namespace yilian::fhir
