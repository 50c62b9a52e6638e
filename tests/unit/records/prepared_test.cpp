#include "engine/records/prepared.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/records/body.h"
#include "engine/records/index/key.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

PreparedPtr ready(std::string_view json) {
  fhir::Arena arena;
  auto read = fhir::read_json(json, arena);
  if (!read) throw std::logic_error(read.error().line());
  auto made = prepare(**read);
  if (!made) throw std::logic_error(made.error().line());
  return *made;
}

// Each row as "code: value", numbers without their extra.
std::vector<std::string> rows_of_codes(const Prepared& prepared, std::initializer_list<std::string_view> codes) {
  std::vector<std::string> out;
  for (const std::string_view code : codes) {
    const Indexed& parameter = *prepared.plan->find(code);
    const std::string begin = parameter_key(parameter.numbers.front());
    for (std::size_t i = 0; i < prepared.rows.size(); ++i) {
      const std::string_view row = prepared.rows[i];
      if (!row.starts_with(begin)) continue;
      out.push_back(std::string(code) + ": " +
                    (parameter.kind == Kind::string ? std::string(text_of(row)) : std::to_string(number_of(row))));
    }
  }
  return out;
}

std::string row_of(std::string_view code, std::int64_t value) { return std::string(code) + ": " + std::to_string(value); }

TEST(Prepared, BodyIsWithoutTheColumnsAndBeginsWithMeta) {
  EXPECT_EQ(ready(R"({"gender":"male","resourceType":"Patient","meta":{"source":"urn:x","versionId":"1"},"id":"b1"})")->body,
            R"({"meta":{"source":"urn:x"},"gender":"male"})");
  EXPECT_EQ(ready(R"({"gender":"male","resourceType":"Patient","meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"id":"b2"})")->body,
            R"({"gender":"male"})");
  EXPECT_EQ(ready(R"({"id":"b3","resourceType":"Patient"})")->body, "{}");
  EXPECT_EQ(ready(R"({"id":"b4","resourceType":"Patient","_id":{"id":"q"},"meta":{"source":"urn:x"}})")->body,
            R"({"meta":{"source":"urn:x"},"_id":{"id":"q"}})");
}

TEST(Prepared, OfAMappingIsTheSameWithoutBeingChecked) {
  const std::string_view source = "urn:yilian:first\"his";
  for (const std::string_view body : {R"(})", R"(,"active":true,"gender":"male"})",
                                      R"(,"meta":{"security":[{"code":"R"}]},"gender":"male"})"}) {
    const std::string json = R"({"resourceType":"Patient","id":"m")" + std::string(body);
    fhir::Arena arena;
    const auto tree = fhir::read_json(json, arena), other = fhir::read_json(json, arena);
    ASSERT_TRUE(tree && other);
    Preparation preparation;
    const auto mapped = preparation.add(**tree, source, arena);
    preparation.pack();
    fhir::Json& meta = (*other)->member(arena, "meta");
    if (!meta.is_object()) meta.set_object();
    meta.member(arena, "source").set_string(source);
    const auto checked = prepare(**other);
    ASSERT_TRUE(mapped && checked);
    EXPECT_EQ((*mapped)->body, (*checked)->body);
    EXPECT_EQ((*mapped)->content, (*checked)->content);
    EXPECT_EQ((*mapped)->rows.size(), (*checked)->rows.size());
  }
  fhir::Arena arena;
  const auto none = fhir::read_json(R"({"resourceType":"Nothing","id":"m"})", arena);
  EXPECT_FALSE(Preparation().add(**none, source, arena));
}

TEST(Prepared, BodiesOfAllSizesComeBack) {
  for (const std::size_t size : {1U, 3000U, 4000U, 4100U, 100'000U}) {
    std::string json = R"({"resourceType":"Organization","id":"o","name":")";
    for (std::size_t i = 0; i < size; ++i) json += static_cast<char>('a' + i * i % 23);
    const PreparedPtr made = ready(json + "\"}");
    const auto back = decompress(made->pack->get(), kDictionary);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, made->body);
    EXPECT_EQ(made->content, hash(made->body));
  }
}

TEST(Prepared, RowsAreSortedAndThereOnce) {
  const PreparedPtr made = ready(
      R"({"resourceType":"Observation","id":"r","status":"final","code":{"coding":[{"code":"a"},{"code":"b"},{"code":"a"}]},"subject":{"reference":"Patient/p/_history/3"},"effectivePeriod":{"start":"2026-01-02T08:00:00+08:00","end":"2026-01-02T09:00:00+08:00"}})");
  for (std::size_t i = 1; i < made->rows.size(); ++i) EXPECT_LT(made->rows[i - 1], made->rows[i]);
  std::vector<std::string> codes{row_of("code", hash("a")), row_of("code", hash("b"))};
  auto found = rows_of_codes(*made, {"code"});
  std::ranges::sort(codes);
  std::ranges::sort(found);
  EXPECT_EQ(found, codes);
  EXPECT_EQ(rows_of_codes(*made, {"subject", "date"}),
            (std::vector{row_of("subject", hash("Patient/p")), row_of("date", *made->happened)}));
  EXPECT_EQ(made->happened, 1767312000000);
}

TEST(Prepared, HappenedIsTheEarliest) {
  EXPECT_EQ(ready(R"({"resourceType":"Patient","id":"h1","gender":"male"})")->happened, std::nullopt);
  const PreparedPtr made = ready(
      R"({"resourceType":"Observation","id":"h2","status":"final","code":{"text":"x"},"effectiveTiming":{"event":["2026-01-03","2026-01-02T00:00:00Z"]}})");
  EXPECT_EQ(made->happened, 1767312000000);
}

TEST(Prepared, StringsAreFoundFromEachWordOn) {
  const PreparedPtr made =
      ready(R"({"resourceType":"Patient","id":"s","name":[{"family":"De la Cruz","given":["Ana"]}]})");
  EXPECT_EQ(rows_of_codes(*made, {"family"}), (std::vector<std::string>{"family: cruz", "family: de la cruz", "family: la cruz"}));
}

TEST(Prepared, RefusalsSayWhereInTheSortedTree) {
  fhir::Arena arena;
  fhir::Json* tree =
      *fhir::read_json(R"({"birthDate":"x","name":[{"given":["a"],"use":"no"}],"id":"1","resourceType":"Patient"})", arena);
  const auto made = prepare(*tree);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().where, "Patient.name[0].use");
}

TEST(Prepared, OnlyUuidsInLowerCaseArePacked) {
  for (const std::string_view id : {"f47ac10b-58cc-4372-a567-0e02b2c3d479", "F47ac10b-58cc-4372-a567-0e02b2c3d479",
                                    "f47ac10b-58cc-4372-a567.0e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d47g", "x"}) {
    EXPECT_EQ(unpack_id(pack_id(id)), id);
    EXPECT_EQ(pack_id(id).size() == 16, id == "f47ac10b-58cc-4372-a567-0e02b2c3d479") << id;
  }
}

}  // namespace
}  // namespace yilian::records
