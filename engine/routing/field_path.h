#pragma once
// A field of a message as people write it in conditions and tests of routes: "MSH-5", "PID-3.1", "OBX[2]-5", "PID-3(2).1.1".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7v2/message.h"

namespace yilian::routing {

struct FieldPath {
  std::string segment;
  unsigned ordinal = 0;     // among the segments of its name, from 1; 0: any
  unsigned field = 0;
  unsigned repetition = 0;  // 0: any
  unsigned component = 0, subcomponent = 0;  // 0: the whole

  static std::optional<FieldPath> read(std::string_view text);
  // All that stand there and are not empty, as HL7 writes them: the whole field where nothing of it is named.
  std::vector<std::string_view> values(const hl7v2::Message& message) const;
  // The same, with each repetition for itself.
  std::vector<std::string_view> parts(const hl7v2::Message& message) const;
  // MSH-1 and MSH-2 are the delimiters themselves: nothing is cut or escaped in them.
  bool names_delimiters() const { return segment == "MSH" && field <= 2; }

 private:
  std::vector<std::string_view> fields(const hl7v2::Message& message) const;
};

}  // namespace yilian::routing
