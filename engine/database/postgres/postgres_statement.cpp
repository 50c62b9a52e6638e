#include "engine/database/postgres/postgres_statement.h"

#include <algorithm>

#include "engine/database/postgres/postgres_connection.h"

namespace yilian::database {
namespace {

class PostgresStatement : public RawStatement {
 public:
  PostgresStatement(PostgresConnection& home, std::string_view sql) : home_(home), shape_(shape_of(sql)), server_(shape_.sql) {}

  void bind_integer(int index, std::int64_t value) override { values_.set(index, value); }
  void bind_text(int index, std::string_view text) override { values_.set(index, text); }
  void bind_blob(int index, std::string_view bytes) override { values_.set(index, bytes); }
  void bind_null(int index) override { values_.set_null(index); }

  bool step() override {
    if (!ran_) {
      ran_ = true;
      row_ = -1;
      if (shape_.kind == Shape::Kind::insert) {
        home_.gather(shape_, values_);
        return false;
      }
      result_ = first();
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
    result_.reset();
    ran_ = false;
  }

  std::int64_t integer(int column) const override { return integer_at(result_.get(), row_, column); }
  std::string_view text(int column) const override { return bytes_at(result_.get(), row_, column); }
  std::string_view blob(int column) const override { return bytes_at(result_.get(), row_, column); }
  bool null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }

 protected:
  virtual ResultPtr first() { return home_.run(server_, shape_, values_); }
  virtual bool more() { return false; }
  int rows() const { return result_ == nullptr ? 0 : PQntuples(result_.get()); }

  PostgresConnection& home_;
  const Shape shape_;
  ServerStatement server_;
  Values values_;
  ResultPtr result_;
  int row_ = -1;
  bool ran_ = false;
};

class PostgresWalk final : public PostgresStatement {
 public:
  using PostgresStatement::PostgresStatement;

 private:
  // A cursor lasts until the transaction ends; each has a name of its own.
  ResultPtr first() override {
    name_ = home_.cursor_name();
    asked_ = kFirst;
    return home_.open_cursor(name_, fetch(), shape_, values_);
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

}  // namespace

std::unique_ptr<RawStatement> postgres_statement(PostgresConnection& home, std::string_view sql) {
  return std::make_unique<PostgresStatement>(home, sql);
}

std::unique_ptr<RawStatement> postgres_walk(PostgresConnection& home, std::string_view sql) {
  return std::make_unique<PostgresWalk>(home, sql);
}

}  // namespace yilian::database
