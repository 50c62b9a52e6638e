// A page of what very many have is made without their set: it must be the page that the set gives, and the total too, at
// each moment between commits, folds and merges.

#include "engine/records/search/wide.h"

#include <random>

#include "engine/records/index/upkeep.h"
#include "engine/records/reindex.h"
#include "engine/records/search/exact.h"
#include "engine/records/search/filter.h"
#include "engine/records/search/page.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

constexpr WideBounds kAll{.pieces = 0, .counted = 1 << 30};

class WidePages : public StoreFixture {
 protected:
  void SetUp() override { open_to_be_kept_by_hand(); }

  std::mt19937 random_{5};
  std::uint32_t below(std::uint32_t most) { return static_cast<std::uint32_t>(random_() % most); }
  std::string pick(std::initializer_list<const char*> from) { return *(from.begin() + below(static_cast<std::uint32_t>(from.size()))); }
  int made_ = 0;

  std::string observation(int id) {
    std::string day = std::to_string(1 + below(28));
    if (day.size() < 2) day.insert(0, "0");
    std::string out = R"({"resourceType":"Observation","id":"o)" + std::to_string(id) + R"(","status":")" + pick({"final", "preliminary", "amended"}) +
                      R"(","category":[{"coding":[{"system":"c","code":")" + pick({"laboratory", "vital-signs"}) + R"("}]})";
    if (below(3) == 0) out += R"(,{"coding":[{"system":"c","code":")" + pick({"laboratory", "exam"}) + R"("}]})";
    out += R"(],"code":{"coding":[{"system":"l","code":")" + pick({"a", "b"}) + R"("}]},"effectiveDateTime":")";
    out += pick({"2019", "2020", "2021"}) + "-0" + std::to_string(1 + below(9)) + "-" + day + "\"";
    const auto value = [&] { return std::to_string(below(200)) + R"(,"unit":")" + pick({"mg", "cm"}) + "\""; };
    if (below(4) == 0) {
      out += R"(,"valueString":")" + pick({"clear", "cloudy", "very cloudy", "浑浊", "清亮"}) + " " + pick({"", "yellow", "red", "黄色"}) + R"(")";
    } else if (below(3) != 0) {
      out += R"(,"valueQuantity":{"value":)" + value() + "}";
    } else {
      out += R"(,"component":[{"code":{"coding":[{"system":"l","code":"a"}]},"valueQuantity":{"value":)" + value() +
             R"(}},{"code":{"coding":[{"system":"l","code":"b"}]},"valueQuantity":{"value":)" + value() + "}}]";
    }
    return out + "}";
  }

  void write_some(int count) {
    ASSERT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      for (int i = 0; i < count; ++i) {
        const int id = below(5) != 0 ? made_++ : static_cast<int>(below(static_cast<std::uint32_t>(made_ + 1)));
        const Instant now = now_ += 1000;
        if (id < made_ - 1 && below(3) == 0) {
          if (auto gone = records::remove(writer, scope_, "Observation", "o" + std::to_string(id), {}, now);
              !gone && gone.error().code != Code::gone && gone.error().code != Code::not_found)
            return Failure(gone.error());
        } else {
          YL_CHECK(records::put(writer, scope_, ready(observation(id)), {}, now));
        }
      }
      return {};
    }));
  }

  void keep(bool at_rest) {
    const std::atomic<bool> closing{false};
    while (keep_index(*database_, at_rest, closing)) {
    }
  }

  // The page and the total by either way; whether the short one gave an answer.
  bool expect_same(const Parameters& parameters) {
    return database_->read([&](database::Connection& reader) {
      View view(reader, scope_);
      const auto query = read_query(view, {.type = "Observation", .parameters = parameters});
      EXPECT_TRUE(query) << query.error().line();
      const auto wide = wide_page(view, *query, kAll);
      if (!wide) return false;
      const auto found = find_matching(view, *query);
      EXPECT_TRUE(found);
      const std::string told = parameters.front().first + "=" + parameters.front().second;
      if (wide->total) { EXPECT_EQ(*wide->total, found->count()) << told; }
      if (query->only_count) return wide->total.has_value();
      const auto expected = slice(reader, *query, *found), got = slice(reader, *query, wide->found);
      EXPECT_TRUE(expected && got);
      EXPECT_EQ(got->rids, expected->rids) << told;
      EXPECT_EQ(got->next, expected->next) << told;
      EXPECT_EQ(got->previous, expected->previous) << told;
      return true;
    });
  }

  std::string question() {
    const std::string prefix = pick({"", "ge", "lt", "gt", "le", "sa", "eb", "ne"});
    switch (below(10)) {
      case 9:
        return pick({"value-string=", "value-string:contains="}) + pick({"clo", "cloudy", "e", "浑", "黄色", "ow", "none"});
      case 0:
        return "date=" + prefix + pick({"2019", "2020-05", "2021-03-04", "1990", "2030"});
      case 1:
        return "value-quantity=" + prefix + std::to_string(below(200));
      case 2:
        return "component-value-quantity=" + prefix + std::to_string(below(200));
      case 3:
        return "combo-value-quantity=" + prefix + std::to_string(below(200));
      case 4:
        return "category=" + pick({"laboratory", "c|laboratory", "laboratory,vital-signs", "none"});
      case 5:
        return "status=" + pick({"final", "final,amended", "preliminary", "final,final"});
      case 6:
        return "code-value-quantity=" + pick({"a$", "l|b$", "x|b$"}) + prefix + std::to_string(below(200));
      case 7:
        return "combo-code-value-quantity=" + pick({"a$", "l|b$"}) + prefix + std::to_string(below(200));
      default:
        return "date=ge2019-06,lt2021-02";
    }
  }

  int expect_all_same(int questions) {
    int answered = 0;
    for (int i = 0; i < questions; ++i) {
      const std::string asked = question();
      const std::size_t equals = asked.find('=');
      Parameters parameters{{asked.substr(0, equals), asked.substr(equals + 1)}, {"_count", pick({"3", "20", "40"})}};
      if (below(4) == 0) parameters.emplace_back("_total", pick({"none", "accurate"}));
      if (below(6) == 0) parameters.emplace_back("_summary", "count");
      answered += expect_same(parameters) ? 1 : 0;
    }
    answered += expect_same({{"_count", "10"}}) ? 1 : 0;
    answered += expect_same({{"_lastUpdated", "ge2000"}}) ? 1 : 0;
    return answered;
  }
};

TEST_F(WidePages, AreThoseOfTheSetWhateverWasWritten) {
  int answered = 0;
  for (int round = 0; round < 24; ++round) {
    for (int commits = 0; commits < 6; ++commits) write_some(1 + static_cast<int>(below(40)));
    answered += expect_all_same(12);
    keep(below(2) == 0);
    answered += expect_all_same(12);
  }
  EXPECT_GT(answered, 24 * 16) << "most have to be answered in short, or nothing was tried";
}

TEST_F(WidePages, OfManyPiecesGoOnForwardAndBack) {
  for (int i = 0; i < 40; ++i) write_some(100);
  keep(true);
  for (const char* asked : {"date", "value-quantity", "status"}) {
    Parameters parameters{{asked, asked[0] == 's' ? "final" : asked[0] == 'd' ? "ge2019-02" : "ge20"}, {"_count", "15"}};
    for (int page = 0; page < 3; ++page) {
      expect_same(parameters);
      const auto got = search("Observation", parameters);
      ASSERT_TRUE(got);
      if (!got->previous.empty()) {
        Parameters back = parameters;
        back.back().second = got->previous;
        expect_same(back);
      }
      ASSERT_FALSE(got->next.empty());
      if (page == 0) parameters.emplace_back("_cursor", "");
      parameters.back().second = got->next;
    }
  }
}

TEST_F(WidePages, LeaveATotalOutThatWouldHaveToBeCounted) {
  for (int i = 0; i < 5; ++i) write_some(100);
  // The total, "left out", or "by the set".
  const auto total = [&](const char* categories, const char* asked) {
    return database_->read([&](database::Connection& reader) -> std::string {
      View view(reader, scope_);
      Parameters parameters{{"category", categories}};
      if (*asked != 0) parameters.emplace_back("_total", asked);
      const auto query = read_query(view, {.type = "Observation", .parameters = parameters});
      EXPECT_TRUE(query);
      const auto matches = wide_page(view, *query, {.pieces = 0, .counted = 10});
      return !matches ? "by the set" : !matches->total ? "left out" : std::to_string(*matches->total);
    });
  };
  const std::int64_t set = *search("Observation", {{"category", "laboratory"}, {"_total", "accurate"}})->total;
  // A resource may have several categories, but each once.
  EXPECT_EQ(total("laboratory", ""), std::to_string(set));
  EXPECT_EQ(total("laboratory,vital-signs", ""), "left out");
  EXPECT_EQ(total("laboratory,laboratory", ""), "left out") << "it is counted twice";
  EXPECT_EQ(total("laboratory", "none"), "left out");
  EXPECT_EQ(total("laboratory,vital-signs", "accurate"), "by the set");
  EXPECT_GE(std::stoll(total("laboratory,vital-signs", "estimate")), set);
  EXPECT_TRUE(search("Observation", {{"category", "laboratory,vital-signs"}})->total) << "of so few it is counted";
}

TEST_F(WidePages, OfExactTextsReadWhatThePageNeeds) {
  for (int i = 0; i < 40; ++i) write_some(100);
  database_->read([&](database::Connection& reader) {
    View view(reader, scope_);
    std::string cursor;
    std::vector<std::int64_t> pages, all;
    do {
      Parameters parameters{{"value-string:exact", "cloudy yellow"}, {"_count", "7"}};
      if (!cursor.empty()) parameters.emplace_back("_cursor", cursor);
      const auto query = read_query(view, {.type = "Observation", .parameters = parameters});
      EXPECT_TRUE(query);
      const auto exact = exact_page(view, *query, 0);
      const auto found = find_matching(view, *query);
      EXPECT_TRUE(exact && *exact && found);
      const auto expected = slice(reader, *query, *found), got = slice(reader, *query, (*exact)->found);
      EXPECT_EQ(got->rids, expected->rids);
      EXPECT_EQ(got->next, expected->next);
      pages.insert(pages.end(), got->rids.begin(), got->rids.end());
      cursor = got->next;
      all.clear();
      found->for_each(0, [&](std::int64_t rid) {
        all.push_back(rid);
        return true;
      });
    } while (!cursor.empty());
    EXPECT_EQ(pages, all);
    EXPECT_GT(all.size(), 14U);
    return 0;
  });
}

// As a reindexing does: what is said a second time is not counted twice.
TEST_F(WidePages, CountOnceWhatWasSaidAgain) {
  for (int i = 0; i < 10; ++i) write_some(100);
  keep(true);
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    start_reindex(writer);
    return {};
  }));
  const std::atomic<bool> closing{false};
  for (int i = 0; i < 6; ++i) {
    reindex_some(*database_, closing);
    keep(i % 2 == 0);
    EXPECT_GT(expect_all_same(12), 4);
  }
}

}  // namespace
}  // namespace yilian::records
