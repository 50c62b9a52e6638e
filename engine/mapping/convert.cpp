#include "engine/mapping/convert.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/mapping/date_time.h"
#include "engine/text/base64.h"

namespace yilian::mapping {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

class Writer {
 public:
  void number(int value, int width) {
    for (int power = width == 4 ? 1000 : 10; power > 0; power /= 10)
      text_[size_++] = static_cast<char>('0' + value / power % 10);
  }
  void put(char c) { text_[size_++] = c; }
  void put(std::string_view text) {
    std::memcpy(text_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  std::string_view keep(fhir::Arena& arena) const { return arena.copy({text_, size_}); }

 private:
  char text_[64];
  std::size_t size_ = 0;
};

void write_date(const DateTime& t, Writer& out) {
  out.number(t.year, 4);
  if (t.month == 0) return;
  out.put('-');
  out.number(t.month, 2);
  if (t.day == 0) return;
  out.put('-');
  out.number(t.day, 2);
}

void write_clock(const DateTime& t, Writer& out) {
  out.number(t.hour, 2);
  out.put(':');
  out.number(std::max(t.minute, 0), 2);
  out.put(':');
  out.number(std::max(t.second, 0), 2);
  if (!t.fraction.empty()) {
    out.put('.');
    out.put(t.fraction.substr(0, 9));
  }
}

void write_zone(const DateTime& t, const Zone& zone, Writer& out) {
  int minutes =
      t.has_zone ? t.zone_minutes : zone.offset_minutes(t.year, t.month, t.day, t.hour, std::max(t.minute, 0));
  out.put(minutes < 0 ? '-' : '+');
  minutes = std::abs(minutes);
  out.number(minutes / 60, 2);
  out.put(':');
  out.number(minutes % 60, 2);
}

std::optional<std::string_view> to_date_time(std::string_view text, bool instant, const Zone& zone,
                                             fhir::Arena& arena) {
  const auto t = read_date_time(text);
  if (!t || (instant && t->second < 0)) return std::nullopt;
  Writer out;
  write_date(*t, out);
  if (t->hour >= 0) {
    out.put('T');
    write_clock(*t, out);
    write_zone(*t, zone, out);
  }
  return out.keep(arena);
}

std::optional<std::string_view> to_date(std::string_view text, fhir::Arena& arena) {
  const auto t = read_date_time(text);
  if (!t) return std::nullopt;
  Writer out;
  write_date(*t, out);
  return out.keep(arena);
}

std::optional<std::string_view> to_time(std::string_view text, fhir::Arena& arena) {
  auto t = read_time(text);
  if (!t) t = read_date_time(text);
  if (!t || t->hour < 0) return std::nullopt;
  Writer out;
  write_clock(*t, out);
  return out.keep(arena);
}

// Grouping commas out ("1,234.5"); a decimal comma ("3,9") cannot be told from a lost digit and is refused.
std::optional<std::string_view> without_grouping(std::string_view text, fhir::Arena& arena) {
  if (text.find(',') == std::string_view::npos) return text;
  const std::string_view whole = text.substr(0, text.find('.'));
  std::string plain;
  std::size_t since = 0;
  bool grouped = false;
  for (const char c : whole) {
    if (c == ',') {
      if (since == 0 || since > 3 || (grouped && since != 3)) return std::nullopt;
      grouped = true;
      since = 0;
    } else {
      if (is_digit(c)) ++since;
      plain += c;
    }
  }
  if (since != 3) return std::nullopt;
  plain += text.substr(whole.size());
  return arena.copy(plain);
}

// [sign] digits [. digits] [e exponent]: as JSON wants it, the precision kept.
std::optional<std::string_view> to_decimal(std::string_view text, fhir::Arena& arena) {
  const auto plain = without_grouping(text, arena);
  if (!plain || plain->size() > 60) return std::nullopt;
  std::string_view rest = *plain;
  const bool minus = !rest.empty() && rest[0] == '-';
  if (minus || (!rest.empty() && rest[0] == '+')) rest.remove_prefix(1);
  std::size_t whole = 0, fraction = 0;
  while (whole < rest.size() && is_digit(rest[whole])) ++whole;
  std::string_view digits = rest.substr(0, whole), after = rest.substr(whole), decimals;
  if (!after.empty() && after[0] == '.') {
    while (1 + fraction < after.size() && is_digit(after[1 + fraction])) ++fraction;
    decimals = after.substr(1, fraction);
    after.remove_prefix(1 + fraction);
  }
  if (digits.empty() && decimals.empty()) return std::nullopt;
  if (!after.empty()) {
    std::string_view power = after.substr(1);
    if ((after[0] != 'e' && after[0] != 'E') || power.empty()) return std::nullopt;
    if (power[0] == '+' || power[0] == '-') power.remove_prefix(1);
    if (power.empty() || power.size() > 2 || !std::all_of(power.begin(), power.end(), is_digit)) return std::nullopt;
  }
  while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
  const bool as_is = text.data() == plain->data() && !minus && digits.size() == whole && whole > 0 &&
                     rest.size() == text.size() && (fraction > 0 || rest.find('.') == std::string_view::npos);
  if (as_is) return text;
  std::string out = minus ? "-" : "";
  out += digits.empty() ? "0" : digits;
  if (!decimals.empty()) (out += '.') += decimals;
  out += after;
  return arena.copy(out);
}

std::optional<std::string_view> to_integer(std::string_view text, std::int64_t least, fhir::Arena& arena) {
  const auto decimal = to_decimal(text, arena);
  if (!decimal) return std::nullopt;
  std::string_view whole = *decimal;
  if (const auto point = whole.find('.'); point != std::string_view::npos) {
    if (whole.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
    whole = whole.substr(0, point);
  }
  const bool minus = whole[0] == '-';
  const std::string_view digits = whole.substr(minus ? 1 : 0);
  if (digits.size() > 10) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (minus) value = -value;
  if (value < least || value > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return value == 0 ? std::string_view("0") : whole;
}

std::optional<std::string_view> to_boolean(std::string_view text) {
  for (const std::string_view yes : {"Y", "y", "1", "true", "TRUE", "True", "T", "YES", "Yes", "是"}) {
    if (text == yes) return "true";
  }
  for (const std::string_view no : {"N", "n", "0", "false", "FALSE", "False", "F", "NO", "No", "否"}) {
    if (text == no) return "false";
  }
  return std::nullopt;
}

// No control characters but tab and line ends: FHIR forbids them in every text. Each becomes a blank.
std::string_view printable(std::string_view text, bool one_line, fhir::Arena& arena) {
  const auto bad = [&](char c) {
    return (static_cast<unsigned char>(c) < ' ' && (one_line || (c != '\t' && c != '\n' && c != '\r'))) || c == 127;
  };
  if (std::none_of(text.begin(), text.end(), bad)) return text;
  std::string clean(text);
  std::replace_if(clean.begin(), clean.end(), bad, ' ');
  return arena.copy(clean);
}

// A code has no blanks at its ends and none but single ones within.
std::optional<std::string_view> to_code(std::string_view text, fhir::Arena& arena) {
  text = trimmed(printable(text, true, arena));
  if (text.empty()) return std::nullopt;
  if (text.find("  ") == std::string_view::npos) return text;
  std::string single;
  for (const char c : text) {
    if (c != ' ' || single.back() != ' ') single += c;
  }
  return arena.copy(single);
}

std::optional<std::string_view> to_base64(std::string_view text, fhir::Arena& arena) {
  const auto outside = [](char c) {
    return !is_digit(c) && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '+' && c != '/';
  };
  if (std::any_of(text.begin(), text.end(), is_blank)) {
    std::string dense;
    dense.reserve(text.size());
    std::copy_if(text.begin(), text.end(), std::back_inserter(dense), [](char c) { return !is_blank(c); });
    text = arena.copy(dense);
  }
  std::string_view body = text;
  for (int i = 0; i < 2 && !body.empty() && body.back() == '='; ++i) body.remove_suffix(1);
  if (text.size() % 4 != 0 || std::any_of(body.begin(), body.end(), outside)) return std::nullopt;
  return text;
}

}  // namespace

Primitive primitive_named(std::string_view type) {
  constexpr std::pair<std::string_view, Primitive> kNames[] = {{"boolean", Primitive::boolean},
                                                               {"integer", Primitive::integer},
                                                               {"unsignedInt", Primitive::unsigned_int},
                                                               {"positiveInt", Primitive::positive_int},
                                                               {"decimal", Primitive::decimal},
                                                               {"string", Primitive::string},
                                                               {"markdown", Primitive::markdown},
                                                               {"code", Primitive::code},
                                                               {"uri", Primitive::uri},
                                                               {"url", Primitive::uri},
                                                               {"canonical", Primitive::uri},
                                                               {"oid", Primitive::uri},
                                                               {"uuid", Primitive::uri},
                                                               {"id", Primitive::id},
                                                               {"date", Primitive::date},
                                                               {"dateTime", Primitive::date_time},
                                                               {"instant", Primitive::instant},
                                                               {"time", Primitive::time},
                                                               {"base64Binary", Primitive::base64},
                                                               {"xhtml", Primitive::other}};
  for (const auto& [name, primitive] : kNames) {
    if (name == type) return primitive;
  }
  return Primitive::none;
}

bool is_textual(Primitive primitive) {
  return primitive == Primitive::string || primitive == Primitive::markdown || primitive == Primitive::code ||
         primitive == Primitive::uri || primitive == Primitive::id;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> convert(Primitive to, std::string_view text, const Zone& zone, fhir::Arena& arena) {
  if (text.empty()) return std::nullopt;
  switch (to) {
    case Primitive::boolean:
      return to_boolean(text);
    case Primitive::integer:
      return to_integer(text, std::numeric_limits<std::int32_t>::min(), arena);
    case Primitive::unsigned_int:
      return to_integer(text, 0, arena);
    case Primitive::positive_int:
      return to_integer(text, 1, arena);
    case Primitive::decimal:
      return to_decimal(text, arena);
    case Primitive::string:
    case Primitive::markdown:
      return printable(text, false, arena);
    case Primitive::code:
      return to_code(text, arena);
    case Primitive::uri:
      if (std::any_of(text.begin(), text.end(), [](char c) { return is_blank(c) || c == 127; })) return std::nullopt;
      return text;
    case Primitive::id:
      if (text.size() > 64 || std::any_of(text.begin(), text.end(), [](char c) {
            return !is_digit(c) && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '-' && c != '.';
          }))
        return std::nullopt;
      return text;
    case Primitive::date:
      return to_date(text, arena);
    case Primitive::date_time:
      return to_date_time(text, false, zone, arena);
    case Primitive::instant:
      return to_date_time(text, true, zone, arena);
    case Primitive::time:
      return to_time(text, arena);
    case Primitive::base64:
      return to_base64(text, arena);
    case Primitive::none:
    case Primitive::other:
      break;
  }
  return std::nullopt;
}

std::optional<Instant> moment(std::string_view dtm, const Zone& zone) {
  const auto t = read_date_time(trimmed(dtm));
  if (!t || t->day == 0) return std::nullopt;
  const int hour = std::max(t->hour, 0), minute = std::max(t->minute, 0), second = std::max(t->second, 0);
  const std::int64_t offset =
      t->has_zone ? t->zone_minutes : zone.offset_minutes(t->year, t->month, t->day, hour, minute);
  std::int64_t micro = 0, unit = 100'000;
  for (const char c : t->fraction.substr(0, 6)) {
    micro += (c - '0') * unit;
    unit /= 10;
  }
  const std::int64_t seconds =
      days_from_civil(t->year, t->month, t->day) * 86'400 + hour * 3600 + (minute - offset) * 60 + second;
  return seconds * 1'000'000 + micro;
}

std::string_view base64_of_bytes(std::string_view bytes, fhir::Arena& arena) {
  return arena.copy(text::to_base64(bytes));
}

std::optional<std::string_view> base64_of_hex(std::string_view hex, fhir::Arena& arena) {
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  int high = -1;
  for (const char c : hex) {
    if (is_blank(c)) continue;
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high << 4 | digit);
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return base64_of_bytes(bytes, arena);
}

}  // namespace yilian::mapping
