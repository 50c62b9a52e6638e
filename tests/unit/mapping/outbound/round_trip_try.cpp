// round_trip_try MAPPINGS [-f] [-t TYPE] [-v VERSION] FILE…: what of HL7 v2 messages comes back from FHIR, by message type;
// -f by field too, with examples.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/hl7v2/batch.h"
#include "tests/unit/mapping/outbound/round_trip.h"

int main(int argc, char** argv) {
  using namespace yilian::mapping::outbound::test;
  bool by_field = false, show = false;
  std::string only, version;
  std::vector<std::string> files;
  for (int i = 2; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "-f") by_field = true;
    else if (arg == "-s") show = true;
    else if (arg == "-t" && i + 1 < argc) only = argv[++i];
    else if (arg == "-v" && i + 1 < argc) version = argv[++i];
    else files.push_back(arg);
  }
  if (files.empty()) return std::fprintf(stderr, "round_trip_try MAPPINGS [-f] [-s] [-t TYPE] [-v VERSION] FILE...\n"), 2;
  RoundTrip trip(argv[1], version);
  struct Sum {
    std::size_t messages = 0, refused = 0;
    std::map<std::string, Tally> fields;
    std::map<std::string, std::size_t> reasons;
  };
  std::map<std::string, Sum> sums;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string raw((std::istreambuf_iterator<char>(in)), {});
    for (const auto each : yilian::hl7v2::split(raw).messages) {
      Trip done;
      try {
        done = trip.run(each);
      } catch (const std::exception& error) {
        std::printf("%s: %s\n", file.c_str(), error.what());
        continue;
      }
      if (!only.empty() && done.type != only) continue;
      if (show) std::printf("--- %s %s\n%.*s\n+++\n%s\n", file.c_str(), done.refused.c_str(), static_cast<int>(each.size()), each.data(), done.text.c_str());
      Sum& sum = sums[done.type];
      ++sum.messages;
      if (!done.refused.empty()) {
        ++sum.refused;
        ++sum.reasons[done.refused.substr(0, 90)];
      }
      for (const auto& [field, tally] : done.fields) sum.fields[field].add(tally);
    }
  }
  std::printf("%-10s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s\n", "type", "messages", "refused", "parts", "beyond", "held", "same", "meaning", "moved", "lost", "rate %");
  for (const auto& [type, sum] : sums) {
    Tally all;
    for (const auto& [field, tally] : sum.fields) all.add(tally);
    const auto rate = [](const Tally& t) { return t.held == 0 ? 100.0 : 100.0 * static_cast<double>(t.same + t.meaning) / static_cast<double>(t.held); };
    std::printf("%-10s %8zu %8zu %8zu %8zu %8zu %8zu %8zu %8zu %8zu %8.2f\n", type.c_str(), sum.messages, sum.refused, all.parts, all.beyond, all.held, all.same, all.meaning, all.moved, all.lost, rate(all));
    for (const auto& [reason, count] : sum.reasons) std::printf("    refused %zu: %s\n", count, reason.c_str());
    if (!by_field) continue;
    for (const auto& [field, tally] : sum.fields) {
      if (tally.lost + tally.moved == 0) continue;
      std::printf("    %-8s held %zu same %zu meaning %zu moved %zu lost %zu  %s | %s\n", field.c_str(), tally.held, tally.same, tally.meaning, tally.moved, tally.lost, tally.example.c_str(), tally.moved_example.c_str());
    }
  }
  return 0;
}
