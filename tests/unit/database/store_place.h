#pragma once
// Where a test keeps its store: a file in a folder of its own, or, when YILIAN_TEST_POSTGRES names a server
// (tests/tools/with-postgres), a schema of its own there. Gone afterwards.

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "tests/unit/database/temporary.h"

namespace yilian::testing {

inline const char* test_server() { return std::getenv("YILIAN_TEST_POSTGRES"); }

class StorePlace {
 public:
  StorePlace() {
    if (test_server() == nullptr) return;
    static std::atomic<int> count{0};
    schema_ = "t" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    at_server("CREATE SCHEMA " + schema_);
  }
  StorePlace(const StorePlace&) = delete;
  ~StorePlace() {
    if (!schema_.empty()) at_server("SET client_min_messages = error; DROP SCHEMA " + schema_ + " CASCADE");
  }
  // For Database::open.
  std::string place() const {
    if (schema_.empty()) return folder_.file("store.db");
    return std::string(test_server()) + "&options=-csearch_path%3D" + schema_;
  }
  std::string file(const std::string& name) const { return folder_.file(name); }
  bool on_postgres() const { return !schema_.empty(); }

 private:
  static void at_server(const std::string& sql) {
    PGconn* connection = PQconnectdb(test_server());
    PGresult* result = PQexec(connection, sql.c_str());
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
  }
  TemporaryFolder folder_;
  std::string schema_;
};

}  // namespace yilian::testing
