#include "engine/routing/hospital.h"

#include "engine/routing/directory.h"

namespace yilian::routing {
namespace {

std::vector<Issue> problems(const std::string& yaml) {
  std::vector<Issue> issues;
  const auto file = config::read_text(yaml, "h.yaml");
  EXPECT_TRUE(file);
  if (file) read_hospital(*file, issues);
  return issues;
}

TEST(Hospital, AWholeOneIsRead) {
  std::vector<Issue> issues;
  const auto file = config::read_text(
      "hospital: {code: a-1, name: 甲, zone: \"+08:00\"}\nfeeds:\n  - {name: his, mllp: {listen: \"127.0.0.1:2575\"}, sender: {MSH-4: A}, charset: GB18030, owns: [Patient], on-error: park}\n", "h.yaml");
  ASSERT_TRUE(file);
  const auto hospital = read_hospital(*file, issues);
  ASSERT_TRUE(hospital) << issues.front().line();
  EXPECT_EQ(hospital->feeds[0].adapter, "mllp");
  EXPECT_EQ(hospital->feeds[0].on_error, OnError::park);
  EXPECT_EQ(hospital->feeds[0].context.owns, std::vector<std::string>{"Patient"});
  EXPECT_EQ(source_uri(*hospital, hospital->feeds[0]), "urn:yilian:a-1:his");
}

TEST(Hospital, EveryFaultIsToldAtOnceWithItsPlace) {
  const auto issues = problems(
      "hospital: {code: Upper, name: x}\nfeeds:\n  - {name: his}\n  - {name: his, mllp: {listen: \"127.0.0.1:1\"}, charset: klingon}\n  - {name: c, mllp: {listen: \"127.0.0.1:2\"}, owns: [Pateint], on-error: shrug, ownz: []}\n");
  std::string all;
  for (const auto& issue : issues) all += issue.line() + "\n";
  for (const char* part : {"h.yaml:1", "h.yaml:3: the feed says no adapter", "klingon", "Pateint", "shrug", "did you mean 'owns'", "there is a feed 'his' already"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
  }
}

TEST(Hospital, TwoAdaptersInOneFeedAreRefused) {
  EXPECT_FALSE(problems("hospital: {code: a, name: x}\nfeeds:\n  - {name: h, mllp: {listen: \"127.0.0.1:1\"}, file: {folder: /tmp}}\n").empty());
  EXPECT_FALSE(problems("hospital: {code: a, name: x}\n").empty());
}

TEST(Entrance, TheMostPreciseSenderWins) {
  Hospital hospital;
  Feed any, by_facility, by_both;
  by_facility.facility = "A";
  by_both.facility = "A";
  by_both.application = "LIS";
  Entrance entrance;
  for (const Feed* feed : {&any, &by_facility, &by_both}) entrance.inlets.push_back({&hospital, feed});
  EXPECT_EQ(entrance.find("LIS", "A")->feed, &by_both);
  EXPECT_EQ(entrance.find("HIS", "A")->feed, &by_facility);
  EXPECT_EQ(entrance.find("HIS", "B")->feed, &any);
  entrance.inlets.erase(entrance.inlets.begin());
  EXPECT_EQ(entrance.find("HIS", "B"), nullptr);
}

TEST(Loopback, OnlyAddressesOfThisMachineItselfPass) {
  const auto address = [](const std::string& text) { return loopback_only((*config::read_text("a: \"" + text + "\"", "x"))["a"]).has_value(); };
  for (const char* good : {"127.0.0.1:2575", "localhost:1", "[::1]:80", "127.8.0.1:1"}) EXPECT_TRUE(address(good)) << good;
  for (const char* bad : {"0.0.0.0:2575", "10.1.1.1:1", "[::]:80", ":8080", "example.org:80", "127.evil.example:80"}) EXPECT_FALSE(address(bad)) << bad;
}

}  // namespace
}  // namespace yilian::routing
