#pragma once
// Which segments stand where in one message: answers "the OBR that encloses this OBX" without looking at text.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/hl7v2/grammar.h"
#include "engine/mapping/program.h"

namespace yilian::mapping {

class SegmentIndex {
 public:
  void build(const hl7v2::Message& message, const hl7v2::Tree& tree, const Program& program, const MessageProgram& map);

  // The segment of that id for somebody who stands in `segment`: itself, else one in the innermost group occurrence
  // that encloses both by the structure (never one that belongs to a sibling of an occurrence that `segment` stands in:
  // an OBX has its own OBR or none); of several the nearest before it, else the first after it. kNone when there is
  // none. `segment` may be kNone: the first of the message.
  std::uint32_t resolve(std::uint32_t segment, std::uint16_t id) const;
  // How many there are to choose from.
  std::size_t count(std::uint32_t segment, std::uint16_t id) const;

  std::span<const std::uint32_t> of(std::uint16_t id) const;  // all of that id, in order
  std::uint16_t id(std::uint32_t segment) const { return ids_[segment]; }
  std::uint32_t group(std::uint32_t segment) const { return tree_->group_of(segment); }
  std::uint32_t place(std::uint32_t segment) const { return places_[segment]; }  // the group path that rows find it by
  std::uint32_t path(std::uint32_t node) const {
    return node_paths_[node];
  }  // kNone for a group the structure does not have
  const hl7v2::Tree::Node& node(std::uint32_t node) const { return tree_->nodes()[node]; }
  // The occurrence of a group path that encloses the segment; kNone when none does.
  std::uint32_t occurrence(std::uint32_t segment, std::uint32_t path) const;
  // The innermost group occurrence around the segment whose path also encloses `path`; the root at last.
  std::uint32_t common(std::uint32_t segment, std::uint32_t path) const;

 private:
  std::span<const std::uint64_t> nearest(std::uint32_t segment, std::uint16_t id) const;
  std::uint32_t known_path(std::uint32_t node) const { return node_paths_[node] == kNone ? 0 : node_paths_[node]; }
  std::uint32_t place_of(std::uint32_t path, std::string_view id, const std::vector<std::uint32_t>& allowed) const;
  bool encloses(std::uint32_t outer, std::uint32_t path) const;
  void sort_by_id(std::size_t id_count);

  const hl7v2::Tree* tree_ = nullptr;
  const MessageProgram* map_ = nullptr;
  std::vector<std::uint16_t> ids_;         // by segment
  std::vector<std::uint32_t> places_;      // by segment
  std::vector<std::uint32_t> node_paths_;  // by node
  std::vector<std::uint32_t> starts_, by_id_;
  std::vector<std::uint64_t> by_path_;  // id << 40 | path << 24 | segment
};

}  // namespace yilian::mapping
