#pragma once
// Rows of a transaction that are not sent yet: each insert's together, column by column, to go in as arrays.

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/database/postgres/link.h"
#include "engine/database/postgres/shape.h"

namespace yilian::database {

// What the tables have: to make the arrays of the right kind.
class Columns {
 public:
  struct Column {
    std::string name;
    bool number;  // BIGINT, else BYTEA
  };
  // Asks the server, unless it is known. Throws StorageError.
  const std::vector<Column>& of(Link& link, const std::string& table);
  void forget() { known_.clear(); }

 private:
  std::unordered_map<std::string, std::vector<Column>> known_;
};

// One insert statement's rows.
class GatheredRows {
 public:
  // Throws StorageError when the table has no such columns.
  GatheredRows(const Shape& shape, const std::vector<Columns::Column>& of_table);
  // False: a row with this key is gathered already; PostgreSQL does not take both in one statement.
  bool add(const Values& values);
  bool may_hold(const Shape::Equal& equal, const Values& asked);
  bool empty() const { return rows_ == 0; }
  std::size_t bytes() const { return bytes_; }
  const std::string& table() const { return table_; }
  void queue(Link& link);
  void clear();

 private:
  struct Column {
    std::string name;
    int parameter;
    bool number;
    std::string items;  // as they go over the line: each with its size
    bool nulls = false;
    bool asked = false;  // `seen` is kept, from the first question on
    std::unordered_set<std::string> seen;
  };
  void note_all(Column& column);
  static std::string item_of(const Column& column, const Values& values, int parameter);

  const std::string table_;
  std::vector<Column> columns_;
  std::vector<std::size_t> key_;  // places in columns_
  std::unordered_set<std::string> keys_;
  ServerStatement statement_;
  std::size_t rows_ = 0, bytes_ = 0;
};

class Gathered {
 public:
  // Queues and sends by itself what has become much. Throws StorageError.
  void add(Link& link, const Shape& shape, const Values& values);
  // Queues what the statement might ask for, or all.
  void queue_for(Link& link, const Shape& shape, const Values& values);
  void queue_all(Link& link);
  void drop();
  void forget_columns() { columns_.forget(); }

 private:
  Columns columns_;
  std::unordered_map<std::string, std::unique_ptr<GatheredRows>> by_insert_;
  std::vector<GatheredRows*> order_;  // those with rows, as they came
};

}  // namespace yilian::database
