// The compiler calls __sanitizer_cov_trace_pc() at each basic block (-fsanitize-coverage=trace-pc). This file is built
// without it.

#include "coverage.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace yilian::fuzz {
namespace {

constexpr std::size_t kSteps = 1u << 17;  // places; two steps may share one

std::uint8_t taken[kSteps];  // by the input, how often each
std::uint8_t seen[kSteps];   // by all inputs, a bit for each range of numbers
std::uintptr_t last = 0;     // 0: the input has taken none

// 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more: a bit each.
std::uint8_t range_of(std::uint8_t times) {
  constexpr std::array<unsigned, 7> kEnds{1, 2, 3, 7, 15, 31, 127};
  std::size_t range = 0;
  while (range < kEnds.size() && times > kEnds[range]) ++range;
  return static_cast<std::uint8_t>(1u << range);
}

}  // namespace

void begin_input() {
  if (last == 0) return;
  std::fill(std::begin(taken), std::end(taken), std::uint8_t{0});
  last = 0;
}

bool found_new_way() {
  if (last == 0) return false;
  bool found = false;
  for (std::size_t i = 0; i < kSteps; ++i) {
    if (taken[i] == 0) continue;
    const std::uint8_t range = range_of(taken[i]);
    found = found || (seen[i] & range) == 0;
    seen[i] |= range;
  }
  return found;
}

std::size_t steps_seen() {
  return static_cast<std::size_t>(std::count_if(std::begin(seen), std::end(seen), [](std::uint8_t ranges) { return ranges != 0; }));
}

}  // namespace yilian::fuzz

extern "C" void __sanitizer_cov_trace_pc();
extern "C" __attribute__((no_sanitize("address", "undefined"))) void __sanitizer_cov_trace_pc() {
  using namespace yilian::fuzz;
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)) * 0x9E3779B97F4A7C15u >> 40;
  std::uint8_t& times = taken[(here ^ last) & (kSteps - 1)];
  if (times != 0xFF) ++times;
  last = here >> 1 | kSteps;  // never 0
}
