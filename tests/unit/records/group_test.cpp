// Resources as they came, in groups.

#include "engine/records/group.h"

#include "engine/records/index/key.h"
#include "engine/records/index/piece.h"
#include "engine/records/index/sorting.h"
#include "engine/records/types.h"
#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

class GroupTest : public StoreFixture {
 protected:
  PreparedPtr patient(const std::string& id, const std::string& birth = "1970-01-01") {
    return ready(R"({"resourceType":"Patient","id":")" + id + R"(","birthDate":")" + birth + R"("})");
  }
  std::optional<Stored> at(std::int64_t rid) {
    return database_->read([&](database::Connection& reader) { return stored_at(reader, rid); });
  }
  std::int64_t last() {
    return database_->read([](database::Connection& reader) { return last_rid(reader); });
  }
};

TEST_F(GroupTest, WhatComesTogetherIsOneRow) {
  ASSERT_TRUE(contribute_all({patient("a"), patient("b"), patient("c")}, 5000));
  EXPECT_EQ(number("SELECT count(*) FROM resource_group"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM resource"), 0);
  const auto b = at(2);
  ASSERT_TRUE(b);
  EXPECT_EQ(unpack_id(b->packed_id), "b");
  EXPECT_EQ(type_name(b->type), "Patient");
  EXPECT_EQ(b->version, 1);
  EXPECT_EQ(b->updated, 5000);
  EXPECT_EQ(b->message, 17);
  EXPECT_EQ(b->method, Method::put);
  EXPECT_FALSE(b->deleted());
  EXPECT_FALSE(at(4));
  EXPECT_FALSE(at(0));
  expect_index_is_exact();
}

TEST_F(GroupTest, ALargeTransactionTakesSeveralRows) {
  std::vector<PreparedPtr> many;
  for (int i = 0; i < 500; ++i) many.push_back(patient("long-id-of-a-patient-number-" + std::to_string(i)));
  ASSERT_TRUE(contribute_all(many, 1000));
  EXPECT_GT(number("SELECT count(*) FROM resource_group"), 5);
  EXPECT_LE(number("SELECT max(length(heads)) FROM resource_group"), 4061) << "it needs an overflow page";
  EXPECT_EQ(last(), 500);
  for (int i = 0; i < 500; ++i) {
    const auto stored = at(i + 1);
    ASSERT_TRUE(stored) << i;
    ASSERT_EQ(unpack_id(stored->packed_id), "long-id-of-a-patient-number-" + std::to_string(i));
  }
  expect_index_is_exact();
}

TEST_F(GroupTest, WhatChangesGetsARowOfItsOwn) {
  ASSERT_TRUE(contribute_all({patient("a"), patient("b")}, 1000));
  ASSERT_TRUE(contribute_all({patient("b", "1971-02-02"), patient("c")}, 2000));
  EXPECT_EQ(number("SELECT count(*) FROM resource"), 1);
  EXPECT_EQ(at(2)->version, 2);
  EXPECT_EQ(at(1)->version, 1);
  EXPECT_EQ(unpack_id(at(3)->packed_id), "c");
  expect_index_is_exact();
}

TEST_F(GroupTest, ItIsSeenAndChangedWithinItsTransaction) {
  ASSERT_TRUE(contribute_all({patient("a"), patient("b"), patient("b", "1971-02-02"), patient("a")}, 1000));
  EXPECT_EQ(last(), 2);
  expect_index_is_exact();
}

TEST_F(GroupTest, ARidIsGivenOnceWhateverIsRolledBack) {
  ASSERT_TRUE(contribute_all({patient("a")}, 1000));
  EXPECT_FALSE(contribute_all({patient("b"), patient("c")}, 1000, true));
  ASSERT_TRUE(contribute_all({patient("d")}, 1000));
  EXPECT_EQ(last(), 2);
  EXPECT_EQ(unpack_id(at(2)->packed_id), "d");
  database_.reset();
  SetUp();
  ASSERT_TRUE(contribute_all({patient("a", "1972-03-03"), patient("e")}, 2000));
  EXPECT_EQ(last(), 3);
  EXPECT_EQ(unpack_id(at(3)->packed_id), "e");
  expect_index_is_exact();
}

TEST_F(GroupTest, TasksOfOneBatchOfWhichOneFailsKeepTheirOwn) {
  std::vector<PreparedPtr> made;
  for (int i = 0; i < 60; ++i) made.push_back(patient("p" + std::to_string(i)));
  std::atomic<int> open{60};
  std::promise<void> all;
  for (int i = 0; i < 60; ++i) {
    const auto task = [resource = made[static_cast<std::size_t>(i)], i](database::Connection& writer) -> Result<void> {
      YL_CHECK(records::contribute(writer, {resource, {}, 1000, 2, 1}, 1000));
      if (i % 7 == 3) return fail(Code::conflict, "on purpose");
      return {};
    };
    ASSERT_TRUE(database_->submit(task, [&](const Result<void>&) {
      if (--open == 0) all.set_value();
    }));
  }
  all.get_future().wait();
  EXPECT_EQ(last(), 51);
  for (std::int64_t rid = 1; rid <= 51; ++rid) ASSERT_TRUE(at(rid)) << rid;
  expect_index_is_exact();
}

TEST_F(GroupTest, DamageIsTold) {
  ASSERT_TRUE(contribute_all({patient("a"), patient("b")}, 1000));
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    writer.execute("UPDATE resource_group SET heads = substr(heads, 1, length(heads) - 5)");
    return {};
  }));
  EXPECT_THROW(at(2), database::StorageError);
  const auto read = database_->read([](database::Connection& reader) { return records::read(reader, Scope::all(), "Patient", "b"); });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::storage);
}

// A database in which each resource has a row and each commit's changes are sorted is carried on.
TEST(Groups, TheFormerLayoutIsCarriedOn) {
  testing::TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  database::Schema former = schema();
  std::erase_if(former.migrations, [](const database::Migration& migration) { return migration.version > 3; });
  former.upkeep = {};
  const std::int64_t key = resource_key("Patient", "p1");
  {
    auto database = database::Database::open(path, {former});
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->write([key](database::Connection& writer) -> Result<void> {
      writer.prepare("INSERT INTO resource VALUES(1, ?1, ?2, 1, 1000, 1, 7, NULL, 0, x'', 1, 0, -1)")
          .bind(1, plan("Patient")->type)
          .bind_blob(2, pack_id("p1"))
          .run();
      for (const std::int64_t number : {1, 2}) {
        PieceWriter sorted;
        std::string row = number == 1 ? resource_row(key) : number_key(9, 42);
        if (number == 2) append_extra(row, 0);
        append_block(row, 0);
        sorted.add(row, {2, 0});
        writer.prepare("INSERT INTO index_change VALUES(?1, ?2)").bind(1, number).bind_blob(2, sorted.bytes()).run();
      }
      writer.execute("INSERT INTO index_piece VALUES(NULL, 33, x'01', x'00')");  // of a fold that was interrupted
      return {};
    }));
  }
  auto database = database::Database::open(path, {schema()});
  ASSERT_TRUE(database) << database.error().line();
  ASSERT_TRUE((*database)->write([](database::Connection& writer) -> Result<void> {
    Changes& changes = writer.deferred<Index>().changes();
    std::string row = number_key(9, 43);
    append_extra(row, 0);
    changes.add(1, row);
    return {};
  }));
  (*database)->read([&](database::Connection& reader) {
    EXPECT_EQ(last_rid(reader), 1);
    EXPECT_TRUE(find(reader, *plan("Patient"), pack_id("p1"), key));
    EXPECT_EQ(index_of(reader).size(), 3U);
    return 0;
  });
}

}  // namespace
}  // namespace yilian::records
