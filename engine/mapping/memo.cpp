#include "engine/mapping/memo.h"

#include <algorithm>
#include <functional>

namespace yilian::mapping {
namespace {

bool same(const hl7v2::Delimiters& a, const hl7v2::Delimiters& b) {
  return a.field == b.field && a.component == b.component && a.repetition == b.repetition && a.escape == b.escape &&
         a.subcomponent == b.subcomponent && a.truncation == b.truncation;
}

bool refers(const fhir::Json& json) {
  const auto items = json.items();
  const auto members = json.members();
  return std::any_of(items.begin(), items.end(), refers) ||
         std::any_of(members.begin(), members.end(), [](const fhir::Member& member) {
           return member.name == "reference" || refers(member.value);
         });
}

}  // namespace

std::size_t Memo::Hash::operator()(const Key& key) const {
  const std::uint64_t who = static_cast<std::uint64_t>(key.setting) << 32 | (key.maker << 2 | key.level);
  return std::hash<std::string_view>()(key.value) ^ who * 0x9E3779B97F4A7C15ull;
}

void Memo::begin(const Program& program, const Context& context, const hl7v2::Delimiters& delimiters) {
  // Only here: while a message runs, its tree has texts of the memo in it.
  if (bytes_ > kMostBytes) forget();
  const auto fits = [&](const Setting& s) {
    return s.program == program.serial && s.feed == context.feed && s.hospital == context.hospital &&
           s.zone == context.zone.name() && same(s.delimiters, delimiters);
  };
  if (setting_ < settings_.size() && fits(settings_[setting_])) return;
  const auto known = std::find_if(settings_.begin(), settings_.end(), fits);
  setting_ = static_cast<std::uint32_t>(known - settings_.begin());
  if (known != settings_.end()) return;
  if (settings_.size() == kMostSettings) {
    forget();
    settings_.clear();
    setting_ = 0;
    ++epoch_;
  }
  settings_.push_back({program.serial, context.hospital, context.feed, context.zone.name(), delimiters});
}

void Memo::forget() {
  branches_.clear();
  families_.clear();
  forms_.clear();
  arena_.reset();
  bytes_ = 0;
}

const Branch* Memo::find(Key key) const {
  key.setting = setting_;
  const auto found = branches_.find(key);
  return found == branches_.end() ? nullptr : &found->second;
}

std::string_view Memo::own(std::string_view text) {
  if (arena_ == nullptr) arena_ = std::make_shared<fhir::Arena>();
  bytes_ += text.size();
  return arena_->copy(text);
}

// What makes one member, always the same, makes the same JSON.
void Memo::add_piece(Node& node) {
  if (!node.settled || !node.keep || node.step->primitive != Primitive::none) return;
  node.piece = static_cast<std::uint32_t>(forms_.size());
  forms_.emplace_back();
}

bool Memo::comes_again(Key key) {
  key.setting = setting_;
  const std::uint64_t hash = Hash()(key) * 0x9E3779B97F4A7C15ull;
  std::uint32_t& place = asked_[hash >> 32 & (kRemembered - 1)];
  constexpr std::uint32_t kTimes = 0xFF;  // the rest is part of the hash
  const auto part = static_cast<std::uint32_t>(hash >> 45) << 8;
  if ((place & ~kTimes) != part) place = part;
  return (++place & kTimes) >= kWanted;
}

void Memo::keep(Key key, Branch branch) {
  if (bytes_ > kMostBytes) return;
  key.setting = setting_;
  key.value = own(key.value);
  branch.text = own(branch.text);
  for (Node& node : branch.nodes) {
    node.text = own(node.text);
    if (node.parent == kNone) add_piece(node);
  }
  bytes_ += sizeof(Key) + sizeof(Branch) + branch.nodes.size() * sizeof(Node);
  branches_.emplace(key, std::move(branch));
}

const Family* Memo::find_family(Key key) const {
  key.setting = setting_;
  const auto found = families_.find(key);
  return found == families_.end() ? nullptr : &found->second;
}

void Memo::keep_family(Key key, Family family) {
  if (bytes_ > kMostBytes) return;
  key.setting = setting_;
  key.value = own(key.value);
  for (Node& node : family.nodes) {
    node.text = own(node.text);
    node.piece = kNone;
    const bool of_resource = node.parent != kNone && family.nodes[node.parent].parent == kNone;
    if (of_resource) add_piece(node);
  }
  bytes_ += sizeof(Key) + sizeof(Family) + family.nodes.size() * sizeof(Node) + family.instances.size() * sizeof(Instance);
  families_.emplace(key, std::move(family));
}

void Memo::keep_form(std::uint32_t piece, const fhir::Json& json) {
  if (refers(json)) return;  // a bundle writes references its own way
  forms_[piece] = json.sealed(*arena_);
  bytes_ += 4 * forms_[piece].sealed_text().size();  // the tree takes about three times what the text does
}

}  // namespace yilian::mapping
