#include "engine/database/postgres/shape.h"

#include <algorithm>
#include <cctype>

namespace yilian::database {
namespace {

struct Token {
  std::string_view text;
  std::size_t at;
  int parameter = 0;  // of ?N
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> out;
  for (std::size_t i = 0; i < sql.size();) {
    if (std::isspace(static_cast<unsigned char>(sql[i])) != 0) {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    if (sql[i] == '\'') {
      while (end < sql.size() && sql[end] != '\'') ++end;
      end = std::min(end + 1, sql.size());
    } else if (sql[i] == '?' || is_word(sql[i])) {
      while (end < sql.size() && is_word(sql[end])) ++end;
    }
    Token token{sql.substr(i, end - i), i};
    if (sql[i] == '?') {
      for (const char c : token.text.substr(1)) token.parameter = token.parameter * 10 + (c - '0');
    }
    out.push_back(token);
    i = end;
  }
  return out;
}

// The engine writes keywords in capitals.
Shape::Kind kind_of(const std::vector<Token>& tokens) {
  const std::string_view first = tokens.empty() ? std::string_view() : tokens[0].text;
  if (first == "SELECT") return Shape::Kind::query;
  if (first == "UPDATE" || first == "DELETE" || first == "INSERT") return Shape::Kind::change;
  return Shape::Kind::other;
}

class Reader {
 public:
  explicit Reader(std::string_view sql) : sql_(sql), tokens_(tokens_of(sql)) {}

  Shape read() {
    shape_.kind = kind_of(tokens_);
    translate();
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
      const std::string_view word = tokens_[i].text;
      if (word == "FROM" || word == "JOIN" || word == "INTO" || (word == "UPDATE" && i == 0)) mention(tokens_[i + 1].text);
    }
    if (!tokens_.empty() && tokens_[0].text == "INSERT") {
      read_insert();
    } else if (shape_.tables.size() == 1 && count("OR") == 0 &&
               count("SELECT") == (shape_.kind == Shape::Kind::query ? 1 : 0)) {
      read_equal();
    }
    return std::move(shape_);
  }

 private:
  std::string_view word(std::size_t i) const { return i < tokens_.size() ? tokens_[i].text : std::string_view(); }
  std::ptrdiff_t count(std::string_view text) const {
    return std::count_if(tokens_.begin(), tokens_.end(), [&](const Token& token) { return token.text == text; });
  }

  void mention(std::string_view table) {
    if (is_word(table[0]) && std::find(shape_.tables.begin(), shape_.tables.end(), table) == shape_.tables.end())
      shape_.tables.emplace_back(table);
  }

  // ?1 is $1, and which index is used PostgreSQL decides itself.
  void translate() {
    std::size_t copied = 0;
    const auto replace = [&](std::size_t from, std::size_t to, std::string_view by) {
      shape_.sql += sql_.substr(copied, from - copied);
      shape_.sql += by;
      copied = to;
    };
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.parameter != 0) {
        replace(token.at, token.at + 1, "$");
      } else if (token.text == "INDEXED" && word(i + 1) == "BY") {
        replace(token.at, tokens_[i + 2].at + tokens_[i + 2].text.size(), "");
      }
    }
    shape_.sql += sql_.substr(copied);
  }

  // WHERE a = ?1 AND …
  void read_equal() {
    for (std::size_t i = 1; i + 2 < tokens_.size(); ++i) {
      if ((word(i - 1) == "WHERE" || word(i - 1) == "AND") && word(i + 1) == "=" && tokens_[i + 2].parameter != 0)
        shape_.equal.push_back({std::string(word(i)), tokens_[i + 2].parameter});
    }
  }

  // The words of "(a, b, c)" from its "(" on; moves behind its ")". Anything else in it: false.
  template <class Take>
  bool read_list(std::size_t& i, Take take) const {
    if (word(i) != "(") return false;
    for (++i; i + 1 < tokens_.size(); i += 2) {
      if (!take(tokens_[i])) return false;
      if (word(i + 1) == ")") {
        i += 2;
        return true;
      }
      if (word(i + 1) != ",") return false;
    }
    return false;
  }

  void read_insert() {
    const auto name_into = [](std::vector<std::string>& names) {
      return [&names](const Token& token) {
        names.emplace_back(token.text);
        return is_word(token.text[0]);
      };
    };
    std::size_t i = 3;  // INSERT INTO table
    if (word(i) == "(" && !read_list(i, name_into(shape_.columns))) return;
    if (word(i++) != "VALUES") return;
    if (!read_list(i, [this](const Token& token) {
          shape_.parameters.push_back(token.parameter);
          return token.parameter != 0;
        })) {
      return;
    }
    if (i < tokens_.size()) {
      if (word(i) != "ON" || word(i + 1) != "CONFLICT") return;
      shape_.conflict = sql_.substr(tokens_[i].at);
      if (std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(i), tokens_.end(),
                      [](const Token& token) { return token.parameter != 0; })) {
        return;
      }
      if (i += 2; !read_list(i, name_into(shape_.key))) return;
    }
    shape_.kind = Shape::Kind::insert;
  }

  const std::string_view sql_;
  const std::vector<Token> tokens_;
  Shape shape_;
};

}  // namespace

Shape shape_of(std::string_view sql) { return Reader(sql).read(); }

}  // namespace yilian::database
