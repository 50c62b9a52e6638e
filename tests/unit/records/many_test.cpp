// Many resources at once: what one after the other gives, in few round trips.

#include "engine/records/many.h"

#include "engine/records/everything.h"
#include "engine/records/types.h"
#include "engine/records/versions.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

class ManyTest : public StoreFixture {
 protected:
  static std::string patient(const std::string& id, const std::string& birth = "1970-01-01") {
    return R"({"resourceType":"Patient","id":")" + id + R"(","birthDate":")" + birth + R"("})";
  }
  static std::string observation(const std::string& id, const std::string& of) {
    return R"({"resourceType":"Observation","id":")" + id +
           R"(","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/)" + of + R"("}})";
  }
  // Patients p0 to p9, of whom p3 changed and p5 was deleted, each with observations that came by themselves.
  void SetUp() override {
    StoreFixture::SetUp();
    std::vector<PreparedPtr> all;
    for (int i = 0; i < 10; ++i) all.push_back(ready(patient("p" + std::to_string(i))));
    ASSERT_TRUE(contribute_all(all, 5000));
    ASSERT_TRUE(put(patient("p3", "1971-01-01")));
    ASSERT_TRUE(remove("Patient", "p5"));
    for (int i = 0; i < 60; ++i)
      ASSERT_TRUE(put(observation("o" + std::to_string(i), "p" + std::to_string(i % 5))));
  }
  // Of one query after others like it, when what changes seldom is known.
  template <class Query>
  std::uint64_t round_trips(Query query) {
    std::uint64_t trips = 0;
    for (int i = 0; i < 3; ++i) {
      trips = database_->read([&](database::Connection& reader) {
        const std::uint64_t before = reader.round_trips();
        query(reader);
        return reader.round_trips() - before;
      });
    }
    return trips;
  }
};

void expect_same(const std::optional<Stored>& a, const std::optional<Stored>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(std::tie(a->rid, a->type, a->packed_id, a->version, a->updated, a->method, a->message, a->happened, a->content, a->clock),
            std::tie(b->rid, b->type, b->packed_id, b->version, b->updated, b->method, b->message, b->happened, b->content, b->clock));
  EXPECT_EQ(std::tie(a->body.number, a->body.start, a->body.bytes), std::tie(b->body.number, b->body.start, b->body.bytes));
}

TEST_F(ManyTest, HeadsAreWhatOneAfterTheOtherGives) {
  const auto same = [](database::Connection& connection, const std::vector<std::int64_t>& rids) {
    const auto together = stored_at(connection, rids);
    ASSERT_EQ(together.size(), rids.size());
    for (std::size_t i = 0; i < rids.size(); ++i) expect_same(together[i], stored_at(connection, rids[i]));
  };
  std::vector<std::int64_t> all;
  for (std::int64_t rid = -1; rid < 80; ++rid) all.push_back(rid);
  database_->read([&](database::Connection& reader) {
    same(reader, all);
    same(reader, {});
    same(reader, {4});
    same(reader, {4, 6});  // both changed
    same(reader, {1, 2, 3});
    same(reader, {70, 4, 4, 1, 99, 70, 6});
    return 0;
  });
  // Also of what is not written yet.
  ASSERT_TRUE(in_writer([&](database::Connection& writer) -> Result<Written> {
    auto written = records::put(writer, scope_, ready(patient("new")), {}, now_ += 1000);
    same(writer, all);
    return written;
  }));
}

// Large groups and small ones: which are asked for is guessed, what is given is not.
TEST_F(ManyTest, HeadsOfAnyGroupsAreFound) {
  std::vector<PreparedPtr> all;
  for (int i = 0; i < 400; ++i) all.push_back(ready(patient("large" + std::to_string(i))));
  ASSERT_TRUE(contribute_all(all, 6000));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put(patient("small" + std::to_string(i))));
  ASSERT_TRUE(contribute_all(std::vector(all.begin(), all.begin() + 7), 7000));
  ASSERT_TRUE(put(patient("large30", "1980-01-01")));
  const std::int64_t last = database_->read([](database::Connection& reader) { return last_rid(reader); });
  EXPECT_GE(last, 480);
  database_->read([&](database::Connection& reader) {
    for (int round = 0; round < 3; ++round) {
      for (const std::int64_t step : {1, 2, 7, 40, 150}) {
        std::vector<std::int64_t> rids;
        for (std::int64_t rid = step % 3; rid <= last + 2; rid += step) rids.push_back(rid);
        const auto together = stored_at(reader, rids);
        for (std::size_t i = 0; i < rids.size(); ++i) expect_same(together[i], stored_at(reader, rids[i]));
      }
    }
    return 0;
  });
}

TEST_F(ManyTest, NamesAreFoundAsOneByOne) {
  std::vector<Name> names;
  for (const char* id : {"p1", "p3", "p5", "none", "p1"})
    names.push_back({plan("Patient"), pack_id(id), resource_key("Patient", id)});
  names.push_back({plan("Observation"), pack_id("p1"), resource_key("Patient", "p1")});
  database_->read([&](database::Connection& reader) {
    const auto found = find(reader, names);
    EXPECT_EQ(found.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      expect_same(found[i], find(reader, *names[i].plan, names[i].packed_id, names[i].key));
    return 0;
  });
}

TEST_F(ManyTest, BodiesComeInTheirOrder) {
  const std::vector<std::int64_t> rids{12, 4, 6, 1, 999, 12, 2};
  database_->read([&](database::Connection& reader) {
    std::size_t at = 0;
    const auto done = visit_bodies(reader, rids, [&](const Stored* stored, const BodyText& body) -> Result<void> {
      const auto alone = stored_at(reader, rids[at++]);
      EXPECT_EQ(stored != nullptr, alone.has_value());
      if (stored == nullptr) return {};
      EXPECT_EQ(version_of(*stored, body.text).body, version_of(reader, *alone)->body);
      return {};
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(at, rids.size());
    at = 0;
    const auto stopped = visit_bodies(reader, rids, [&](const Stored*, const BodyText&) -> Result<void> {
      return ++at == 3 ? fail(Code::conflict, "enough") : Result<void>();
    });
    EXPECT_FALSE(stopped);
    EXPECT_EQ(at, 3U);
    return 0;
  });
}

TEST_F(ManyTest, APageAsksAServerAFewTimes) {
  if (!folder_.on_postgres()) GTEST_SKIP() << "no server";
  const auto search_trips = [&](const Parameters& parameters, std::size_t entries) {
    return round_trips([&](database::Connection& reader) {
      const auto page = records::search(reader, scope_, "Observation", parameters);
      ASSERT_TRUE(page);
      EXPECT_EQ(page->entries.size(), entries);
    });
  };
  // The snapshot; what changed since (upkeep may have been at it); heads; bodies, 32 at a time.
  EXPECT_LE(search_trips({{"_count", "50"}}, 50), 5U);
  EXPECT_LE(search_trips({{"_count", "5"}}, 5), 4U);
  // And with what they refer to: bodies of the matches, the patients' heads twice, bodies.
  EXPECT_LE(search_trips({{"_count", "50"}, {"_include", "Observation:subject"}}, 55), 12U);
  const auto history_trips = round_trips([&](database::Connection& reader) {
    const auto page = history(reader, scope_, {.type = "Observation", .count = 50});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->entries.size(), 50U);
  });
  EXPECT_LE(history_trips, 10U);
  const auto everything_trips = round_trips([&](database::Connection& reader) {
    const auto page = everything(reader, scope_, {.owner = "Patient", .id = "p1"});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->entries.size(), 13U);
  });
  EXPECT_LE(everything_trips, 10U);
}

TEST_F(ManyTest, AReadAsksAServerOnce) {
  if (!folder_.on_postgres()) GTEST_SKIP() << "no server";
  EXPECT_EQ(round_trips([&](database::Connection& reader) { ASSERT_TRUE(records::read(reader, scope_, "Patient", "p1")); }), 1U);
  // What it says is what is there now, whatever the connection knew before.
  ASSERT_TRUE(put(patient("p1", "1999-09-09")));
  EXPECT_NE(content("Patient", "p1").find("1999-09-09"), std::string::npos);
  ASSERT_TRUE(remove("Patient", "p1"));
  EXPECT_EQ(read("Patient", "p1").error().code, Code::gone);
  ASSERT_TRUE(put(patient("fresh")));
  EXPECT_TRUE(read("Patient", "fresh"));
}

}  // namespace
}  // namespace yilian::records
