#include "engine/database/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "tests/unit/database/store_place.h"

namespace yilian::database {
namespace {

// The same words for both drivers: SQLite takes any name of a type.
std::vector<Schema> made_by(std::vector<Migration> migrations) { return {{"test", migrations, {}, migrations}}; }

const std::vector<Schema> kSchema = made_by({{1, "CREATE TABLE t(n BIGINT PRIMARY KEY, v BYTEA NOT NULL)"}});

std::unique_ptr<Database> open(const std::string& path, const Options& options = {}) {
  auto opened = Database::open(path, kSchema, options);
  EXPECT_TRUE(opened) << (opened ? "" : opened.error().line());
  return opened ? std::move(*opened) : nullptr;
}

Database::Task insert(std::int64_t n, std::string text = "x") {
  return [n, text](Connection& writer) -> Result<void> {
    writer.prepare("INSERT INTO t VALUES(?1, ?2)").bind(1, n).bind(2, std::string_view(text)).run();
    return {};
  };
}

std::int64_t count(Database& database) {
  return database.read([](Connection& reader) {
    auto row = reader.prepare("SELECT count(*) FROM t");
    row.step();
    return row.integer(0);
  });
}

class Opened : public ::testing::Test {
 protected:
  testing::StorePlace folder_;
  std::string path_ = folder_.place();
};

// Of a file alone.
class OpenedFile : public Opened {
 protected:
  void SetUp() override {
    if (folder_.on_postgres()) GTEST_SKIP() << "no file";
  }
};

TEST_F(Opened, WhatWasWrittenIsReadAndSurvivesReopening) {
  auto database = open(path_);
  ASSERT_TRUE(database->write(insert(1)));
  EXPECT_EQ(count(*database), 1);
  database.reset();
  EXPECT_EQ(count(*open(path_)), 1);
}

TEST_F(OpenedFile, TheFileIsForItsOwnerOnly) {
  auto database = open(path_);
  ASSERT_TRUE(database->write(insert(1)));
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &facts), 0) << suffix;
    EXPECT_EQ(facts.st_mode & 0777, 0600) << suffix;
  }
}

TEST_F(Opened, ANewerSchemaIsRefused) {
  const std::vector<Schema> newer = made_by({{1, "CREATE TABLE t(n BIGINT)"}, {2, "CREATE TABLE u(n BIGINT)"}});
  ASSERT_TRUE(Database::open(path_, newer));
  auto opened = Database::open(path_, kSchema);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::bad_config);
}

TEST_F(Opened, MigrationsAreAppliedOnceAndInOrder) {
  {
    auto database = open(path_);
    ASSERT_TRUE(database->write(insert(7)));
  }
  const std::vector<Schema> newer =
      made_by({{1, "CREATE TABLE t(n BIGINT)"}, {2, "ALTER TABLE t ADD COLUMN w BIGINT DEFAULT 5"}});
  for (int i = 0; i < 2; ++i) {
    auto database = Database::open(path_, newer);
    ASSERT_TRUE(database) << database.error().line();
    EXPECT_EQ((*database)->read([](Connection& reader) {
      auto row = reader.prepare("SELECT w FROM t WHERE n = 7");
      return row.step() ? row.integer(0) : -1;
    }),
              5);
  }
}

TEST_F(Opened, AFailedMigrationLeavesNothing) {
  const std::vector<Schema> broken = made_by({{1, "CREATE TABLE t(n BIGINT); CREATE TABLE t(n BIGINT)"}});
  ASSERT_FALSE(Database::open(path_, broken));
  EXPECT_NE(open(path_), nullptr);
}

TEST_F(OpenedFile, AnotherProgramsDatabaseIsRefused) {
  std::filesystem::remove(path_);
  {
    std::string text(4096, 'x');
    FILE* file = std::fopen(path_.c_str(), "w");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  auto opened = Database::open(path_, kSchema);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().where, path_);
}

TEST_F(Opened, AFailingTaskUndoesOnlyItself) {
  auto database = open(path_);
  // Holds the writer until all are queued, so that they share a batch.
  std::promise<void> go;
  auto gate = go.get_future().share();
  ASSERT_TRUE(database->submit(
      [gate](Connection&) -> Result<void> {
        gate.wait();
        return {};
      },
      nullptr));
  std::vector<Result<void>> results(6);
  std::vector<int> order;
  const auto told = [&](int i) {
    return [&, i](Result<void> result) {
      results[static_cast<std::size_t>(i)] = std::move(result);
      order.push_back(i);
    };
  };
  ASSERT_TRUE(database->submit(insert(1), told(0)));
  ASSERT_TRUE(database->submit(
      [](Connection& writer) -> Result<void> {
        writer.execute("INSERT INTO t VALUES(2, 'x')");
        return fail(Code::version_conflict, "no");
      },
      told(1)));
  ASSERT_TRUE(database->submit(
      [](Connection& writer) -> Result<void> {
        writer.execute("INSERT INTO t VALUES(3, 'x')");
        throw std::runtime_error("broken");
      },
      told(2)));
  ASSERT_TRUE(database->submit(insert(1), told(3)));  // the key is taken
  ASSERT_TRUE(database->submit(insert(4), told(4)));
  go.set_value();
  ASSERT_TRUE(database->write([](Connection&) -> Result<void> { return {}; }));
  EXPECT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().code, Code::version_conflict);
  ASSERT_FALSE(results[2]);
  EXPECT_EQ(results[2].error().code, Code::internal);
  ASSERT_FALSE(results[3]);
  EXPECT_EQ(results[3].error().code, Code::storage);
  EXPECT_TRUE(results[4]);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(count(*database), 2);
  EXPECT_EQ(database->counters().failed_tasks, 3U);
}

class Sum : public Deferred {
 public:
  std::int64_t sum = 0;
  void flush(Connection& writer) override {
    if (sum != 0) writer.prepare("INSERT INTO t VALUES(?1, 'sum')").bind(1, sum).run();
    sum = 0;
  }
  void discard() override { sum = 0; }
};

TEST_F(Opened, WhatIsPutOffIsDoneOnceABatchAndForgottenWithAFailedTask) {
  auto database = open(path_);
  std::promise<void> go;
  auto gate = go.get_future().share();
  ASSERT_TRUE(database->submit(
      [gate](Connection&) -> Result<void> {
        gate.wait();
        return {};
      },
      nullptr));
  const auto add = [](std::int64_t n) {
    return [n](Connection& writer) -> Result<void> {
      writer.deferred<Sum>().sum += n;
      return {};
    };
  };
  ASSERT_TRUE(database->submit(add(10), nullptr));
  ASSERT_TRUE(database->submit(add(20), nullptr));
  go.set_value();
  ASSERT_TRUE(database->write([](Connection&) -> Result<void> { return {}; }));
  EXPECT_EQ(count(*database), 1);
  EXPECT_FALSE(database->write([](Connection& writer) -> Result<void> {
    writer.deferred<Sum>().sum += 5;
    return fail(Code::conflict, "no");
  }));
  ASSERT_TRUE(database->write(add(1)));
  EXPECT_EQ(database->read([](Connection& reader) {
    std::vector<std::int64_t> all;
    for (auto row = reader.prepare("SELECT n FROM t ORDER BY n"); row.step();) all.push_back(row.integer(0));
    return all;
  }),
            (std::vector<std::int64_t>{1, 30}));
}

TEST_F(Opened, ManyThreadsShareCommitsInOrder) {
  auto database = open(path_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(database->write(insert(t * 1000 + i)));
        ASSERT_GE(count(*database), i + 1);  // one's own write is seen
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count(*database), 400);
  EXPECT_LT(database->counters().commits, 401U);
}

TEST_F(Opened, AFullQueueSaysBusy) {
  Options options;
  options.queue_tasks = 2;
  auto database = open(path_, options);
  std::promise<void> go, started;
  auto gate = go.get_future().share();
  ASSERT_TRUE(database->submit(
      [gate, &started](Connection&) -> Result<void> {
        started.set_value();
        gate.wait();
        return {};
      },
      nullptr));
  started.get_future().wait();
  ASSERT_TRUE(database->submit(insert(1), nullptr));
  ASSERT_TRUE(database->submit(insert(2), nullptr));
  auto refused = database->submit(insert(3), nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  go.set_value();
  database->close();
  auto late = database->submit(insert(4), nullptr);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::busy);
  EXPECT_EQ(count(*open(path_)), 2);  // what was queued was finished
}

TEST_F(OpenedFile, TheLogStaysBoundedUnderLoadAndReaders) {
  Options options;
  options.wal_bytes = 1 << 20;
  auto database = open(path_, options);
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) count(*database);
  });
  std::uintmax_t largest = 0;
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(database->write(insert(i, std::string(8000, 'y'))));
    largest = std::max(largest, std::filesystem::file_size(path_ + "-wal"));
  }
  stop = true;
  reader.join();
  EXPECT_LT(largest, 12U << 20);  // 24 MB were written
  EXPECT_EQ(count(*database), 3000);
}

TEST_F(OpenedFile, ALargeLogIsGivenBackWhenIdle) {
  Options options;
  options.idle_milliseconds = 20;
  auto database = open(path_, options);
  ASSERT_TRUE(database->write(insert(1, std::string(40u << 20, 'z')), 40u << 20));
  for (int i = 0; i < 200 && std::filesystem::file_size(path_ + "-wal") != 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0U);
  ASSERT_TRUE(database->write(insert(2)));
  EXPECT_EQ(count(*database), 2);
}

TEST_F(Opened, AReadIsOneSnapshot) {
  auto database = open(path_);
  ASSERT_TRUE(database->write(insert(1)));
  database->read([&](Connection& reader) {
    const auto here = [&] {
      auto row = reader.prepare("SELECT count(*) FROM t");
      row.step();
      return row.integer(0);
    };
    EXPECT_EQ(here(), 1);
    EXPECT_TRUE(database->write(insert(2)));
    EXPECT_EQ(here(), 1);
    return 0;
  });
  EXPECT_EQ(count(*database), 2);
}

// What a reader knows under one number of transaction must hold as long as it has that number.
TEST_F(OpenedFile, AReadersTransactionHasItsNumberWhileNobodyCommits) {
  auto database = open(path_, {.readers = 1});
  const auto number = [&] {
    return database->read([](Connection& reader) { return reader.transaction(); });
  };
  ASSERT_TRUE(database->write(insert(1)));
  std::uint64_t known = number();
  EXPECT_EQ(number(), known);
  for (int i = 2; i < 5; ++i) {
    ASSERT_TRUE(database->write(insert(i)));
    EXPECT_EQ(count(*database), i);
    EXPECT_NE(number(), known);
    known = number();
    EXPECT_EQ(number(), known);
    EXPECT_EQ(count(*database), i);
  }
  EXPECT_FALSE(database->write([](Connection& writer) -> Result<void> {
    YL_CHECK(insert(9)(writer));
    return fail(Code::conflict, "on purpose");
  }));
  EXPECT_EQ(count(*database), 4);
}

// The snapshot is taken when reading begins, and not by the first statement.
TEST_F(OpenedFile, WhatIsCommittedWhileOneReadsIsSeenByTheNext) {
  auto database = open(path_, {.readers = 2});
  ASSERT_TRUE(database->write(insert(1)));
  for (std::int64_t i = 1; i < 30; ++i) {
    database->read([&](Connection& reader) {
      EXPECT_TRUE(database->write(insert(i + 1)));
      auto row = reader.prepare("SELECT count(*) FROM t");
      row.step();
      EXPECT_EQ(row.integer(0), i);
      return 0;
    });
    EXPECT_EQ(count(*database), i + 1);
  }
}

TEST_F(Opened, WhileNothingIsWrittenUpkeepHasItsTurnAgainAndAgain) {
  std::atomic<int> at_rest{0};
  std::vector<Schema> schema = kSchema;
  schema.front().upkeep = [&](Database&, bool rests, const std::atomic<bool>&) {
    at_rest += rests ? 1 : 0;
    return false;
  };
  auto opened = Database::open(path_, schema, {.idle_milliseconds = 10, .rest_milliseconds = 10});
  ASSERT_TRUE(opened);
  for (int i = 0; i < 2000 && at_rest < 5; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_GE(at_rest, 5);
}

TEST_F(OpenedFile, AFreeReaderIsOneThatNobodyHas) {
  auto database = open(path_, {.readers = 1});
  EXPECT_FALSE(database->has_free_reader());  // none was opened yet
  EXPECT_EQ(count(*database), 0);
  EXPECT_TRUE(database->has_free_reader());
  database->read([&](Connection&) {
    EXPECT_FALSE(database->has_free_reader());
    return 0;
  });
  EXPECT_TRUE(database->has_free_reader());
  database->close();
  EXPECT_FALSE(database->has_free_reader());
}

TEST_F(Opened, ManyThreadsTakeTurnsAtOneReader) {
  auto database = open(path_, {.readers = 1});
  ASSERT_TRUE(database->write(insert(1)));
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 200; ++k) done += static_cast<int>(count(*database));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 1600);
}

TEST_F(Opened, AReaderCannotWriteAndItsErrorIsAnIssue) {
  auto database = open(path_);
  auto refused = database->read([](Connection& reader) -> Result<int> {
    reader.execute("INSERT INTO t VALUES(1, 'x')");
    return 1;
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::storage);
  EXPECT_THROW(database->read([](Connection& reader) {
    reader.execute("SELECT nonsense");
    return 1;
  }),
               StorageError);
  EXPECT_EQ(count(*database), 0);
}

TEST_F(Opened, OneStatementTwiceAtATime) {
  auto database = open(path_);
  ASSERT_TRUE(database->write(insert(1)));
  ASSERT_TRUE(database->write(insert(2)));
  database->read([](Connection& reader) {
    int pairs = 0;
    for (auto a = reader.prepare("SELECT n FROM t"); a.step();) {
      for (auto b = reader.prepare("SELECT n FROM t"); b.step();) ++pairs;
    }
    EXPECT_EQ(pairs, 4);
    return 0;
  });
}

TEST_F(Opened, WhatATaskWroteItReads) {
  auto database = open(path_);
  ASSERT_TRUE(database->write([](Connection& writer) -> Result<void> {
    const auto found = [&](std::int64_t n) {
      auto row = writer.prepare("SELECT v FROM t WHERE n = ?1");
      row.bind(1, n);
      return row.step() ? std::string(row.text(0)) : "none";
    };
    const auto put = [&](std::int64_t n, std::string_view text) {
      writer.prepare("INSERT INTO t VALUES(?1, ?2) ON CONFLICT(n) DO UPDATE SET v = excluded.v").bind(1, n).bind(2, text).run();
    };
    put(1, "one");
    put(2, "");
    EXPECT_EQ(found(1), "one");
    EXPECT_EQ(found(3), "none");
    put(3, "three");
    put(1, "another");
    EXPECT_EQ(found(3), "three");
    EXPECT_EQ(found(1), "another");
    EXPECT_EQ(found(2), "");
    put(4, std::string_view("\0\xff", 2));
    writer.prepare("UPDATE t SET v = ?2 WHERE n >= ?1").bind(1, 3).bind(2, std::string_view("late")).run();
    EXPECT_EQ(writer.changes(), 2);
    EXPECT_EQ(found(4), "late");
    put(5, "gone");
    writer.prepare("DELETE FROM t WHERE n = ?1").bind(1, 5).run();
    EXPECT_EQ(writer.changes(), 1);
    EXPECT_EQ(found(5), "none");
    return {};
  }));
  EXPECT_EQ(count(*database), 4);
}

TEST_F(Opened, AWalkGivesAllRowsAndMayStop) {
  auto database = open(path_);
  ASSERT_TRUE(database->write([](Connection& writer) -> Result<void> {
    for (int n = 0; n < 1000; ++n) writer.prepare("INSERT INTO t VALUES(?1, 'x')").bind(1, n).run();
    return {};
  }));
  database->read([](Connection& reader) {
    for (const std::int64_t most : {0, 1, 32, 33, 999, 1000, 5000}) {
      auto rows = reader.walk("SELECT n FROM t WHERE n >= ?1 ORDER BY n");
      rows.bind(1, 0);
      std::int64_t seen = 0;
      while (seen < most && rows.step()) EXPECT_EQ(rows.integer(0), seen++);
      EXPECT_EQ(seen, std::min<std::int64_t>(most, 1000));
      auto other = reader.walk("SELECT n FROM t WHERE n >= ?1 ORDER BY n");
      other.bind(1, 1000);
      EXPECT_FALSE(other.step());
    }
    return 0;
  });
}

TEST_F(Opened, ARehearsalSaysWhatWouldComeAndChangesNothing) {
  EXPECT_FALSE(rehearse(path_, kSchema));
  open(path_)->close();
  const std::vector<Schema> newer =
      made_by({{1, "CREATE TABLE t(n BIGINT)"}, {2, "ALTER TABLE t ADD COLUMN w BIGINT DEFAULT 5"}});
  for (int i = 0; i < 2; ++i) {
    const auto versions = rehearse(path_, newer);
    ASSERT_TRUE(versions) << versions.error().line();
    ASSERT_EQ(versions->size(), 1U);
    EXPECT_EQ(versions->front().stored, 1);
    EXPECT_EQ(versions->front().needed, 2);
  }
  EXPECT_FALSE(rehearse(path_, made_by({{1, ""}, {2, "ALTER TABLE nothing ADD COLUMN w BIGINT"}})));
  EXPECT_EQ(count(*open(path_)), 0);  // by the former program still
}

TEST_F(OpenedFile, ABackupIsWholeAndOverwritesNothing) {
  auto database = open(path_);
  ASSERT_TRUE(database->write(insert(1)));
  ASSERT_TRUE(back_up(path_, folder_.file("copy.db")));
  ASSERT_TRUE(database->write(insert(2)));
  EXPECT_EQ(count(*open(folder_.file("copy.db"))), 1);
  const auto again = back_up(path_, folder_.file("copy.db"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_FALSE(back_up(folder_.file("none.db"), folder_.file("other.db")));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("other.db")));
}

}  // namespace
}  // namespace yilian::database
