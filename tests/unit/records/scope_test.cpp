#include "engine/records/scope.h"

#include <atomic>
#include <set>

#include "engine/fhir/definitions.h"
#include "engine/records/everything.h"
#include "engine/records/prepared.h"
#include "engine/records/reindex.h"
#include "engine/records/scope_rules.h"
#include "engine/records/types.h"
#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

Scope scope(Narrowing narrowing) {
  auto made = Scope::of(std::move(narrowing));
  EXPECT_TRUE(made) << made.error().line();
  return made ? *made : Scope::all();
}

Code refused(Narrowing narrowing) {
  const auto made = Scope::of(std::move(narrowing));
  EXPECT_FALSE(made);
  return made ? Code::internal : made.error().code;
}

TEST(Scope, WhatSaysNothingIsNotAll) {
  EXPECT_TRUE(Scope::all().is_all());
  EXPECT_EQ(Scope::all().fingerprint(), 0);
  EXPECT_FALSE(scope({}).is_all());
  EXPECT_NE(scope({}).fingerprint(), 0);
  EXPECT_TRUE(scope({}).has_type("Patient"));
}

TEST(Scope, TheOrderOfWhatIsNamedSaysNothing) {
  const Scope one = scope({.patients = {{"b", "a", "b"}}, .withheld = {{"s", "R"}, {"", "V"}}});
  const Scope other = scope({.patients = {{"a", "b"}}, .withheld = {{"", "V"}, {"s", "R"}, {"s", "R"}}});
  EXPECT_EQ(one.fingerprint(), other.fingerprint());
  EXPECT_EQ(one.patient_keys().size(), 2u);
}

TEST(Scope, NoTwoNarrowingsHaveOneFingerprint) {
  std::vector<Narrowing> all{{},
                             {.patients = {{}}},
                             {.patients = {{"a"}}},
                             {.patients = {{"a", "b"}}},
                             {.patients = {{"a"}}, .types = {{"Observation"}}},
                             {.types = {{}}},
                             {.types = {{"Observation"}}},
                             {.facilities = {{}}},
                             {.facilities = {{"a"}}},
                             {.facilities = {{"a"}}, .without_facility = true},
                             {.without_facility = true},
                             {.withheld = {{"", "a"}}},
                             {.withheld = {{"a", "a"}}},
                             {.withheld = {{"", "a"}, {"", "b"}}},
                             {.withheld = {{"a", "1:b"}}},
                             {.withheld = {{"a1:", "b"}}}};
  std::set<std::int64_t> prints;
  for (Narrowing& narrowing : all) prints.insert(scope(std::move(narrowing)).fingerprint());
  EXPECT_EQ(prints.size(), 16u);
}

TEST(Scope, WhatIsNoneIsRefused) {
  EXPECT_EQ(refused({.patients = {{"a/b"}}}), Code::bad_value);
  EXPECT_EQ(refused({.patients = {{""}}}), Code::bad_value);
  EXPECT_EQ(refused({.types = {{"Patients"}}}), Code::bad_value);
  EXPECT_EQ(refused({.facilities = {{"a:b"}}}), Code::bad_value);  // it would mean one feed of another hospital
  EXPECT_EQ(refused({.facilities = {{""}}}), Code::bad_value);
  EXPECT_EQ(refused({.facilities = {{std::string(49, 'a')}}}), Code::bad_value);
  EXPECT_EQ(refused({.withheld = {{"s", ""}}}), Code::bad_value);
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= Scope::kMostNamed; ++i) many.push_back("p" + std::to_string(i));
  EXPECT_EQ(refused({.patients = many}), Code::too_large);
  many.pop_back();
  EXPECT_EQ(scope({.patients = many}).patient_keys().size(), Scope::kMostNamed);
}

// ---- the rules, on one body

bool sees(const Scope& scope, const std::string& json) {
  const auto prepared = ready(json);
  return is_seen(rules_of(scope, *prepared->plan), scope, prepared->rows, prepared->key);
}

std::string observation(const std::string& rest) {
  return R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"})" + rest + "}";
}

TEST(ScopeRules, APatientsCompartment) {
  const Scope of_p = scope({.patients = {{"p", "q"}}});
  EXPECT_TRUE(sees(of_p, R"({"resourceType":"Patient","id":"p"})"));
  EXPECT_FALSE(sees(of_p, R"({"resourceType":"Patient","id":"r"})"));
  // A Patient that links to him is another record, which whoever makes the scope names.
  EXPECT_FALSE(
      sees(of_p, R"({"resourceType":"Patient","id":"r","link":[{"other":{"reference":"Patient/p"},"type":"seealso"}]})"));
  EXPECT_TRUE(sees(of_p, observation(R"(,"subject":{"reference":"Patient/p"})")));
  EXPECT_TRUE(sees(of_p, observation(R"(,"subject":{"reference":"Patient/q/_history/3"})")));
  EXPECT_FALSE(sees(of_p, observation(R"(,"subject":{"reference":"Patient/r"})")));
  EXPECT_FALSE(sees(of_p, observation(R"(,"subject":{"reference":"Group/p"})")));
  EXPECT_FALSE(sees(of_p, observation(R"(,"subject":{"identifier":{"value":"p"}})")));
  EXPECT_FALSE(sees(of_p, observation("")));
  EXPECT_TRUE(sees(of_p, R"({"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/q"}}]})"));
}

TEST(ScopeRules, WhatLiesInNoCompartment) {
  const Scope of_p = scope({.patients = {{"p"}}});
  EXPECT_TRUE(sees(of_p, R"({"resourceType":"Organization","id":"o"})"));
  EXPECT_TRUE(sees(of_p, R"({"resourceType":"Device","id":"d"})"));
  EXPECT_TRUE(sees(of_p, R"({"resourceType":"Device","id":"d","patient":{"reference":"Patient/p"}})"));
  EXPECT_FALSE(sees(of_p, R"({"resourceType":"Device","id":"d","patient":{"reference":"Patient/r"}})"));
  const std::string task = R"({"resourceType":"Task","id":"t","status":"ready","intent":"order")";
  EXPECT_FALSE(sees(of_p, task + R"(,"for":{"reference":"Patient/r"}})"));
  EXPECT_TRUE(sees(of_p, task + R"(,"for":{"reference":"Patient/p"}})"));
  EXPECT_TRUE(sees(of_p, task + "}"));
  EXPECT_FALSE(sees(of_p, R"({"resourceType":"Linkage","id":"l","item":[{"type":"source","resource":{"reference":"Patient/r"}}]})"));
  for (const char* holder : {R"({"resourceType":"Binary","id":"b","contentType":"text/plain"})",
                             R"({"resourceType":"Bundle","id":"b","type":"collection"})",
                             R"({"resourceType":"Parameters","id":"b"})"}) {
    EXPECT_FALSE(sees(of_p, holder));
    EXPECT_TRUE(sees(scope({.types = {{"Binary", "Bundle", "Parameters"}}}), holder));
  }
}

TEST(ScopeRules, NobodyIsNamed) {
  const Scope nobody = scope({.patients = {{}}});
  EXPECT_FALSE(sees(nobody, R"({"resourceType":"Patient","id":"p"})"));
  EXPECT_FALSE(sees(nobody, observation(R"(,"subject":{"reference":"Patient/p"})")));
  EXPECT_TRUE(sees(nobody, R"({"resourceType":"Organization","id":"o"})"));
  EXPECT_FALSE(sees(nobody, R"({"resourceType":"Device","id":"d","patient":{"reference":"Patient/p"}})"));
}

TEST(ScopeRules, Facilities) {
  const auto from = [](const std::string& source) {
    return R"({"resourceType":"Organization","id":"o","meta":{"source":")" + source + R"("}})";
  };
  const Scope strict = scope({.facilities = {{"east"}}});
  EXPECT_TRUE(sees(strict, from("urn:yilian:east:lab")));
  EXPECT_FALSE(sees(strict, from("urn:yilian:east2:lab")));
  EXPECT_FALSE(sees(strict, from("urn:yilian:eas:t")));
  EXPECT_FALSE(sees(strict, from("http://example.org")));
  EXPECT_FALSE(sees(strict, R"({"resourceType":"Organization","id":"o"})"));
  const Scope wide = scope({.facilities = {{"east"}}, .without_facility = true});
  EXPECT_TRUE(sees(wide, from("urn:yilian:east:lab")));
  EXPECT_FALSE(sees(wide, from("urn:yilian:west:lab")));
  EXPECT_TRUE(sees(wide, from("http://example.org")));
  EXPECT_TRUE(sees(wide, R"({"resourceType":"Organization","id":"o"})"));
}

TEST(ScopeRules, Labels) {
  const auto with = [](const std::string& security) {
    return R"({"resourceType":"Organization","id":"o","meta":{"security":[)" + security + "]}}";
  };
  const Scope exact = scope({.withheld = {{"http://s", "R"}}});
  EXPECT_FALSE(sees(exact, with(R"({"system":"http://s","code":"R"})")));
  EXPECT_FALSE(sees(exact, with(R"({"code":"N"},{"system":"http://s","code":"R","display":"restricted"})")));
  EXPECT_TRUE(sees(exact, with(R"({"system":"http://t","code":"R"})")));
  EXPECT_TRUE(sees(exact, with(R"({"system":"http://s","code":"N"})")));
  EXPECT_TRUE(sees(exact, with(R"({"code":"R"})")));
  const Scope any = scope({.withheld = {{"", "R"}}});
  EXPECT_FALSE(sees(any, with(R"({"system":"http://t","code":"R"})")));
  EXPECT_FALSE(sees(any, with(R"({"code":"R"})")));
  EXPECT_TRUE(sees(any, with(R"({"code":"N"})")));
}

TEST(ScopeRules, AllMustHold) {
  const Scope narrow = scope({.patients = {{"p"}}, .types = {{"Observation"}}, .facilities = {{"east"}}, .withheld = {{"", "R"}}});
  const std::string mine = R"(,"subject":{"reference":"Patient/p"})";
  EXPECT_TRUE(sees(narrow, observation(R"(,"meta":{"source":"urn:yilian:east:lab"})" + mine)));
  EXPECT_FALSE(sees(narrow, observation(R"(,"meta":{"source":"urn:yilian:west:lab"})" + mine)));
  EXPECT_FALSE(sees(narrow, observation(R"(,"meta":{"source":"urn:yilian:east:lab","security":[{"code":"R"}]})" + mine)));
  EXPECT_FALSE(sees(narrow, observation(R"(,"meta":{"source":"urn:yilian:east:lab"})")));
  EXPECT_FALSE(sees(narrow, R"({"resourceType":"Patient","id":"p","meta":{"source":"urn:yilian:east:lab"}})"));
}

// A type that R4 puts into the Patient's compartment has rows that say so, else nothing of it could be seen.
TEST(ScopeRules, EveryWayIntoTheCompartmentHasRows) {
  const Scope of_p = scope({.patients = {{"p"}}});
  for (const fhir::Type* type : fhir::resource_types()) {
    const auto ways = fhir::compartment_parameters("Patient", type->name);
    if (ways.empty() || type->name == "Patient") continue;
    for (const std::string_view way : ways) {
      const Indexed* parameter = plan(type->name)->find(way);
      ASSERT_NE(parameter, nullptr) << type->name << " " << way;
      EXPECT_FALSE(parameter->numbers.empty()) << type->name << " " << way;
    }
    EXPECT_FALSE(rules_of(of_p, *plan(type->name)).all_of.front().any_of.to_named.empty()) << type->name;
  }
}

// ---- the store

class ScopedStore : public StoreFixture {
 protected:
  Result<HistoryPage> history(const HistoryQuery& query) {
    return database_->read([&](database::Connection& reader) { return records::history(reader, scope_, query); });
  }
  Result<Page> everything(const EverythingQuery& query) {
    return database_->read([&](database::Connection& reader) { return records::everything(reader, scope_, query); });
  }
  void fill(int each) {
    for (int i = 0; i < each; ++i) {
      for (const char* patient : {"p", "q"}) {
        ASSERT_TRUE(put(R"({"resourceType":"Observation","id":")" + std::string(patient) + std::to_string(i) +
                        R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" + patient + "\"}}"));
      }
    }
  }
};

TEST_F(ScopedStore, APageOfOneScopeIsNoneOfAnother) {
  ASSERT_TRUE(put(R"({"resourceType":"Patient","id":"p"})"));
  fill(3);
  const Scope one = scope({.patients = {{"p"}}}), other = scope({.patients = {{"p", "q"}}});
  scope_ = one;
  const std::string of_search = search("Observation", {{"_count", "1"}})->next;
  const std::string of_history = history({.type = "Observation", .count = 1})->next;
  const std::string of_everything = everything({.owner = "Patient", .id = "p", .count = 1})->next;
  const auto codes = [&] {
    std::vector<std::optional<Code>> out;
    const auto add = [&](const auto& page) { out.push_back(page ? std::nullopt : std::optional(page.error().code)); };
    add(search("Observation", {{"_count", "1"}, {"_cursor", of_search}}));
    add(history({.type = "Observation", .count = 1, .cursor = of_history}));
    add(everything({.owner = "Patient", .id = "p", .count = 1, .cursor = of_everything}));
    return out;
  };
  EXPECT_EQ(codes(), std::vector<std::optional<Code>>(3));
  for (const Scope& another : {other, Scope::all(), scope({.patients = {{"p"}}, .withheld = {{"", "R"}}})}) {
    scope_ = another;
    EXPECT_EQ(codes(), std::vector<std::optional<Code>>(3, Code::bad_value));
  }
}

// Of so many the index is walked over, and not looked up for each.
TEST_F(ScopedStore, ManyPatients) {
  for (const char* id : {"p", "q", "r"}) ASSERT_TRUE(put(R"({"resourceType":"Patient","id":")" + std::string(id) + "\"}"));
  fill(2);
  ASSERT_TRUE(remove("Patient", "r"));
  std::vector<std::string> many{"p", "r"};
  for (int i = 0; i < 2000; ++i) many.push_back("other" + std::to_string(i));
  scope_ = scope({.patients = many});
  EXPECT_EQ(ids("Patient", {}), std::vector<std::string>{"p"});
  EXPECT_EQ(search("Patient", {})->total, 1);
  EXPECT_EQ(ids("Observation", {}), (std::vector<std::string>{"p0", "p1"}));
  EXPECT_EQ(read("Patient", "r").error().code, Code::gone);
  EXPECT_EQ(read("Patient", "q").error().code, Code::not_found);
}

// So many are not gone through one by one, but by time.
TEST_F(ScopedStore, AHistoryOfManyIsReadByTime) {
  constexpr int kMany = 11'000;
  const auto organization = [](int i, const char* facility, int name) {
    return ready(R"({"resourceType":"Organization","id":")" + std::to_string(i) + R"(","meta":{"source":"urn:yilian:)" + facility +
                 R"(:his"},"name":")" + std::to_string(name) + "\"}");
  };
  std::vector<std::string> expected;  // the oldest first
  const auto told = [&](int i, int version) { expected.push_back(std::to_string(i) + "/" + std::to_string(version)); };
  ASSERT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    const auto all = Scope::all();
    for (int i = 0; i < kMany; ++i) {
      YL_CHECK(records::put(writer, all, organization(i, i % 2 == 0 ? "east" : "west", 1), {}, now_ += 1000));
      if (i % 2 == 0 && i % 100 != 0) told(i, 1);
    }
    // Of every hundredth: from east to west, and from west to east; the one after it comes again in east, and goes.
    for (int i = 0; i < kMany; i += 100) {
      YL_CHECK(records::put(writer, all, organization(i, "west", 2), {}, now_ += 1000));
      YL_CHECK(records::put(writer, all, organization(i + 1, "east", 2), {}, now_ += 1000));
      told(i + 1, 2);
      YL_CHECK(records::put(writer, all, organization(i + 2, "east", 2), {}, now_ += 1000));
      told(i + 2, 2);
      YL_CHECK(records::remove(writer, all, "Organization", std::to_string(i + 2), {}, now_ += 1000));
      told(i + 2, 3);
      YL_CHECK(records::remove(writer, all, "Organization", std::to_string(i + 3), {}, now_ += 1000));
    }
    return {};
  }));
  scope_ = scope({.facilities = {{"east"}}});
  std::reverse(expected.begin(), expected.end());
  std::vector<std::string> found;
  HistoryQuery query{.type = "Organization", .count = 997};
  for (int pages = 0; pages < 20; ++pages) {
    const auto page = history(query);
    ASSERT_TRUE(page) << page.error().line();
    for (const Version& version : page->entries) found.push_back(version.id + "/" + std::to_string(version.version));
    query.cursor = page->next;
    if (query.cursor.empty()) break;
  }
  EXPECT_EQ(found, expected);
}

TEST_F(ScopedStore, WhileTheIndexIsBeingMadeReadyNothingIsShownByHalf) {
  fill(1);
  const std::atomic<bool> closing{false};
  while (reindex_some(*database_, closing)) {
  }
  scope_ = scope({.patients = {{"p"}}});
  const auto found = database_->write([&](database::Connection& writer) -> Result<void> {
    writer.execute("UPDATE index_state SET through = 1");
    EXPECT_EQ(records::search(writer, scope_, "Observation", {}).error().code, Code::busy);
    EXPECT_EQ(records::history(writer, scope_, {.type = "Observation"}).error().code, Code::busy);
    EXPECT_TRUE(records::search(writer, Scope::all(), "Observation", {}));
    EXPECT_TRUE(records::search(writer, scope_, "Organization", {})) << "nothing is looked at";
    EXPECT_TRUE(records::read(writer, scope_, "Observation", "p0")) << "the body says it";
    EXPECT_EQ(records::read(writer, scope_, "Observation", "q0").error().code, Code::not_found);
    return fail(Code::conflict, "on purpose");
  });
  EXPECT_FALSE(found);
}

TEST_F(ScopedStore, WhatWasJustWrittenIsJudgedToo) {
  fill(1);
  scope_ = scope({.patients = {{"p"}}});
  EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    const auto ask = [&] { return records::search(writer, scope_, "Observation", {})->total; };
    EXPECT_EQ(ask(), 1);
    YL_CHECK(records::put(writer, Scope::all(), ready(observation(R"(,"subject":{"reference":"Patient/p"})")), {}, now_));
    EXPECT_EQ(ask(), 2);
    EXPECT_TRUE(records::read(writer, scope_, "Observation", "o"));
    YL_CHECK(records::put(writer, Scope::all(), ready(observation(R"(,"subject":{"reference":"Patient/q"})")), {}, now_));
    EXPECT_EQ(ask(), 1);
    EXPECT_EQ(records::read(writer, scope_, "Observation", "o").error().code, Code::not_found);
    // What it was is not seen either, as it is now another's.
    EXPECT_EQ(records::read_version(writer, scope_, "Observation", "o", 1).error().code, Code::not_found);
    return {};
  }));
}

TEST_F(ScopedStore, WritesStayWithin) {
  fill(1);
  scope_ = scope({.patients = {{"p"}}});
  const auto text = [](const char* id, const char* patient, const char* status) {
    return R"({"resourceType":"Observation","id":")" + std::string(id) + R"(","status":")" + status +
           R"(","code":{"text":"x"},"subject":{"reference":"Patient/)" + patient + "\"}}";
  };
  EXPECT_EQ(put(text("p0", "p", "amended"))->version, 2);
  EXPECT_EQ(put(text("p0", "q", "amended")).error().code, Code::forbidden);
  EXPECT_EQ(put(text("q0", "q", "amended")).error().code, Code::forbidden);
  EXPECT_EQ(put(text("q0", "p", "amended")).error().code, Code::not_allowed);
  EXPECT_EQ(put(text("free", "p", "amended")).error().code, Code::not_allowed);
  EXPECT_EQ(put(text("q0", "p", "amended"), 1).error().line().substr(16), put(text("f0", "p", "amended"), 1).error().line().substr(16));
  EXPECT_EQ(create(text("new", "q", "final")).error().code, Code::forbidden);
  EXPECT_TRUE(create(text("new", "p", "final")));
  EXPECT_EQ(remove("Observation", "q0").error().line().substr(14), remove("Observation", "f0").error().line().substr(14));
  EXPECT_TRUE(remove("Observation", "p0"));
  EXPECT_TRUE(remove("Observation", "p0")) << "it was seen, and that it is deleted may be known";
  EXPECT_EQ(put(text("p0", "p", "final"))->outcome, Outcome::created);
  scope_ = Scope::all();
  EXPECT_EQ(read("Observation", "q0")->version, 1);
  EXPECT_EQ(read("Observation", "free").error().code, Code::not_found);
}

}  // namespace
}  // namespace yilian::records
