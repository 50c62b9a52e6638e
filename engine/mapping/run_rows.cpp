// Rows of a message map: they find or make the instances that segments feed, and link them.

#include <algorithm>
#include <cstring>

#include "engine/mapping/run.h"

namespace yilian::mapping {

void Run::run_rows() {
  s_.feeding.assign(message_.segment_count(), {});
  for (const auto& [id, rows] : map_.by_segment) {
    for (const std::uint32_t segment : s_.index.of(id)) {
      auto& feeding = s_.feeding[segment];
      feeding.valued = message_.valued_fields(segment);
      if (context_.trace) continue;
      feeding.odd = odd_fields(segment, feeding.valued);
      feeding.whens = row_list(rows, segment);
    }
  }
  for (const Row& row : map_.rows) {
    for (const std::uint32_t segment : s_.index.of(row.segment)) {
      if (row.path != kNone && s_.index.place(segment) != row.path) {
        if (row.identifies && row.single && map_.declared[row.declared].needed) another_elsewhere(row, segment);
        continue;
      }
      const auto* const whens = s_.feeding[segment].whens;
      const std::uint32_t when = whens == nullptr ? row.when : (*whens)[row.ordinal];
      if (when != Test::kFails) run_row(row, segment, when);
      if (tree_.size() > kMostNodes) overflow_ = true;
      if (overflow_) return;
    }
  }
}

void Run::run_row(const Row& row, std::uint32_t segment, std::uint32_t when) {
  Scope scope;
  scope.segment = segment;
  scope.outer = scope.rule = row.info;
  if (!holds(when, scope)) return;
  if (!row.refuse.empty()) return refuse(row.refuse, scope);
  scope.run = ++runs_;
  std::uint32_t made = kNone;
  if (row.declared != kNone) {
    made = instance_for(row.declared, segment);
    if (made == kNone) return;
    if (row.identifies && tells_of_another(row, made, segment)) return;
    scope.node = s_.instances[made].node;
    for (const std::string& path : row.clears) s_.cleared.emplace_back(made, path);
  }
  for (const auto& [declared, rule] : row.sets) {
    const std::uint32_t instance = declared == row.declared ? made : find_instance(declared, segment);
    if (instance == kNone) continue;
    Scope set = scope;
    set.node = s_.instances[instance].node;
    set.outer = kNone;
    run_rule(rule, set);
  }
  for (const Link& link : row.links) s_.links.push_back({&link, segment, scope.run, link.from == row.declared ? made : kNone});
  if (row.block == kNone) return;
  if (row.steps > 0) scope.node = walk(scope.node, row.first_step, row.steps, scope.run, 0, segment);
  if (scope.node == kNone) return;
  scope.outer = kNone;
  run_block(program_.blocks[row.block], scope);
}

std::uint32_t Run::make_instance(const Step& root, const Declared* declared, std::uint32_t segment) {
  if (s_.instances.size() >= kMostInstances) {
    overflow_ = true;
    return kNone;
  }
  Instance instance;
  instance.root = &root;
  instance.node = tree_.root(root);
  instance.declared = declared;
  instance.segment = segment;
  s_.instances.push_back(instance);
  const auto index = static_cast<std::uint32_t>(s_.instances.size() - 1);
  tree_[instance.node].instance = index;
  return index;
}

void Run::set_id(Instance& instance, std::string_view name) {
  instance.identity = Instance::Identity::keyed;
  instance.id = Uuid::named(context_.space, name);
  instance.id.text(instance.id_text);
}

// Type and key parts with bars between; a bar within a part is told from them by a backslash.
bool Run::identify(Instance& instance, const Key& key, const Scope& scope) {
  std::string& name = s_.text;
  for (const auto& alternative : key.alternatives) {
    name = instance.root->type->name;
    if (context_.trace) s_.sources.clear();
    bool all = true;
    for (const std::uint32_t part : alternative) {
      const std::string_view text = evaluate(part, scope);
      all = all && !text.empty();
      name += '|';
      const bool plain = std::none_of(text.begin(), text.end(), [](char c) { return c == '|' || c == '\\'; });
      if (plain || program_.exprs[part].op == Expr::Op::pick) {
        name += text;
        continue;
      }
      for (const char c : text) {
        if (c == '|' || c == '\\') name += '\\';
        name += c;
      }
    }
    if (!all) continue;
    if (context_.trace) use_sources(0);
    set_id(instance, name);
    return true;
  }
  return false;
}

// The same where the segment stands at another place of the structure (the PID of a prior result): what follows it may
// be taken back to the first, so it must be his.
void Run::another_elsewhere(const Row& row, std::uint32_t segment) {
  if (!s_.positions[row.declared].empty()) tells_of_another(row, s_.positions[row.declared].front().second, segment);
}

// Whether the segment tells of another resource than the one that has its place already: a second PID with another
// number where the structure has one patient. What two of them say is never put into one. A second of what the message
// cannot do without (its patient) refuses the message, for nothing tells whose the segments around are; a second of
// anything else is left out.
bool Run::tells_of_another(const Row& row, std::uint32_t made, std::uint32_t segment) {
  const Declared& declared = map_.declared[row.declared];
  const std::uint32_t first = row.single ? s_.positions[row.declared].front().second : made;
  const Instance& known = s_.instances[first];
  if (known.segment == segment) return false;
  Instance asked = known;
  asked.identity = Instance::Identity::unkeyed;
  Scope scope;
  scope.segment = segment;
  scope.outer = scope.rule = row.info;
  const bool keyed = std::any_of(declared.keys.begin(), declared.keys.end(),
                                 [&](const Key& key) { return identify(asked, key, scope); });
  if (keyed ? asked.id == known.id : s_.index.id(known.segment) != row.segment || !declared.needed) return false;
  const std::string type(declared.type->name);
  if (declared.needed) {
    refuse("the message tells of a second " + type + " where its structure has one: each needs a message of its own", scope);
  } else {
    note(Notice::Kind::structure, std::string(message_.segment_id(segment)),
         "tells of another " + type + " than the one that has its place; it was not taken", row.info);
  }
  return true;
}

std::uint32_t Run::make_declared(std::uint32_t index, std::uint32_t segment, std::uint32_t position) {
  const Declared& declared = map_.declared[index];
  Scope scope;
  scope.segment = segment;
  if (!holds(declared.when, scope)) return kNone;
  const std::uint32_t made = make_instance(declared.root, &declared, segment);
  if (made == kNone) return kNone;
  Instance& instance = s_.instances[made];
  const bool known = std::any_of(declared.keys.begin(), declared.keys.end(),
                                 [&](const Key& key) { return identify(instance, key, scope); });
  if (!known) {
    if (context_.trace && !declared.keys.empty())
      fell(Fallback::Kind::no_key, {},
           "no number of this " + declared.name + " is told: its id is of this message alone", kNone);
    // Control ids start anew in many systems: the message's time belongs to them.
    const std::uint32_t msh = resolve(kNone, program_.msh);
    std::string name(declared.type->name);
    ((name += "|~|") += context_.feed) += '|';
    name += message_.control_id();
    name += '|';
    if (msh != kNone) name += message_.field(msh, 7);
    ((name += '|') += declared.name) += '|' + std::to_string(s_.positions[index].size());
    set_id(instance, name);
  }
  auto& positions = s_.positions[index];
  const std::pair<std::uint32_t, std::uint32_t> entry{position, made};
  if (positions.empty() || positions.back() < entry) {
    positions.push_back(entry);
  } else {
    positions.insert(std::lower_bound(positions.begin(), positions.end(), entry), entry);
  }
  return made;
}

std::uint32_t Run::instance_for(std::uint32_t index, std::uint32_t segment) {
  const Declared& declared = map_.declared[index];
  std::uint32_t occurrence = 0, position = 0, kind = 0;
  switch (declared.per) {
    case Declared::Per::message:
      break;
    case Declared::Per::group:
      occurrence = s_.index.occurrence(segment, declared.path);
      if (occurrence != kNone) {
        position = s_.index.node(occurrence).first_segment;
        break;
      }
      // The group's head is missing and the segment stands alone: an occurrence of its own. From elsewhere there is
      // none to make.
      for (std::uint32_t path = s_.index.place(segment); path != kNone && path != 0; path = map_.paths[path].parent) {
        if (path == declared.path) kind = 1;
      }
      if (kind == 0) return find_instance(index, segment);
      occurrence = position = segment;
      break;
    case Declared::Per::segment:
      if (s_.index.id(segment) != declared.segment) return find_instance(index, segment);
      occurrence = position = segment;
      break;
  }
  const std::uint32_t known = tree_.numbers().find(kInstanceTag, index, occurrence, kind);
  if (known != kNone) return known;
  const std::uint32_t made = make_declared(index, segment, position);
  if (made != kNone) tree_.numbers().at(kInstanceTag, index, occurrence, kind) = made;
  return made;
}

std::uint32_t Run::find_instance(std::uint32_t index, std::uint32_t segment) const {
  const Declared& declared = map_.declared[index];
  const auto& positions = s_.positions[index];
  if (positions.empty()) return kNone;
  if (declared.per == Declared::Per::message || segment == kNone) return positions.front().second;
  const std::uint32_t around = s_.index.common(segment, declared.path);
  const auto& group = s_.index.node(around);
  if (positions.size() == 1) {
    const auto [position, instance] = positions.front();
    return around == 0 || (position >= group.first_segment && position < group.last_segment) ? instance : kNone;
  }
  auto first = positions.begin(), last = positions.end();
  if (around != 0) {
    first = std::lower_bound(first, last, std::pair<std::uint32_t, std::uint32_t>{group.first_segment, 0});
    last = std::lower_bound(first, last, std::pair<std::uint32_t, std::uint32_t>{group.last_segment, 0});
  }
  if (first == last) return kNone;
  const auto after = std::upper_bound(first, last, std::pair<std::uint32_t, std::uint32_t>{segment, kNone});
  return after == first ? after->second : (after - 1)->second;
}

void Run::run_links() {
  for (const auto& deferred : s_.links) set_link(deferred);
}

void Run::set_link(const Scratch::Deferred& deferred) {
  const Link& link = *deferred.link;
  const std::uint32_t to = find_instance(link.to, deferred.segment);
  if (to == kNone) return;
  const std::uint32_t from = deferred.from != kNone ? deferred.from : find_instance(link.from, deferred.segment);
  if (from == kNone) return;
  // Nothing points to itself: two rows may name one resource in two ways (the first patient, and each patient).
  const Instance &source = s_.instances[from], &other = s_.instances[to];
  if (from == to || (source.id == other.id && other.identity == Instance::Identity::keyed && !other.declared->numbered)) return;
  const std::uint32_t parent =
      walk(s_.instances[from].node, link.first_step, link.steps - 1, deferred.run, 0, deferred.segment);
  if (parent == kNone) return;
  const Step& last = program_.steps[link.first_step + link.steps - 1];
  std::uint32_t node = kNone;
  if (last.list) {
    std::uint32_t& known = tree_.numbers().at(kLinkTag, parent, last.order, to);
    if (known != kNone) return;
    node = known = tree_.new_item(parent, last);
  } else {
    node = tree_.child(parent, last);
  }
  if (node == kNone || tree_.has_content(node)) return;
  tree_.unsettle(node);
  tree_[node].instance = to;
  tree_[node].linked = true;
}

}  // namespace yilian::mapping
