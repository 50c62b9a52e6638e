// Many asked for at once, and what spares a server's round trips: the same rows as one after the other.

#include <gtest/gtest.h>

#include <map>

#include "engine/database/database.h"
#include "tests/unit/database/store_place.h"

namespace yilian::database {
namespace {

const std::vector<Migration> kTables{{1, "CREATE TABLE t(n BIGINT PRIMARY KEY, v BIGINT NOT NULL)"}};

class Together : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::open(folder_.place(), {{"test", kTables, {}, kTables}}, {.readers = 1});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
    put({{1, 10}, {2, 20}, {4, 40}, {7, 70}});
  }
  void put(const std::map<std::int64_t, std::int64_t>& rows) {
    ASSERT_TRUE(database_->write([&](Connection& writer) -> Result<void> {
      for (const auto& [n, v] : rows) insert(writer, n, v);
      return {};
    }));
  }
  static void insert(Connection& writer, std::int64_t n, std::int64_t v) {
    writer.prepare("INSERT INTO t VALUES(?1, ?2) ON CONFLICT(n) DO UPDATE SET v = excluded.v").bind(1, n).bind(2, v).run();
  }
  static std::int64_t value(Connection& connection, std::int64_t n) {
    auto row = connection.prepare("SELECT v FROM t WHERE n = ?1");
    row.bind(1, n);
    return row.step() ? row.integer(0) : 0;
  }
  using Pairs = std::multimap<std::int64_t, std::int64_t>;
  // The last row up to each.
  static Pairs up_to(Connection& connection, const std::vector<std::int64_t>& wanted) {
    auto rows = connection.for_each("SELECT ?1, v FROM t WHERE n <= ?1 ORDER BY n DESC LIMIT 1");
    rows.bind_each(1, wanted);
    Pairs out;
    while (rows.step()) out.emplace(rows.integer(0), rows.integer(1));
    return out;
  }

  testing::StorePlace folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(Together, EachHasTheRowsThatItHasAlone) {
  database_->read([](Connection& reader) {
    EXPECT_EQ(up_to(reader, {0, 1, 3, 9, 3}), (Pairs{{1, 10}, {3, 20}, {3, 20}, {9, 70}}));
    EXPECT_EQ(up_to(reader, {}), Pairs{});
    EXPECT_EQ(up_to(reader, {-5}), Pairs{});
    return 0;
  });
}

TEST_F(Together, SeveralNumbersBelongToEach) {
  database_->read([](Connection& reader) {
    const std::vector<std::int64_t> low{1, 4, 8}, high{2, 7, 9};
    auto rows = reader.for_each("SELECT n, ?2 FROM t WHERE n >= ?1 AND n <= ?2");
    rows.bind_each(1, low).bind_each(2, high);
    Pairs found;
    while (rows.step()) found.emplace(rows.integer(0), rows.integer(1));
    EXPECT_EQ(found, (Pairs{{1, 2}, {2, 2}, {4, 7}, {7, 7}}));
    return 0;
  });
}

TEST_F(Together, OneThatWasLeftBeginsAnew) {
  database_->read([](Connection& reader) {
    {
      const std::vector<std::int64_t> wanted{1, 2, 4};
      auto rows = reader.for_each("SELECT ?1, v FROM t WHERE n <= ?1 ORDER BY n DESC LIMIT 1");
      rows.bind_each(1, wanted);
      EXPECT_TRUE(rows.step());
    }
    EXPECT_EQ(up_to(reader, {7}), (Pairs{{7, 70}}));
    return 0;
  });
}

TEST_F(Together, InsideATaskItSeesWhatTheTaskWrote) {
  ASSERT_TRUE(database_->write([](Connection& writer) -> Result<void> {
    insert(writer, 5, 50);
    EXPECT_EQ(up_to(writer, {5, 6}), (Pairs{{5, 50}, {6, 50}}));
    insert(writer, 5, 51);
    EXPECT_EQ(up_to(writer, {5}), (Pairs{{5, 51}}));
    insert(writer, 6, 60);
    auto row = writer.prepare("SELECT v FROM t WHERE n = ?1");
    row.bind(1, 6).ask();
    EXPECT_EQ(value(writer, 4), 40);
    EXPECT_TRUE(row.step());
    EXPECT_EQ(row.integer(0), 60);
    return {};
  }));
}

TEST_F(Together, WhatIsAskedAheadIsAnsweredAsItWasBound) {
  database_->read([](Connection& reader) {
    auto one = reader.prepare("SELECT v FROM t WHERE n = ?1");
    auto most = reader.prepare("SELECT max(v) FROM t WHERE n < ?1");
    one.bind(1, 2).ask();
    EXPECT_EQ(most.bind(1, 5).ask(), testing::test_server() != nullptr);
    EXPECT_TRUE(most.step());
    EXPECT_TRUE(one.step());
    EXPECT_EQ(one.integer(0), 20);
    EXPECT_FALSE(one.step());
    // Taken back, and asked another way.
    one.reset();
    one.bind(1, 4).ask();
    one.reset();
    one.bind(1, 7);
    EXPECT_TRUE(one.step());
    EXPECT_EQ(one.integer(0), 70);
    // Asked and never looked at.
    {
      auto other = reader.prepare("SELECT n FROM t WHERE v = ?1");
      other.bind(1, 10).ask();
    }
    EXPECT_EQ(value(reader, 1), 10);
    return 0;
  });
  EXPECT_EQ(database_->read([](Connection& reader) { return value(reader, 2); }), 20);
}

TEST_F(Together, AnErrorOfOneIsToldToWhoAskedWithIt) {
  if (!folder_.on_postgres()) GTEST_SKIP() << "no server";
  database_->read([](Connection& reader) {
    auto bad = reader.prepare("SELECT n / (n - n) FROM t WHERE n = ?1");
    auto good = reader.prepare("SELECT v FROM t WHERE n = ?1");
    bad.bind(1, 1).ask();
    good.bind(1, 1);
    EXPECT_THROW(good.step(), StorageError);
    EXPECT_THROW(bad.step(), StorageError);
    return 0;
  });
  EXPECT_EQ(database_->read([](Connection& reader) { return value(reader, 2); }), 20) << "the connection is of use again";
}

TEST_F(Together, WhatIsAskedTogetherIsOneRoundTrip) {
  if (!folder_.on_postgres()) GTEST_SKIP() << "no server";
  database_->read([](Connection& reader) {
    value(reader, 1);
    const std::uint64_t before = reader.round_trips();
    auto a = reader.prepare("SELECT v FROM t WHERE n = ?1");
    auto b = reader.prepare("SELECT max(v) FROM t WHERE n < ?1");
    a.bind(1, 1).ask();
    b.bind(1, 5).ask();
    EXPECT_EQ(up_to(reader, {1, 2, 3, 4, 5, 6, 7, 8}).size(), 8U);
    EXPECT_TRUE(a.step() && b.step());
    EXPECT_EQ(b.integer(0), 40);
    EXPECT_EQ(reader.round_trips(), before + 1);
    return 0;
  });
}

TEST_F(Together, ASnapshotOfOneStatementIsOneRoundTrip) {
  if (!folder_.on_postgres()) GTEST_SKIP() << "no server";
  const auto trips = [&](auto query) {
    return database_->read([&](Connection& reader) {
      const std::uint64_t before = reader.round_trips();
      query(reader);
      return reader.round_trips() - before;
    });
  };
  EXPECT_EQ(trips([](Connection& reader) { value(reader, 1); }), 1U);
  EXPECT_EQ(trips([](Connection& reader) { reader.transaction(); }), 1U);
  EXPECT_EQ(trips([](Connection&) {}), 0U);
}

// On a server the number is that of the last snapshot while nobody has committed, as in a file.
TEST_F(Together, AfterACommitATransactionHasAnotherNumber) {
  std::uint64_t known = 0;
  for (std::int64_t n = 100; n < 104; ++n) {
    put({{n, n}});
    database_->read([&](Connection& reader) {
      EXPECT_NE(reader.transaction(), known);
      known = reader.transaction();
      EXPECT_EQ(value(reader, n), n);
      EXPECT_EQ(reader.transaction(), known);
      return 0;
    });
  }
}

TEST_F(Together, AGlanceSeesWhatIsCommittedAndLeavesTheSnapshotToCome) {
  const bool there = database_->read([&](Connection& reader) {
    bool glanced = false;
    {
      const Glance glance(reader);
      glanced = static_cast<bool>(glance);
      EXPECT_EQ(value(reader, 1), 10);
      if (glanced) {
        put({{1, 11}});
        EXPECT_EQ(value(reader, 1), 11);
      }
    }
    put({{2, 21}});
    EXPECT_EQ(value(reader, 2), glanced ? 21 : 20);
    put({{2, 22}});
    EXPECT_EQ(value(reader, 2), glanced ? 21 : 20) << "the snapshot holds";
    {
      const Glance late(reader);
      EXPECT_FALSE(late) << "there is a snapshot already";
    }
    return glanced;
  });
  EXPECT_EQ(there, folder_.on_postgres());
  EXPECT_TRUE(database_->write([](Connection& writer) -> Result<void> {
    const Glance glance(writer);
    EXPECT_FALSE(glance);
    return {};
  }));
}

}  // namespace
}  // namespace yilian::database
