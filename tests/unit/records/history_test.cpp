#include "tests/unit/records/fixture.h"

namespace yilian::records {
namespace {

class History : public StoreFixture {
 protected:
  // From the first page to the last; from there back it is the same.
  std::vector<std::string> told(const HistoryQuery& query) {
    std::string last;
    const auto forth = walked(query, false, last);
    HistoryQuery back = query;
    back.cursor = last;
    EXPECT_EQ(walked(back, true, last), forth) << "back";
    return forth;
  }
  // `last`: the cursor of the page where the walk ended.
  std::vector<std::string> walked(HistoryQuery query, bool back, std::string& last) {
    std::vector<std::string> out;
    for (int pages = 0; pages < 50; ++pages) {
      auto page = database_->read([&](database::Connection& reader) { return history(reader, Scope::all(), query); });
      EXPECT_TRUE(page) << page.error().line();
      if (!page) return out;
      std::vector<std::string> here;
      for (const Version& version : page->entries) {
        here.push_back(version.type.substr(0, 1) + version.id + "." + std::to_string(version.version) +
                       (version.deleted ? "-" : ""));
        EXPECT_EQ(version.body.empty(), version.deleted);
      }
      out.insert(back ? out.begin() : out.end(), here.begin(), here.end());
      last = query.cursor;
      query.cursor = back ? page->previous : page->next;
      if (query.cursor.empty()) break;
    }
    return out;
  }
};

TEST_F(History, OfOneOfATypeAndOfAll) {
  const auto patient = [&](const std::string& id, const std::string& gender) {
    ASSERT_TRUE(put(R"({"resourceType":"Patient","id":")" + id + R"(","gender":")" + gender + "\"}"));
  };
  patient("a", "male");
  patient("b", "male");
  ASSERT_TRUE(put(R"({"resourceType":"Organization","id":"o","name":"x"})"));
  patient("a", "female");
  const Instant middle = now_;
  ASSERT_TRUE(remove("Patient", "b"));
  patient("a", "other");
  patient("b", "other");
  using Told = std::vector<std::string>;
  const Told of_a{"Pa.3", "Pa.2", "Pa.1"}, of_type{"Pb.3", "Pa.3", "Pb.2-", "Pa.2", "Pb.1", "Pa.1"};
  const Told all{"Pb.3", "Pa.3", "Pb.2-", "Pa.2", "Oo.1", "Pb.1", "Pa.1"};
  for (const std::size_t count : {1U, 2U, 50U}) {
    EXPECT_EQ(told({.type = "Patient", .id = "a", .count = count}), of_a);
    EXPECT_EQ(told({.type = "Patient", .count = count}), of_type);
    EXPECT_EQ(told({.count = count}), all);
    EXPECT_EQ(told({.type = "Patient", .since = middle, .count = count}), (Told{"Pb.3", "Pa.3", "Pb.2-", "Pa.2"}));
    EXPECT_EQ(told({.type = "Patient", .at = middle, .count = count}), (Told{"Pa.2", "Pb.1"}));
  }
  ASSERT_TRUE(remove("Patient", "a"));
  EXPECT_EQ(told({.type = "Patient", .count = 2}).front(), "Pa.4-");
  EXPECT_EQ(database_->read(
                [](database::Connection& reader) { return history(reader, Scope::all(), {.type = "Patient", .id = "a"})->total; }),
            4);
}

TEST_F(History, Refusals) {
  const auto code = [&](const HistoryQuery& query) {
    auto page = database_->read([&](database::Connection& reader) { return history(reader, Scope::all(), query); });
    return page ? Code::internal : page.error().code;
  };
  EXPECT_EQ(code({.type = "Unicorn"}), Code::not_found);
  EXPECT_EQ(code({.type = "Patient", .id = "nobody"}), Code::not_found);
  EXPECT_EQ(code({.type = "Patient", .cursor = "garbage"}), Code::bad_value);
}

}  // namespace
}  // namespace yilian::records
