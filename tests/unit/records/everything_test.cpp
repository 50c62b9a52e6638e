#include "engine/records/everything.h"

#include <set>

#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

class EverythingTest : public StoreFixture {
 protected:
  Page page_of(const EverythingQuery& query) {
    auto page = database_->read([&](database::Connection& reader) { return everything(reader, scope_, query); });
    EXPECT_TRUE(page) << page.error().line();
    return page ? std::move(*page) : Page();
  }
  // All pages; what was referred to has a plus.
  std::vector<std::string> all(EverythingQuery query) {
    std::vector<std::string> out;
    for (int pages = 0; pages < 1000; ++pages) {
      const Page page = page_of(query);
      for (const Match& match : page.entries)
        out.push_back((match.included ? "+" : "") + match.resource.type + "/" + match.resource.id);
      if (page.next.empty()) return out;
      query.cursor = page.next;
    }
    ADD_FAILURE() << "no end";
    return out;
  }
  void fill() {
    for (
        const char* text :
        {R"({"resourceType":"Organization","id":"o"})", R"({"resourceType":"Organization","id":"other"})",
         R"({"resourceType":"Practitioner","id":"d"})",
         R"({"resourceType":"Patient","id":"p","managingOrganization":{"reference":"Organization/o"}})",
         R"({"resourceType":"Patient","id":"q","managingOrganization":{"reference":"Organization/other"}})",
         R"({"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/p"},"period":{"start":"2026-01-01","end":"2026-01-09"}})"})
      ASSERT_TRUE(put(text));
    for (int i = 1; i <= 5; ++i) {
      ASSERT_TRUE(put(
          R"({"resourceType":"Observation","id":"b)" + std::to_string(i) +
          R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},"performer":[{"reference":"Practitioner/d"}],"effectiveDateTime":"2026-01-0)" +
          std::to_string(i) + R"("})"));
    }
    ASSERT_TRUE(put(
        R"({"resourceType":"Observation","id":"c","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/q"},"derivedFrom":[{"reference":"Observation/b1"}]})"));
  }
};

TEST_F(EverythingTest, EachOnceOverPagesOfAnySize) {
  fill();
  const std::set<std::string> expected{"Patient/p",      "+Organization/o", "Encounter/e",
                                       "Observation/b1", "Observation/b2",  "Observation/b3",
                                       "Observation/b4", "Observation/b5",  "+Practitioner/d"};
  for (std::size_t count = 1; count <= 10; ++count) {
    const auto found = all({.owner = "Patient", .id = "p", .count = count});
    EXPECT_EQ(found.size(), expected.size()) << count;
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected) << count;
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front(), "Patient/p");
  }
}

TEST_F(EverythingTest, AnothersDoNotComeAlong) {
  fill();
  const auto found = all({.owner = "Patient", .id = "q"});
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()),
            (std::set<std::string>{"Patient/q", "Observation/c", "+Organization/other"}));
}

TEST_F(EverythingTest, OfAllOneAfterTheOther) {
  fill();
  for (const std::size_t count : {1U, 3U, 100U}) {
    const auto found = all({.owner = "Patient", .count = count});
    EXPECT_EQ(found.size(), 12U) << count;
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 12U) << count;
  }
}

TEST_F(EverythingTest, IsNarrowedByTypesTimesAndDates) {
  fill();
  EXPECT_EQ(all({.owner = "Patient", .id = "p", .types = {"Practitioner"}, .count = 2}),
            std::vector<std::string>{"+Practitioner/d"});
  EXPECT_EQ(all({.owner = "Patient", .id = "p", .types = {"Observation"}, .start = "2026-01-02", .end = "2026-01-03"}),
            (std::vector<std::string>{"Observation/b2", "Observation/b3"}));
  const Instant before = now_;
  ASSERT_TRUE(put(
      R"({"resourceType":"Condition","id":"new","subject":{"reference":"Patient/p"},"recorder":{"reference":"Practitioner/d"}})"));
  EXPECT_EQ(all({.owner = "Patient", .id = "p", .since = before + 1}), std::vector<std::string>{"Condition/new"});
}

TEST_F(EverythingTest, OfAStay) {
  fill();
  const auto found = all({.owner = "Encounter", .id = "e"});
  const std::set<std::string> set(found.begin(), found.end());
  EXPECT_EQ(set.size(), found.size());
  for (const char* there :
       {"Encounter/e", "Observation/b1", "Observation/b5", "+Patient/p", "+Practitioner/d", "+Organization/o"})
    EXPECT_TRUE(set.contains(there)) << there;
}

TEST_F(EverythingTest, WhatIsNotThereIsToldSo) {
  fill();
  const auto none = database_->read(
      [](database::Connection& reader) { return everything(reader, Scope::all(), {.owner = "Patient", .id = "none"}); });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::not_found);
  ASSERT_TRUE(remove("Patient", "p"));
  const auto gone =
      database_->read([](database::Connection& reader) { return everything(reader, Scope::all(), {.owner = "Patient", .id = "p"}); });
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::gone);
}

}  // namespace
}  // namespace yilian::records
