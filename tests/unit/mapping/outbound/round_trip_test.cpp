// Messages of the project there and back: what FHIR holds comes back.

#include "tests/unit/mapping/outbound/round_trip.h"

#include <set>

#include "engine/hl7v2/batch.h"
#include "tests/unit/mapping/outbound/fixture.h"

namespace yilian::mapping::outbound::test {
namespace {

namespace fs = std::filesystem;

std::map<std::string, Tally> there_and_back(const fs::path& folder, std::string& refused) {
  RoundTrip trip(kMappings);
  std::map<std::string, Tally> sums;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".hl7") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string raw((std::istreambuf_iterator<char>(in)), {});
    for (const auto each : hl7v2::split(raw).messages) {
      const auto done = trip.run(each);
      if (!done.refused.empty()) {
        refused += done.type + " " + done.refused + "\n";
        continue;
      }
      for (const auto& [field, tally] : done.fields) sums[done.type].add(tally);
    }
  }
  return sums;
}

double rate(const Tally& tally) { return tally.held == 0 ? 1.0 : static_cast<double>(tally.same + tally.meaning) / static_cast<double>(tally.held); }

TEST(OutboundRoundTrip, TheQuickstartsMessages) {
  std::string refused;
  const auto sums = there_and_back(YILIAN_SOURCE_DIR "/config/quickstart/messages", refused);
  EXPECT_EQ(refused, "");
  for (const auto& [type, tally] : sums) {
    if (type == "VXU^V04") continue;  // no rules for vaccinations yet
    EXPECT_GE(rate(tally), 0.97) << type << ": " << tally.lost << " lost (" << tally.example << "), " << tally.moved << " moved (" << tally.moved_example << ")";
    EXPECT_GT(tally.held, 0u);
  }
  EXPECT_EQ(sums.at("ORU^R01").same + sums.at("ORU^R01").meaning, sums.at("ORU^R01").held);
  EXPECT_EQ(sums.at("OML^O21").same + sums.at("OML^O21").meaning, sums.at("OML^O21").held);
}

// What goes out again as what it came in as.
bool is_made(const std::string& type) {
  return std::set<std::string>{"ORU^R01", "ORM^O01", "OML^O21", "SIU^S12", "SIU^S13", "SIU^S14", "SIU^S15", "MDM^T02",
                               "ADT^A01", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A28", "ADT^A31"}
      .contains(type);
}

TEST(OutboundRoundTrip, TheConformanceMessages) {
  std::string refused;
  const auto sums = there_and_back(YILIAN_SOURCE_DIR "/tests/conformance/messages", refused);
  Tally all;
  for (const auto& [type, tally] : sums) {
    if (is_made(type)) all.add(tally);
  }
  EXPECT_GT(all.held, 300u);
  // Participants by PRT and ROL, allergies by IAM, what stands beside the stay (GT1, IN2, ACC, PDA, DB1, AUT), variances and the notes of a patient are taken
  // in and not told outward yet.
  EXPECT_GE(rate(all), 0.87) << all.example << " | " << all.moved_example << "\n" << refused;
}

}  // namespace
}  // namespace yilian::mapping::outbound::test
