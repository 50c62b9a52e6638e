#include "engine/fhirpath/lexer.h"

#include <algorithm>

#include "engine/text/utf8.h"

namespace yilian::fhirpath {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Four hexadecimal digits; -1 where there are none.
int hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (const char c : text.substr(0, 4)) {
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace

std::string at_byte(std::size_t position) { return "byte " + std::to_string(position); }

Result<void> Lexer::skip_blanks() {
  for (;;) {
    while (is_blank(peek())) ++at_;
    if (peek() != '/') return {};
    if (peek(1) == '/') {
      while (at_ < text_.size() && peek() != '\n') ++at_;
    } else if (peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        return fail(Code::bad_syntax, "A comment without an end", at_byte(at_), "Close it with */");
      }
      at_ = end + 2;
    } else {
      return {};
    }
  }
}

void Lexer::take_digits(std::size_t most) {
  for (std::size_t i = 0; i < most && is_digit(peek()); ++i) ++at_;
}

Token Lexer::number() {
  const std::size_t begin = at_;
  take_digits(text_.size());
  if (peek() == '.' && is_digit(peek(1))) {
    ++at_;
    take_digits(text_.size());
  }
  return make(Token::Kind::number, begin, std::string(text_.substr(begin, at_ - begin)));
}

Token Lexer::name() {
  const std::size_t begin = at_;
  while (is_letter(peek()) || is_digit(peek())) ++at_;
  return make(Token::Kind::name, begin, std::string(text_.substr(begin, at_ - begin)));
}

Result<void> Lexer::escape(std::string& out) {
  const std::size_t begin = at_;
  const char c = peek(1);
  at_ += 2;
  switch (c) {
    case 'f':
      out += '\f';
      return {};
    case 'n':
      out += '\n';
      return {};
    case 'r':
      out += '\r';
      return {};
    case 't':
      out += '\t';
      return {};
    case '\\':
    case '/':
    case '"':
    case '`':
    case '\'':
      out += c;
      return {};
    case 'u':
      break;
    default:
      return fail(Code::bad_syntax, "An escape that there is not", at_byte(begin),
                  R"(Use \\ \/ \f \n \r \t \" \` \' or \u and four hexadecimal digits)");
  }
  const auto bad = [&] {
    return fail(Code::bad_syntax, "No character", at_byte(begin), "Write \\u and four hexadecimal digits");
  };
  int code = hex4(text_.substr(std::min(at_, text_.size())));
  if (code < 0) return bad();
  at_ += 4;
  if (code >= 0xD800 && code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
    const int low = hex4(text_.substr(at_ + 2));
    if (low < 0xDC00 || low > 0xDFFF) return bad();
    at_ += 6;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code >= 0xD800 && code <= 0xDFFF) return bad();
  text::append_character(out, static_cast<char32_t>(code));
  return {};
}

Result<Token> Lexer::quoted(char quote, Token::Kind kind) {
  const std::size_t begin = at_++;
  std::string out;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] == '\\') {
      YL_CHECK(escape(out));
    } else {
      out += text_[at_++];
    }
  }
  if (at_ >= text_.size()) {
    return fail(Code::bad_syntax, "A quote without an end", at_byte(begin), std::string("Close it with ") + quote);
  }
  ++at_;
  return make(kind, begin, std::move(out));
}

// At the '@'. What its digits say is looked at by the parser.
Result<Token> Lexer::moment() {
  const std::size_t begin = at_++;
  const auto time_of_day = [&] {
    take_digits(2);
    for (int i = 0; i < 2 && peek() == ':' && is_digit(peek(1)); ++i) {
      ++at_;
      take_digits(2);
    }
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      take_digits(text_.size());
    }
  };
  const auto text = [&](std::size_t from) { return std::string(text_.substr(from, at_ - from)); };
  if (peek() == 'T' && is_digit(peek(1))) {
    ++at_;
    const std::size_t from = at_;
    time_of_day();
    const bool zone =
        peek() == 'Z' || ((peek() == '+' || peek() == '-') && is_digit(peek(1)) && is_digit(peek(2)) && peek(3) == ':');
    if (zone) return fail(Code::bad_syntax, "A time has no zone", at_byte(at_), "Leave the zone out, or give a date");
    return make(Token::Kind::time, begin, text(from));
  }
  const std::size_t from = at_;
  take_digits(4);
  for (int i = 0; i < 2 && peek() == '-' && is_digit(peek(1)) && is_digit(peek(2)); ++i) {
    ++at_;
    take_digits(2);
  }
  if (at_ == from)
    return fail(Code::bad_syntax, "No date or time", at_byte(begin), "Write @2024-05-01, @2024-05-01T10:00 or @T10:00");
  if (peek() != 'T') return make(Token::Kind::date, begin, text(from));
  ++at_;
  if (is_digit(peek())) time_of_day();
  if (peek() == 'Z') {
    ++at_;
  } else if ((peek() == '+' || peek() == '-') && is_digit(peek(1)) && is_digit(peek(2)) && peek(3) == ':') {
    at_ += 4;
    take_digits(2);
  }
  return make(Token::Kind::date_time, begin, text(from));
}

Result<Token> Lexer::next() {
  YL_CHECK(skip_blanks());
  if (at_ >= text_.size()) return make(Token::Kind::end, at_, "");
  const char c = peek();
  if (is_digit(c)) return number();
  if (is_letter(c)) return name();
  if (c == '\'') return quoted('\'', Token::Kind::string);
  if (c == '`') return quoted('`', Token::Kind::delimited_name);
  if (c == '@') return moment();
  const std::size_t begin = at_;
  for (const std::string_view sign : {"<=", ">=", "!=", "!~"}) {
    if (!text_.substr(at_).starts_with(sign)) continue;
    at_ += 2;
    return make(Token::Kind::sign, begin, std::string(sign));
  }
  if (std::string_view("+-*/&|<>=~.,()[]{}%$").find(c) == std::string_view::npos) {
    return fail(Code::bad_syntax, "A character that stands for nothing here", at_byte(at_));
  }
  ++at_;
  return make(Token::Kind::sign, begin, std::string(1, c));
}

}  // namespace yilian::fhirpath
