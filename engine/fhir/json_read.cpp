// A strict JSON reader in one pass over a copy of the text: strings and numbers are views into that copy, escapes are
// undone in place (they only get shorter). Open arrays and objects wait on a stack of our own, so depth costs no call
// stack.

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/fhir/json_scan.h"

namespace yilian::fhir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The name that two members share, or nullptr. A bit for each length and ends of a name tells most apart without
// comparing.
const std::string_view* name_given_twice(std::span<const Member> members) {
  if (members.size() > 64) {
    std::vector<const std::string_view*> names;
    names.reserve(members.size());
    for (const Member& member : members) names.push_back(&member.name);
    std::ranges::sort(names, [](const auto* a, const auto* b) { return *a < *b; });
    const auto twice = std::ranges::adjacent_find(names, [](const auto* a, const auto* b) { return *a == *b; });
    return twice == names.end() ? nullptr : *twice;
  }
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string_view name = members[i].name;
    std::size_t hash = name.size();
    if (!name.empty()) {
      hash = hash * 7 + static_cast<unsigned char>(name.front()) * 5 + static_cast<unsigned char>(name.back()) * 3 +
             static_cast<unsigned char>(name[name.size() / 2]);
    }
    const std::uint64_t bit = 1ull << (hash & 63);
    if (seen & bit) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[j].name == name) return &members[i].name;
      }
    }
    seen |= bit;
  }
  return nullptr;
}

// The beginning of a long name, never half a character.
std::string name_to_show(std::string_view name) {
  std::size_t end = std::min<std::size_t>(name.size(), 64);
  while (end > 0 && end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return std::string(name.substr(0, end));
}

}  // namespace

class JsonReader {
 public:
  JsonReader(std::string_view text, Arena& arena, const ReadLimits& limits)
      : arena_(arena), depth_limit_(std::min(limits.depth, kDeepest)), value_limit_(limits.values) {
    char* copied = static_cast<char*>(arena.allocate(text.size() + kWord, 1));
    if (!text.empty()) std::memcpy(copied, text.data(), text.size());
    std::memset(copied + text.size(), 0, kWord);  // ends every scan; no zero byte is valid inside
    begin_ = at_ = copied;
    end_ = copied + text.size();
    values_.reserve(64);
    open_.reserve(16);
  }

  Result<Json*> read();

 private:
  // What follows gives false when it fails, with the reason in error_: cheaper than a Result for each token.
  bool refuse(Code code, std::string what) {
    error_ = Issue{code, Severity::error, "byte " + std::to_string(at_ - begin_), std::move(what), {}};
    return false;
  }
  bool syntax(std::string_view what) { return refuse(Code::bad_syntax, "Not valid JSON: " + std::string(what)); }
  void skip_space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
  }
  bool begin_value(std::string_view name);
  bool next();
  bool member();
  bool close();
  bool string(std::string_view& text);
  bool escape(char*& to);
  std::optional<std::uint32_t> hex4();
  bool number(Json& value);
  bool word(std::string_view word);

  Arena& arena_;
  std::size_t depth_limit_;
  std::size_t value_limit_;
  char* begin_;
  char* at_;
  char* end_;
  std::size_t count_ = 0;
  Issue error_;
  std::vector<Member> values_;     // finished values, each behind the array or object it belongs to
  std::vector<std::size_t> open_;  // where in values_ the open arrays and objects are
};

Result<Json*> JsonReader::read() {
  if (end_ - begin_ >= 3 && std::memcmp(begin_, "\xEF\xBB\xBF", 3) == 0) at_ += 3;
  bool going = begin_value({});
  while (going && !open_.empty()) going = next();
  if (!going) return Failure(std::move(error_));
  skip_space();
  if (at_ != end_) {
    syntax("there is more after the end of the value");
    return Failure(std::move(error_));
  }
  return new (arena_.allocate(sizeof(Json), alignof(Json))) Json(values_.front().value);
}

// Reads a value as far as it goes without others: an array or object is left open.
bool JsonReader::begin_value(std::string_view name) {
  skip_space();
  if (++count_ > value_limit_) {
    return refuse(Code::too_large, "JSON with more than " + std::to_string(value_limit_) + " values");
  }
  Json& value = values_.emplace_back(Member{name, Json()}).value;
  switch (*at_) {
    case '"': {
      std::string_view text;
      if (!string(text)) return false;
      value.set_string(text);
      return true;
    }
    case '{':
    case '[':
      if (open_.size() >= depth_limit_) {
        return refuse(Code::too_deep, "JSON nested deeper than " + std::to_string(depth_limit_) + " levels");
      }
      if (*at_++ == '{') {
        value.set_object();
      } else {
        value.set_array();
      }
      open_.push_back(values_.size() - 1);
      return true;
    case 't':
      value.set_boolean(true);
      return word("true");
    case 'f':
      value.set_boolean(false);
      return word("false");
    case 'n':
      return word("null");
    default:
      break;
  }
  if (*at_ == '-' || is_digit(*at_)) return number(value);
  return syntax(at_ == end_ ? "it ends where a value should be" : "no value starts like this");
}

// One step within the innermost open array or object: its next value, or its end.
bool JsonReader::next() {
  const std::size_t owner = open_.back();
  const bool object = values_[owner].value.is_object();
  const bool first = values_.size() == owner + 1;
  skip_space();
  if (*at_ == (object ? '}' : ']')) {
    ++at_;
    return close();
  }
  if (!first) {
    if (*at_ != ',') {
      if (at_ == end_) return syntax("it ends inside an array or object");
      return syntax(object ? "',' or '}' should be here" : "',' or ']' should be here");
    }
    ++at_;
  }
  return object ? member() : begin_value({});
}

bool JsonReader::member() {
  skip_space();
  if (*at_ != '"') return syntax(at_ == end_ ? "it ends inside an object" : "a member's name in quotes should be here");
  std::string_view name;
  if (!string(name)) return false;
  skip_space();
  if (*at_ != ':') return syntax("':' should be here");
  ++at_;
  return begin_value(name);
}

// Moves what belongs to the innermost array or object into the arena, in its exact size.
bool JsonReader::close() {
  const std::size_t owner = open_.back();
  open_.pop_back();
  const std::span<const Member> inside = std::span(values_).subspan(owner + 1);
  Json& value = values_[owner].value;
  value.size_ = value.capacity_ = static_cast<std::uint32_t>(inside.size());
  if (inside.empty()) return true;
  if (value.is_object()) {
    if (const std::string_view* twice = name_given_twice(inside)) {
      return syntax("the member \"" + name_to_show(*twice) + "\" is given twice in the object that ends here");
    }
    value.members_ = static_cast<Member*>(arena_.allocate(inside.size_bytes(), alignof(Member)));
    std::ranges::copy(inside, value.members_);
  } else {
    value.items_ = static_cast<Json*>(arena_.allocate(inside.size() * sizeof(Json), alignof(Json)));
    std::ranges::transform(inside, value.items_, &Member::value);
  }
  values_.resize(owner + 1);
  return true;
}

bool JsonReader::string(std::string_view& text) {
  const char* start = ++at_;
  char* to = nullptr;  // where the text goes on, once an escape has made it shorter than its source
  for (;;) {
    const char* run = at_;
    at_ = begin_ + (skip_plain(at_) - begin_);
    while (static_cast<unsigned char>(*at_) >= 0x80) {
      const std::size_t length = utf8_length(at_);
      if (length == 0) return refuse(Code::bad_encoding, "Not valid UTF-8");
      at_ += length;
    }
    if (to) {
      std::memmove(to, run, static_cast<std::size_t>(at_ - run));
      to += at_ - run;
    }
    if (*at_ == '"') {
      const char* finish = to ? to : at_;
      ++at_;
      text = std::string_view(start, static_cast<std::size_t>(finish - start));
      return true;
    }
    if (*at_ == '\\') {
      if (!to) to = at_;
      if (!escape(to)) return false;
    } else if (static_cast<unsigned char>(*at_) < 0x20) {
      return syntax(at_ == end_ ? "it ends inside a string" : "a control character inside a string has to be escaped");
    }
  }
}

// Undoes the escape that starts here: what it stands for is written at `to`, which moves behind it.
bool JsonReader::escape(char*& to) {
  ++at_;
  const char c = *at_;
  static constexpr std::string_view kShort = "\"\\/bfnrt", kMeans = "\"\\/\b\f\n\r\t";
  if (c != '\0') {
    if (const std::size_t i = kShort.find(c); i != std::string_view::npos) {
      ++at_;
      *to++ = kMeans[i];
      return true;
    }
  }
  if (c != 'u') return syntax("no such escape in a string");
  ++at_;
  const std::optional<std::uint32_t> code = hex4();
  if (!code) return syntax("\\u needs four hexadecimal digits");
  if (*code < 0xD800 || *code > 0xDFFF) {
    to = put_utf8(to, *code);
    return true;
  }
  if (*code <= 0xDBFF && at_[0] == '\\' && at_[1] == 'u') {
    at_ += 2;
    const std::optional<std::uint32_t> low = hex4();
    if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
      to = put_utf8(to, 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00));
      return true;
    }
  }
  return syntax("half of a surrogate pair stands alone in a string");
}

std::optional<std::uint32_t> JsonReader::hex4() {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at_[i];
    std::uint32_t digit;
    if (is_digit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
    code = code << 4 | digit;
  }
  at_ += 4;
  return code;
}

bool JsonReader::number(Json& value) {
  const char* start = at_;
  const auto digits = [this] {
    const char* before = at_;
    while (is_digit(*at_)) ++at_;
    return at_ != before;
  };
  if (*at_ == '-') ++at_;
  if (*at_ == '0') {
    ++at_;
    if (is_digit(*at_)) return syntax("a number may not start with 0");
  } else if (!digits()) {
    return syntax("a number needs a digit here");
  }
  if (*at_ == '.') {
    ++at_;
    if (!digits()) return syntax("a number needs a digit after the point");
  }
  if (*at_ == 'e' || *at_ == 'E') {
    ++at_;
    if (*at_ == '+' || *at_ == '-') ++at_;
    if (!digits()) return syntax("a number needs a digit in its exponent");
  }
  value.set_number({start, static_cast<std::size_t>(at_ - start)});
  return true;
}

bool JsonReader::word(std::string_view word) {
  // The zero bytes behind the text make this safe: the longest word is shorter than they are.
  if (std::memcmp(at_, word.data(), word.size()) != 0) return syntax("no value starts like this");
  at_ += word.size();
  return true;
}

Result<Json*> read_json(std::string_view text, Arena& arena, const ReadLimits& limits) {
  if (text.size() > limits.bytes) {
    return fail(Code::too_large, "JSON of " + std::to_string(text.size()) + " bytes; at most " +
                                     std::to_string(limits.bytes) + " are taken");
  }
  return JsonReader(text, arena, limits).read();
}

}  // namespace yilian::fhir
