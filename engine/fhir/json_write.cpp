#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/fhir/json.h"
#include "engine/fhir/json_scan.h"

namespace yilian::fhir {
namespace {

constexpr std::size_t kFirstRoom = 2048;

// Characters that a JSON string cannot hold as they are: 0 for plain ones, the letter of the short escape, or 'u'.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

// Writes behind a string through plain pointers; the string has its true size when this goes. It grows by what was
// written through it, never by what was there before: many small writes behind a long text stay cheap.
class Output {
 public:
  Output(std::string& out, std::size_t expected) : out_(out), start_(out.size()) {
    out_.resize(start_ + expected);
    at_ = out_.data() + start_;
    end_ = at_ + expected;
  }
  Output(const Output&) = delete;
  ~Output() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }

  void put(char c) {
    room(1);
    *at_++ = c;
  }
  void put(std::string_view text) {
    room(text.size());
    at_ = std::ranges::copy(text, at_).out;
  }
  // In quotes, with `behind` after it when that is not 0.
  void string(std::string_view text, char behind = 0);
  void indent(std::size_t level) {
    room(1 + level * 2);
    *at_++ = '\n';
    at_ = std::fill_n(at_, level * 2, ' ');
  }

 private:
  void room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  void grow(std::size_t bytes) {
    const std::size_t used = static_cast<std::size_t>(at_ - out_.data());
    out_.resize(used + bytes + std::max(kFirstRoom, used - start_));
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
  }
  void escape(unsigned char c);

  std::string& out_;
  std::size_t start_;
  char* at_;
  char* end_;
};

void Output::string(std::string_view text, char behind) {
  room(text.size() + 3);
  *at_++ = '"';
  const char* from = text.data();
  std::size_t left = text.size();
  while (left > 0) {
    char* to = at_;
    for (; left >= kWord; left -= kWord, from += kWord, to += kWord) {
      std::uint64_t word;
      std::memcpy(&word, from, kWord);
      if (bytes_to_escape(word) != 0) break;
      std::memcpy(to, &word, kWord);
    }
    for (; left > 0 && kEscapes[static_cast<unsigned char>(*from)] == 0; --left) *to++ = *from++;
    at_ = to;
    if (left == 0) break;
    escape(static_cast<unsigned char>(*from++));
    room(--left + 2);
  }
  *at_++ = '"';
  if (behind != 0) *at_++ = behind;
}

void Output::escape(unsigned char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  room(6);
  *at_++ = '\\';
  *at_++ = kEscapes[c];
  if (kEscapes[c] != 'u') return;
  *at_++ = '0';
  *at_++ = '0';
  *at_++ = kHex[c >> 4];
  *at_++ = kHex[c & 15];
}

void write(const Json& value, Output& out) {
  switch (value.kind()) {
    case Json::Kind::null:
      out.put("null");
      break;
    case Json::Kind::boolean:
    case Json::Kind::number:
      out.put(value.text());
      break;
    case Json::Kind::string:
      out.string(value.text());
      break;
    case Json::Kind::array: {
      char before = '[';
      for (const Json& item : value.items()) {
        out.put(std::exchange(before, ','));
        write(item, out);
      }
      out.put(before == '[' ? std::string_view("[]") : std::string_view("]"));
      break;
    }
    case Json::Kind::object: {
      char before = '{';
      for (const Member& member : value.members()) {
        out.put(std::exchange(before, ','));
        out.string(member.name, ':');
        write(member.value, out);
      }
      out.put(before == '{' ? std::string_view("{}") : std::string_view("}"));
      break;
    }
  }
}

void write_pretty(const Json& value, Output& out, std::size_t level) {
  if (value.size() == 0 || (!value.is_array() && !value.is_object())) return write(value, out);
  char before = value.is_array() ? '[' : '{';
  for (const Json& item : value.items()) {
    out.put(std::exchange(before, ','));
    out.indent(level + 1);
    write_pretty(item, out, level + 1);
  }
  for (const Member& member : value.members()) {
    out.put(std::exchange(before, ','));
    out.indent(level + 1);
    out.string(member.name, ':');
    out.put(' ');
    write_pretty(member.value, out, level + 1);
  }
  out.indent(level);
  out.put(value.is_array() ? ']' : '}');
}

}  // namespace

void write_json(const Json& value, std::string& out) {
  Output output(out, kFirstRoom);
  write(value, output);
}

std::string write_json(const Json& value) {
  std::string text;
  write_json(value, text);
  return text;
}

std::string pretty_json(const Json& value) {
  std::string text;
  {
    Output output(text, kFirstRoom);
    write_pretty(value, output, 0);
  }
  return text;
}

void write_json_string(std::string_view text, std::string& out) { Output(out, text.size() + 3).string(text); }

}  // namespace yilian::fhir
