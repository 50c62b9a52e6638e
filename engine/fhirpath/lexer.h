#pragma once
// The tokens of an expression (FHIRPath 2.0, appendix B).

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::fhirpath {

struct Token {
  enum class Kind : std::uint8_t { end, name, delimited_name, string, number, date, date_time, time, sign };
  Kind kind = Kind::end;
  std::uint32_t position = 0;
  std::string
      text;  // unescaped; of a sign the sign itself ("<="), of a date what is behind the "@" (of a time the "@T")

  bool is(std::string_view sign) const { return kind == Kind::sign && text == sign; }
  bool is_word(std::string_view word) const { return kind == Kind::name && text == word; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  // bad_syntax; `where` is "byte N".
  Result<Token> next();

 private:
  Result<void> skip_blanks();
  Result<Token> quoted(char quote, Token::Kind kind);
  Result<void> escape(std::string& out);
  Result<Token> moment();
  Token number();
  Token name();
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void take_digits(std::size_t most);
  Token make(Token::Kind kind, std::size_t begin, std::string text) const {
    return {kind, static_cast<std::uint32_t>(begin), std::move(text)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string at_byte(std::size_t position);  // "byte 12"

}  // namespace yilian::fhirpath
