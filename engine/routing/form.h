#pragma once
// In which form a destination gets a message: as it came, with some of its fields changed, or made anew from the resources.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/config.h"
#include "engine/mapping/outbound/outbound.h"
#include "engine/text/encoding.h"

namespace yilian::routing {

struct Inlet;

class Form {
 public:
  // Reads `send`, `set`, `drop`, `charset` and `outbound` of a destination.
  static Form read(const config::Node& destination, std::vector<Issue>& issues);
  // Compiles what `outbound` says; where a destination has it.
  void compile(const mapping::outbound::Library& library, std::vector<Issue>& issues);
  bool wants_outbound() const { return kind_ == Kind::outbound; }

  // The bytes as they came are what is sent.
  bool as_it_came() const { return kind_ == Kind::raw && set_.empty() && drop_.empty() && !charset_; }
  // The messages to send for one that came in, at `inlet`. Errors: what makes it impossible, for people: it is a dead letter then. None at all:
  // the message holds nothing for this destination.
  Result<std::vector<std::string>> make(std::string_view raw, const Inlet& inlet, Instant received) const;

 private:
  enum class Kind : std::uint8_t { raw, outbound, bundle };
  struct Change {
    std::string segment;
    unsigned field = 0;
    std::string value;
  };
  Result<std::string> changed(std::string_view raw, const Inlet& inlet) const;

  Kind kind_ = Kind::raw;
  std::vector<Change> set_;
  std::vector<std::string> drop_;
  std::optional<text::Charset> charset_;
  config::Node profile_;
  std::shared_ptr<const mapping::outbound::Outbound> outbound_;
};

}  // namespace yilian::routing
