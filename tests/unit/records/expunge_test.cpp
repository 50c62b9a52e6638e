// Removing for good: nothing of it is left in the file.

#include "engine/records/expunge.h"

#include <fstream>
#include <sstream>

#include "engine/records/pack.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

class ExpungeTest : public StoreFixture {
 protected:
  // The bytes of the database and of its log.
  std::string bytes() {
    const std::string path = folder_.file("store.db");
    std::ostringstream all;
    for (const char* end : {"", "-wal"}) all << std::ifstream(path + end, std::ios::binary).rdbuf();
    return all.str();
  }
  // A text that no compression makes shorter, so that it would be seen.
  static std::string noise(unsigned seed) {
    std::string out;
    for (int i = 0; i < 2000; ++i) {
      seed = seed * 1103515245 + 12345;
      out += static_cast<char>('!' + (seed >> 16) % 90);
      if (out.back() == '"' || out.back() == '\\') out.back() = '~';
    }
    return out;
  }
  static std::string with(const std::string& id, const std::string& text) {
    return R"({"resourceType":"Basic","id":")" + id + R"(","code":{"text":")" + text + R"("}})";
  }
  // In one pack, each with its noise.
  void store_together(const std::vector<std::string>& ids) {
    std::vector<PreparedPtr> together;
    Preparation preparation;
    fhir::Arena arena;
    for (const std::string& id : ids) {
      const auto json = fhir::read_json(with(id, noise(static_cast<unsigned>(id[0]))), arena);
      ASSERT_TRUE(json);
      const auto made = preparation.add(**json, "urn:test", arena);
      ASSERT_TRUE(made);
      together.push_back(*made);
    }
    preparation.pack();
    ASSERT_TRUE(contribute_all(together, 1000));
  }
  std::string packed(std::int64_t number) {
    return database_->read([&](database::Connection& reader) {
      auto row = reader.prepare("SELECT packed FROM body WHERE number = ?1");
      row.bind(1, number);
      return row.step() ? std::string(row.blob(0)) : std::string();
    });
  }
  std::size_t expunged(const Expunge& request, std::size_t limit = 1000) {
    const auto done = expunge(*database_, request, limit);
    EXPECT_TRUE(done) << done.error().line();
    return done ? *done : 0;
  }
};

TEST_F(ExpungeTest, NothingOfADeletedResourceIsLeftInTheFile) {
  if (folder_.on_postgres()) GTEST_SKIP() << "PostgreSQL keeps its pages itself: docs/hospital-it.md says what is left";
  ASSERT_TRUE(put(with("the-id-that-is-to-go-for-good", noise(1))));
  const std::string first = packed(1).substr(200, 400);
  ASSERT_TRUE(put(with("the-id-that-is-to-go-for-good", noise(2))));
  ASSERT_TRUE(put(with("stays", noise(3))));
  ASSERT_TRUE(remove("Basic", "the-id-that-is-to-go-for-good"));
  ASSERT_NE(bytes().find(first), std::string::npos) << "the test would see nothing";
  ASSERT_NE(bytes().find("the-id-that-is-to-go"), std::string::npos);
  EXPECT_EQ(expunged({.type = "Basic", .deleted = true}), 3U);
  EXPECT_EQ(bytes().find(first), std::string::npos);
  EXPECT_EQ(bytes().find("the-id-that-is-to-go"), std::string::npos);
  EXPECT_EQ(read("Basic", "the-id-that-is-to-go-for-good").error().code, Code::not_found);
  EXPECT_EQ(content("Basic", "stays"), R"({"code":{"text":")" + noise(3) + R"("}})");
  EXPECT_EQ(expunged({.type = "Basic", .deleted = true}), 0U);
  // It may come again, as if it had never been there.
  const auto again = put(with("the-id-that-is-to-go-for-good", "new"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->version, 1);
  EXPECT_EQ(ids("Basic", {{"_id", "the-id-that-is-to-go-for-good"}}),
            std::vector<std::string>{"the-id-that-is-to-go-for-good"});
}

TEST_F(ExpungeTest, TheOthersOfAPackStay) {
  store_together({"a", "b", "c"});
  ASSERT_TRUE(put(with("b", "short")));
  ASSERT_TRUE(database_->read([](database::Connection& reader) { return records::read_version(reader, Scope::all(), "Basic", "b", 1); }));  // and is kept
  EXPECT_EQ(expunged({.type = "Basic", .id = "b", .version = 1}), 1U);
  const auto text =
      database_->read([](database::Connection& reader) { return reader.deferred<Packs>().read(reader, {1, 0, -1}); });
  ASSERT_TRUE(text);
  EXPECT_EQ(text->text.find(noise('b').substr(0, 50)), std::string::npos);
  for (const char* id : {"a", "c"})
    EXPECT_NE(content("Basic", id).find(noise(static_cast<unsigned>(id[0]))), std::string::npos) << id;
  EXPECT_EQ(content("Basic", "b"), R"({"code":{"text":"short"}})");
}

TEST_F(ExpungeTest, FormerVersionsGoAndTheCurrentOneStays) {
  for (int i = 0; i < 120; ++i) ASSERT_TRUE(put(with("a", "text " + std::to_string(i))));
  EXPECT_EQ(expunged({.type = "Basic", .id = "a", .previous = true}, 70), 70U);
  const auto page =
      database_->read([](database::Connection& reader) { return history(reader, Scope::all(), {.type = "Basic", .id = "a"}); });
  ASSERT_TRUE(page);
  EXPECT_EQ(page->total, 50);
  EXPECT_EQ(page->entries.front().version, 120);
  EXPECT_EQ(expunged({.type = "Basic", .previous = true}), 49U);
  EXPECT_EQ(content("Basic", "a"), R"({"code":{"text":"text 119"}})");
  EXPECT_EQ(number("SELECT count(*) FROM resource_history"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM body"), 1);
}

TEST_F(ExpungeTest, EverythingTakesLiveOnesAlong) {
  for (int i = 0; i < 130; ++i) ASSERT_TRUE(put(with("b" + std::to_string(i), "x")));
  ASSERT_TRUE(put(R"({"resourceType":"Patient","id":"p"})"));
  EXPECT_EQ(expunged({.type = "Basic", .everything = true}), 130U);
  EXPECT_TRUE(ids("Basic", {}).empty());
  EXPECT_EQ(search("Basic", {})->total, 0);
  EXPECT_EQ(ids("Patient", {}), std::vector<std::string>{"p"});
}

TEST_F(ExpungeTest, WhatCannotGoIsRefused) {
  ASSERT_TRUE(put(with("a", "x")));
  EXPECT_EQ(expunge(*database_, {.type = "Basic", .id = "a", .version = 1}, 10).error().code, Code::conflict);
  EXPECT_EQ(expunge(*database_, {.type = "Basic", .id = "a", .version = 2}, 10).error().code, Code::not_found);
  EXPECT_EQ(expunge(*database_, {.type = "Basic", .id = "none", .deleted = true}, 10).error().code, Code::not_found);
  EXPECT_EQ(expunged({.type = "Basic", .id = "a", .deleted = true}), 0U) << "it is not deleted";
}

// A reader that began before finds the blanks that another one has read since: nothing is damaged.
TEST_F(ExpungeTest, WhoBeganBeforeIsToldToTryAgain) {
  store_together({"a", "b"});
  const auto told = database_->read([&](database::Connection& reader) {
    reader.prepare("SELECT count(*) FROM resource").step();  // it begins here
    EXPECT_EQ(expunged({.type = "Basic", .id = "a", .everything = true}), 1u);
    EXPECT_TRUE(read("Basic", "b"));
    return records::read(reader, scope_, "Basic", "a");
  });
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, Code::busy) << told.error().line();
}

}  // namespace
}  // namespace yilian::records
