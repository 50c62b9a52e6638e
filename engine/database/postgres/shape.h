#pragma once
// What a statement does, read from its text once: so that rows can be gathered, and are written before somebody asks
// for them. The texts are the engine's own, of the plain kind that both drivers take.

#include <string>
#include <string_view>
#include <vector>

namespace yilian::database {

struct Shape {
  enum class Kind { query, change, insert, other } kind = Kind::other;
  std::string sql;                  // in PostgreSQL's words: $1 for ?1
  std::vector<std::string> tables;  // that it mentions
  // A query or change of one table that only touches rows with `column` = what is bound to `parameter`.
  struct Equal {
    std::string column;
    int parameter;
  };
  std::vector<Equal> equal;
  // An insert of one row whose values are all bound: `parameters` in the order of `columns`, which is empty for all of
  // the table's. `conflict`: "ON CONFLICT(key…) …" or nothing, `key` its columns.
  std::vector<std::string> columns;
  std::vector<int> parameters;
  std::string conflict;
  std::vector<std::string> key;
};

Shape shape_of(std::string_view sql);

}  // namespace yilian::database
