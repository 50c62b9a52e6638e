#include "engine/records/clock.h"

#include <cstring>

namespace yilian::records {
namespace {

constexpr char kFormat = 1;

template <class Number>
void put(std::string& out, Number value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_stamp(std::string& out, const Stamp& stamp) {
  put(out, stamp.rank);
  put(out, stamp.time);
}

void put_path(std::string& out, const std::string& path) {
  put(out, static_cast<std::uint16_t>(path.size()));
  out += path;
}

class In {
 public:
  explicit In(std::string_view bytes) : rest_(bytes) {}
  template <class Number>
  Number take() {
    Number value{};
    if (rest_.size() < sizeof value) {
      good_ = false;
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  Stamp stamp() {
    Stamp stamp;
    stamp.rank = take<std::uint8_t>();
    stamp.time = take<Instant>();
    return stamp;
  }
  std::string path() {
    const auto size = take<std::uint16_t>();
    if (rest_.size() < size) {
      good_ = false;
      return {};
    }
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  bool good() const { return good_; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string encode(const Clock& clock) {
  std::string out;
  put(out, kFormat);
  put_stamp(out, clock.base);
  // When the first saying is the last one, as for nearly every resource, it is not repeated.
  if (clock.simple() && clock.first == clock.base.time) return out;
  put(out, clock.first);
  put(out, static_cast<std::uint16_t>(clock.elements.size()));
  for (const auto& element : clock.elements) {
    put_path(out, element.path);
    put_stamp(out, element.stamp);
    put(out, static_cast<std::uint8_t>(element.absent));
  }
  for (const auto& item : clock.items) {
    put_path(out, item.path);
    put(out, item.key);
    put_stamp(out, item.stamp);
    put(out, item.first);
    put(out, item.place);
  }
  return out;
}

std::optional<Clock> decode(std::string_view bytes) {
  In in(bytes);
  if (in.take<char>() != kFormat) return std::nullopt;
  Clock clock;
  clock.base = in.stamp();
  clock.first = clock.base.time;
  if (in.done()) return in.good() ? std::optional(clock) : std::nullopt;
  clock.first = in.take<Instant>();
  const auto elements = in.take<std::uint16_t>();
  for (std::uint16_t i = 0; i < elements && in.good(); ++i) {
    Clock::Element element;
    element.path = in.path();
    element.stamp = in.stamp();
    element.absent = in.take<std::uint8_t>() != 0;
    clock.elements.push_back(std::move(element));
  }
  while (in.good() && !in.done()) {
    Clock::Item item;
    item.path = in.path();
    item.key = in.take<std::int64_t>();
    item.stamp = in.stamp();
    item.first = in.take<Instant>();
    item.place = in.take<std::uint32_t>();
    clock.items.push_back(std::move(item));
  }
  return in.good() ? std::optional(clock) : std::nullopt;
}

}  // namespace yilian::records
