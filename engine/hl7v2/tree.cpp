// Arranging a message's segments by a structure, forgivingly. README.md lists the rules for what the structure leaves
// open.

#include <algorithm>
#include <optional>

#include "engine/hl7v2/grammar.h"
#include "engine/hl7v2/plan.h"

namespace yilian::hl7v2 {
namespace {

constexpr std::size_t kMostNotices = 50;

// These say more about what stands before them, and never begin anything.
bool only_follows(std::string_view id) { return id == "NTE" || id == "PRT" || id == "ROL" || id == "ARV"; }
// These tell of the patient and the visit of all that is open: coming late they start no new one.
bool only_describes(std::string_view id) { return id == "PV1" || id == "PV2" || id == "PD1"; }

class Arranger {
 public:
  using Index = Plan::Index;

  Arranger(const Message& message, const Plan& plan, std::vector<Tree::Node>& nodes,
           std::vector<std::uint32_t>& group_of, std::vector<Notice>& notices)
      : message_(message), plan_(plan), nodes_(nodes), group_of_(group_of), notices_(notices) {
    nodes_.push_back({"", 0, 0, 0, {}, {}});
    open_.push_back({0, 0, 0, 0});
  }

  void run() {
    const auto count = static_cast<std::uint32_t>(message_.segment_count());
    group_of_.resize(count);
    for (std::uint32_t i = count; i-- > 0 && last_order_ == 0;) {
      if (message_.segment_id(i) == "OBR") last_order_ = i;
    }
    for (segment_ = 0; segment_ < count; ++segment_) {
      id_ = message_.segment_id(segment_);
      if (id_.front() == 'Z') {
        stand();
      } else {
        place();
      }
    }
    leave(0);
    nodes_[0].last_segment = count;
  }

 private:
  struct Open {
    Index group;
    std::uint32_t node;
    Index position;      // the child where the group stands; 0 before its first
    std::uint64_t seen;  // children that came, by number
  };

  // How a segment gets its place, the lawful way first.
  enum class Step {
    lawful,  // forward, or again where that repeats; what a new group requires first is not passed over
    late,    // a single segment of an open group, out of its order or once too often
    ahead,   // forward into a group whose head is missing
    back,    // an earlier repeating group again, by its head
    anew,    // the open group again, its head missing
  };

  void tell(std::string what) {
    if (notices_.size() < kMostNotices) {
      std::size_t number = 1;
      for (std::uint32_t i = 0; i < segment_; ++i) number += message_.segment_id(i) == id_;
      notices_.push_back({std::string(id_) + "[" + std::to_string(number) + "]", std::move(what)});
    } else if (notices_.size() == kMostNotices) {
      notices_.push_back({"", "there are more; only the first fifty are told"});
    }
  }

  std::string open_name() const {
    return open_.size() == 1 ? "the message" : std::string(plan_[open_.back().group].name);
  }

  void stand() {
    nodes_[open_.back().node].segments.push_back(segment_);
    group_of_[segment_] = open_.back().node;
  }

  void leave(std::size_t level) {
    for (std::size_t i = open_.size(); i-- > level + 1;) nodes_[open_[i].node].last_segment = segment_;
    open_.resize(level + 1);
  }

  bool has_seen(const Open& open, Index child) const { return (open.seen >> plan_[child].number & 1) != 0; }

  // Goes up to `level` and down to the leaf `place`, opening the groups between.
  void enter(std::size_t level, Index place) {
    leave(level);
    for (;;) {
      Open& here = open_.back();
      const Index child = plan_.child_towards(here.group, place);
      // A segment out of its order does not pull the group back, a repeating group does: the next one of the same kind
      // is to be its like.
      if (child > here.position || plan_[child].group) here.position = child;
      here.seen |= std::uint64_t{1} << plan_[child].number;
      if (!plan_[child].group) break;
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({plan_[child].name, here.node, segment_, segment_, {}, {}});
      nodes_[here.node].groups.push_back(node);
      open_.push_back({child, node, 0, 0});
    }
    stand();
  }

  // Whether every group from `child` down to the leaf `place` lets this segment in.
  bool doors_open(Index child, Index place) const {
    for (Index at = place; at != child;) {
      at = plan_[at].parent;
      if (plan_[at].door == Plan::Door::head_only && plan_[at].head != id_) return false;
      if (plan_[at].door == Plan::Door::before_order && last_order_ < segment_) return false;
    }
    return true;
  }

  bool begins_all(Index child, Index place) const {
    for (Index at = place; at != child; at = plan_[at].parent) {
      if (!plan_[at].may_begin) return false;
    }
    return true;
  }

  bool fits(const Open& open, Index place, Step step) const {
    const Index child = plan_.child_towards(open.group, place);
    const bool group = plan_[child].group, repeats = plan_[child].repeats;
    if (group && !doors_open(child, place)) return false;
    switch (step) {
      case Step::lawful:
        return (child > open.position || (child == open.position && repeats)) && begins_all(child, place);
      case Step::late:
        return !group && (open.group == 0 || !plan_[place].may_begin);
      case Step::ahead:
        return group && child > open.position;
      case Step::back:
        return group && child < open.position && repeats && begins_all(child, place);
      case Step::anew:
        return group && child == open.position && repeats;
    }
    return false;
  }

  std::optional<Index> find(const Open& open, std::span<const Index> places, Step step) const {
    std::optional<Index> second;
    for (const Index place : places) {
      if (place <= open.group || place >= plan_[open.group].end || !fits(open, place, step)) continue;
      // Where a head is missing anyway, the place that lacks no other wins.
      if (step == Step::lawful || step == Step::late || plan_[place].may_begin) return place;
      if (!second) second = place;
    }
    return second;
  }

  void place() {
    const auto places = plan_.places(id_);
    if (id_ == "NTE") return take_note(places);
    if (id_ == "OBX" && plan_.results() && take_result(places)) return;
    for (const Step step : {Step::lawful, Step::late, Step::ahead, Step::back, Step::anew}) {
      if (step > Step::late && only_follows(id_)) break;
      if (step == Step::anew && only_describes(id_)) break;
      for (std::size_t level = open_.size(); level-- > 0;) {
        const auto found = find(open_[level], places, step);
        if (!found) continue;
        explain(step, level, *found);
        enter(level, *found);
        return;
      }
    }
    tell((places.empty() ? "is not part of this structure; it was taken as part of "
                         : "has no place here; it was taken as part of ") +
         open_name());
    stand();
  }

  // A note belongs to what stands before it: to the group that is open, or to one around it where that is the
  // structure's very next place.
  void take_note(std::span<const Index> places) {
    for (std::size_t level = open_.size(); level-- > 0;) {
      Open& here = open_[level];
      const auto found = std::find_if(places.begin(), places.end(), [&](Index place) {
        const Index group = plan_[place].parent;
        if (group == here.group) return place >= here.position;
        // The very next place may be the beginning of a group: the notes of RXO, before its routes.
        return place == plan_.first_child(group) && plan_[group].parent == here.group && here.position != 0 &&
               group == plan_.next_sibling(here.position);
      });
      if (found == places.end() || (level + 1 < open_.size() && passes_required(here, *found))) continue;
      enter(level, *found);
      return;
    }
    tell("has no place here; it was taken as part of " + open_name());
    stand();
  }

  // A required part between where the group stands and `child` has not come.
  const Plan::Item* passes_required(const Open& open, Index child) const {
    for (Index i = open.position == 0 ? plan_.first_child(open.group) : plan_.next_sibling(open.position); i < child;
         i = plan_.next_sibling(i)) {
      if (plan_[i].required && !has_seen(open, i)) return &plan_[i];
    }
    return nullptr;
  }

  // In a message of results, an OBX after SPM is about the specimen only when the order has its results already.
  bool take_result(std::span<const Index> places) {
    std::size_t level = open_.size() - 1;
    while (level > 0 && plan_[open_[level].group].head != "SPM") --level;
    if (level == 0) return false;
    const Open& order = open_[level - 1];
    for (const Index place : places) {
      const Index group = plan_[place].parent;
      if (plan_[group].parent != order.group || group >= open_[level].group || plan_[group].head != "OBX" ||
          has_seen(order, group))
        continue;
      tell("came after " + std::string(plan_[open_[level].group].name) + " and was taken as " +
           std::string(plan_[group].name));
      enter(level - 1, place);
      return true;
    }
    return false;
  }

  void explain(Step step, std::size_t level, Index place) {
    const Open& open = open_[level];
    const Index child = plan_.child_towards(open.group, place);
    switch (step) {
      case Step::lawful:
        if (const auto* missing = passes_required(open, child))
          tell("came without the " + std::string(missing->name) + " that should precede it");
        return;
      case Step::late:
        return tell("came out of order, or once too often");
      case Step::back:
        return tell("came out of order");
      case Step::ahead:
      case Step::anew:
        return tell("came without the " + std::string(plan_[child].head) + " that begins " +
                    std::string(plan_[child].name));
    }
  }

  const Message& message_;
  const Plan& plan_;
  std::vector<Tree::Node>& nodes_;
  std::vector<std::uint32_t>& group_of_;
  std::vector<Notice>& notices_;
  std::vector<Open> open_;
  std::uint32_t segment_ = 0, last_order_ = 0;
  std::string_view id_;
};

}  // namespace

Tree Tree::arrange(const Message& message, const Particle& structure) {
  Tree tree;
  std::optional<Plan> own;
  const Plan* plan = plan_of(structure);
  if (plan == nullptr) plan = &own.emplace(structure);
  Arranger(message, *plan, tree.nodes_, tree.group_of_, tree.notices_).run();
  return tree;
}

}  // namespace yilian::hl7v2
