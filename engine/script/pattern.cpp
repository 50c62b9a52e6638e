#include "engine/script/pattern.h"

#include <cstring>

namespace yilian::script {
namespace {

constexpr char kEscape = '%';

bool between(unsigned char c, char first, char last) {
  return c >= static_cast<unsigned char>(first) && c <= static_cast<unsigned char>(last);
}

// The classes of ASCII, whatever the locale of the machine.
bool in_class(unsigned char c, char name) {
  const bool digit = between(c, '0', '9'), lower = between(c, 'a', 'z'), upper = between(c, 'A', 'Z');
  bool in = false;
  switch (name | 0x20) {
    case 'a':
      in = lower || upper;
      break;
    case 'c':
      in = c < 0x20 || c == 0x7F;
      break;
    case 'd':
      in = digit;
      break;
    case 'g':
      in = c > 0x20 && c < 0x7F;
      break;
    case 'l':
      in = lower;
      break;
    case 'p':
      in = c > 0x20 && c < 0x7F && !digit && !lower && !upper;
      break;
    case 's':
      in = c == ' ' || (c >= 9 && c <= 13);
      break;
    case 'u':
      in = upper;
      break;
    case 'w':
      in = digit || lower || upper;
      break;
    case 'x':
      in = digit || between(c, 'a', 'f') || between(c, 'A', 'F');
      break;
    default:
      return static_cast<unsigned char>(name) == c;  // an escaped character that is no class
  }
  return between(static_cast<unsigned char>(name), 'A', 'Z') ? !in : in;
}

}  // namespace

// Behind the single-character class that begins at p.
const char* Matcher::class_end(const char* p) {
  const char c = *p++;
  if (c == kEscape) {
    if (p == pattern_end_) luaL_error(lua_, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (c != '[') return p;
  if (p < pattern_end_ && *p == '^') ++p;
  do {
    if (p == pattern_end_) luaL_error(lua_, "malformed pattern (missing ']')");
    const char inner = *p++;
    if (inner == kEscape) {
      if (p == pattern_end_) luaL_error(lua_, "malformed pattern (missing ']')");
      ++p;
    }
  } while (p == pattern_end_ || *p != ']');
  return p + 1;
}

// What a look at a set costs, which may hold much, beside a look at one character.
std::int64_t Matcher::cost(const char* p, const char* class_end) { return (class_end - p) / 8; }

// p: the '['; last: its ']'.
bool Matcher::in_set(unsigned char c, const char* p, const char* last) const {
  bool in = true;
  if (p[1] == '^') {
    in = false;
    ++p;
  }
  for (++p; p < last; ++p) {
    if (*p == kEscape) {
      ++p;
      if (in_class(c, *p)) return in;
    } else if (p[1] == '-' && p + 2 < last) {
      if (between(c, p[0], p[2])) return in;
      p += 2;
    } else if (static_cast<unsigned char>(*p) == c) {
      return in;
    }
  }
  return !in;
}

bool Matcher::single(const char* at, const char* p, const char* class_end) const {
  if (at >= end_) return false;
  const auto c = static_cast<unsigned char>(*at);
  switch (*p) {
    case '.':
      return true;
    case kEscape:
      return in_class(c, p[1]);
    case '[':
      state_.spend(lua_, cost(p, class_end));
      return in_set(c, p, class_end - 1);
    default:
      return static_cast<unsigned char>(*p) == c;
  }
}

const char* Matcher::most(const char* at, const char* p, const char* class_end) {
  std::ptrdiff_t count = 0;
  while (single(at + count, p, class_end)) {
    state_.spend(lua_, 1);
    ++count;
  }
  for (; count >= 0; --count) {
    if (const char* const found = match(at + count, class_end + 1)) return found;
  }
  return nullptr;
}

const char* Matcher::fewest(const char* at, const char* p, const char* class_end) {
  for (;; ++at) {
    if (const char* const found = match(at, class_end + 1)) return found;
    if (!single(at, p, class_end)) return nullptr;
  }
}

const char* Matcher::open(const char* at, const char* p, std::ptrdiff_t what) {
  if (captures_ == kMostCaptures) luaL_error(lua_, "too many captures in the pattern");
  capture_[captures_] = {at, what};
  ++captures_;
  const char* const found = match(at, p);
  if (found == nullptr) --captures_;
  return found;
}

const char* Matcher::close(const char* at, const char* p) {
  int last = captures_ - 1;
  while (last >= 0 && capture_[last].length != Capture::kOpen) --last;
  if (last < 0) luaL_error(lua_, "malformed pattern (a ')' without '(')");
  capture_[last].length = at - capture_[last].begin;
  const char* const found = match(at, p);
  if (found == nullptr) capture_[last].length = Capture::kOpen;
  return found;
}

// %bxy, p at the x.
const char* Matcher::balanced(const char* at, const char* p) {
  if (pattern_end_ - p < 2) luaL_error(lua_, "malformed pattern (missing arguments of '%%b')");
  if (at >= end_ || *at != p[0]) return nullptr;
  int open_ones = 1;
  for (const char* next = at + 1; next < end_; ++next) {
    state_.spend(lua_, 1);
    if (*next == p[1]) {
      if (--open_ones == 0) return next + 1;
    } else if (*next == p[0]) {
      ++open_ones;
    }
  }
  return nullptr;
}

const char* Matcher::same_again(const char* at, char number) {
  const int which = number - '1';
  if (which < 0 || which >= captures_ || capture_[which].length == Capture::kOpen)
    luaL_error(lua_, "malformed pattern (there is no capture %%%d yet)", which + 1);
  const std::ptrdiff_t length = capture_[which].length == Capture::kPosition ? 0 : capture_[which].length;
  state_.spend(lua_, length / 16);
  if (end_ - at < length) return nullptr;
  if (std::memcmp(at, capture_[which].begin, static_cast<std::size_t>(length)) != 0) return nullptr;
  return at + length;
}

const char* Matcher::match(const char* at, const char* p) {
  if (++depth_ > kMostDepth) luaL_error(lua_, "the pattern is too complex");
  const auto done = [this](const char* found) {
    --depth_;
    return found;
  };
  while (p < pattern_end_) {
    state_.spend(lua_, 1);
    if (*p == '(') {
      const bool position = p + 1 < pattern_end_ && p[1] == ')';
      return done(position ? open(at, p + 2, Capture::kPosition) : open(at, p + 1, Capture::kOpen));
    }
    if (*p == ')') return done(close(at, p + 1));
    if (*p == '$' && p + 1 == pattern_end_) return done(at == end_ ? at : nullptr);
    if (*p == kEscape && p + 1 < pattern_end_) {
      if (p[1] == 'b') {
        at = balanced(at, p + 2);
        if (at == nullptr) return done(nullptr);
        p += 4;
        continue;
      }
      if (p[1] == 'f') {
        p += 2;
        if (p == pattern_end_ || *p != '[') luaL_error(lua_, "malformed pattern (missing '[' behind '%%f')");
        const char* const behind = class_end(p);
        const auto before = static_cast<unsigned char>(at == text_ ? '\0' : at[-1]);
        const auto here = static_cast<unsigned char>(at == end_ ? '\0' : *at);
        if (in_set(before, p, behind - 1) || !in_set(here, p, behind - 1)) return done(nullptr);
        p = behind;
        continue;
      }
      if (between(static_cast<unsigned char>(p[1]), '0', '9')) {
        at = same_again(at, p[1]);
        if (at == nullptr) return done(nullptr);
        p += 2;
        continue;
      }
    }
    const char* const behind = class_end(p);
    state_.spend(lua_, cost(p, behind));
    const char suffix = behind < pattern_end_ ? *behind : '\0';
    if (suffix == '*') return done(most(at, p, behind));
    if (suffix == '+') return done(single(at, p, behind) ? most(at + 1, p, behind) : nullptr);
    if (suffix == '-') return done(fewest(at, p, behind));
    const bool here = single(at, p, behind);
    if (suffix == '?') {
      if (here) {
        if (const char* const found = match(at + 1, behind + 1)) return done(found);
      }
      p = behind + 1;
      continue;
    }
    if (!here) return done(nullptr);
    ++at;
    p = behind;
  }
  return done(at);
}

void Matcher::push_capture(int number, const char* begin, const char* end) {
  if (number >= captures_) {
    if (number != 0) luaL_error(lua_, "there is no capture %%%d", number + 1);
    lua_pushlstring(lua_, begin, static_cast<std::size_t>(end - begin));
    return;
  }
  const Capture& capture = capture_[number];
  if (capture.length == Capture::kOpen) luaL_error(lua_, "malformed pattern (a '(' without ')')");
  if (capture.length == Capture::kPosition) {
    lua_pushinteger(lua_, capture.begin - text_ + 1);
  } else {
    lua_pushlstring(lua_, capture.begin, static_cast<std::size_t>(capture.length));
  }
}

int Matcher::push_captures(const char* begin, const char* end, bool whole) {
  const int count = captures_ == 0 && whole ? 1 : captures_;
  luaL_checkstack(lua_, count, "too many captures");
  for (int i = 0; i < count; ++i) push_capture(i, begin, end);
  return count;
}

}  // namespace yilian::script
