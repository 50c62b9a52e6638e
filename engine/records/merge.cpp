#include "engine/records/merge.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/fhir/check.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using fhir::Json;

// Lists to which several messages add. All others belong to the one that speaks last.
constexpr std::array<std::string_view, 14> kUnited{
    "Patient.link",
    "Person.link",
    "DiagnosticReport.result",
    "DiagnosticReport.basedOn",
    "DiagnosticReport.specimen",
    "DiagnosticReport.media",
    "Observation.hasMember",
    "Observation.derivedFrom",
    "Observation.basedOn",
    "ServiceRequest.specimen",
    "Specimen.request",
    "Encounter.account",
    "DiagnosticReport.imagingStudy",
    "ImagingStudy.basedOn",
};

bool is_united(const fhir::Type& type, std::string_view path, const fhir::Element* element) {
  if (element == nullptr || !element->list || path.find('.') != std::string_view::npos) return false;
  if (element->types.size() == 1 && element->types.front()->name == "Identifier") return true;
  for (const std::string_view united : kUnited) {
    if (united.size() == type.name.size() + 1 + path.size() && united.starts_with(type.name) && united.ends_with(path))
      return true;
  }
  return false;
}

// What makes two items the same one.
std::int64_t item_key(const Json& item) {
  if (const Json* other = item.find("other"); other != nullptr)
    return hash(other->text_at("reference"));  // Patient.link
  if (const Json* target = item.find("target"); target != nullptr)
    return hash(target->text_at("reference"));  // Person.link
  if (const Json* link = item.find("link"); link != nullptr)
    return hash(link->text_at("reference"));  // DiagnosticReport.media
  if (const std::string_view reference = item.text_at("reference"); !reference.empty()) return hash(reference);
  if (const std::string_view value = item.text_at("value"); !value.empty()) {
    return hash(std::string(item.text_at("system")) + "|" + std::string(value));
  }
  return hash(fhir::write_json(item));
}

// After the path of a united list: its items were replaced as a whole, older ones do not come back.
constexpr const char* kReplaced = "!";

struct Leaf {
  Stamp stamp;
  bool absent = false;
  std::vector<fhir::Member> members;  // "birthDate" and "_birthDate"; one of "valueQuantity", "valueString"
};

struct Item {
  Stamp stamp;
  Instant first = 0;
  std::uint32_t place = 0;
  const Json* value = nullptr;
};

using List = std::map<std::int64_t, Item>;

// Whether an element is gone into, or is a leaf.
bool goes_deeper(const fhir::Element& element, const fhir::Type& type) {
  return !element.list && !element.choice && (type.kind == fhir::Type::Kind::backbone || type.name == "Period");
}

std::string below(const std::string& prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : prefix + "." + std::string(name);
}

bool is_below(std::string_view path, std::string_view above) {
  return above.empty() || (path.size() > above.size() && path.starts_with(above) && path[above.size()] == '.');
}

// Calls leaf(path, element, member) for each member that is a leaf's.
void for_leaves(const fhir::Type& type, const Json& object, const std::string& prefix, const auto& leaf) {
  for (const fhir::Member& member : object.members()) {
    const bool extra = member.name.starts_with("_");
    const auto [element, data_type] = fhir::find_json(type, extra ? member.name.substr(1) : member.name);
    const std::string path = below(prefix, element != nullptr ? element->name : member.name);
    if (element != nullptr && !extra && member.value.is_object() && goes_deeper(*element, *data_type)) {
      for_leaves(*data_type, member.value, path, leaf);
    } else {
      leaf(path, element, member);
    }
  }
}

enum class Place { leaf, inner, inside_leaf };

// What a path to be cleared names; `leaf` is then the path of the leaf that it is, or is inside of.
Place place_of(const fhir::Type& type, std::string_view path, std::string& leaf) {
  const fhir::Type* at = &type;
  leaf.clear();
  while (true) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    const fhir::Element* element = at->find(name);
    const fhir::Type* data_type = element != nullptr && element->types.size() == 1 ? element->types.front() : nullptr;
    if (element == nullptr) {
      const auto found = fhir::find_json(*at, name);  // "valueQuantity" for value
      element = found.element;
      data_type = found.type;
    }
    leaf = below(leaf, element != nullptr ? element->name : name);
    const bool deeper = element != nullptr && data_type != nullptr && goes_deeper(*element, *data_type);
    if (dot == std::string_view::npos) return deeper ? Place::inner : Place::leaf;
    if (!deeper) return Place::inside_leaf;
    path.remove_prefix(dot + 1);
    at = data_type;
  }
}

// "name[0].family" and "identifier[pid3]" as "name.family", "identifier".
std::string without_brackets(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) out += c;
    if (c == ']') inside = false;
  }
  return out;
}

// Removes what `path` names from every item on the way.
void remove_inside(Json& value, std::string_view path, fhir::Arena& arena) {
  if (value.is_array()) {
    for (Json& item : value.items()) remove_inside(item, path, arena);
    return;
  }
  const std::size_t dot = path.find('.');
  const std::string name(path.substr(0, dot));
  if (dot != std::string_view::npos) {
    if (Json* member = value.find(name); member != nullptr) {
      remove_inside(*member, path.substr(dot + 1), arena);
      if (member->is_object() && member->size() == 0) value.remove(name);
    }
    return;
  }
  value.remove(name);
  value.remove("_" + name);
}

bool is_empty(const Json& value) { return (value.is_array() || value.is_object()) && value.size() == 0; }

bool is_assumed(const Saying& saying, std::string_view path) {
  if (saying.assumed == nullptr) return false;
  return std::any_of(saying.assumed->begin(), saying.assumed->end(),
                     [&](const std::string& name) { return path == name || is_below(path, name); });
}

class Merger {
 public:
  Merger(const fhir::Type& type, fhir::Arena& arena) : type_(type), arena_(arena) {}

  void know(const Json& content, const Clock& clock) {
    for_leaves(type_, content, {},
               [&](const std::string& path, const fhir::Element* element, const fhir::Member& member) {
                 if (is_united(type_, path, element) && member.value.is_array()) {
                   know_list(path, member.value, clock);
                 } else {
                   Leaf& leaf = leaves_[path];
                   leaf.stamp = clock.base;
                   leaf.members.push_back(member);
                 }
               });
    for (const Clock::Element& element : clock.elements) {
      Leaf& leaf = leaves_[element.path];
      leaf.stamp = element.stamp;
      leaf.absent = element.absent;
    }
    for (const Clock::Item& item : clock.items) {
      const auto list = lists_.find(item.path);
      if (list == lists_.end()) continue;
      const auto found = list->second.find(item.key);
      if (found == list->second.end()) continue;
      found->second.stamp = item.stamp;
      found->second.first = item.first;
      found->second.place = item.place;
    }
  }

  void hear(const Saying& saying) {
    if (saying.whole) forget_all(saying.stamp);
    if (saying.cleared != nullptr) {
      for (const std::string& path : *saying.cleared) clear(without_brackets(path), saying.stamp);
    }
    std::map<std::string, Leaf> said;
    for_leaves(type_, *saying.content, {},
               [&](const std::string& path, const fhir::Element* element, const fhir::Member& member) {
                 if (is_united(type_, path, element) && member.value.is_array()) {
                   hear_list(path, member.value, saying.stamp);
                 } else {
                   said[path].members.push_back(member);
                 }
               });
    for (auto& [path, leaf] : said) {
      leaf.stamp = saying.stamp;
      if (is_assumed(saying, path)) leaf.stamp.rank = 0;
      hear_leaf(path, std::move(leaf));
    }
  }

  Merged result() {
    Merged out{arena_json(), {}};
    out.content->set_object();
    choose_base(out.clock);
    for (auto& [path, leaf] : leaves_) {
      if (leaf.absent || leaf.stamp != out.clock.base) out.clock.elements.push_back({path, leaf.stamp, leaf.absent});
      if (!leaf.absent && !leaf.members.empty()) write_leaf(*out.content, path, leaf);
    }
    for (auto& [path, list] : lists_) write_list(out, path, list);
    out.content->add(arena_, "resourceType").set_string(type_.name);
    fhir::sort_members(*out.content);
    out.content->remove("resourceType");
    return out;
  }

 private:
  Json* arena_json() { return new (arena_.allocate(sizeof(Json), alignof(Json))) Json(); }

  void know_list(const std::string& path, const Json& items, const Clock& clock) {
    List& list = lists_[path];
    std::uint32_t place = 0;
    for (const Json& item : items.items()) list[item_key(item)] = {clock.base, clock.first, place++, &item};
  }

  // The strongest deletion of something that the path lies in; for a list also of itself.
  Stamp floor_of(std::string_view path, bool itself) const {
    Stamp floor;
    for (const auto& [other, leaf] : leaves_) {
      if (!leaf.absent) continue;
      if (is_below(path, other) || (itself && (other == path || other == std::string(path) + kReplaced)))
        floor = std::max(floor, leaf.stamp);
    }
    return floor;
  }

  void hear_leaf(const std::string& path, Leaf&& said) {
    if (said.stamp < floor_of(path, false)) return;
    const auto found = leaves_.find(path);
    if (found != leaves_.end() && said.stamp < found->second.stamp) return;
    // What was deleted inside it later than this was said stays deleted.
    std::vector<std::string> inside;
    for (auto it = leaves_.begin(); it != leaves_.end();) {
      if (is_below(it->first, path) && it->second.absent) {
        if (it->second.stamp > said.stamp) {
          inside.push_back(it->first);
          ++it;
        } else {
          it = leaves_.erase(it);
        }
      } else {
        ++it;
      }
    }
    Leaf& leaf = leaves_[path];
    leaf = std::move(said);
    for (const std::string& deeper : inside) clear_inside(leaf, std::string_view(deeper).substr(path.size() + 1));
  }

  void clear_inside(Leaf& leaf, std::string_view path) {
    for (fhir::Member& member : leaf.members) {
      member.value = *fhir::copy(member.value, arena_);
      remove_inside(member.value, path, arena_);
      if (member.value.is_array()) {
        for (std::size_t i = member.value.size(); i-- > 0;) {
          if (is_empty(member.value.items()[i])) member.value.remove_item(i);
        }
      }
    }
    std::erase_if(leaf.members, [](const fhir::Member& member) { return is_empty(member.value); });
  }

  void hear_list(const std::string& path, const Json& items, const Stamp& stamp) {
    const Stamp floor = floor_of(path, true);
    List& list = lists_[path];
    std::uint32_t place = 0;
    for (const Json& said : items.items()) {
      const std::uint32_t at = place++;
      if (stamp < floor) continue;
      const auto [found, fresh] = list.try_emplace(item_key(said), Item{stamp, stamp.time, at, &said});
      if (fresh) continue;
      Item& item = found->second;
      if (stamp >= item.stamp) {
        item.stamp = stamp;
        item.value = &said;
      }
      if (std::pair(stamp.time, at) < std::pair(item.first, item.place)) {
        item.first = stamp.time;
        item.place = at;
      }
    }
  }

  void clear(const std::string& path, const Stamp& stamp) {
    std::string leaf_path;
    const Place place = place_of(type_, path, leaf_path);
    if (place == Place::inside_leaf) {
      if (lists_.contains(leaf_path)) return;  // which of the items is meant cannot be told
      const auto leaf = leaves_.find(leaf_path);
      if (leaf != leaves_.end() && stamp < leaf->second.stamp) return;
      const std::string inside = leaf_path + path.substr(leaf_path.size());
      set_absent(inside, stamp);
      if (leaf != leaves_.end() && !leaf->second.absent) {
        clear_inside(leaf->second, std::string_view(inside).substr(leaf_path.size() + 1));
        if (leaf->second.members.empty()) leaf->second.absent = true;
      }
      return;
    }
    if (stamp < floor_of(leaf_path, false)) return;
    if (const auto list = lists_.find(leaf_path); list != lists_.end()) {
      std::erase_if(list->second, [&](const auto& item) { return item.second.stamp <= stamp; });
    }
    if (place == Place::inner) {
      std::erase_if(leaves_,
                    [&](const auto& leaf) { return is_below(leaf.first, leaf_path) && leaf.second.stamp <= stamp; });
    }
    set_absent(leaf_path, stamp);
  }

  void set_absent(const std::string& path, const Stamp& stamp) {
    const auto [found, fresh] = leaves_.try_emplace(path);
    if (!fresh && stamp < found->second.stamp) return;
    found->second.stamp = stamp;
    found->second.absent = true;
    found->second.members.clear();
  }

  // Everything that is known becomes absent by this word; what it says itself follows.
  void forget_all(const Stamp& stamp) {
    for (auto& [path, leaf] : leaves_) {
      leaf.stamp = stamp;
      leaf.absent = true;
      leaf.members.clear();
    }
    for (auto& [path, list] : lists_) {
      Leaf& leaf = leaves_[path + kReplaced];
      leaf.stamp = stamp;
      leaf.absent = true;
    }
    lists_.clear();
  }

  // The stamp and the first time that most have stand once.
  void choose_base(Clock& clock) const {
    std::map<Stamp, std::size_t> stamps;
    std::map<Instant, std::size_t> firsts;
    for (const auto& [path, leaf] : leaves_) {
      if (!leaf.absent) ++stamps[leaf.stamp];
    }
    for (const auto& [path, list] : lists_) {
      for (const auto& [key, item] : list) {
        ++stamps[item.stamp];
        ++firsts[item.first];
      }
    }
    const auto by_count = [](const auto& a, const auto& b) { return a.second < b.second; };
    if (!stamps.empty()) {
      clock.base = std::max_element(stamps.begin(), stamps.end(), by_count)->first;
    } else if (!leaves_.empty()) {
      clock.base = leaves_.begin()->second.stamp;
    }
    clock.first = firsts.empty() ? clock.base.time : std::max_element(firsts.begin(), firsts.end(), by_count)->first;
  }

  void write_leaf(Json& root, const std::string& path, const Leaf& leaf) {
    Json* at = &root;
    std::string_view rest = path;
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      at = &at->member(arena_, arena_.copy(rest.substr(0, dot)));
      if (!at->is_object()) at->set_object();
      rest.remove_prefix(dot + 1);
    }
    for (const fhir::Member& member : leaf.members) at->add(arena_, member.name) = member.value;
  }

  // The owner's items first, then by when they were said first: an order that does not change when things are said
  // again. Where a list was once cleared, what came before that depends on the order of arrival, so there the key
  // decides.
  void write_list(Merged& out, const std::string& path, const List& list) {
    if (list.empty()) return;
    std::vector<std::pair<std::int64_t, const Item*>> ordered;
    for (const auto& [key, item] : list) ordered.emplace_back(key, &item);
    const bool by_key = leaves_.contains(path);
    std::sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) {
      const int rank_a = -a.second->stamp.rank, rank_b = -b.second->stamp.rank;
      if (by_key) return std::pair(rank_a, a.first) < std::pair(rank_b, b.first);
      return std::tuple(rank_a, a.second->first, a.second->place, a.first) <
             std::tuple(rank_b, b.second->first, b.second->place, b.first);
    });
    Json& items = out.content->add(arena_, arena_.copy(path));
    items.set_array();
    std::uint32_t place = 0;
    for (const auto& [key, item] : ordered) {
      items.append(arena_) = *item->value;
      if (item->stamp != out.clock.base || item->first != out.clock.first || item->place != place) {
        out.clock.items.push_back({path, key, item->stamp, item->first, item->place});
      }
      ++place;
    }
  }

  const fhir::Type& type_;
  fhir::Arena& arena_;
  std::map<std::string, Leaf> leaves_;  // with what is deleted: leaves, inner elements and places inside leaves
  std::map<std::string, List> lists_;
};

}  // namespace

Merged merge(const fhir::Type& type, const Json* content, const Clock& clock, const Saying& saying,
             fhir::Arena& arena) {
  Merger merger(type, arena);
  if (content != nullptr) merger.know(*content, clock);
  merger.hear(saying);
  return merger.result();
}

}  // namespace yilian::records
