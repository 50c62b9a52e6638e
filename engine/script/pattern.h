#pragma once
// Lua's patterns (manual, 6.4.1), each step counted: Lua's own matcher runs for as long as a pattern makes it.

#include <cstddef>

#include "engine/script/state.h"

namespace yilian::script {

struct Capture {
  static constexpr std::ptrdiff_t kOpen = -1, kPosition = -2;
  const char* begin;
  std::ptrdiff_t length;
};

class Matcher {
 public:
  static constexpr int kMostCaptures = 32;
  static constexpr int kMostDepth = 200;

  Matcher(lua_State* lua, const char* text, std::size_t size, const char* pattern, std::size_t pattern_size)
      : lua_(lua), state_(State::of(lua)), text_(text), end_(text + size), pattern_(pattern),
        pattern_end_(pattern + pattern_size) {}

  // The end of the match that begins at `at`, or nullptr. Raises an error for a malformed pattern, and when the call's
  // steps are used up.
  const char* match(const char* at) {
    captures_ = 0;
    depth_ = 0;
    return match(at, pattern_);
  }
  const char* text() const { return text_; }
  const char* end() const { return end_; }
  // The captures; when there are none and `whole`, the match. How many were pushed.
  int push_captures(const char* begin, const char* end, bool whole);
  void push_capture(int number, const char* begin, const char* end);

 private:
  const char* match(const char* at, const char* p);
  const char* class_end(const char* p);
  bool single(const char* at, const char* p, const char* class_end) const;
  static std::int64_t cost(const char* p, const char* class_end);
  bool in_set(unsigned char c, const char* p, const char* last) const;
  const char* most(const char* at, const char* p, const char* class_end);
  const char* fewest(const char* at, const char* p, const char* class_end);
  const char* open(const char* at, const char* p, std::ptrdiff_t what);
  const char* close(const char* at, const char* p);
  const char* balanced(const char* at, const char* p);
  const char* same_again(const char* at, char number);

  lua_State* lua_;
  State& state_;
  const char* text_;
  const char* end_;
  const char* pattern_;
  const char* pattern_end_;
  int captures_ = 0, depth_ = 0;
  Capture capture_[kMostCaptures];
};

}  // namespace yilian::script
