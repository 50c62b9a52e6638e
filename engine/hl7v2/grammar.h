#pragma once
// What HL7 v2 says of its segments, fields and message structures (2.1 to 2.8), generated into definitions/hl7v2.txt by tools/make-hl7v2-definitions.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {

struct FieldFacts {
  std::string_view name;      // "Patient Identifier List"
  std::string_view datatype;  // "CX"
  bool repeats;
};
// The widest definition over all versions (the newest that has it); nullptr when no version has such a field.
const FieldFacts* field_facts(std::string_view segment, unsigned field);
bool is_segment(std::string_view id);
// Components of a composite datatype ("CX" -> 10); 0 for a primitive or unknown one.
unsigned component_count(std::string_view datatype);
std::string_view component_datatype(std::string_view datatype, unsigned component);

// A message structure: a tree of segments and groups, `name` as in the newest version that has it ("ORDER_OBSERVATION").
struct Particle {
  std::string_view name;  // segment id or group name
  bool group;
  bool required;
  bool repeats;
  std::vector<Particle> children;  // of a group
};
const Particle* structure(std::string_view name);  // "ORU_R01"
std::string_view structure_of(std::string_view type, std::string_view event);  // ADT, A04 -> "ADT_A01"; empty when unknown

// The segments of one message arranged by a structure. Tolerant: out-of-order, missing heads, unknown and Z segments all find a place
// (a segment with no place of its own belongs to the group that is open), and each liberty taken is told.
class Tree {
 public:
  struct Node {
    std::string_view name;          // group name; "" for the root
    std::uint32_t parent;           // node index; the root is 0 and its own parent
    std::uint32_t first_segment, last_segment;  // message indices: [first, last)
    std::vector<std::uint32_t> segments;  // message indices of the segments that stand directly in this group occurrence
    std::vector<std::uint32_t> groups;    // nodes of the groups directly in it, in order
  };
  static Tree arrange(const Message& message, const Particle& structure);

  const std::vector<Node>& nodes() const { return nodes_; }
  std::uint32_t group_of(std::uint32_t segment) const { return group_of_[segment]; }  // the node a segment stands in
  const std::vector<Notice>& notices() const { return notices_; }

 private:
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> group_of_;
  std::vector<Notice> notices_;
};

}  // namespace yilian::hl7v2
