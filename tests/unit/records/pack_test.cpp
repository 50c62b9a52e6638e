// Bodies of what is written together.

#include "engine/records/pack.h"

#include "engine/records/body.h"
#include "engine/records/prepared.h"
#include "engine/records/types.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

std::string patient(int number, const std::string& name = "Doe") {
  return R"({"resourceType":"Patient","id":"p)" + std::to_string(number) + R"(","name":[{"family":")" + name + R"("}]})";
}

TEST(Body, ATurnedBitIsNeverUnpackedToAnotherText) {
  const std::string text = patient(1, "Zhang") + patient(2, "Li");
  const std::string packed = compress(text);
  ASSERT_EQ(decompress(packed, kDictionary).value_or(""), text);
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    std::string turned = packed;
    turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ 1 << bit % 8);
    const auto unpacked = decompress(turned, kDictionary);
    EXPECT_TRUE(!unpacked || *unpacked == text) << "bit " << bit;
  }
}

class PackTest : public StoreFixture {
 protected:
  std::vector<PreparedPtr> together(const std::vector<std::string>& texts) {
    Preparation preparation;
    std::vector<PreparedPtr> out;
    for (const std::string& text : texts) {
      const auto read = fhir::read_json(text, arena_);
      EXPECT_TRUE(read);
      auto prepared = preparation.add(**read, "urn:test", arena_);
      EXPECT_TRUE(prepared);
      out.push_back(*prepared);
    }
    preparation.pack();
    return out;
  }
  std::string body(const std::string& id) {
    const auto version = database_->read([&](database::Connection& reader) { return records::read(reader, Scope::all(), "Patient", id); });
    return version ? version->body : version.error().line();
  }
  // What is on the disk is read again.
  void forget_kept() {
    database_->read([](database::Connection& reader) {
      reader.deferred<Packs>().forget_kept(reader);
      return 0;
    });
  }
  fhir::Arena arena_;
};

TEST_F(PackTest, ResourcesOfAMessageShareOneRow) {
  ASSERT_TRUE(contribute_all(together({patient(1, "A"), patient(2, "BB"), patient(3, "CCC")}), 1000));
  EXPECT_EQ(number("SELECT count(*) FROM body"), 1);
  for (const auto& [id, name] : {std::pair("p1", "\"A\""), {"p2", "\"BB\""}, {"p3", "\"CCC\""}}) {
    EXPECT_NE(body(id).find(name), std::string::npos) << body(id);
    EXPECT_EQ(body(id).back(), '}');
    EXPECT_TRUE(fhir::read_json(body(id), arena_));
  }
}

TEST_F(PackTest, WhatIsSaidAgainWritesNothing) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(contribute_all(together({patient(1), patient(2)}), 1000 + i));
  EXPECT_EQ(number("SELECT count(*) FROM body"), 1);
  EXPECT_EQ(number("SELECT max(version) FROM resource"), 1);
}

TEST_F(PackTest, ARolledBackTaskLeavesNoNumberBehind) {
  const auto resources = together({patient(1, "A"), patient(2, "B")});
  EXPECT_FALSE(contribute_all(resources, 1000, true));
  EXPECT_EQ(number("SELECT count(*) FROM body"), 0);
  ASSERT_TRUE(contribute_all(together({patient(3, "other")}), 1000));
  ASSERT_TRUE(contribute_all(resources, 1000));
  EXPECT_NE(body("p1").find("\"A\""), std::string::npos);
  EXPECT_NE(body("p2").find("\"B\""), std::string::npos);
  EXPECT_NE(body("p3").find("\"other\""), std::string::npos);
}

TEST_F(PackTest, FormerVersionsStayWhereTheyLie) {
  ASSERT_TRUE(contribute_all(together({patient(1, "Old"), patient(2, "Stays")}), 1000));
  ASSERT_TRUE(contribute_all(together({patient(1, "New"), patient(2, "Stays")}), 2000));
  EXPECT_NE(body("p1").find("New"), std::string::npos);
  EXPECT_NE(body("p2").find("Stays"), std::string::npos);
  const auto former = database_->read([&](database::Connection& reader) { return read_version(reader, Scope::all(), "Patient", "p1", 1); });
  ASSERT_TRUE(former);
  EXPECT_NE(former->body.find("Old"), std::string::npos);
}

TEST_F(PackTest, LargeOnesLieApart) {
  std::vector<std::string> texts{patient(1)};
  for (int i = 2; i < 6; ++i) texts.push_back(patient(i, std::string(200'000, static_cast<char>('a' + i))));
  texts.push_back(patient(6));
  const auto resources = together(texts);
  ASSERT_TRUE(contribute_all(resources, 1000));
  EXPECT_GE(number("SELECT count(*) FROM body"), 4);
  for (int i = 1; i < 7; ++i) EXPECT_TRUE(fhir::read_json(body("p" + std::to_string(i)), arena_)) << i;
}

TEST_F(PackTest, APlaceOutsideIsToldAsDamage) {
  ASSERT_TRUE(contribute_all(together({patient(1, "Old")}), 1000));
  ASSERT_TRUE(contribute_all(together({patient(1, "New")}), 2000));
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    writer.execute("UPDATE resource SET bytes = 100000");
    return {};
  }));
  EXPECT_NE(body("p1").find("outside"), std::string::npos) << body("p1");
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    writer.execute("DELETE FROM body");
    return {};
  }));
  forget_kept();
  EXPECT_NE(body("p1").find("missing"), std::string::npos) << body("p1");
}

// A task reads what it wrote and gives up; the number of its text is given to another one.
TEST_F(PackTest, WhatWasRolledBackIsNotKept) {
  std::string seen;
  const auto failed = database_->write([&](database::Connection& writer) -> Result<void> {
    YL_CHECK(records::put(writer, Scope::all(), ready(patient(1, "Never")), {}, 1000));
    writer.flush_deferred();
    YL_TRY(const Version version, records::read(writer, Scope::all(), "Patient", "p1"));
    seen = version.body;
    return fail(Code::conflict, "on purpose");
  });
  EXPECT_FALSE(failed);
  EXPECT_NE(seen.find("Never"), std::string::npos);
  ASSERT_TRUE(put(patient(1, "Then")));
  EXPECT_EQ(number("SELECT max(number) FROM body"), 1);
  EXPECT_NE(body("p1").find("Then"), std::string::npos) << body("p1");
}

// Each database has texts under the same numbers.
TEST_F(PackTest, DatabasesDoNotShareWhatIsKept) {
  testing::TemporaryFolder folder;
  auto other = database::Database::open(folder.file("other.db"), {schema()});
  ASSERT_TRUE(other);
  ASSERT_TRUE(put(patient(1, "Here")));
  ASSERT_TRUE((*other)->write([&](database::Connection& writer) -> Result<void> {
    YL_CHECK(records::put(writer, Scope::all(), ready(patient(1, "There")), {}, 1000));
    return {};
  }));
  for (int i = 0; i < 2; ++i) {
    EXPECT_NE(body("p1").find("Here"), std::string::npos);
    const auto there = (*other)->read([](database::Connection& reader) { return records::read(reader, Scope::all(), "Patient", "p1"); });
    EXPECT_TRUE(there && there->body.find("There") != std::string::npos);
  }
}

// A reader whose snapshot is older than the change reads what was, one that came after reads what is.
TEST_F(PackTest, EachSnapshotReadsItsOwnVersion) {
  ASSERT_TRUE(put(patient(1, "Before")));
  database_->read([&](database::Connection& older) {
    EXPECT_EQ(older.prepare("SELECT count(*) FROM body").step(), true);
    EXPECT_TRUE(put(patient(1, "After")));
    for (int i = 0; i < 2; ++i) {
      EXPECT_NE(body("p1").find("After"), std::string::npos);
      const auto was = records::read(older, Scope::all(), "Patient", "p1");
      EXPECT_TRUE(was && was->body.find("Before") != std::string::npos);
    }
    return 0;
  });
}

TEST_F(PackTest, AnothersTextIsNeverServedForTheOneThatWasWritten) {
  ASSERT_TRUE(contribute_all(together({patient(1, "Zhang")}), 1000));
  ASSERT_TRUE(contribute_all(together({patient(2, "Wangs")}), 1000));
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    writer.execute("UPDATE body SET number = -number; UPDATE body SET number = 3 + number");
    return {};
  }));
  EXPECT_NE(body("p1").find("not the one"), std::string::npos) << body("p1");
  EXPECT_NE(body("p2").find("not the one"), std::string::npos) << body("p2");
}

// A database whose versions have their bodies in their own rows is carried on.
TEST(Packs, TheFormerLayoutIsCarriedOn) {
  testing::TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  database::Schema former = schema();
  former.migrations.resize(1);
  ASSERT_EQ(former.migrations.front().version, 2);
  former.upkeep = {};
  {
    auto database = database::Database::open(path, {former});
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->write([](database::Connection& writer) -> Result<void> {
      const auto add = [&](const char* sql, std::int64_t rid, int version, int method, const std::string& text) {
        writer.prepare(sql)
            .bind(1, rid)
            .bind(2, version)
            .bind(3, plan("Patient")->type)
            .bind_blob(4, pack_id("p" + std::to_string(rid)))
            .bind(5, method)
            .bind_blob(6, text.empty() ? std::string() : compress(text))
            .run();
      };
      const char* const current = "INSERT INTO resource VALUES(?1, ?3, ?4, ?2, 1000, ?5, 7, NULL, 0, x'', 1, ?6)";
      const char* const history = "INSERT INTO resource_history SELECT ?1, ?2, ?3, 500, ?5, 6, 1, ?6 WHERE ?4 IS NOT NULL";
      add(current, 1, 2, 1, R"({"gender":"male"})");
      add(current, 2, 3, 3, "");
      add(history, 1, 1, 1, R"({"gender":"female"})");
      add(history, 2, 2, 1, R"({"gender":"other"})");
      add(history, 2, 1, 3, "");
      return {};
    }));
  }
  auto database = database::Database::open(path, {schema()});
  ASSERT_TRUE(database) << database.error().line();
  const auto texts = (*database)->read([](database::Connection& reader) {
    std::vector<std::string> out;
    for (const char* sql : {"SELECT method, body, start, bytes FROM resource ORDER BY rid",
                            "SELECT method, body, start, bytes FROM resource_history ORDER BY rid, version"}) {
      for (auto row = reader.prepare(sql); row.step();) {
        if (row.integer(0) == 3) {
          out.push_back(row.integer(1) == 0 ? "deleted" : "wrong");
        } else {
          const auto body = reader.deferred<Packs>().read(reader, {row.integer(1), row.integer(2), row.integer(3)});
          out.emplace_back(body ? body->text : "damaged");
        }
      }
    }
    return out;
  });
  EXPECT_EQ(texts, (std::vector<std::string>{R"({"gender":"male"})", "deleted", R"({"gender":"female"})", "deleted", R"({"gender":"other"})"}));
}

}  // namespace
}  // namespace yilian::records
