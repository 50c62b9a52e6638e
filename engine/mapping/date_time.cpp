#include "engine/mapping/date_time.h"

#include "engine/base/time.h"

namespace yilian::mapping {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  std::size_t digits_ahead() const {
    std::size_t n = 0;
    while (at_ + n < text_.size() && is_digit(text_[at_ + n])) ++n;
    return n;
  }
  // Exactly `count` digits.
  bool number(std::size_t count, int& out) {
    if (digits_ahead() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) out = out * 10 + (text_[at_++] - '0');
    return true;
  }
  // One or two digits.
  bool short_number(int& out) { return number(digits_ahead() >= 2 ? 2 : 1, out); }
  std::string_view digits() {
    const std::size_t begin = at_;
    at_ += digits_ahead();
    return text_.substr(begin, at_ - begin);
  }
  void blanks() {
    while (peek() == ' ') ++at_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool read_zone(Reader& in, DateTime& out) {
  if (in.take('Z') || in.take('z')) {
    out.has_zone = true;
    return true;
  }
  const bool minus = in.peek() == '-';
  if (!minus && in.peek() != '+') return true;
  in.take(in.peek());
  int hours = 0, minutes = 0;
  if (!in.number(2, hours)) return false;
  in.take(':');
  if (!in.done() && !in.number(2, minutes)) return false;
  if (hours > 14 || minutes > 59) return false;
  out.has_zone = true;
  out.zone_minutes = (minus ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

bool read_fraction(Reader& in, DateTime& out) {
  if (!in.take('.') && !in.take(',')) return true;
  out.fraction = in.digits();
  return true;
}

// Hours to fraction, with or without colons.
bool read_clock(Reader& in, DateTime& out) {
  const std::size_t run = in.digits_ahead();
  if (run == 0) return false;
  if (run <= 2) {
    if (!in.short_number(out.hour)) return false;
    if (in.take(':')) {
      if (!in.number(2, out.minute)) return false;
      if (in.take(':') && (!in.number(2, out.second) || !read_fraction(in, out))) return false;
    }
    return true;
  }
  if (run != 4 && run != 6) return false;
  if (!in.number(2, out.hour) || !in.number(2, out.minute)) return false;
  return run == 4 || (in.number(2, out.second) && read_fraction(in, out));
}

bool valid_clock(DateTime& t) {
  if (t.hour == 24 && t.minute <= 0 && t.second <= 0) {
    t.hour = 0;
    if (t.day != 0) {
      const Civil next = civil_from_days(days_from_civil(t.year, t.month, t.day) + 1);
      t.year = next.year, t.month = next.month, t.day = next.day;
    }
  }
  if (t.second == 60) t.second = 59;  // a leap second: FHIR has room for it, few readers have
  return t.hour <= 23 && t.minute <= 59 && t.second <= 59;
}

bool valid_date(const DateTime& t) {
  if (t.year < 1 || t.year > 9999) return false;
  if (t.month == 0) return t.hour < 0;
  if (t.month > 12) return false;
  if (t.day == 0) return t.hour < 0;
  return t.day <= days_in_month(t.year, t.month);
}

// YYYY[MM[DD[HH[MM[SS]]]]]: the digits in one run.
bool read_compact(Reader& in, std::size_t run, DateTime& out) {
  if (run % 2 != 0 || run > 14) return false;
  int* parts[] = {&out.month, &out.day, &out.hour, &out.minute, &out.second};
  if (!in.number(4, out.year)) return false;
  for (std::size_t i = 0; 4 + 2 * i < run; ++i) {
    if (!in.number(2, *parts[i])) return false;
    if (i < 2 && *parts[i] == 0) return false;
  }
  if (run == 14) return read_fraction(in, out);
  if (run == 8 && (in.peek() == ' ' || in.peek() == 'T')) {
    in.take(in.peek());
    return read_clock(in, out);
  }
  return true;
}

// YYYY-MM[-DD[ HH:MM…]], with - / or . between.
bool read_separated(Reader& in, DateTime& out) {
  if (!in.number(4, out.year)) return false;
  const char separator = in.peek();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  in.take(separator);
  if (!in.short_number(out.month) || out.month == 0) return false;
  if (!in.take(separator)) return true;
  if (!in.short_number(out.day) || out.day == 0) return false;
  if (in.peek() != 'T' && in.peek() != ' ') return true;
  in.take(in.peek());
  in.blanks();
  return read_clock(in, out);
}

}  // namespace

std::optional<DateTime> read_date_time(std::string_view text) {
  Reader in(text);
  DateTime out;
  const std::size_t run = in.digits_ahead();
  // "2020-05" is a month; "2020-0500" a year with a zone, which HL7 allows and nobody sends.
  const bool separated =
      run == 4 && text.size() > 4 && (text[4] == '/' || text[4] == '.' || (text[4] == '-' && text.size() != 9));
  if (!(separated ? read_separated(in, out) : read_compact(in, run, out))) return std::nullopt;
  in.blanks();
  if (!read_zone(in, out) || !in.done()) return std::nullopt;
  if (!valid_date(out) || !valid_clock(out)) return std::nullopt;
  return out;
}

std::optional<DateTime> read_time(std::string_view text) {
  Reader in(text);
  DateTime out;
  if (!read_clock(in, out) || !read_zone(in, out) || !in.done() || !valid_clock(out)) return std::nullopt;
  return out;
}

}  // namespace yilian::mapping
