#pragma once
// A record store in a folder of its own, with the steps that its tests share.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/records/store.h"
#include "tests/unit/database/store_place.h"

namespace yilian::records {

inline PreparedPtr ready(const std::string& json) {
  fhir::Arena arena;
  auto read = fhir::read_json(json, arena);
  EXPECT_TRUE(read) << json;
  if (!read) return nullptr;
  auto prepared = prepare(**read);
  EXPECT_TRUE(prepared) << prepared.error().line() << "\n" << json;
  return prepared ? *prepared : nullptr;
}

class StoreFixture : public ::testing::Test {
 protected:
  void SetUp() override { open(schema()); }

  void open(const database::Schema& schema) {
    auto opened = database::Database::open(folder_.place(), {schema});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
  }

  // Without a thread that keeps the index: one at a time may, here the test's.
  void open_to_be_kept_by_hand() {
    database::Schema part = schema();
    part.upkeep = {};
    open(part);
    ASSERT_TRUE(database_->keeps());
  }

  template <class Action>
  auto in_writer(Action action) {
    std::optional<std::invoke_result_t<Action, database::Connection&>> result;
    auto written = database_->write([&](database::Connection& writer) -> Result<void> {
      result = action(writer);
      if (!*result) return Failure(result->error());
      return {};
    });
    EXPECT_EQ(written.has_value(), result->has_value());
    return std::move(*result);
  }

  Result<Written> put(const std::string& json, std::optional<std::int64_t> expected = {}) {
    return in_writer(
        [&](database::Connection& writer) { return records::put(writer, scope_, ready(json), expected, now_ += 1000); });
  }
  Result<Written> create(const std::string& json) {
    return in_writer([&](database::Connection& writer) { return records::create(writer, scope_, ready(json), now_ += 1000); });
  }
  Result<Written> remove(const std::string& type, const std::string& id, std::optional<std::int64_t> expected = {}) {
    return in_writer(
        [&](database::Connection& writer) { return records::remove(writer, scope_, type, id, expected, now_ += 1000); });
  }
  Outcome contribute(const std::string& json, Instant time, int rank = 2, std::vector<std::string> cleared = {},
                     std::int64_t message = 1) {
    auto outcome = in_writer([&](database::Connection& writer) {
      return records::contribute(writer, {ready(json), cleared, time, static_cast<std::uint8_t>(rank), message},
                                 now_ += 1000);
    });
    EXPECT_TRUE(outcome) << outcome.error().line();
    return *outcome;
  }

  // Of a message: all of them, or none.
  Result<void> contribute_all(const std::vector<PreparedPtr>& resources, Instant time, bool then_fail = false) {
    return database_->write([&](database::Connection& writer) -> Result<void> {
      for (const auto& resource : resources) {
        if (auto done = records::contribute(writer, {resource, {}, time, 2, 17}, time); !done) return Failure(done.error());
      }
      if (then_fail) return fail(Code::conflict, "on purpose");
      return {};
    });
  }
  // The number that a query of one row and column gives.
  std::int64_t number(const char* sql) {
    return database_->read([&](database::Connection& reader) {
      auto row = reader.prepare(sql);
      row.step();
      return row.integer(0);
    });
  }

  Result<Version> read(const std::string& type, const std::string& id) {
    return database_->read([&](database::Connection& reader) { return records::read(reader, scope_, type, id); });
  }
  // The content alone: without meta.
  std::string content(const std::string& type, const std::string& id) {
    auto version = read(type, id);
    EXPECT_TRUE(version) << version.error().line();
    if (!version) return {};
    fhir::Arena arena;
    auto json = fhir::read_json(version->body, arena);
    EXPECT_TRUE(json) << version->body;
    for (const char* member : {"resourceType", "id", "meta"}) (*json)->remove(member);
    return fhir::write_json(**json);
  }

  Result<Page> search(const std::string& type, const Parameters& parameters) {
    return database_->read([&](database::Connection& reader) { return records::search(reader, scope_, type, parameters); });
  }
  // The ids of the matches as they come, those of included resources with a plus.
  std::vector<std::string> ids(const std::string& type, const Parameters& parameters) {
    auto page = search(type, parameters);
    EXPECT_TRUE(page) << page.error().line();
    std::vector<std::string> out;
    if (!page) return out;
    for (const Match& match : page->entries) out.push_back((match.included ? "+" : "") + match.resource.id);
    return out;
  }
  // For one parameter; sorted.
  std::vector<std::string> found(const std::string& type, const std::string& name, const std::string& value) {
    auto out = ids(type, {{name, value}});
    std::sort(out.begin(), out.end());
    return out;
  }
  Code refusal(const std::string& type, const Parameters& parameters) {
    auto page = search(type, parameters);
    EXPECT_FALSE(page);
    return page ? Code::internal : page.error().code;
  }
  // Every index row is one that the current versions have, and none is missing.
  void expect_index_is_exact();

  testing::StorePlace folder_;
  std::unique_ptr<database::Database> database_;
  Scope scope_ = Scope::all();  // of all steps
  Instant now_ = 1'700'000'000'000'000;
};

}  // namespace yilian::records
