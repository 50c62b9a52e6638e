// Arranging a message's segments by a structure, forgivingly.

#include <algorithm>
#include <optional>

#include "engine/hl7v2/grammar.h"

namespace yilian::hl7v2 {
namespace {

constexpr std::size_t kMostNotices = 50;

// The way down from a group to the segment: child indices.
using Way = std::vector<std::size_t>;

// Whether `id` can be the first segment of `group` (heads may be optional); with `any`, whether it stands anywhere in it.
bool reach(const Particle& group, std::string_view id, bool any, Way& way) {
  for (std::size_t i = 0; i < group.children.size(); ++i) {
    const Particle& child = group.children[i];
    way.push_back(i);
    if (!child.group ? child.name == id : reach(child, id, any, way)) return true;
    way.pop_back();
    if (!any && child.required) return false;
  }
  return false;
}

class Arranger {
 public:
  Arranger(const Message& message, const Particle& structure, std::vector<Tree::Node>& nodes, std::vector<std::uint32_t>& group_of, std::vector<Notice>& notices)
      : message_(message), nodes_(nodes), group_of_(group_of), notices_(notices) {
    nodes_.push_back({"", 0, 0, 0, {}, {}});
    open_.push_back({&structure, 0, std::nullopt, 0, std::vector<bool>(structure.children.size())});
  }

  void run() {
    group_of_.resize(message_.segment_count());
    for (std::size_t i = 0; i < message_.segment_count(); ++i) {
      const std::string_view id = message_.segment_id(i);
      const auto segment = static_cast<std::uint32_t>(i);
      if (id.front() != 'Z' && !place(id, segment)) {
        tell(id, "has no place in this structure; it was taken as part of " + group_name());
        stand(segment);
      } else if (id.front() == 'Z') {
        stand(segment);
      }
    }
    ranges();
  }

 private:
  struct Open {
    const Particle* group;
    std::uint32_t node;
    std::optional<std::size_t> position;  // the farthest child that came
    std::size_t last = 0;                 // the child that came last
    std::vector<bool> seen;               // children that came at all
  };

  std::string group_name() const { return open_.size() == 1 ? "the message" : std::string(open_.back().group->name); }

  void tell(std::string_view id, std::string what) {
    if (notices_.size() < kMostNotices) notices_.push_back({std::string(id), std::move(what)});
  }

  void stand(std::uint32_t segment) {
    nodes_[open_.back().node].segments.push_back(segment);
    group_of_[segment] = open_.back().node;
  }

  // Goes up to `level` and down its `way`, opening groups; the last step is the segment itself.
  void enter(std::size_t level, const Way& way, std::uint32_t segment) {
    open_.resize(level + 1);
    for (std::size_t step = 0; step < way.size(); ++step) {
      Open& here = open_.back();
      if (!here.position || *here.position < way[step]) here.position = way[step];
      here.seen[way[step]] = true;
      here.last = way[step];
      const Particle& child = here.group->children[way[step]];
      if (!child.group) break;
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({child.name, here.node, segment, segment, {}, {}});
      nodes_[here.node].groups.push_back(node);
      open_.push_back({&child, node, std::nullopt, 0, std::vector<bool>(child.children.size())});
    }
    stand(segment);
  }

  // How much liberty a search takes: none; required parts may be passed over; groups may lack their heads as well.
  enum class Liberty { none, gaps, heads };

  // Forward from where `open` stands; the group that came last may come again even when a later one has been.
  bool forward(const Open& open, std::string_view id, Liberty liberty, Way& way) const {
    const auto& children = open.group->children;
    const auto is = [&](std::size_t i) {
      way.assign(1, i);
      return !children[i].group ? children[i].name == id : reach(children[i], id, liberty == Liberty::heads, way);
    };
    if (open.position && open.last < *open.position && children[open.last].repeats && is(open.last)) return true;
    for (std::size_t i = open.position.value_or(0); i < children.size(); ++i) {
      const Particle& child = children[i];
      const bool passed = open.position && i == *open.position;
      if ((!passed || child.repeats) && is(i)) return true;
      if (liberty == Liberty::none && child.required && !open.seen[i] && !passed) return false;
    }
    return false;
  }

  // An enclosing group may have an earlier part of the same head that is still empty: a result that follows its specimen belongs there.
  bool earlier_empty(std::size_t level, std::string_view id) {
    for (std::size_t up = level; up-- > 0;) {
      const Open& open = open_[up];
      for (std::size_t i = 0; open.position && i < *open.position; ++i) {
        const Particle& child = open.group->children[i];
        if (child.group && !open.seen[i] && !child.children.empty() && child.children.front().name == id) {
          tell(id, "came after " + std::string(open.group->children[*open.position].name) + " and was taken as " + std::string(child.name));
          enter(up, {i, 0}, static_cast<std::uint32_t>(current_));
          return true;
        }
      }
    }
    return false;
  }

  bool place(std::string_view id, std::uint32_t segment) {
    current_ = segment;
    Way way;
    for (std::size_t level = open_.size(); level-- > 0;) {
      if (!forward(open_[level], id, Liberty::none, way)) continue;
      if (way.size() > 1 && level > 0 && earlier_empty(level, id)) return true;
      enter(level, way, segment);
      return true;
    }
    if (id == "NTE") {  // belongs to what stands before it
      stand(segment);
      return true;
    }
    for (const Liberty liberty : {Liberty::gaps, Liberty::heads}) {
      for (std::size_t level = open_.size(); level-- > 0;) {
        if (!forward(open_[level], id, liberty, way)) continue;
        tell(id, "came before what should precede it");
        enter(level, way, segment);
        return true;
      }
    }
    return backward(id, segment);
  }

  bool backward(std::string_view id, std::uint32_t segment) {
    for (std::size_t level = open_.size(); level-- > 0;) {
      for (std::size_t i = 0; i < open_[level].group->children.size(); ++i) {
        const Particle& child = open_[level].group->children[i];
        if (child.group || child.name != id) continue;
        tell(id, "came out of order");
        enter(level, {i}, segment);
        return true;
      }
    }
    for (std::size_t level = open_.size(); level-- > 0;) {
      for (std::size_t i = 0; i < open_[level].group->children.size(); ++i) {
        const Particle& child = open_[level].group->children[i];
        Way way{i};
        if (!child.group || !reach(child, id, true, way)) continue;
        tell(id, "came out of order");
        enter(level, way, segment);
        return true;
      }
    }
    return false;
  }

  void ranges() {
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      Tree::Node& node = nodes_[i];
      std::uint32_t first = node.segments.empty() ? node.first_segment : node.segments.front();
      std::uint32_t last = node.segments.empty() ? node.first_segment : node.segments.back() + 1;
      for (const std::uint32_t child : node.groups) {
        first = std::min(first, nodes_[child].first_segment);
        last = std::max(last, nodes_[child].last_segment);
      }
      node.first_segment = first;
      node.last_segment = last;
    }
  }

  const Message& message_;
  std::vector<Tree::Node>& nodes_;
  std::vector<std::uint32_t>& group_of_;
  std::vector<Notice>& notices_;
  std::vector<Open> open_;
  std::size_t current_ = 0;
};

}  // namespace

Tree Tree::arrange(const Message& message, const Particle& structure) {
  Tree tree;
  Arranger(message, structure, tree.nodes_, tree.group_of_, tree.notices_).run();
  return tree;
}

}  // namespace yilian::hl7v2
