#pragma once
// What statements throw when SQLite refuses; it never leaves the writer, nor Database::read of a query that gives a
// Result.

#include <stdexcept>
#include <string>

namespace yilian::database {

struct StorageError : std::runtime_error {
  StorageError(int code_, const std::string& what) : std::runtime_error(what), code(code_) {}
  int code;  // SQLite's extended result code
};

}  // namespace yilian::database
