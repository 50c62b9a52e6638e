#include <random>

#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

class Contribute : public StoreFixture {
 protected:
  std::string patient(const std::string& members) {
    return R"({"resourceType":"Patient","id":"p")" + (members.empty() ? "" : "," + members) + "}";
  }
  std::string now_is() { return content("Patient", "p"); }
};

constexpr int kMention = 1, kSaid = 2, kOwner = 3;

TEST_F(Contribute, NewerWinsByEventTimeNotByArrival) {
  EXPECT_EQ(contribute(patient(R"("gender":"male","birthDate":"1980-01-01")"), 200), Outcome::created);
  EXPECT_EQ(contribute(patient(R"("gender":"female")"), 100), Outcome::unchanged);
  EXPECT_EQ(contribute(patient(R"("gender":"other")"), 300), Outcome::updated);
  EXPECT_EQ(now_is(), R"({"gender":"other","birthDate":"1980-01-01"})");
  expect_index_is_exact();
}

TEST_F(Contribute, AMentionFillsGapsOnly) {
  contribute(patient(R"("gender":"male")"), 100, kOwner);
  EXPECT_EQ(contribute(patient(R"("gender":"female","birthDate":"1990-01-01")"), 900, kMention), Outcome::updated);
  EXPECT_EQ(now_is(), R"({"gender":"male","birthDate":"1990-01-01"})");
  contribute(patient(R"("birthDate":"1991-01-01")"), 50, kSaid);  // older, but of a higher rank
  EXPECT_EQ(now_is(), R"({"gender":"male","birthDate":"1991-01-01"})");
}

TEST_F(Contribute, EqualTimeTheLaterArrivalWins) {
  contribute(patient(R"("gender":"male")"), 100);
  EXPECT_EQ(contribute(patient(R"("gender":"female")"), 100), Outcome::updated);
  EXPECT_EQ(now_is(), R"({"gender":"female"})");
}

TEST_F(Contribute, TheSameAgainIsUnchangedButItsTimeCounts) {
  contribute(patient(R"("gender":"male")"), 100);
  EXPECT_EQ(contribute(patient(R"("gender":"male")"), 300), Outcome::unchanged);
  EXPECT_EQ(contribute(patient(R"("gender":"female")"), 200), Outcome::unchanged);
  EXPECT_EQ(read("Patient", "p")->version, 1);
}

TEST_F(Contribute, ClearingIsADeletionAtItsTime) {
  contribute(patient(R"("gender":"male","birthDate":"1980-01-01")"), 100);
  EXPECT_EQ(contribute(patient(""), 200, kSaid, {"gender"}), Outcome::updated);
  EXPECT_EQ(now_is(), R"({"birthDate":"1980-01-01"})");
  EXPECT_EQ(contribute(patient(R"("gender":"female")"), 150), Outcome::unchanged);
  EXPECT_EQ(contribute(patient(R"("gender":"female")"), 250), Outcome::updated);
}

TEST_F(Contribute, ClearingBeforeAnythingIsKnown) {
  EXPECT_EQ(contribute(patient(R"("birthDate":"1980-01-01")"), 200, kSaid, {"gender"}), Outcome::created);
  contribute(patient(R"("gender":"female")"), 150);
  EXPECT_EQ(now_is(), R"({"birthDate":"1980-01-01"})");
}

TEST_F(Contribute, ClearingInsideAValueTakesThatPartAlone) {
  contribute(patient(R"("name":[{"family":"王","given":["五"]}])"), 100);
  contribute(patient(""), 200, kSaid, {"name[0].given"});
  EXPECT_EQ(now_is(), R"({"name":[{"family":"王"}]})");
  contribute(patient(R"("name":[{"family":"李","given":["六"]}])"), 150);
  EXPECT_EQ(now_is(), R"({"name":[{"family":"李"}]})");
}

TEST_F(Contribute, PeriodAndBackboneAreMergedByTheirParts) {
  const auto encounter = [](const std::string& members) {
    return R"({"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"IMP"},)" + members + "}";
  };
  contribute(encounter(R"("period":{"start":"2026-01-01"},"hospitalization":{"admitSource":{"text":"emergency"}})"),
             100);
  contribute(encounter(R"("period":{"end":"2026-01-09"},"hospitalization":{"dischargeDisposition":{"text":"home"}})"),
             200);
  EXPECT_EQ(content("Encounter", "e"),
            R"({"status":"in-progress","class":{"code":"IMP"},"period":{"start":"2026-01-01","end":"2026-01-09"},)"
            R"("hospitalization":{"admitSource":{"text":"emergency"},"dischargeDisposition":{"text":"home"}}})");
  contribute(encounter(R"("priority":{"text":"R"})"), 300, kSaid, {"period.end", "hospitalization"});
  EXPECT_EQ(
      content("Encounter", "e"),
      R"({"status":"in-progress","class":{"code":"IMP"},"priority":{"text":"R"},"period":{"start":"2026-01-01"}})");
  contribute(encounter(R"("hospitalization":{"reAdmission":{"text":"no"}})"), 250);
  EXPECT_EQ(content("Encounter", "e").find("hospitalization"), std::string::npos);
  expect_index_is_exact();
}

TEST_F(Contribute, AChoiceIsOneElement) {
  const auto observation = [](const std::string& value) {
    return R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},)" + value + "}";
  };
  contribute(observation(R"("valueQuantity":{"value":4})"), 100);
  contribute(observation(R"("valueString":"haemolysed")"), 200);
  EXPECT_EQ(content("Observation", "o"), R"({"status":"final","code":{"text":"x"},"valueString":"haemolysed"})");
  contribute(observation(R"("valueQuantity":{"value":5})"), 150);
  EXPECT_EQ(content("Observation", "o"), R"({"status":"final","code":{"text":"x"},"valueString":"haemolysed"})");
}

TEST_F(Contribute, APrimitiveAndItsExtensionsAreOneElement) {
  contribute(
      patient(R"("birthDate":"1980-01-01","_birthDate":{"extension":[{"url":"http://x","valueString":"08:30"}]})"),
      100);
  contribute(patient(R"("birthDate":"1980-01-02")"), 200);
  EXPECT_EQ(now_is(), R"({"birthDate":"1980-01-02"})");
}

TEST_F(Contribute, IdentifiersAreUnited) {
  contribute(patient(R"("identifier":[{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"}])"), 100);
  contribute(patient(R"("identifier":[{"system":"urn:c","value":"3"},{"use":"old","system":"urn:b","value":"2"}])"),
             200);
  EXPECT_EQ(
      now_is(),
      R"({"identifier":[{"system":"urn:a","value":"1"},{"use":"old","system":"urn:b","value":"2"},{"system":"urn:c","value":"3"}]})");
  // Said again, by either: nothing moves.
  EXPECT_EQ(
      contribute(patient(R"("identifier":[{"system":"urn:c","value":"3"},{"use":"old","system":"urn:b","value":"2"}])"),
                 300),
      Outcome::unchanged);
  EXPECT_EQ(contribute(patient(R"("identifier":[{"system":"urn:a","value":"1"}])"), 400), Outcome::unchanged);
  EXPECT_EQ(found("Patient", "identifier", "urn:c|3").size(), 1U);
  expect_index_is_exact();
}

TEST_F(Contribute, ResultsOfSeveralMessagesAreUnitedAndNamesAreNot) {
  const auto report = [](const std::string& results) {
    return R"({"resourceType":"DiagnosticReport","id":"d","status":"final","code":{"text":"x"},"result":[)" + results +
           "]}";
  };
  contribute(report(R"({"reference":"Observation/1"},{"reference":"Observation/2"})"), 200);
  contribute(report(R"({"reference":"Observation/3"})"), 100);
  EXPECT_EQ(
      content("DiagnosticReport", "d"),
      R"({"status":"final","code":{"text":"x"},"result":[{"reference":"Observation/3"},{"reference":"Observation/1"},{"reference":"Observation/2"}]})");
  contribute(patient(R"("name":[{"family":"a"}])"), 100);
  contribute(patient(R"("name":[{"family":"b"}])"), 200);
  EXPECT_EQ(now_is(), R"({"name":[{"family":"b"}]})");
}

TEST_F(Contribute, LinksOfAPersonAreUnited) {
  const auto person = [](const std::string& target) {
    return R"({"resourceType":"Person","id":"p","link":[{"target":{"reference":")" + target + R"("}}]})";
  };
  contribute(person("Patient/1"), 100);
  contribute(person("Patient/2"), 200);
  EXPECT_EQ(content("Person", "p"),
            R"({"link":[{"target":{"reference":"Patient/1"}},{"target":{"reference":"Patient/2"}}]})");
  EXPECT_EQ(found("Person", "link", "Patient/2").size(), 1U);
}

TEST_F(Contribute, AClientsWordReplacesAllAndHolds) {
  contribute(patient(R"("gender":"male","birthDate":"1980-01-01","identifier":[{"value":"1"},{"value":"2"}])"), 100);
  ASSERT_TRUE(put(patient(R"("gender":"female","identifier":[{"value":"2"}])")));
  const Instant later = now_ + 1'000'000;
  EXPECT_EQ(contribute(patient(R"("gender":"male","birthDate":"1980-01-01","identifier":[{"value":"1"}])"), later),
            Outcome::unchanged);
  EXPECT_EQ(now_is(), R"({"identifier":[{"value":"2"}],"gender":"female"})");
  EXPECT_EQ(contribute(patient(R"("maritalStatus":{"text":"married"})"), later), Outcome::updated);  // a gap is filled
  EXPECT_EQ(contribute(patient(R"("gender":"male")"), later, kOwner), Outcome::updated);  // the owner's newer word
  expect_index_is_exact();
}

// What is stored does not say its type, and what is computed of it has to be the same all the same.
TEST_F(Contribute, RowsThatAreComputedGoWithTheirValues) {
  put(R"({"resourceType":"Patient","id":"p","deceasedBoolean":true})");
  EXPECT_EQ(found("Patient", "deceased", "true"), std::vector<std::string>{"p"});
  put(R"({"resourceType":"Patient","id":"p","deceasedBoolean":false})");
  EXPECT_EQ(found("Patient", "deceased", "true"), std::vector<std::string>{});
  EXPECT_EQ(found("Patient", "deceased", "false"), std::vector<std::string>{"p"});
  expect_index_is_exact();
}

TEST_F(Contribute, ADeletedResourceComesBackOnlyByNews) {
  contribute(patient(R"("gender":"male")"), 100);
  ASSERT_TRUE(remove("Patient", "p"));
  EXPECT_EQ(contribute(patient(R"("gender":"male")"), 100), Outcome::unchanged);
  EXPECT_EQ(read("Patient", "p").error().code, Code::gone);
  EXPECT_EQ(contribute(patient(R"("gender":"male")"), now_ + 10), Outcome::updated);
  EXPECT_EQ(read("Patient", "p")->version, 3);
  expect_index_is_exact();
}

TEST_F(Contribute, WhatIsAssumedYieldsToAnyWordAndFillsGaps) {
  const auto said = [&](const std::string& gender, Instant time, int rank, std::vector<std::string> assumed) {
    return *in_writer([&](database::Connection& writer) {
      return records::contribute(
          writer,
          {ready(patient("\"gender\":\"" + gender + "\"")), {}, time, static_cast<std::uint8_t>(rank), 1, assumed},
          now_ += 1000);
    });
  };
  EXPECT_EQ(said("unknown", 900, kOwner, {"gender"}), Outcome::created);
  EXPECT_EQ(said("unknown", 950, kOwner, {"gender"}), Outcome::unchanged);
  EXPECT_EQ(said("male", 100, kMention, {}), Outcome::updated);
  EXPECT_EQ(said("unknown", 999, kOwner, {"gender"}), Outcome::unchanged);
  EXPECT_EQ(now_is(), R"({"gender":"male"})");
}

TEST_F(Contribute, TheVersionNamesItsMessage) {
  contribute(patient(R"("gender":"male")"), 100, kSaid, {}, 41);
  contribute(patient(R"("gender":"female")"), 200, kSaid, {}, 42);
  EXPECT_EQ(read("Patient", "p")->message, 42);
  EXPECT_EQ(
      database_->read([](database::Connection& reader) { return read_version(reader, Scope::all(), "Patient", "p", 1)->message; }),
      41);
}

struct Random {
  std::mt19937 engine;
  int below(int n) { return static_cast<int>(engine() % static_cast<unsigned>(n)); }
  bool chance(int percent) { return below(100) < percent; }
};

struct Step {
  std::string json;
  Instant time;
  int rank;
  std::vector<std::string> cleared, assumed;
};

std::string pick(Random& random, const std::vector<std::string>& choices) {
  return choices[static_cast<std::size_t>(random.below(static_cast<int>(choices.size())))];
}

std::vector<Step> random_steps(Random& random, int count) {
  std::vector<Step> steps;
  for (int i = 0; i < count; ++i) {
    std::string json = R"({"resourceType":"Encounter","id":"e","status":")" +
                       pick(random, {"planned", "arrived", "finished"}) + R"(","class":{"code":"IMP"})";
    if (random.chance(50))
      json += R"(,"period":{)" +
              pick(random,
                   {R"("start":"2026-01-01")", R"("end":"2026-02-02")", R"("start":"2026-03-03","end":"2026-03-04")"}) +
              "}";
    if (random.chance(50))
      json += R"(,"hospitalization":{"admitSource":{"text":")" + pick(random, {"a", "b", "c"}) + R"("}})";
    if (random.chance(50)) {
      json += R"(,"identifier":[)";
      const int items = 1 + random.below(3);
      for (int k = 0; k < items; ++k) {
        json += (k > 0 ? "," : "") + std::string(R"({"use":")") + pick(random, {"usual", "official", "old"}) +
                R"(","system":"urn:)" + std::to_string(random.below(2)) + R"(","value":")" +
                std::to_string(10 * k + random.below(3)) + R"("})";
      }
      json += "]";
    }
    if (random.chance(40)) json += R"(,"account":[{"reference":"Account/)" + std::to_string(random.below(4)) + R"("}])";
    if (random.chance(40)) json += R"(,"reasonCode":[{"text":")" + pick(random, {"r1", "r2"}) + R"("}])";
    if (random.chance(40))
      json += R"(,"priority":{"coding":[{"code":")" + pick(random, {"u", "v"}) + R"("}],"text":"t"})";
    json += "}";
    std::vector<std::string> cleared;
    if (random.chance(15)) cleared.push_back("period.end");
    if (random.chance(10)) cleared.push_back("period");
    if (random.chance(10)) cleared.push_back("hospitalization");
    if (random.chance(10)) cleared.push_back("identifier");
    if (random.chance(10)) cleared.push_back("priority.text");
    if (random.chance(10)) cleared.push_back("reasonCode");
    std::vector<std::string> assumed;
    if (random.chance(30)) assumed.push_back("status");
    steps.push_back({json, 1000 + i, 1 + random.below(3), cleared, assumed});
  }
  return steps;
}

TEST_F(Contribute, AnyOrderOfArrivalGivesTheSameContent) {
  Random random{std::mt19937(20261124)};
  for (int round = 0; round < 60; ++round) {
    std::vector<Step> steps = random_steps(random, 2 + random.below(5));
    std::string first;
    std::string first_json;
    for (int permutation = 0; permutation < 6; ++permutation) {
      std::string got;
      auto outcome = database_->write([&](database::Connection& writer) -> Result<void> {
        for (const Step& step : steps) {
          YL_CHECK(records::contribute(
              writer,
              {ready(step.json), step.cleared, step.time, static_cast<std::uint8_t>(step.rank), 1, step.assumed},
              now_ += 1000));
        }
        auto version = records::read(writer, Scope::all(), "Encounter", "e");
        if (!version) return Failure(version.error());
        got = version->body.substr(version->body.find("},") + 1);
        return fail(Code::conflict, "undo");
      });
      EXPECT_FALSE(outcome);
      ASSERT_EQ(outcome.error().what, "undo") << outcome.error().line();
      if (permutation == 0) {
        first = got;
      } else {
        std::string told;
        for (const Step& step : steps) {
          told += std::to_string(step.time) + "/" + std::to_string(step.rank) + " " + step.json;
          for (const auto& path : step.cleared) told += " -" + path;
          for (const auto& path : step.assumed) told += " ?" + path;
          told += "\n";
        }
        ASSERT_EQ(got, first) << "round " << round << "\n" << told;
      }
      std::shuffle(steps.begin(), steps.end(), random.engine);
    }
  }
}

}  // namespace
}  // namespace yilian::records
