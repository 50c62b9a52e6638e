#pragma once
// One segment under construction: parts by number, in any order.

#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7v2/builder.h"
#include "engine/mapping/outbound/program.h"

namespace yilian::mapping::outbound {

struct Address {
  unsigned field = 0, repetition = 1, component = 1, subcomponent = 1;
  auto operator<=>(const Address&) const = default;
};

class Fields {
 public:
  struct Part {
    Address at;
    std::string text;
  };
  Fields(std::string segment, const Program& program) : segment_(std::move(segment)), program_(program) {}

  enum class Put { written, same, taken, lacking, unwanted };
  // `content`: it comes from a resource, and is no literal of the rules. A place holds one value: the first.
  Put put(const Address& at, std::string_view text, bool content);
  // Why put() gave `lacking` or `unwanted`: "OBX-19 is not in HL7 2.3".
  std::string reason(const Address& at, Put result) const;

  unsigned repetitions(unsigned field) const;
  std::string_view text(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent) const;  // empty: none
  bool has_content() const { return content_; }
  const std::vector<Part>& parts() const { return parts_; }
  bool has(unsigned field, unsigned repetition, unsigned component) const;  // component 0: anything of the field
  const std::string& segment() const { return segment_; }
  void write(hl7v2::Builder& builder);

 private:
  std::string segment_;
  const Program& program_;
  std::vector<Part> parts_;
  bool content_ = false;
};

}  // namespace yilian::mapping::outbound
