#pragma once
// Which segments, fields and components a version of HL7 v2 has. What the newest has is in grammar.h.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace yilian::hl7v2 {

bool is_version(std::string_view text);  // "2.1" … "2.9"
// By their numbers: "2.10" is newer than "2.9"; also for counts. <0, 0, >0.
int compare_numbers(std::string_view a, std::string_view b);

class Version {
 public:
  explicit Version(std::string_view version);

  enum class Lacks { nothing, segment, field, component };
  // What this version lacks of SEG-field.component.subcomponent; components of a field that is no composite there are
  // lacking, but for the first one.
  Lacks lacks(std::string_view segment, unsigned field, unsigned component, unsigned subcomponent) const;
  // Datatype of a part, "" where this version has none; component 0: of the field.
  std::string_view datatype(std::string_view segment, unsigned field, unsigned component) const;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  bool newest_ = false;  // 2.8 and newer: grammar.h
  std::map<std::string_view, std::vector<std::string_view>> segments_, types_;
};

}  // namespace yilian::hl7v2
