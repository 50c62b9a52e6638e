#include "lab_messages.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <random>

namespace yilian::bench {
namespace {

constexpr int kTests = 40, kLines = 10, kPatients = 2000, kDoctors = 30, kWards = 20;

struct Range {
  const char* unit;
  double low, high;
  int decimals;
};
constexpr std::array<Range, 5> kRanges{
    {{"mmol/L", 3.5, 5.3, 1}, {"g/L", 115, 150, 0}, {"10*9/L", 4, 10, 1}, {"umol/L", 44, 133, 0}, {"U/L", 0, 40, 0}}};

}  // namespace

std::string report(long number, int sender) {
  std::mt19937 random(static_cast<unsigned>(number * 31 + sender));
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  char line[512];
  char time[15];
  std::snprintf(time, sizeof time, "202611%02d%02d%02d%02d", 1 + below(28), below(24), below(60), below(60));
  const int patient = below(kPatients), ward = below(kWards), room = below(9), doctor = below(kDoctors);
  std::string text;
  const auto add = [&](auto... values) {
    const int size = std::snprintf(line, sizeof line, values...);
    text.append(line, static_cast<std::size_t>(size)) += '\r';
  };
  add("MSH|^~\\&|LIS|LAB|YILIAN|ALL|%s||ORU^R01^ORU_R01|%d-%ld|P|2.5.1", time, sender, number);
  add("PID|1||P%d-%d^^^LAB^MR||Zhang^San%d||19%02d0307|%s", sender, patient, patient, 20 + patient % 70,
      patient % 2 == 0 ? "M" : "F");
  add("PV1|1|I|W%d^%d01^1||||D%d^Li^Wei||||||||||||V%d-%d", ward, room, doctor, sender, patient);
  add("ORC|RE|O%d-%ld|F%d-%ld", sender, number, sender, number);
  add("OBR|1|O%d-%ld|F%d-%ld|BMP^Basic panel^L|||%s|||||||||||||||%s||LAB|F", sender, number, sender, number, time, time);
  const int panel = below(kTests / kLines) * kLines;
  for (int i = 0; i < kLines; ++i) {
    const int test = panel + i;
    const Range& range = kRanges[static_cast<std::size_t>(test) % kRanges.size()];
    const double width = range.high - range.low;
    const double value = std::fabs(range.low + width * (below(1400) - 200) / 1000.0);
    add("OBX|%d|NM|T%d^Test %d^L||%.*f|%s|%g-%g|%s|||F|||%s", i + 1, test, test, range.decimals, value, range.unit,
        range.low, range.high, value < range.low ? "L" : value > range.high ? "H" : "N", time);
  }
  return text;
}

}  // namespace yilian::bench
