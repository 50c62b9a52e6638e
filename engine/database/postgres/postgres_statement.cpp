#include "engine/database/postgres/postgres_statement.h"

#include <algorithm>
#include <cctype>
#include <deque>

#include "engine/database/postgres/arrays.h"
#include "engine/database/postgres/postgres_connection.h"

namespace yilian::database {
namespace {

class PostgresStatement : public RawStatement {
 public:
  PostgresStatement(PostgresConnection& home, Shape&& shape)
      : home_(home), shape_(std::move(shape)), server_(shape_.sql), question_{server_, shape_, values_, result_} {}
  PostgresStatement(const PostgresStatement&) = delete;
  ~PostgresStatement() override { home_.take_back(&question_); }

  void bind_integer(int index, std::int64_t value) override { values_.set(index, value); }
  void bind_text(int index, std::string_view text) override { values_.set(index, text); }
  void bind_blob(int index, std::string_view bytes) override { values_.set(index, bytes); }
  void bind_null(int index) override { values_.set_null(index); }

  bool ask() override {
    if (ran_ || shape_.kind != Shape::Kind::query) return false;
    if (asked_) return true;
    result_.reset();
    home_.ask_with_next(&question_);
    return asked_ = true;
  }

  bool step() override {
    if (!ran_) {
      ran_ = true;
      row_ = -1;
      if (shape_.kind == Shape::Kind::insert) {
        home_.gather(shape_, values_);
        return false;
      }
      first();
      asked_ = false;
    }
    if (++row_ < rows()) return true;
    if (!more()) {
      ran_ = false;  // SQLite's begins anew as well
      return false;
    }
    row_ = 0;
    return rows() > 0;
  }
  void reset() noexcept override {
    if (std::exchange(asked_, false)) home_.take_back(&question_);
    result_.reset();
    ran_ = false;
  }

  std::int64_t integer(int column) const override { return integer_at(result_.get(), row_, column); }
  std::string_view text(int column) const override { return bytes_at(result_.get(), row_, column); }
  std::string_view blob(int column) const override { return bytes_at(result_.get(), row_, column); }
  bool null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }

 protected:
  virtual void first() {
    if (asked_ && result_ != nullptr) return;  // answered with another one
    if (asked_) home_.take_back(&question_);
    home_.run(question_);
  }
  virtual bool more() { return false; }
  int rows() const { return result_ == nullptr ? 0 : PQntuples(result_.get()); }

  PostgresConnection& home_;
  const Shape shape_;
  ServerStatement server_;
  Values values_;
  ResultPtr result_;
  const PostgresConnection::Question question_;
  int row_ = -1;
  bool ran_ = false;
  bool asked_ = false;  // with the next one that runs, which may have been
};

class PostgresWalk final : public PostgresStatement {
 public:
  using PostgresStatement::PostgresStatement;
  bool ask() override { return false; }

 private:
  // A cursor lasts until the transaction ends; each has a name of its own.
  void first() override {
    name_ = home_.cursor_name();
    asked_ = kFirst;
    result_ = home_.open_cursor(name_, fetch(), shape_, values_);
  }
  bool more() override {
    if (rows() < asked_) return false;
    asked_ = std::min(asked_ * 2, kMost);
    result_ = home_.fetch(fetch());
    return true;
  }
  std::string fetch() const { return "FETCH " + std::to_string(asked_) + " FROM " + name_; }

  static constexpr int kFirst = 32, kMost = 512;
  std::string name_;
  int asked_ = 0;
};

constexpr std::string_view kOne = "asked.number";  // of each row of what is asked

// $2 becomes asked.number2, which comes from the second of as many arrays.
Shape for_many(std::string_view one) {
  Shape shape = shape_of(one);
  std::string inner;
  int most = 0;
  for (std::size_t i = 0; i < shape.sql.size(); ++i) {
    if (shape.sql[i] != '$') {
      inner += shape.sql[i];
      continue;
    }
    int number = 0;
    while (i + 1 < shape.sql.size() && std::isdigit(static_cast<unsigned char>(shape.sql[i + 1])) != 0)
      number = number * 10 + (shape.sql[++i] - '0');
    inner.append(kOne) += std::to_string(number);
    most = std::max(most, number);
  }
  std::string arrays, names;
  for (int i = 1; i <= most; ++i) {
    const std::string number = std::to_string(i);
    arrays += (i > 1 ? ", $" : "$") + number + "::bigint[]";
    names += (i > 1 ? ", number" : "number") + number;
  }
  shape.sql = "SELECT found.* FROM unnest(" + arrays + ") AS asked(" + names + ") CROSS JOIN LATERAL (" + inner +
              ") AS found";
  // What the rows of a transaction that were not sent yet are compared with is one value.
  shape.equal.clear();
  return shape;
}

class PostgresEach final : public PostgresStatement {
 public:
  using PostgresStatement::PostgresStatement;

  void bind_each(int index, std::span<const std::int64_t> values) override {
    const auto place = static_cast<std::size_t>(index);
    if (arrays_.size() < place) arrays_.resize(place);
    arrays_[place - 1] = array_of(values);
    values_.set(index, std::string_view(arrays_[place - 1]));
  }

 private:
  std::deque<std::string> arrays_;  // which stay where they are
};

}  // namespace

std::unique_ptr<RawStatement> postgres_statement(PostgresConnection& home, std::string_view sql) {
  return std::make_unique<PostgresStatement>(home, shape_of(sql));
}

std::unique_ptr<RawStatement> postgres_walk(PostgresConnection& home, std::string_view sql) {
  return std::make_unique<PostgresWalk>(home, shape_of(sql));
}

std::unique_ptr<RawStatement> postgres_each(PostgresConnection& home, std::string_view sql) {
  return std::make_unique<PostgresEach>(home, for_many(sql));
}

}  // namespace yilian::database
