// Whatever the disk turns in the database's file is refused, and never read as something else.
#include "engine/database/sqlite/data_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "engine/database/database.h"
#include "engine/database/sqlite/sqlite_connection.h"
#include "tests/unit/database/temporary.h"

namespace yilian::database {
namespace {

const std::vector<Schema> kSchema{
    {"test", {{1, "CREATE TABLE t(n INTEGER PRIMARY KEY, k INTEGER NOT NULL, v BLOB); CREATE INDEX t_k ON t(k, n)"}}}};
constexpr int kRows = 400;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

void fill(Database& database) {
  ASSERT_TRUE(database.write([](Connection& writer) -> Result<void> {
    for (int i = 1; i <= kRows; ++i) {
      const std::string value(static_cast<std::size_t>(i) * 997 % 9000, static_cast<char>(i));  // some on pages of their own
      writer.prepare("INSERT INTO t VALUES(?1, ?2, ?3)").bind(1, i).bind(2, i % 7).bind_blob(3, value).run();
    }
    return {};
  }));
}

// All that is in it, by the table's tree and by the index'.
Result<std::int64_t> read_all(const std::string& path) {
  YL_TRY(const auto database, Database::open(path, kSchema));
  return database->read([](Connection& reader) -> Result<std::int64_t> {
    std::int64_t sum = 0;
    for (auto rows = reader.prepare("SELECT n, v FROM t ORDER BY n"); rows.step();)
      sum += rows.integer(0) * static_cast<std::int64_t>(1 + rows.blob(1).size());
    for (auto rows = reader.prepare("SELECT n FROM t INDEXED BY t_k ORDER BY k"); rows.step();) sum -= rows.integer(0);
    return sum;
  });
}

class DataFile : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = Database::open(path_, kSchema);
    ASSERT_TRUE(database);
    fill(**database);
    (*database)->close();
    whole_ = bytes_of(path_);
    const auto sum = read_all(path_);
    ASSERT_TRUE(sum);
    sum_ = *sum;
    ASSERT_GT(whole_.size(), 300U * kPageBytes);
  }
  void expect_refused(const std::string& damaged, const std::string& what) {
    put(path_, damaged);
    const auto read = read_all(path_);
    ASSERT_FALSE(read) << what;
    EXPECT_EQ(read.error().code, Code::storage) << what;
    EXPECT_EQ(read.error().cure, "Restore the database from its backup") << what << ": " << read.error().line();
  }

  const testing::TemporaryFolder folder_;
  const std::string path_ = folder_.file("a.db"), copy_ = folder_.file("b.db");
  std::string whole_;
  std::int64_t sum_ = 0;
};

TEST_F(DataFile, ABitOfAnyPageIsRefused) {
  std::mt19937 random(5);
  for (std::size_t page = 0; page < whole_.size(); page += kPageBytes) {
    std::string damaged = whole_;
    const std::size_t at = page + random() % kPageBytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << random() % 8);
    expect_refused(damaged, std::to_string(at));
  }
}

TEST_F(DataFile, EveryBitOfTheHeaderIsRefused) {
  for (std::size_t bit = 0; bit < 800; ++bit) {
    std::string damaged = whole_;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    expect_refused(damaged, std::to_string(bit));
  }
}

TEST_F(DataFile, APageInAnothersPlaceOrOfZerosIsRefused) {
  const std::size_t one = whole_.size() / kPageBytes / 2 * kPageBytes, other = one + 2 * kPageBytes;
  std::string damaged = whole_;
  damaged.replace(one, kPageBytes, whole_, other, kPageBytes);
  expect_refused(damaged, "moved");
  damaged = whole_;
  damaged.replace(one, kPageBytes, kPageBytes, '\0');
  expect_refused(damaged, "zeros");
}

TEST_F(DataFile, WhatAnotherProgramCopiesFromTheLogIsRead) {
  auto database = Database::open(path_, kSchema);
  ASSERT_TRUE(database);
  ASSERT_TRUE((*database)->write([](Connection& writer) -> Result<void> {
    writer.execute("UPDATE t SET k = k + 1");
    return {};
  }));
  for (const std::string suffix : {"", "-wal"}) std::filesystem::copy_file(path_ + suffix, copy_ + suffix);  // a crash
  (*database)->close();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(copy_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "SELECT count(*) FROM t", nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_close(other), SQLITE_OK);
  ASSERT_FALSE(std::filesystem::exists(copy_ + "-wal"));
  EXPECT_EQ(read_all(copy_).value_or(-1), sum_);
}

TEST_F(DataFile, AFormerProgramsFileIsReadAndItsBackupHasChecksums) {
  const std::string old = folder_.file("old.db"), saved = folder_.file("saved.db");
  sqlite3* former = nullptr;
  ASSERT_EQ(sqlite3_open(old.c_str(), &former), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(former,
                         "PRAGMA application_id=1498172977; PRAGMA journal_mode=WAL;"
                         "CREATE TABLE schema_part(part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;"
                         "INSERT INTO schema_part VALUES('test', 1);"
                         "CREATE TABLE t(n INTEGER PRIMARY KEY, k INTEGER NOT NULL, v BLOB); CREATE INDEX t_k ON t(k, n)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_close(former), SQLITE_OK);
  auto database = Database::open(old, kSchema);
  ASSERT_TRUE(database) << database.error().line();
  fill(**database);
  EXPECT_FALSE(has_sums(SqliteConnection(old, 1, false).raw()));
  ASSERT_TRUE(back_up(old, saved));
  (*database)->close();
  EXPECT_EQ(read_all(old).value_or(-1), sum_);

  EXPECT_TRUE(has_sums(SqliteConnection(saved, 1, false).raw()));
  EXPECT_EQ(read_all(saved).value_or(-1), sum_);
  std::string damaged = bytes_of(saved);
  damaged[damaged.size() / 2 + 100] = static_cast<char>(damaged[damaged.size() / 2 + 100] ^ 1);
  expect_refused(damaged, "the backup");
}

TEST_F(DataFile, ABackupOfADamagedFileIsNotMade) {
  std::string damaged = whole_;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 4);
  put(path_, damaged);
  const auto made = back_up(path_, copy_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::storage);
  EXPECT_FALSE(std::filesystem::exists(copy_));
  put(path_, whole_);
  ASSERT_TRUE(back_up(path_, copy_));
  EXPECT_EQ(read_all(copy_).value_or(-1), sum_);
}

TEST_F(DataFile, ATableIsMadeAnewAndTheOthersAreCarriedOver) {
  const std::vector<Schema> two{
      {"test", kSchema.front().migrations}, {"more", {{1, "CREATE TABLE made(n INTEGER PRIMARY KEY, twice INTEGER); CREATE TABLE one(a INTEGER)"}}}};
  std::filesystem::remove(path_);
  {
    auto database = Database::open(path_, two);
    ASSERT_TRUE(database);
    fill(**database);
    ASSERT_TRUE((*database)->write([](Connection& writer) -> Result<void> {
      writer.execute("INSERT INTO one VALUES(7); INSERT INTO made SELECT n, 0 FROM t");
      return {};
    }));
  }
  const auto fill_made = [](Database& database) {
    return database.write([](Connection& writer) -> Result<void> {
      writer.execute("INSERT INTO made SELECT n, 2 * n FROM t");
      return {};
    });
  };
  ASSERT_TRUE(make_anew(path_, copy_, two, {"made"}, fill_made));
  EXPECT_EQ(make_anew(path_, copy_, two, {"made"}, fill_made).error().code, Code::conflict);
  auto anew = Database::open(copy_, two);
  ASSERT_TRUE(anew);
  EXPECT_EQ((*anew)->read([](Connection& reader) {
    auto row = reader.prepare("SELECT count(*), sum(twice), (SELECT count(*) FROM t), (SELECT a FROM one) FROM made");
    row.step();
    return std::vector{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
  }),
            (std::vector<std::int64_t>{kRows, kRows * (kRows + 1), kRows, 7}));
  // What fails leaves nothing behind.
  const std::string other = folder_.file("c.db");
  EXPECT_EQ(make_anew(path_, other, two, {"made"}, [](Database&) -> Result<void> { return fail(Code::storage, "on purpose"); }).error().what, "on purpose");
  EXPECT_FALSE(std::filesystem::exists(other) || std::filesystem::exists(other + ".part"));
}

}  // namespace
}  // namespace yilian::database
