#pragma once
// Reading YAML with places: every value knows its file and line, every unknown setting is an error with a hint.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::config {

struct Document;

// A node of a YAML document; cheap to copy. A missing node is falsy and reads as absent everywhere.
class Node {
 public:
  Node() = default;
  explicit operator bool() const;  // present and not null

  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;

  std::string place() const;     // "config/yilian.yaml:12"
  const std::string& file() const;
  int line() const;              // 1-based; 0 for a missing node

  Node operator[](std::string_view key) const;         // missing when this is no map or has no such key
  std::vector<Node> items() const;                     // of a list; a scalar counts as a list of one
  std::vector<std::pair<std::string, Node>> members() const;  // of a map, in file order
  bool quoted() const;  // a scalar written in quotes (so "01" is text, not a number)

  // The scalar as text, or nothing when this is no scalar.
  std::optional<std::string> text() const;
  std::string text_or(std::string_view fallback) const;

  // Checked reading: an Issue with the place when the value is of another kind.
  Result<std::string> need_text() const;
  Result<std::int64_t> need_integer(std::int64_t least, std::int64_t most) const;
  Result<bool> need_boolean() const;
  Result<std::uint64_t> need_bytes() const;    // "64MB", "512KB", "100"
  Result<std::int64_t> need_duration() const;  // microseconds: "30s", "500ms", "2h", "10m"

  // Every key that is not among the known ones is an Issue; the nearest known one is offered as cure.
  Result<void> only(std::initializer_list<std::string_view> known) const;

  Failure fail(std::string what, std::string cure = {}) const;  // Code::bad_config at this place

 private:
  friend Result<Node> read_text(std::string_view text, std::string file);
  static constexpr std::uint32_t kMissing = ~std::uint32_t{0};
  Node(std::shared_ptr<const Document> document, std::uint32_t value, int line);
  Node at(std::uint32_t value) const;

  std::shared_ptr<const Document> document_;  // of which a node is a place
  std::uint32_t value_ = kMissing;
  int line_ = 0;  // of a missing value: where it would stand
};

Result<Node> read_file(const std::string& path);
// `file` is the name that places carry.
Result<Node> read_text(std::string_view text, std::string file);
// What read_text takes: at most 16 MB.
Result<std::string> read_bytes(const std::string& path);

// The candidate that is nearest to the word by edits, or empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace yilian::config
