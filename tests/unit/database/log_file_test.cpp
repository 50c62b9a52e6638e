// What the gathering of the log must not change: a copy of the files at any moment is what a crash leaves, and it opens
// with every commit.
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/database/database.h"
#include "tests/unit/database/temporary.h"

namespace yilian::database {
namespace {

TEST(LogFile, ACopyOfTheFilesAfterACommitHasIt) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("a.db"), copy = folder.file("b.db");
  const std::vector<Schema> schema{{"test", {{1, "CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)"}}}};
  auto opened = Database::open(path, schema);
  ASSERT_TRUE(opened);
  for (int i = 1; i <= 60; ++i) {
    const std::string value(static_cast<std::size_t>(i) * 997 % 30000, static_cast<char>(i));
    ASSERT_TRUE((*opened)->write([&](Connection& writer) -> Result<void> {
      writer.prepare("INSERT INTO t VALUES(?1, ?2)").bind(1, i).bind_blob(2, value).run();
      return {};
    }));
    for (const std::string suffix : {"", "-wal"}) {
      std::filesystem::copy_file(path + suffix, copy + suffix, std::filesystem::copy_options::overwrite_existing);
    }
    std::filesystem::remove(copy + "-shm");
    auto crashed = Database::open(copy, schema);
    ASSERT_TRUE(crashed) << crashed.error().line();
    EXPECT_EQ((*crashed)->read([](Connection& reader) {
      auto row = reader.prepare("SELECT count(*), max(n) FROM t");
      row.step();
      return row.integer(0) * 1000 + row.integer(1);
    }),
              i * 1000 + i);
    EXPECT_EQ((*crashed)->read([](Connection& reader) {
      auto row = reader.prepare("PRAGMA integrity_check");
      row.step();
      return std::string(row.text(0));
    }),
              "ok");
  }
}

TEST(LogFile, ATransactionLargerThanTheCacheReadsBackWhatItSpilled) {
  const testing::TemporaryFolder folder;
  auto opened = Database::open(folder.file("a.db"), {{"test", {{1, "CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)"}}}});
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->write([](Connection& writer) -> Result<void> {
    const std::string value(100'000, 'v');
    for (int i = 0; i < 600; ++i) writer.prepare("INSERT INTO t VALUES(?1, ?2)").bind(1, i).bind_blob(2, value).run();
    auto row = writer.prepare("SELECT count(*), sum(length(v)) FROM t WHERE v = ?1");
    row.bind_blob(1, value);
    row.step();
    EXPECT_EQ(row.integer(1), 60'000'000);
    return {};
  }));
  EXPECT_EQ((*opened)->read([](Connection& reader) {
    auto row = reader.prepare("SELECT sum(length(v)) FROM t");
    row.step();
    return row.integer(0);
  }),
            60'000'000);
}

}  // namespace
}  // namespace yilian::database
