#include "adapters/file/destination.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "adapters/file/folder.h"
#include "engine/base/time.h"

namespace yilian::file {
namespace {

// "20261124T083000.123456Z": sorts by time.
std::string stamp(Instant at) {
  const auto seconds = static_cast<std::time_t>(at / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text;
  const auto length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%S", &parts);
  std::array<char, 16> fraction;
  std::snprintf(fraction.data(), fraction.size(), ".%06dZ", static_cast<int>(at % 1'000'000));
  return std::string(text.data(), length) + fraction.data();
}

class Destination final : public sdk::Destination {
 public:
  explicit Destination(DestinationSettings settings) : settings_(std::move(settings)) {}

  using Outcome = sdk::Delivery::Outcome;

  sdk::Delivery send(const sdk::Outgoing& outgoing) override {
    const auto folder = Folder::open(settings_.folder);
    if (!folder) return {Outcome::unreached, {}, folder.error()};
    for (;;) {
      // Later than the last name at any rate, so that names are in the order of sending even when the clock is set
      // back.
      last_ = std::max(last_ + 1, now());
      const auto name = stamp(last_) + settings_.suffix;
      const auto written = folder->write(name, outgoing.body);
      if (!written) return {Outcome::unreached, {}, written.error()};  // nothing of it has its name
      if (*written) return {Outcome::delivered, name};
    }
  }

 private:
  const DestinationSettings settings_;
  Instant last_ = 0;
};

}  // namespace

std::unique_ptr<sdk::Destination> make_destination(DestinationSettings settings) {
  return std::make_unique<Destination>(std::move(settings));
}

}  // namespace yilian::file
