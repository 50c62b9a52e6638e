#include "engine/mapping/build_tree.h"

namespace yilian::mapping {
namespace {

constexpr std::size_t kKeptNodes = 1u << 16;  // memory of a larger run is given back
constexpr std::size_t kKeptEntries = 1u << 15;

}  // namespace

std::uint64_t NumberTable::hashed(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  std::uint64_t x = (static_cast<std::uint64_t>(a) << 32 | b) * 0x9E3779B97F4A7C15ull;
  x ^= x >> 29;
  x += (static_cast<std::uint64_t>(c) << 32 | d) * 0xC2B2AE3D27D4EB4Full;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ull;
  return x ^ x >> 32;
}

void NumberTable::clear() {
  if (entries_.size() > kKeptEntries) entries_ = {};
  size_ = 0;
  if (++stamp_ == 0) {
    for (Entry& entry : entries_) entry.stamp = 0;
    stamp_ = 1;
  }
}

void NumberTable::grow() {
  std::vector<Entry> old = std::move(entries_);
  entries_ = std::vector<Entry>(old.empty() ? 1024 : old.size() * 2, Entry{0, 0, 0, 0, kNone, 0});
  for (const Entry& entry : old) {
    if (entry.stamp != stamp_) continue;
    std::size_t i = hashed(entry.a, entry.b, entry.c, entry.d) & (entries_.size() - 1);
    while (entries_[i].stamp == stamp_) i = (i + 1) & (entries_.size() - 1);
    entries_[i] = entry;
  }
}

std::uint32_t& NumberTable::at(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if ((size_ + 1) * 2 > entries_.size()) {
    if (stamp_ == 0) stamp_ = 1;
    grow();
  }
  std::size_t i = hashed(a, b, c, d) & (entries_.size() - 1);
  for (; entries_[i].stamp == stamp_; i = (i + 1) & (entries_.size() - 1)) {
    Entry& entry = entries_[i];
    if (entry.a == a && entry.b == b && entry.c == c && entry.d == d) return entry.value;
  }
  entries_[i] = Entry{a, b, c, d, kNone, stamp_};
  ++size_;
  return entries_[i].value;
}

std::uint32_t NumberTable::find(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) const {
  if (entries_.empty()) return kNone;
  for (std::size_t i = hashed(a, b, c, d) & (entries_.size() - 1); entries_[i].stamp == stamp_;
       i = (i + 1) & (entries_.size() - 1)) {
    const Entry& entry = entries_[i];
    if (entry.a == a && entry.b == b && entry.c == c && entry.d == d) return entry.value;
  }
  return kNone;
}

void BuildTree::clear() {
  if (nodes_.capacity() > kKeptNodes) nodes_ = {};
  nodes_.clear();
  numbers_.clear();
}

std::uint32_t BuildTree::make(std::uint32_t parent, const Step& step, bool container) {
  nodes_.push_back(
      Node{&step, parent, kNone, kNone, kNone, kNone, kNone, 0, container, false, false, false, false, false, false,
           false, kNone, {}});
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t BuildTree::root(const Step& step) { return make(kNone, step, false); }

// At the place of its element among the children; they are kept in the order of the definitions.
void BuildTree::insert(std::uint32_t parent, std::uint32_t node) {
  unsettle(parent);
  Node& up = nodes_[parent];
  const std::uint16_t order = nodes_[node].step->order;
  nodes_[node].parent = parent;
  if (up.first == kNone || nodes_[up.last].step->order <= order) {
    nodes_[node].next = kNone;
    (up.first == kNone ? up.first : nodes_[up.last].next) = node;
    up.last = node;
    return;
  }
  std::uint32_t before = kNone, at = up.first;
  while (nodes_[at].step->order <= order) {
    before = at;
    at = nodes_[at].next;
  }
  nodes_[node].next = at;
  (before == kNone ? up.first : nodes_[before].next) = node;
}

std::uint32_t BuildTree::find(std::uint32_t parent, std::uint16_t order) const {
  const Node& up = nodes_[parent];
  if (up.last == kNone || nodes_[up.last].step->order < order) return kNone;
  for (std::uint32_t at = up.first; at != kNone && nodes_[at].step->order <= order; at = nodes_[at].next) {
    if (nodes_[at].step->order == order) return at;
  }
  return kNone;
}

std::uint32_t BuildTree::child(std::uint32_t parent, const Step& step) {
  if (const std::uint32_t found = find(parent, step.order); found != kNone) {
    const bool same = nodes_[found].step == &step || nodes_[found].step->name == step.name;
    return same ? found : kNone;
  }
  const std::uint32_t made = make(parent, step, false);
  insert(parent, made);
  return made;
}

std::uint32_t BuildTree::new_item(std::uint32_t parent, const Step& step, bool at_front) {
  std::uint32_t container = find(parent, step.order);
  if (container == kNone) {
    container = make(parent, step, true);
    insert(parent, container);
  }
  const std::uint32_t made = make(container, step, false);
  if (!at_front) {
    append(container, made);
    return made;
  }
  unsettle(container);
  Node& list = nodes_[container];
  nodes_[made].next = list.first;
  if (list.first == kNone) list.last = made;
  list.first = made;
  return made;
}

std::uint32_t BuildTree::item(std::uint32_t parent, const Step& step, std::uint32_t run, std::uint32_t repetition) {
  // Slots are below 2^24 (the compiler sees to it), so the run's own keys, which begin higher, cannot meet them.
  std::uint32_t& number = numbers_.at(step.slot, parent, run, repetition);
  if (number == kNone) number = new_item(parent, step);
  return number;
}

void BuildTree::append(std::uint32_t container, std::uint32_t item) {
  unsettle(container);
  Node& list = nodes_[container];
  nodes_[item].parent = container;
  nodes_[item].next = kNone;
  (list.first == kNone ? list.first : nodes_[list.last].next) = item;
  list.last = item;
}

void BuildTree::move(std::uint32_t node, std::uint32_t parent) {
  remove(node);
  insert(parent, node);
}

void BuildTree::remove(std::uint32_t node) {
  unsettle(nodes_[node].parent);
  Node& old = nodes_[nodes_[node].parent];
  std::uint32_t before = kNone;
  for (std::uint32_t at = old.first; at != node; at = nodes_[at].next) before = at;
  (before == kNone ? old.first : nodes_[before].next) = nodes_[node].next;
  if (old.last == node) old.last = before;
}

bool BuildTree::fresh(std::uint32_t node, const Orders& below) const {
  const Node& self = nodes_[node];
  if (self.has_text || (self.instance != kNone && self.parent != kNone)) return false;
  for (std::uint32_t at = self.first; at != kNone; at = nodes_[at].next) {
    if (below.has(nodes_[at].step->order)) return false;
  }
  return true;
}

Branch BuildTree::copy(std::uint32_t node, std::size_t size) const {
  const auto base = static_cast<std::uint32_t>(size);
  const Node& target = nodes_[node];
  Branch branch{target.text, target.has_text, target.sourced, kNone, {nodes_.begin() + base, nodes_.end()}};
  const auto relative = [&](std::uint32_t& link) {
    if (link != kNone) link -= base;
  };
  for (Node& each : branch.nodes) {
    each.parent = each.parent == node ? kNone : each.parent - base;
    relative(each.first);
    relative(each.last);
    if (each.parent != kNone) relative(each.next);
  }
  // Among the children there may be older ones between the new ones.
  std::uint32_t before = kNone;
  for (std::uint32_t at = target.first; at != kNone; at = nodes_[at].next) {
    if (at < base) continue;
    (before == kNone ? branch.first : branch.nodes[before].next) = at - base;
    before = at - base;
  }
  if (before != kNone) branch.nodes[before].next = kNone;
  return branch;
}

void BuildTree::paste(std::uint32_t node, const Branch& branch) {
  const auto base = static_cast<std::uint32_t>(nodes_.size());
  const auto absolute = [&](std::uint32_t& link) {
    if (link != kNone) link += base;
  };
  unsettle(node);
  nodes_[node].text = branch.text;
  nodes_[node].has_text = branch.has_text;
  nodes_[node].sourced = branch.sourced;
  nodes_.insert(nodes_.end(), branch.nodes.begin(), branch.nodes.end());
  for (std::size_t i = base; i < nodes_.size(); ++i) {
    absolute(nodes_[i].parent);
    absolute(nodes_[i].first);
    absolute(nodes_[i].last);
    absolute(nodes_[i].next);
  }
  for (std::uint32_t at = branch.first; at != kNone; at = branch.nodes[at].next) insert(node, at + base);
}

std::vector<Node> BuildTree::copy_since(std::size_t size, std::size_t instances) const {
  const auto base = static_cast<std::uint32_t>(size);
  std::vector<Node> nodes(nodes_.begin() + base, nodes_.end());
  for (Node& each : nodes) {
    for (std::uint32_t* const link : {&each.parent, &each.first, &each.last, &each.next}) {
      if (*link != kNone) *link -= base;
    }
    if (each.instance != kNone) each.instance -= static_cast<std::uint32_t>(instances);
  }
  return nodes;
}

void BuildTree::paste_apart(const std::vector<Node>& nodes, std::uint32_t instances) {
  const auto base = static_cast<std::uint32_t>(nodes_.size());
  nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
  for (std::size_t i = base; i < nodes_.size(); ++i) {
    Node& each = nodes_[i];
    for (std::uint32_t* const link : {&each.parent, &each.first, &each.last, &each.next}) {
      if (*link != kNone) *link += base;
    }
    if (each.instance != kNone) each.instance += instances;
  }
}

bool BuildTree::has_content(std::uint32_t node) const {
  const Node& self = nodes_[node];
  if (self.has_text || self.instance != kNone) return true;
  for (std::uint32_t at = self.first; at != kNone; at = nodes_[at].next) {
    if (has_content(at)) return true;
  }
  return false;
}

}  // namespace yilian::mapping
