#include "engine/mapping/memo.h"

#include <algorithm>
#include <functional>

namespace yilian::mapping {
namespace {

bool same(const hl7v2::Delimiters& a, const hl7v2::Delimiters& b) {
  return a.field == b.field && a.component == b.component && a.repetition == b.repetition && a.escape == b.escape &&
         a.subcomponent == b.subcomponent && a.truncation == b.truncation;
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
  forms_.clear();
  arena_.reset();
  bytes_ = 0;
}

const Branch* Memo::find(Key key) const {
  key.setting = setting_;
  const auto found = branches_.find(key);
  return found == branches_.end() ? nullptr : &found->second;
}

void Memo::keep(Key key, Branch branch) {
  if (bytes_ > kMostBytes) return;
  if (arena_ == nullptr) arena_ = std::make_unique<fhir::Arena>();
  const auto own = [&](std::string_view text) {
    bytes_ += text.size();
    return arena_->copy(text);
  };
  key.setting = setting_;
  key.value = own(key.value);
  branch.text = own(branch.text);
  for (Node& node : branch.nodes) {
    node.text = own(node.text);
    const bool one_member = node.step->primitive == Primitive::none;
    if (node.parent != kNone || !node.settled || !node.keep || !one_member) continue;
    node.piece = static_cast<std::uint32_t>(forms_.size());
    forms_.emplace_back();
  }
  bytes_ += sizeof(Key) + sizeof(Branch) + branch.nodes.size() * sizeof(Node);
  branches_.emplace(key, std::move(branch));
}

void Memo::keep_form(std::uint32_t piece, const fhir::Json& json) {
  forms_[piece] = JsonForm(json);
  bytes_ += forms_[piece].bytes();
}

}  // namespace yilian::mapping
