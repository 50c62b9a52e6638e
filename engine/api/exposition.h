#pragma once
// Prometheus's text format (0.0.4), family by family.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/histogram.h"

namespace yilian::api {

class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Begins a family: "counter", "gauge", "histogram". Its samples follow.
  void family(std::string_view name, std::string_view kind, std::string_view help);
  void sample(Labels labels, std::int64_t value);
  void sample(Labels labels, std::uint64_t value) { sample(labels, static_cast<std::int64_t>(value)); }
  void seconds(Labels labels, std::int64_t microseconds);
  void histogram(Labels labels, const Histogram::Snapshot& snapshot);  // in seconds

  std::string take() { return std::move(text_); }

 private:
  void line(std::string_view suffix, Labels labels, std::string_view extra_name, std::string_view extra_value, std::string_view value);

  std::string name_, text_;
};

}  // namespace yilian::api
