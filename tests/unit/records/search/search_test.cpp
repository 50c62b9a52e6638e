#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

using Ids = std::vector<std::string>;

class Search : public StoreFixture {
 protected:
  void patient(const std::string& id, const std::string& members) {
    ASSERT_TRUE(put(R"({"resourceType":"Patient","id":")" + id + "\"," + members + "}"));
  }
  void observation(const std::string& id, const std::string& code, const std::string& when,
                   const std::string& subject = "Patient/1", const std::string& more = "") {
    ASSERT_TRUE(put(R"({"resourceType":"Observation","id":")" + id +
                    R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":")" + code +
                    R"("}]},"subject":{"reference":")" + subject + R"("},"effectiveDateTime":")" + when + "\"" + more +
                    "}"));
  }
};

TEST_F(Search, AChineseNameIsFoundByCharactersPinyinAndInitials) {
  patient("a", R"("name":[{"family":"张","given":["三"]}])");
  patient("b", R"("name":[{"text":"张三丰"}])");
  patient("c", R"("name":[{"family":"单","given":["小","明"]}])");
  patient("d", R"("name":[{"family":"Smith","given":["Jane","Ann"]}])");
  EXPECT_EQ(found("Patient", "name", "张三"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "name", "张"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "name", "三"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "name", "三丰"), (Ids{"b"}));
  EXPECT_EQ(found("Patient", "name", "zhangsan"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "name", "Zhang San"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "name", "zs"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "name", "zsf"), (Ids{"b"}));
  EXPECT_EQ(found("Patient", "name", "shanxiaoming"), (Ids{"c"}));
  EXPECT_EQ(found("Patient", "name", "smi"), (Ids{"d"}));
  EXPECT_EQ(found("Patient", "name", "smith jane"), (Ids{"d"}));
  EXPECT_EQ(found("Patient", "name", "Jane Ann Smith"), (Ids{"d"}));
  EXPECT_EQ(found("Patient", "name", "mith"), (Ids{}));
  EXPECT_EQ(found("Patient", "name:contains", "mith"), (Ids{"d"}));
  EXPECT_EQ(found("Patient", "name:exact", "Smith"), (Ids{"d"}));
  EXPECT_EQ(found("Patient", "name:exact", "smith"), (Ids{}));
  EXPECT_EQ(found("Patient", "name:exact", "张三"), (Ids{"a"}));
  EXPECT_EQ(found("Patient", "family", "张"), (Ids{"a"}));
  EXPECT_EQ(found("Patient", "given", "xiao"), (Ids{"c"}));
  EXPECT_EQ(found("Patient", "name", "zhangsan,smith"), (Ids{"a", "b", "d"}));
}

TEST_F(Search, Tokens) {
  patient("a", R"("gender":"male","active":true,"identifier":[{"system":"urn:s","value":"1"}])");
  patient("b", R"("gender":"female","active":false,"identifier":[{"value":"1"},{"system":"urn:t","value":"a|b,c"}])");
  patient("c", R"("identifier":[{"system":"urn:s","value":"2"}])");
  EXPECT_EQ(found("Patient", "identifier", "1"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "identifier", "urn:s|1"), (Ids{"a"}));
  EXPECT_EQ(found("Patient", "identifier", "|1"), (Ids{"b"}));
  EXPECT_EQ(found("Patient", "identifier", "urn:s|"), (Ids{"a", "c"}));
  EXPECT_EQ(found("Patient", "identifier", R"(urn:t|a\|b\,c)"), (Ids{"b"}));
  EXPECT_EQ(found("Patient", "gender", "male,female"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "gender", "http://hl7.org/fhir/administrative-gender|male"), (Ids{"a"}));
  EXPECT_EQ(found("Patient", "gender:not", "male"), (Ids{"b", "c"}));
  EXPECT_EQ(found("Patient", "gender:missing", "true"), (Ids{"c"}));
  EXPECT_EQ(found("Patient", "gender:missing", "false"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Patient", "active", "true"), (Ids{"a"}));
  EXPECT_EQ(found("Patient", "gender", "Male"), (Ids{}));
  EXPECT_EQ(ids("Patient", {{"identifier", "1"}, {"gender", "female"}}), (Ids{"b"}));
  EXPECT_EQ(ids("Patient", {{"identifier", "1"}, {"identifier", "urn:t|"}}), (Ids{"b"}));
}

TEST_F(Search, References) {
  observation("a", "1", "2026-01-01", "Patient/x");
  observation("b", "1", "2026-01-01", "Group/x");
  observation("c", "1", "2026-01-01", "http://other.example/fhir/Patient/x");
  EXPECT_EQ(found("Observation", "subject", "Patient/x"), (Ids{"a"}));
  EXPECT_EQ(found("Observation", "subject", "x"), (Ids{"a", "b"}));
  EXPECT_EQ(found("Observation", "subject:Group", "x"), (Ids{"b"}));
  EXPECT_EQ(found("Observation", "patient", "x"), (Ids{"a"}));
  EXPECT_EQ(found("Observation", "patient", "Patient/x"), (Ids{"a"}));
  EXPECT_EQ(found("Observation", "patient:missing", "true"), (Ids{"b", "c"}));
  EXPECT_EQ(found("Observation", "subject", "http://other.example/fhir/Patient/x"), (Ids{"c"}));
  EXPECT_EQ(refusal("Observation", {{"patient", "Group/x"}}), Code::bad_value);
  EXPECT_EQ(refusal("Observation", {{"subject", "Unicorn/x"}}), Code::bad_value);
}

TEST_F(Search, ActorsOfAnAppointmentThatArePatients) {
  ASSERT_TRUE(put(
      R"({"resourceType":"Appointment","id":"a","status":"booked","participant":[{"status":"accepted","actor":{"reference":"Practitioner/1"}},{"status":"accepted","actor":{"reference":"Patient/1"}}]})"));
  EXPECT_EQ(found("Appointment", "patient", "1"), (Ids{"a"}));
  EXPECT_EQ(found("Appointment", "patient", "2"), (Ids{}));
}

TEST_F(Search, DatesWithZonesAndPartialOnes) {
  observation("night", "1", "2026-11-24T00:30:00+08:00");
  observation("late", "1", "2026-11-24T23:30:00+08:00");
  observation("utc", "1", "2026-11-24T17:00:00Z");  // the 25th in China
  observation("day", "1", "2026-11-24");
  observation("month", "1", "2026-11");
  EXPECT_EQ(found("Observation", "date", "2026-11-24"), (Ids{"day", "late", "night"}));
  EXPECT_EQ(found("Observation", "date", "2026-11"), (Ids{"day", "late", "month", "night", "utc"}));
  EXPECT_EQ(found("Observation", "date", "gt2026-11-24"), (Ids{"month", "utc"}));
  EXPECT_EQ(found("Observation", "date", "ge2026-11-25"), (Ids{"month", "utc"}));
  EXPECT_EQ(found("Observation", "date", "lt2026-11-24"), (Ids{"month"}));
  EXPECT_EQ(found("Observation", "date", "sa2026-11-24"), (Ids{"utc"}));
  EXPECT_EQ(found("Observation", "date", "eb2026-11-25"), (Ids{"day", "late", "night"}));
  EXPECT_EQ(found("Observation", "date", "ne2026-11-24"), (Ids{"month", "utc"}));
  EXPECT_EQ(found("Observation", "date", "2026-11-24T23:30:00+08:00"), (Ids{"late"}));
  EXPECT_EQ(found("Observation", "date", "2026-11-24T15:30Z"), (Ids{"late"}));
  EXPECT_EQ(ids("Observation", {{"date", "ge2026-11-24"}, {"date", "le2026-11-24"}, {"_sort", "date"}}),
            (Ids{"month", "day", "night", "late"}));
  EXPECT_EQ(refusal("Observation", {{"date", "yesterday"}}), Code::bad_value);
  EXPECT_EQ(refusal("Observation", {{"date", "2026-02-30"}}), Code::bad_value);
}

TEST_F(Search, OpenPeriods) {
  const auto encounter = [&](const std::string& id, const std::string& period) {
    ASSERT_TRUE(put(R"({"resourceType":"Encounter","id":")" + id +
                    R"(","status":"finished","class":{"code":"IMP"},"period":{)" + period + "}}"));
  };
  encounter("closed", R"("start":"2026-01-01","end":"2026-01-10")");
  encounter("running", R"("start":"2026-01-05")");
  encounter("ended", R"("end":"2026-01-03")");
  EXPECT_EQ(found("Encounter", "date", "ge2026-06-01"), (Ids{"running"}));
  EXPECT_EQ(found("Encounter", "date", "lt2025-06-01"), (Ids{"ended"}));
  EXPECT_EQ(found("Encounter", "date", "gt2026-01-09"), (Ids{"closed", "running"}));
  EXPECT_EQ(found("Encounter", "date", "2026-01"), (Ids{"closed"}));
  EXPECT_EQ(found("Encounter", "date", "eb2026-01-04"), (Ids{"ended"}));
}

TEST_F(Search, AWideDateScanAndALookAtEachCandidateAgree) {
  for (int i = 0; i < 40; ++i) {
    observation("o" + std::to_string(i), "1",
                "2026-" + std::string(i % 12 < 9 ? "0" : "") + std::to_string(i % 12 + 1) + (i % 3 == 0 ? "" : "-15"),
                "Patient/" + std::to_string(i % 4));
  }
  for (const std::string prefix : {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"}) {
    for (const std::string date : {"2026-05", "2026-05-15", "2026-08-01", "2026"}) {
      Ids all = found("Observation", "date", prefix + date), each;
      for (int subject = 0; subject < 4; ++subject) {
        for (auto& id :
             ids("Observation", {{"date", prefix + date}, {"subject", "Patient/" + std::to_string(subject)}}))
          each.push_back(id);
      }
      std::sort(each.begin(), each.end());
      EXPECT_EQ(all, each) << prefix << date;
    }
  }
}

TEST_F(Search, SortsByDateAndStaysStableWhileOthersWrite) {
  for (int i = 0; i < 25; ++i)
    observation("o" + std::string(i < 10 ? "0" : "") + std::to_string(i), "1",
                "2026-01-" + std::string(i < 9 ? "0" : "") + std::to_string(i + 1));
  for (const std::string sort : {"", "date", "-date", "_lastUpdated", "-_lastUpdated", "_id", "-_id", "code,-date",
                                 "status,_id", "-category,date"}) {
    Parameters parameters{{"subject", "Patient/1"}, {"_count", "4"}};
    if (!sort.empty()) parameters.emplace_back("_sort", sort);
    Ids seen;
    std::string next;
    int pages = 0;
    do {
      auto asked = parameters;
      if (!next.empty()) asked.emplace_back("_cursor", next);
      auto page = search("Observation", asked);
      ASSERT_TRUE(page) << page.error().line();
      for (const Match& match : page->entries) {
        if (match.resource.id[0] == 'o') seen.push_back(match.resource.id);
      }
      next = page->next;
      observation("new-" + std::to_string(pages) + std::to_string(sort.size()), "1", "2026-01-05");
      ASSERT_LT(++pages, 100);
    } while (!next.empty());
    ASSERT_EQ(seen.size(), 25U) << sort;
    Ids expected = seen;
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(std::unique(expected.begin(), expected.end()), expected.end()) << sort;
    if (sort.find("-date") != std::string::npos || sort == "-_lastUpdated" || sort == "-_id")
      std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(seen, expected) << sort;
  }
}

TEST_F(Search, SortsNamesByPinyinAndPutsThoseWithoutLast) {
  patient("1", R"("name":[{"family":"张","given":["三"]}])");
  patient("2", R"("name":[{"family":"安","given":["一"]}])");
  patient("3", R"("gender":"male")");
  patient("4", R"("name":[{"family":"Miller","given":["A"]}])");
  EXPECT_EQ(ids("Patient", {{"_sort", "name"}}), (Ids{"2", "4", "1", "3"}));
  EXPECT_EQ(ids("Patient", {{"_sort", "-name"}}), (Ids{"1", "4", "2", "3"}));
}

TEST_F(Search, IncludesAndReverseIncludes) {
  patient("p", R"("gender":"male")");
  observation("a", "1", "2026-01-01", "Patient/p");
  observation("b", "2", "2026-01-02", "Patient/p");
  observation("c", "2", "2026-01-02", "Patient/nobody");
  EXPECT_EQ(ids("Observation", {{"_include", "Observation:subject"}}), (Ids{"a", "b", "c", "+p"}));
  EXPECT_EQ(ids("Observation", {{"code", "1"}, {"_include", "Observation:patient:Patient"}}), (Ids{"a", "+p"}));
  EXPECT_EQ(ids("Observation", {{"code", "1"}, {"_include", "Observation:subject:Group"}}), (Ids{"a"}));
  EXPECT_EQ(ids("Patient", {{"_revinclude", "Observation:subject"}}), (Ids{"p", "+a", "+b"}));
  EXPECT_EQ(ids("Observation", {{"code", "1"}, {"_include", "*"}}), (Ids{"a", "+p"}));
  EXPECT_EQ(ids("Patient", {{"_revinclude", "*"}}), (Ids{"p", "+a", "+b"}));
  EXPECT_EQ(refusal("Patient", {{"_revinclude:often", "Observation:subject"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_include", "Patient:nothing"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_revinclude", "Observation:code"}}), Code::unsupported);
}

// What was changed clears what older entries of the index set.
TEST_F(Search, AValueThatIsGoneIsNotFound) {
  patient("p", R"("gender":"male")");
  patient("q", R"("gender":"male")");
  patient("p", R"("gender":"female")");
  EXPECT_EQ(found("Patient", "gender", "male"), (Ids{"q"}));
  EXPECT_EQ(found("Patient", "gender", "female"), (Ids{"p"}));
  EXPECT_EQ(found("Patient", "gender:missing", "false"), (Ids{"p", "q"}));
}

TEST_F(Search, PagesGoBackAsTheyCame) {
  for (int i = 0; i < 7; ++i) patient(std::to_string(i), R"("birthDate":"200)" + std::to_string(i % 3) + "\"");
  for (const char* sort : {"", "birthdate", "-birthdate", "_id", "gender"}) {
    Parameters asked{{"_count", "2"}};
    if (*sort != '\0') asked.emplace_back("_sort", sort);
    const auto page_at = [&](const std::string& cursor) {
      Parameters with = asked;
      if (!cursor.empty()) with.emplace_back("_cursor", cursor);
      return *search("Patient", with);
    };
    std::vector<Ids> forward, back;
    const auto ids_of = [](const Page& page) {
      Ids out;
      for (const Match& match : page.entries) out.push_back(match.resource.id);
      return out;
    };
    Page page = page_at("");
    EXPECT_TRUE(page.previous.empty());
    for (forward.push_back(ids_of(page)); !page.next.empty(); forward.push_back(ids_of(page))) page = page_at(page.next);
    for (back.push_back(ids_of(page)); !page.previous.empty(); back.insert(back.begin(), ids_of(page)))
      page = page_at(page.previous);
    EXPECT_EQ(forward.size(), 4U) << sort;
    EXPECT_EQ(back, forward) << sort;
  }
}

TEST_F(Search, CountsAndTotals) {
  for (int i = 0; i < 5; ++i) patient(std::to_string(i), R"("gender":"male")");
  auto page = search("Patient", {{"gender", "male"}, {"_count", "2"}});
  EXPECT_EQ(page->entries.size(), 2U);
  EXPECT_EQ(page->total, 5);
  EXPECT_FALSE(search("Patient", {{"_total", "none"}})->total);
  page = search("Patient", {{"_summary", "count"}});
  EXPECT_TRUE(page->entries.empty());
  EXPECT_EQ(page->total, 5);
  EXPECT_TRUE(search("Patient", {{"_count", "0"}})->entries.empty());
}

TEST_F(Search, LastUpdated) {
  patient("a", R"("gender":"male")");
  const std::string between = fhir_instant(now_ + 500);
  patient("b", R"("gender":"male")");
  EXPECT_EQ(found("Patient", "_lastUpdated", "gt" + between), (Ids{"b"}));
  EXPECT_EQ(found("Patient", "_lastUpdated", "le" + between), (Ids{"a"}));
}

TEST_F(Search, NothingUnknownIsPassedOver) {
  EXPECT_EQ(refusal("Patient", {{"nonsense", "1"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_nonsense", "1"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"gender:exact", "1"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_sort", "nonsense"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_has:Observation:patient:nonsense", "1"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_has:Observation:code:status", "1"}}), Code::unsupported);
  EXPECT_EQ(refusal("Observation", {{"subject.nonsense", "x"}}), Code::unsupported);
  EXPECT_EQ(refusal("Observation", {{"code.name", "x"}}), Code::unsupported);
  EXPECT_EQ(refusal("Patient", {{"_count", "-1"}}), Code::bad_value);
  EXPECT_EQ(refusal("Patient", {{"_count", "many"}}), Code::bad_value);
  EXPECT_EQ(refusal("Patient", {{"gender", ""}}), Code::bad_value);
  EXPECT_EQ(refusal("Patient", {{"gender", ","}}), Code::bad_value);
  EXPECT_EQ(refusal("Patient", {{"gender:missing", "maybe"}}), Code::bad_value);
  EXPECT_EQ(refusal("Patient", {{"_id", "a b"}}), Code::bad_value);
  EXPECT_EQ(refusal("Unicorn", {}), Code::not_found);
  EXPECT_TRUE(search("Patient", {{"_format", "json"}, {"_pretty", "true"}}));
  auto refused = search("Patient", {{"nonsense", "1"}});
  EXPECT_NE(refused.error().cure.find("birthdate"), std::string::npos);
}

TEST_F(Search, ForgedCursorsAreRefused) {
  for (int i = 0; i < 5; ++i) patient(std::to_string(i), R"("gender":"male")");
  const std::string next = search("Patient", {{"_count", "2"}})->next;
  ASSERT_FALSE(next.empty());
  EXPECT_EQ(ids("Patient", {{"_count", "2"}, {"_cursor", next}}), (Ids{"2", "3"}));
  EXPECT_EQ(ids("Patient", {{"_count", "1"}, {"_cursor", next}}), (Ids{"2"}));  // the page may change its size
  for (const std::string& forged :
       {std::string("x"), std::string(5000, 'A'), next + "A", next.substr(1), std::string("!!")}) {
    EXPECT_EQ(refusal("Patient", {{"_count", "2"}, {"_cursor", forged}}), Code::bad_value) << forged;
  }
  for (std::size_t i = 0; i + 1 < next.size(); ++i) {
    std::string changed = next;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refusal("Patient", {{"_cursor", changed}}), Code::bad_value);
  }
  EXPECT_EQ(refusal("Patient", {{"gender", "male"}, {"_cursor", next}}), Code::bad_value);  // of another search
}

TEST_F(Search, AScopeOfNobodyShowsNothing) {
  patient("a", R"("gender":"male")");
  scope_ = *Scope::of({.patients = {{}}});
  auto page = search("Patient", {});
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->entries.empty());
  EXPECT_EQ(page->total, 0);
}

TEST_F(Search, WhatIsSearchableIsAnnounced) {
  std::vector<std::string> codes;
  for (const Searchable& one : searchable("Patient")) {
    codes.emplace_back(one.code);
    EXPECT_TRUE(one.code == "_list" || one.url.starts_with("http://hl7.org/fhir/SearchParameter/")) << one.url;
  }
  EXPECT_THAT(codes, ::testing::IsSupersetOf({"_id", "_lastUpdated", "identifier", "name", "family", "given",
                                              "birthdate", "gender", "active", "link", "phone"}));
}

TEST_F(Search, InsideTheWriterWhatTheTransactionWroteIsSeen) {
  EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    YL_CHECK(
        records::put(writer, Scope::all(), ready(R"({"resourceType":"Patient","id":"w","identifier":[{"value":"77"}]})"), {}, now_));
    auto page = records::search(writer, Scope::all(), "Patient", {{"identifier", "77"}});
    EXPECT_TRUE(page && page->entries.size() == 1);
    return {};
  }));
}

TEST_F(Search, RowsOverManyBlocks) {
  EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    for (int i = 0; i < 1500; ++i) {
      YL_CHECK(records::put(
          writer, Scope::all(),
          ready(R"({"resourceType":"Patient","id":")" + std::to_string(i) + R"(","gender":")" +
                (i % 3 == 0 ? "male" : "female") + R"(","active":)" + (i % 5 == 0 ? "true" : "false") + "}"),
          {}, now_));
    }
    return {};
  }));
  EXPECT_EQ(search("Patient", {{"gender", "male"}})->total, 500);
  EXPECT_EQ(search("Patient", {{"gender", "male"}, {"active", "true"}})->total, 100);
  EXPECT_EQ(search("Patient", {{"gender:not", "male"}, {"active:not", "true"}})->total, 800);
  EXPECT_EQ(search("Patient", {{"_count", "1000"}, {"_sort", "-_id"}})->entries.front().resource.id, "999");
}

TEST_F(Search, OfManyTheOrderIsReadFromTheIndex) {
  // More than are sorted; dates of all widths, equal ones, and none.
  constexpr int kMany = 3400;
  std::vector<std::pair<std::string, std::string>> expected;  // date key, id
  EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    for (int i = 0; i < kMany; ++i) {
      const std::string id = std::to_string(10000 + i), month = std::to_string(10 + i % 3);
      const std::string when = i % 7 == 0   ? ""
                               : i % 7 == 1 ? "2026-" + month
                                            : "2026-" + month + "-" + std::to_string(10 + i % 17) + "T08:30:00+08:00";
      YL_CHECK(records::put(
          writer, Scope::all(),
          ready(R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"text":"x"})" +
                (when.empty() ? "" : R"(,"effectiveDateTime":")" + when + "\"") + "}"),
          {}, now_ += i % 5 == 0 ? 1000 : 0));
      expected.emplace_back(when.size() == 7 ? when + "-01" : when, id);
    }
    return {};
  }));
  for (const bool descending : {false, true}) {
    std::stable_sort(expected.begin(), expected.end(), [&](const auto& a, const auto& b) {
      if (a.first.empty() != b.first.empty()) return b.first.empty();
      if (a.first != b.first) return (a.first < b.first) != descending;
      return a.second < b.second;
    });
    std::size_t at = 0;
    std::string next;
    do {
      Parameters asked{{"_sort", descending ? "-date" : "date"}, {"_count", "700"}};
      if (!next.empty()) asked.emplace_back("_cursor", next);
      auto page = search("Observation", asked);
      ASSERT_TRUE(page) << page.error().line();
      for (const Match& match : page->entries) {
        ASSERT_EQ(match.resource.id, expected[at].second) << at;
        ++at;
      }
      next = page->next;
    } while (!next.empty());
    EXPECT_EQ(at, expected.size());
    Ids updated = ids("Observation", {{"_sort", descending ? "-_lastUpdated" : "_lastUpdated"}, {"_count", "1000"}});
    EXPECT_EQ(updated.front(), std::to_string(descending ? 10000 + kMany - 5 : 10000));  // of one time, by rid
    EXPECT_EQ(updated.size(), 1000U);
  }
}

}  // namespace
}  // namespace yilian::records
