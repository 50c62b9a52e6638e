#include "engine/routing/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yilian::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Routes whose destinations are their names.
class Routes {
 public:
  explicit Routes(const std::string& yaml) {
    root_ = *config::read_text("routes:\n" + yaml, "h.yaml");
    for (const auto& node : root_["routes"].items()) routes_.push_back(read_route(node, {"his", "lis"}, issues_));
    for (Route& route : routes_) connect(route);
  }
  std::vector<std::string> take(const std::string& feed, const std::string& type) {
    const auto message = *hl7v2::Message::parse("MSH|^~\\&|A|B|C|D|2026||" + type + "|7|P|2.5\rPID|1||12\r");
    std::vector<std::string> out;
    for (const Addressed& each : addressed(routes_, {feed, message, {}, 0})) out.push_back(each.destination->name + std::to_string(each.priority));
    return out;
  }
  std::string issues() const {
    std::string all;
    for (const Issue& each : issues_) all += each.line() + "\n";
    return all;
  }

 private:
  void connect(Route& route) {
    for (const config::Node& named : route.to_names) {
      Destination& made = destinations_[named.text_or("")];
      made.name = named.text_or("");
      route.to.push_back(&made);
    }
    for (Route& each : route.then) connect(each);
  }
  config::Node root_;
  std::vector<Issue> issues_;
  std::vector<Route> routes_;
  std::map<std::string, Destination> destinations_;
};

TEST(Route, EachDestinationOnceWithItsMostUrgentPriority) {
  Routes routes(
      "  - {from: [lis], to: [a, b]}\n"
      "  - {when: 'MSH-9.1 = \"ORU\"', priority: high, to: [b, c]}\n"
      "  - {priority: low, to: [d, a]}\n");
  EXPECT_EQ(routes.issues(), "");
  EXPECT_THAT(routes.take("lis", "ORU^R01"), ElementsAre("a1", "b0", "c0", "d2"));
  EXPECT_THAT(routes.take("his", "ADT^A01"), ElementsAre("d2", "a2"));
}

TEST(Route, OnesBelowGetWhatTheUpperOneLetsThrough) {
  Routes routes("  - {from: [lis], then: [{when: 'MSH-9.1 = \"ORU\"', to: [a], then: [{from: [his], to: [never]}]}, {to: [b]}]}\n");
  EXPECT_THAT(routes.take("lis", "ORU^R01"), ElementsAre("a1", "b1"));
  EXPECT_THAT(routes.take("lis", "ADT^A01"), ElementsAre("b1"));
  EXPECT_THAT(routes.take("his", "ORU^R01"), IsEmpty());
}

TEST(Route, FaultsAreToldWithTheirPlace) {
  Routes routes("  - {from: [ris], to: [a]}\n  - {name: empty}\n  - {to: [a], priority: urgent}\n  - {to: [a], wen: x}\n");
  EXPECT_THAT(routes.issues(), HasSubstr("h.yaml:2: there is no feed 'ris'"));
  EXPECT_THAT(routes.issues(), HasSubstr("h.yaml:3: the route leads nowhere"));
  EXPECT_THAT(routes.issues(), HasSubstr("h.yaml:4: 'urgent' is no priority"));
  EXPECT_THAT(routes.issues(), HasSubstr("did you mean 'when'"));
}

}  // namespace
}  // namespace yilian::routing
