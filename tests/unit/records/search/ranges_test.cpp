// Dates and numbers are found by ranges of the index: by each prefix, what is found must be what the resources say.

#include <random>

#include "engine/records/search/conditions.h"
#include "engine/records/search/scan.h"
#include "engine/records/search/verify.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

constexpr const char* kPrefixes[] = {"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};

class Ranges : public StoreFixture {
 protected:
  std::mt19937 random_{3};
  std::string pick(const std::vector<std::string>& from) { return from[random_() % from.size()]; }

  void store(const std::vector<std::string>& members) {
    EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      for (std::size_t i = 0; i < members.size(); ++i) {
        YL_CHECK(records::put(writer, Scope::all(),
                              ready(R"({"resourceType":"Observation","id":"o)" + std::to_string(i) +
                                    R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"c"}]},)" + members[i] + "}"),
                              {}, now_));
      }
      return {};
    }));
  }

  // By the index, and by what each resource says.
  void expect_same(const std::string& name, const std::string& value) {
    std::vector<std::string> expected;
    database_->read([&](database::Connection& reader) {
      const Plan& type = *plan("Observation");
      const Scope all = Scope::all();
      View view(reader, all);
      const auto condition = read_condition(view, type, "", name, value);
      EXPECT_TRUE(condition) << name << "=" << value;
      if (!condition) return 0;
      scan_type(reader, type.type).for_each(0, [&](std::int64_t rid) {
        fhir::Arena arena;
        const auto content = load_content(reader, rid, arena);
        EXPECT_TRUE(content);
        if (content && fulfils(*condition, **content)) expected.push_back("o" + std::to_string(rid - 1));
        return true;
      });
      return 0;
    });
    EXPECT_EQ(ids("Observation", {{name, value}, {"_count", "1000"}}), expected) << name << "=" << value;
  }
};

TEST_F(Ranges, OfQuantities) {
  const std::vector<std::string> numbers{"0", "-0", "0.0", "-1", "-1.5", "1", "1.0", "1.00", "1.05", "1.04", "0.95", "2", "5.4", "5.35", "5.449", "5.45", "100", "99", "101", "1e2", "110", "90", "-100", "1e-20", "1e300"};
  std::vector<std::string> members;
  for (int i = 0; i < 150; ++i) {
    const std::string unit = pick({R"(,"unit":"mg")", R"(,"system":"http://unitsofmeasure.org","code":"mg")", R"(,"system":"http://unitsofmeasure.org","code":"g")", ""});
    const std::string comparator = i % 10 == 0 ? pick({R"(,"comparator":"<")", R"(,"comparator":">=")"}) : "";
    members.push_back(R"("valueQuantity":{"value":)" + pick(numbers) + comparator + unit + "}");
  }
  store(members);
  for (const char* prefix : kPrefixes) {
    for (const std::string& number : numbers) {
      expect_same("value-quantity", prefix + number);
      expect_same("value-quantity", prefix + number + "|http://unitsofmeasure.org|mg");
      expect_same("code-value-quantity", std::string("c$") + prefix + number);
      expect_same("code-value-quantity", std::string("http://loinc.org|c$") + prefix + number);
      expect_same("code-value-quantity", std::string("http://other.org|c$") + prefix + number);
    }
  }
}

TEST_F(Ranges, OfDates) {
  const std::vector<std::string> dates{"2026", "2026-03", "2026-03-01", "2026-03-02", "2026-02-28", "2026-03-01T00:00:00+08:00", "2026-03-01T23:59:59+08:00", "2026-03-01T12:30:00+08:00",
                                       "2026-03-01T12:30:00.500+08:00", "2026-03-01T04:30:00Z", "2026-03-02T00:00:00+08:00", "2026-02-28T23:59:59.999+08:00", "1900-01-01", "2100",
                                       "2026-03-01T12:30:00.4999999+08:00", "2026-03-01T12:30:00.50001+08:00", "2026-03-01T12:30:00.5000001+08:00"};
  std::vector<std::string> members;
  for (int i = 0; i < 150; ++i) {
    std::string from = pick(dates), to = pick(dates);
    if (i % 4 == 0) {
      members.push_back(R"("effectivePeriod":{"start":"2026-03-01T08:00:00+08:00","end":"2026-03-0)" + std::to_string(1 + random_() % 4) + R"(T09:00:00+08:00"})");
    } else if (i % 16 == 1) {
      members.push_back(R"("effectivePeriod":{"start":")" + from + "\"}");
    } else if (i % 16 == 3) {
      members.push_back(R"("effectivePeriod":{"end":")" + to + "\"}");
    } else if (i % 4 == 2) {  // also such as end before they begin
      members.push_back(R"("effectivePeriod":{"start":")" + from + R"(","end":")" + to + "\"}");
    } else {
      members.push_back(R"("effectiveDateTime":")" + from + "\"");
    }
  }
  store(members);
  for (const char* prefix : kPrefixes) {
    for (const std::string& date : dates) expect_same("date", prefix + date);
    expect_same("date", prefix + std::string("2026-03-01T12:30"));
  }
}

// What may span much has its ends in the index.
TEST(Dates, OfPeriodsHaveTheirEnds) {
  const auto spans = [](const fhir::Type& leaf) { return leaf.name == "Period" || leaf.name == "Timing"; };
  for (const fhir::Type* type : fhir::resource_types()) {
    for (const Indexed& parameter : plan(type->name)->parameters) {
      if (parameter.kind != Kind::date || !parameter.own || !parameter.any_leaf(spans)) continue;
      EXPECT_NE(ends_row(parameter.numbers.front()), 0u) << type->name << "." << parameter.code << ": add a line to definitions/parameters.txt: " << parameter.code << ":end";
    }
  }
}

}  // namespace
}  // namespace yilian::records
