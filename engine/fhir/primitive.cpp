#include "engine/fhir/primitive.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/fhir/json_scan.h"

namespace yilian::fhir {
namespace {

constexpr std::array<std::string_view, 21> kNames{
    "",        "base64Binary", "boolean",     "canonical", "code",     "date", "dateTime",
    "decimal", "id",           "instant",     "integer",   "markdown", "oid",  "positiveInt",
    "string",  "time",         "unsignedInt", "uri",       "url",      "uuid", "xhtml"};
static_assert(kNames.size() == static_cast<std::size_t>(Primitive::xhtml) + 1);

constexpr std::size_t kLongestString = 1024 * 1024;  // characters; datatypes.html#string

// Classes of ASCII characters; what is beyond ASCII has none. Space is \s of the regular expressions.
enum : std::uint8_t { kSpace = 1, kControl = 2, kIdChar = 4, kBase64 = 8, kLowerHex = 16 };
constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    std::uint8_t classes = 0;
    if (c == ' ' || (c >= 9 && c <= 13)) classes |= kSpace;
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') classes |= kControl;
    if (digit || letter || c == '-' || c == '.') classes |= kIdChar;
    if (digit || letter || c == '+' || c == '/') classes |= kBase64;
    if (digit || (c >= 'a' && c <= 'f')) classes |= kLowerHex;
    table[c] = classes;
  }
  return table;
}();

bool is(char c, std::uint8_t classes) { return kClasses[static_cast<unsigned char>(c)] & classes; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// Control and space characters are all at the front of ASCII: eight bytes without any of those are passed over at once.
bool none_is(std::string_view text, std::uint8_t classes) {
  const std::uint8_t bound = classes & kSpace ? 0x21 : 0x20;
  const auto any = [classes](std::string_view few) {
    return std::ranges::any_of(few, [classes](char c) { return is(c, classes); });
  };
  std::size_t at = 0;
  for (; text.size() - at >= kWord; at += kWord) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, kWord);
    if (bytes_below(word, bound) != 0 && any(text.substr(at, kWord))) return false;
  }
  if (at == text.size()) return true;
  if (text.size() < kWord) return !any(text);
  // The last eight once more, as far as they were seen already.
  std::uint64_t word;
  std::memcpy(&word, text.data() + text.size() - kWord, kWord);
  return bytes_below(word, bound) == 0 || !any(text.substr(at));
}

bool valid_string(std::string_view text) {
  if (text.empty() || !none_is(text, kControl)) return false;
  if (text.size() <= kLongestString) return true;
  const auto characters =
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return static_cast<std::size_t>(characters) <= kLongestString;
}

// No space at either end, and single ones within.
bool valid_code(std::string_view text) {
  std::uint8_t any = 0;
  for (const char c : text) any |= kClasses[static_cast<unsigned char>(c)];
  if (!(any & (kSpace | kControl))) return !text.empty();
  bool after_space = true;
  for (const char c : text) {
    const bool space = is(c, kSpace);
    if ((space && after_space) || is(c, kControl)) return false;
    after_space = space;
  }
  return !after_space;
}

bool valid_uri(std::string_view text) { return !text.empty() && none_is(text, kSpace | kControl); }

bool valid_id(std::string_view text) {
  std::uint8_t all = kIdChar;
  for (const char c : text.substr(0, 64)) all &= kClasses[static_cast<unsigned char>(c)];
  return all != 0 && !text.empty() && text.size() <= 64;
}

// Groups of four with white space between groups; '=' only where RFC 4648 pads, in the last group.
bool valid_base64(std::string_view text) {
  bool padded = false, any = false;
  for (std::size_t i = 0; i < text.size();) {
    if (is(text[i], kSpace)) {
      ++i;
      continue;
    }
    if (padded || text.size() - i < 4 || !is(text[i], kBase64) || !is(text[i + 1], kBase64)) return false;
    if (text[i + 3] == '=') {
      padded = true;
      if (text[i + 2] != '=' && !is(text[i + 2], kBase64)) return false;
    } else if (!is(text[i + 2], kBase64) || !is(text[i + 3], kBase64)) {
      return false;
    }
    any = true;
    i += 4;
  }
  return any;
}

// Digits without leading zeros, up to 2^31 - 1 (2^31 behind a minus).
bool valid_integer(std::string_view text, bool may_be_negative, bool may_be_zero) {
  std::uint64_t most = 2147483647;
  if (may_be_negative && text.starts_with('-')) {
    text.remove_prefix(1);
    most += 1;
  }
  if (text.empty() || text.size() > 10 || (text.front() == '0' && text.size() > 1)) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!digit(c)) return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value <= most && (value > 0 || may_be_zero);
}

// Takes pieces off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool digits() {  // at least one
    std::size_t n = 0;
    while (n < rest_.size() && digit(rest_[n])) ++n;
    rest_.remove_prefix(n);
    return n > 0;
  }
  // Exactly `width` digits with a value in the range; -1 when they are not there.
  int number(std::size_t width, int least, int most) {
    if (rest_.size() < width) return -1;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!digit(rest_[i])) return -1;
      value = value * 10 + (rest_[i] - '0');
    }
    if (value < least || value > most) return -1;
    rest_.remove_prefix(width);
    return value;
  }
  bool hex(std::size_t width) {
    if (rest_.size() < width) return false;
    if (!std::ranges::all_of(rest_.substr(0, width), [](char c) { return is(c, kLowerHex); })) return false;
    rest_.remove_prefix(width);
    return true;
  }

 private:
  std::string_view rest_;
};

int days_of_month(int year, int month) {
  constexpr std::array<int, 13> days{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month)];
}

enum class DatePart { wrong, year, month, day };

DatePart take_date(Scanner& text) {
  const int year = text.number(4, 1, 9999);
  if (year < 0) return DatePart::wrong;
  if (!text.take('-')) return DatePart::year;
  const int month = text.number(2, 1, 12);
  if (month < 0) return DatePart::wrong;
  if (!text.take('-')) return DatePart::month;
  return text.number(2, 1, days_of_month(year, month)) < 0 ? DatePart::wrong : DatePart::day;
}

// hh:mm:ss with a fraction; the 60th second of a leap second is a time.
bool take_time(Scanner& text) {
  if (text.number(2, 0, 23) < 0 || !text.take(':') || text.number(2, 0, 59) < 0 || !text.take(':')) return false;
  if (text.number(2, 0, 60) < 0) return false;
  return !text.take('.') || text.digits();
}

bool take_zone(Scanner& text) {
  if (text.take('Z')) return true;
  if (!text.take('+') && !text.take('-')) return false;
  const int hours = text.number(2, 0, 14);
  return hours >= 0 && text.take(':') && text.number(2, 0, hours == 14 ? 0 : 59) >= 0;
}

bool valid_date_time(std::string_view value, bool whole) {
  Scanner text(value);
  const DatePart part = take_date(text);
  if (part == DatePart::wrong) return false;
  if (text.done()) return !whole;
  return part == DatePart::day && text.take('T') && take_time(text) && take_zone(text) && text.done();
}

bool valid_date(std::string_view value) {
  Scanner text(value);
  return take_date(text) != DatePart::wrong && text.done();
}

bool valid_time(std::string_view value) {
  Scanner text(value);
  return take_time(text) && text.done();
}

bool valid_decimal(std::string_view value) {
  Scanner text(value);
  text.take('-');
  if (!text.take('0') && !text.digits()) return false;
  if (text.take('.') && !text.digits()) return false;
  if (text.take('e') || text.take('E')) {
    if (!text.take('+')) text.take('-');
    if (!text.digits()) return false;
  }
  return text.done();
}

bool valid_oid(std::string_view value) {
  Scanner text(value);
  if (!text.take("urn:oid:") || text.number(1, 0, 2) < 0 || text.done()) return false;
  while (!text.done()) {
    if (!text.take('.') || (!text.take('0') && !text.digits())) return false;
  }
  return true;
}

bool valid_uuid(std::string_view value) {
  Scanner text(value);
  return text.take("urn:uuid:") && text.hex(8) && text.take('-') && text.hex(4) && text.take('-') && text.hex(4) &&
         text.take('-') && text.hex(4) && text.take('-') && text.hex(12) && text.done();
}

// One <div>, as narrative.html asks; what is within it is for those who show it.
bool valid_xhtml(std::string_view text) {
  while (!text.empty() && is(text.front(), kSpace)) text.remove_prefix(1);
  while (!text.empty() && is(text.back(), kSpace)) text.remove_suffix(1);
  return none_is(text, kControl) && text.starts_with("<div") && (text.ends_with("</div>") || text.ends_with("/>"));
}

}  // namespace

Primitive primitive_named(std::string_view type) {
  if (type.empty()) return Primitive::none;
  const auto found = std::ranges::find(kNames, type);
  return found == kNames.end() ? Primitive::none : static_cast<Primitive>(found - kNames.begin());
}

Json::Kind json_kind(Primitive primitive) {
  switch (primitive) {
    case Primitive::boolean:
      return Json::Kind::boolean;
    case Primitive::decimal:
    case Primitive::integer:
    case Primitive::positive_int:
    case Primitive::unsigned_int:
      return Json::Kind::number;
    default:
      return Json::Kind::string;
  }
}

bool valid_primitive(Primitive primitive, std::string_view text) {
  switch (primitive) {
    case Primitive::none:
      return false;
    case Primitive::base64_binary:
      return valid_base64(text);
    case Primitive::boolean:
      return text == "true" || text == "false";
    case Primitive::canonical:
    case Primitive::uri:
    case Primitive::url:
      return valid_uri(text);
    case Primitive::code:
      return valid_code(text);
    case Primitive::date:
      return valid_date(text);
    case Primitive::date_time:
      return valid_date_time(text, false);
    case Primitive::decimal:
      return valid_decimal(text);
    case Primitive::id:
      return valid_id(text);
    case Primitive::instant:
      return valid_date_time(text, true);
    case Primitive::integer:
      return valid_integer(text, true, true);
    case Primitive::markdown:
    case Primitive::string:
      return valid_string(text);
    case Primitive::oid:
      return valid_oid(text);
    case Primitive::positive_int:
      return valid_integer(text, false, false);
    case Primitive::time:
      return valid_time(text);
    case Primitive::unsigned_int:
      return valid_integer(text, false, true);
    case Primitive::uuid:
      return valid_uuid(text);
    case Primitive::xhtml:
      return valid_xhtml(text);
  }
  return false;
}

}  // namespace yilian::fhir
