#include "engine/mapping/segment_index.h"

#include <algorithm>

namespace yilian::mapping {
namespace {

constexpr std::uint64_t packed(std::uint64_t id, std::uint64_t path, std::uint64_t segment) {
  return id << 40 | path << 24 | segment;
}
constexpr std::uint32_t path_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry >> 24 & 0xFFFF); }
constexpr std::uint32_t segment_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry & 0xFFFFFF); }

}  // namespace

void SegmentIndex::build(const hl7v2::Message& message, const hl7v2::Tree& tree, const Program& program,
                         const MessageProgram& map) {
  tree_ = &tree;
  map_ = &map;
  const std::size_t nodes = tree.nodes().size(), segments = message.segment_count();
  node_paths_.assign(nodes, kNone);
  if (nodes > 0) node_paths_[0] = 0;
  for (std::size_t i = 1; i < nodes; ++i) {
    const std::uint32_t up = node_paths_[tree.nodes()[i].parent];
    if (up == kNone) continue;
    for (const std::uint32_t child : map.paths[up].children) {
      if (map.paths[child].name == tree.nodes()[i].name) node_paths_[i] = child;
    }
  }
  ids_.resize(segments);
  places_.assign(segments, kNone);
  by_path_.clear();
  for (std::uint32_t i = 0; i < segments; ++i) {
    ids_[i] = program.segments.find(message.segment_id(i));
    if (ids_[i] == SegmentIds::kUnknown) continue;
    by_path_.push_back(packed(ids_[i], known_path(tree.group_of(i)), i));
    const auto allowed = map.places.find(ids_[i]);
    if (allowed != map.places.end())
      places_[i] = place_of(node_paths_[tree.group_of(i)], message.segment_id(i), allowed->second);
  }
  std::sort(by_path_.begin(), by_path_.end());
  sort_by_id(program.segments.size());
}

void SegmentIndex::sort_by_id(std::size_t id_count) {
  starts_.assign(id_count + 1, 0);
  for (const std::uint16_t id : ids_) ++starts_[id + 1u];
  for (std::size_t i = 1; i <= id_count; ++i) starts_[i] += starts_[i - 1];
  by_id_.resize(ids_.size());
  for (std::uint32_t i = 0; i < ids_.size(); ++i) by_id_[starts_[ids_[i]]++] = i;
  for (std::size_t i = id_count; i > 0; --i) starts_[i] = starts_[i - 1];
  starts_[0] = 0;
}

std::span<const std::uint32_t> SegmentIndex::of(std::uint16_t id) const {
  return std::span(by_id_).subspan(starts_[id], starts_[id + 1u] - starts_[id]);
}

bool SegmentIndex::encloses(std::uint32_t outer, std::uint32_t path) const {
  if (outer == kNone) return false;
  while (map_->paths[path].depth > map_->paths[outer].depth) path = map_->paths[path].parent;
  return path == outer;
}

// A segment that stands where the structure has none of its kind goes to the nearest place that some row names, if it
// may open a group there: a result without its order is still a result, but a note without its owner is nobody's.
std::uint32_t SegmentIndex::place_of(std::uint32_t path, std::string_view id,
                                     const std::vector<std::uint32_t>& allowed) const {
  if (path != kNone) {
    if (std::find(allowed.begin(), allowed.end(), path) != allowed.end()) return path;
    for (const hl7v2::Particle& child : map_->paths[path].particle->children) {
      if (!child.group && child.name == id) return path;
    }
  }
  std::uint32_t best = kNone, most = 0;
  for (const std::uint32_t candidate : allowed) {
    const auto& children = map_->paths[candidate].particle->children;
    if (candidate != 0 && (children.empty() || children.front().name != id)) continue;
    std::uint32_t up = path == kNone ? 0 : path;
    while (!encloses(up, candidate)) up = map_->paths[up].parent;
    if (best == kNone || map_->paths[up].depth > most) {
      most = map_->paths[up].depth;
      best = candidate;
    }
  }
  return best;
}

// The segments of that id at the place that shares the innermost group with `segment`, as far as they stand in that
// group's occurrence.
std::span<const std::uint64_t> SegmentIndex::nearest(std::uint32_t segment, std::uint16_t id) const {
  std::span<const std::uint64_t> best;
  std::uint32_t deepest = 0;
  auto at = std::lower_bound(by_path_.begin(), by_path_.end(), packed(id, 0, 0));
  const auto all_end = std::lower_bound(at, by_path_.end(), packed(id + 1u, 0, 0));
  while (at != all_end) {
    const std::uint32_t path = path_of(*at);
    const auto path_end = std::lower_bound(at, all_end, packed(id, path + 1u, 0));
    const std::uint32_t around = common(segment, path);
    const auto& group = node(around);
    const auto first = around == 0 ? at : std::lower_bound(at, path_end, packed(id, path, group.first_segment));
    const auto last = around == 0 ? path_end : std::lower_bound(first, path_end, packed(id, path, group.last_segment));
    const std::uint32_t depth = map_->paths[known_path(around)].depth;
    if (first != last && (best.empty() || depth > deepest)) {
      best = {first, last};
      deepest = depth;
    }
    at = path_end;
  }
  return best;
}

std::uint32_t SegmentIndex::resolve(std::uint32_t segment, std::uint16_t id) const {
  if (segment == kNone) {
    const auto all = of(id);
    return all.empty() ? kNone : all.front();
  }
  if (ids_[segment] == id) return segment;
  const auto found = nearest(segment, id);
  if (found.empty()) return kNone;
  const auto after = std::lower_bound(found.begin(), found.end(), packed(id, path_of(found.front()), segment));
  return segment_of(after == found.begin() ? *after : *(after - 1));
}

std::size_t SegmentIndex::count(std::uint32_t segment, std::uint16_t id) const {
  return segment == kNone ? of(id).size() : nearest(segment, id).size();
}

std::uint32_t SegmentIndex::occurrence(std::uint32_t segment, std::uint32_t path) const {
  for (std::uint32_t node = tree_->group_of(segment);; node = tree_->nodes()[node].parent) {
    if (node_paths_[node] == path) return node;
    if (node == 0) return kNone;
  }
}

std::uint32_t SegmentIndex::common(std::uint32_t segment, std::uint32_t path) const {
  std::uint32_t node = tree_->group_of(segment);
  while (node != 0 && !encloses(node_paths_[node], path)) node = tree_->nodes()[node].parent;
  return node;
}

}  // namespace yilian::mapping
