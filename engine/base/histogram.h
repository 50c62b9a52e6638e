#pragma once
// How long things took, counted in fixed steps: any thread adds, /metrics reads.

#include <array>
#include <atomic>
#include <cstdint>

namespace yilian {

class Histogram {
 public:
  // Upper ends of the steps, in microseconds; what takes longer is in the last one, which has no end.
  static constexpr std::array<std::int64_t, 16> kEnds{100,     250,       500,       1'000,      2'500,      5'000,       10'000,      25'000,
                                                      100'000, 500'000, 1'000'000, 5'000'000, 30'000'000, 120'000'000, 600'000'000, 3'600'000'000};

  void add(std::int64_t microseconds) {
    if (microseconds < 0) microseconds = 0;  // the clock was set back meanwhile
    std::size_t step = 0;
    while (step < kEnds.size() && microseconds > kEnds[step]) ++step;
    counts_[step].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
  }

  struct Snapshot {
    std::array<std::uint64_t, kEnds.size() + 1> counts{};
    std::uint64_t total = 0, microseconds = 0;  // all together
  };
  Snapshot snapshot() const {
    Snapshot out;
    for (std::size_t i = 0; i < counts_.size(); ++i) out.total += out.counts[i] = counts_[i].load(std::memory_order_relaxed);
    out.microseconds = sum_.load(std::memory_order_relaxed);
    return out;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kEnds.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_{0};
};

}  // namespace yilian
