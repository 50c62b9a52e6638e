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
  // The same for what has nothing to escape: names of elements, ids.
  void plain_string(std::string_view text, char behind = 0) {
    room(text.size() + 3);
    *at_++ = '"';
    copy(text);
    *at_++ = '"';
    if (behind != 0) *at_++ = behind;
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
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void grow(std::size_t bytes);
  void escape(unsigned char c);

  std::string& out_;
  std::size_t start_;
  char* at_;
  char* end_;
};

}  // namespace yilian::fhir
