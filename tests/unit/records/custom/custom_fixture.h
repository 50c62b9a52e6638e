#pragma once
// A store whose upkeep runs when a test says so, and search parameters to define in it.

#include <atomic>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/reindex.h"
#include "tests/unit/records/index_check.h"

namespace yilian::records {

// `more`: further members, beginning with a comma.
inline std::string parameter(const std::string& id, const std::string& code, const std::string& type,
                             const std::string& expression, const std::string& base = "\"Patient\"",
                             const std::string& more = {}, const std::string& status = "active") {
  std::string json = R"({"resourceType":"SearchParameter","id":")" + id + R"(","url":"http://example.org/)" + id +
                     R"(","name":"n","description":"d","status":")" + status + R"(","code":")" + code +
                     R"(","type":")" + type + R"(","base":[)" + base + "],\"expression\":";
  fhir::write_json_string(expression, json);
  return json + more + "}";
}

class CustomFixture : public StoreFixture {
 protected:
  void SetUp() override { open(); }

  void open() {
    database::Schema at_hand = schema();
    at_hand.upkeep = nullptr;
    auto opened = database::Database::open(folder_.file("store.db"), {at_hand});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
  }

  void define(const std::string& json) {
    const auto put_so = put(json);
    ASSERT_TRUE(put_so) << put_so.error().line() << "\n" << json;
  }
  // What a definition is refused with.
  Issue refused(const std::string& json) {
    const auto put_so = put(json);
    EXPECT_FALSE(put_so) << json;
    return put_so ? Issue{} : put_so.error();
  }
  bool work() {
    const std::atomic<bool> closing{false};
    return reindex_some(*database_, closing);
  }
  void finish() {
    for (int i = 0; i < 10'000 && work(); ++i) {
    }
    EXPECT_FALSE(work());
  }
  std::vector<CustomProgress> progress() {
    return database_->read([](database::Connection& reader) { return custom_progress(reader); });
  }
};

}  // namespace yilian::records
