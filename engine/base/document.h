#pragma once
// A YAML document as one piece of memory: what config::Node looks into. Within the base alone; others include config.h.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::config {

constexpr std::size_t kMostBytes = 16u << 20;

struct Document {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  // An alias is no value of its own: it stands for the value that it names.
  struct Value {
    std::uint32_t first = 0;  // of a scalar: into `text`; of a list or a map: into `links`
    std::uint32_t count = 0;  // of a scalar: bytes; of a list: items; of a map: members, two links each
    int line = 0;             // 1-based
    Kind kind = Kind::null;
    bool quoted = false;
  };

  std::string file;
  std::string text;                  // of all scalars
  std::vector<std::uint32_t> links;  // indices into `values`: the items of a list; key and value of each member
  std::vector<Value> values;         // the root first

  std::string_view text_of(const Value& value) const {
    return value.kind == Kind::scalar ? std::string_view(text).substr(value.first, value.count) : std::string_view();
  }
};

// One document, YAML 1.1. At most 16 MB, nested at most 64 deep, two million values (keys among them, aliases counted
// as what they stand for). A broken document is an Issue with file and line. Keys are scalars or null; a key that
// stands twice stays twice.
Result<std::shared_ptr<const Document>> read_document(std::string_view text, std::string file);

}  // namespace yilian::config
