#include "engine/base/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <numeric>

namespace yilian::config {

struct Node::Inner {
  YAML::Node yaml;
  std::shared_ptr<const std::string> file;
  int parent_line = 0;  // where a missing value would stand
};

namespace {

constexpr std::size_t kMostBytes = 16u << 20;
constexpr int kMostDepth = 64;
constexpr std::size_t kMostNodes = 2'000'000;

// Nesting and the number of nodes are bounded before anything else walks the tree: aliases can make a huge one of a small file.
bool within_bounds(const YAML::Node& node, int depth, std::size_t& budget) {
  if (depth > kMostDepth || budget == 0) return false;
  --budget;
  if (node.IsSequence() || node.IsMap()) {
    for (const auto& item : node) {
      if (!within_bounds(node.IsMap() ? item.second : static_cast<const YAML::Node&>(item), depth + 1, budget)) return false;
    }
  }
  return true;
}

std::size_t deepest_bracket(std::string_view text) {
  std::size_t depth = 0, most = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') most = std::max(most, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return most;
}

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (const std::size_t distance = edits(word, candidate); distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return std::string(best);
}

Node::operator bool() const { return inner_ && inner_->yaml.IsDefined() && !inner_->yaml.IsNull(); }
bool Node::is_map() const { return *this && inner_->yaml.IsMap(); }
bool Node::is_list() const { return *this && inner_->yaml.IsSequence(); }
bool Node::is_scalar() const { return *this && inner_->yaml.IsScalar(); }

int Node::line() const {
  if (!inner_) return 0;
  const int line = inner_->yaml.IsDefined() ? inner_->yaml.Mark().line : -1;
  return line >= 0 ? line + 1 : inner_->parent_line;
}

const std::string& Node::file() const {
  static const std::string none;
  return inner_ ? *inner_->file : none;
}

std::string Node::place() const { return inner_ ? file() + ":" + std::to_string(line()) : std::string(); }

Node Node::operator[](std::string_view key) const {
  Node found;
  if (!inner_) return found;
  auto inner = std::make_shared<Inner>();
  inner->file = inner_->file;
  inner->parent_line = line();
  if (inner_->yaml.IsMap()) {
    for (const auto& member : inner_->yaml) {
      if (member.first.IsScalar() && member.first.Scalar() == key) {
        inner->yaml.reset(member.second);
        found.inner_ = std::move(inner);
        return found;
      }
    }
  }
  inner->yaml.reset(YAML::Node(YAML::NodeType::Null));
  found.inner_ = std::move(inner);
  return found;
}

std::vector<Node> Node::items() const {
  std::vector<Node> nodes;
  if (!*this || inner_->yaml.IsMap()) return nodes;
  if (inner_->yaml.IsScalar()) {
    nodes.push_back(*this);
    return nodes;
  }
  for (const auto& item : inner_->yaml) {
    auto inner = std::make_shared<Inner>();
    inner->yaml.reset(item);
    inner->file = inner_->file;
    inner->parent_line = line();
    nodes.emplace_back().inner_ = std::move(inner);
  }
  return nodes;
}

std::vector<std::pair<std::string, Node>> Node::members() const {
  std::vector<std::pair<std::string, Node>> pairs;
  if (!is_map()) return pairs;
  for (const auto& member : inner_->yaml) {
    auto inner = std::make_shared<Inner>();
    inner->yaml.reset(member.second);
    inner->file = inner_->file;
    inner->parent_line = member.first.Mark().line + 1;
    Node node;
    node.inner_ = std::move(inner);
    pairs.emplace_back(member.first.IsScalar() ? member.first.Scalar() : std::string(), std::move(node));
  }
  return pairs;
}

bool Node::quoted() const { return is_scalar() && inner_->yaml.Tag() == "!"; }

std::optional<std::string> Node::text() const {
  if (!is_scalar()) return std::nullopt;
  return inner_->yaml.Scalar();
}

std::string Node::text_or(std::string_view fallback) const { return text().value_or(std::string(fallback)); }

Failure Node::fail(std::string what, std::string cure) const {
  return yilian::fail(Code::bad_config, std::move(what), place(), std::move(cure));
}

Result<std::string> Node::need_text() const {
  if (auto value = text()) return *value;
  return fail(*this ? "a single value is wanted here, not a list or a map" : "a value is missing here");
}

Result<std::int64_t> Node::need_integer(std::int64_t least, std::int64_t most) const {
  YL_TRY(const std::string value, need_text());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least || number > most) {
    return fail("'" + value + "' is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

Result<bool> Node::need_boolean() const {
  YL_TRY(const std::string value, need_text());
  if (value == "true" || value == "yes" || value == "on") return true;
  if (value == "false" || value == "no" || value == "off") return false;
  return fail("'" + value + "' is neither true nor false");
}

Result<std::uint64_t> Node::need_bytes() const {
  YL_TRY(const std::string value, need_text());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(value.data() + value.size() - end));
  int shift = -1;
  if (unit.empty() || unit == "B") shift = 0;
  if (unit == "KB") shift = 10;
  if (unit == "MB") shift = 20;
  if (unit == "GB") shift = 30;
  if (error != std::errc() || shift < 0 || number > (std::uint64_t{1} << 50 >> shift)) {
    return fail("'" + value + "' is no size", "write it like 512KB, 64MB or 1GB");
  }
  return number << shift;
}

Result<std::int64_t> Node::need_duration() const {
  YL_TRY(const std::string value, need_text());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(value.data() + value.size() - end));
  std::int64_t factor = 0;
  if (unit == "ms") factor = 1000;
  if (unit == "s") factor = 1'000'000;
  if (unit == "m") factor = 60'000'000;
  if (unit == "h") factor = 3'600'000'000;
  if (unit == "d") factor = 86'400'000'000;
  if (error != std::errc() || factor == 0 || number < 0 || number > 100'000'000) {
    return fail("'" + value + "' is no duration", "write it like 300ms, 30s, 5m, 2h or 7d");
  }
  return number * factor;
}

Result<void> Node::only(std::initializer_list<std::string_view> known) const {
  if (!*this) return {};
  if (!is_map()) return fail("settings are wanted here, as 'name: value' lines");
  const std::vector<std::string_view> names(known);
  for (const auto& [key, value] : members()) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    std::string cure = nearest(key, names);
    if (!cure.empty()) {
      cure = "did you mean '" + cure + "'?";
    } else {
      for (const auto name : names) cure.append(cure.empty() ? "known here: " : ", ").append(name);
    }
    return value.fail("unknown setting '" + key + "'", std::move(cure));
  }
  return {};
}

Result<Node> read_text(std::string text, std::string file) {
  if (text.size() > kMostBytes) return fail(Code::too_large, "larger than 16 MB", std::move(file));
  if (deepest_bracket(text) > kMostDepth) return fail(Code::too_deep, "nested too deep", std::move(file));
  Node node;
  auto inner = std::make_shared<Node::Inner>();
  inner->file = std::make_shared<const std::string>(file);
  try {
    inner->yaml.reset(YAML::Load(text));
    std::size_t budget = kMostNodes;
    if (!within_bounds(inner->yaml, 0, budget)) return fail(Code::too_deep, "nested too deep or too many values", std::move(file));
  } catch (const YAML::Exception& error) {
    return fail(Code::bad_config, "cannot be read as YAML: " + error.msg, file + ":" + std::to_string(error.mark.line + 1),
                "mind the indentation, and quote values that begin with a special character");
  }
  node.inner_ = std::move(inner);
  return node;
}

Result<Node> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::bad_config, "cannot be opened", path, "does it exist, and may this user read it?");
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return read_text(std::move(text), path);
}

}  // namespace yilian::config
