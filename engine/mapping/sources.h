#pragma once
// The mapping files as they are written: read, not yet checked against the definitions. A hospital's file changes a
// copy of them.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/config.h"
#include "engine/script/script.h"

namespace yilian::mapping {

// What a rule says, by name and in the order of the names. They are few: looked through quicker than looked up.
class RuleParts {
 public:
  using Part = std::pair<std::string, config::Node>;

  const config::Node* find(std::string_view name) const {
    const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.first == name; });
    return found == parts_.end() ? nullptr : &found->second;
  }
  // In place of what was there.
  void set(std::string name, config::Node node) {
    const auto at = std::lower_bound(parts_.begin(), parts_.end(), name, [](const Part& part, const std::string& key) { return part.first < key; });
    if (at != parts_.end() && at->first == name) {
      at->second = std::move(node);
    } else {
      parts_.emplace(at, std::move(name), std::move(node));
    }
  }
  void erase(std::string_view name) {
    std::erase_if(parts_, [&](const Part& part) { return part.first == name; });
  }
  void reserve(std::size_t size) { parts_.reserve(size); }
  auto begin() const { return parts_.begin(); }
  auto end() const { return parts_.end(); }

 private:
  std::vector<Part> parts_;
};

// One rule, or one row of a message.
struct RuleSource {
  std::string id;       // "PID[Patient]#7"
  std::vector<int> ig;  // rows of the guide; empty for a rule of our own
  RuleParts parts;      // "from", "to", "as", …
  config::Node node;    // where it stands

  const config::Node& part(std::string_view name) const {
    static const config::Node none;
    const config::Node* const found = parts.find(name);
    return found == nullptr ? none : *found;
  }
};

// A segment or a datatype map.
struct MapSource {
  std::string name;    // "PID[Patient]"
  bool segment;        // else a datatype
  std::string type;    // "PID", "CX"
  std::string target;  // "Patient", "Patient.contact", "code"
  config::Node node;   // the whole file: key, defaults, tests
  std::vector<RuleSource> rules;
};

struct MessageSource {
  std::string name;       // the file's name: "ORU_R01"
  std::string structure;  // "ORU_R01"
  config::Node node;
  std::vector<RuleSource> rows;
  // What a hospital's file says of a declared resource, in place of what stands here: "Observation[2]" -> "only-if".
  std::map<std::string, std::map<std::string, config::Node, std::less<>>, std::less<>> resources;

  // A condition on what has been made ("only-if", "refuse"), where `written` is the resource as it stands here.
  config::Node of_resource(const std::string& resource, const config::Node& written, std::string_view part) const {
    if (const auto own = resources.find(resource); own != resources.end()) {
      if (const auto found = own->second.find(part); found != own->second.end()) return found->second;
    }
    return written[part];
  }
};

struct TableEntry {
  std::string code, display, system;
};

struct TableSource {
  std::string name;
  std::string to;        // system of the mapped codes
  bool replace = false;  // the original coding is dropped
  std::map<std::string, TableEntry> entries;
  std::map<std::string, TableEntry> own;  // the hospital's, in front
  config::Node node;
};

struct Sources {
  std::map<std::string, MapSource> maps;
  std::map<std::string, MessageSource> messages;
  std::map<std::string, TableSource> tables;
  std::map<std::string, std::string> systems;  // the hospital's names of authorities and coding systems
  std::map<std::string, std::map<unsigned, std::string>> z_segments;  // "ZPI" -> field number -> datatype
  std::shared_ptr<const script::Script> script;  // the hospital's; shared rules have none
  std::uint64_t fingerprint = 0;
};

// Everything below `folder`: messages/, segments/, datatypes/, tables/. Problems are added to `issues`; what can be
// read is read.
Sources read_sources(const std::string& folder, std::vector<Issue>& issues);

// The hospital's `mapping:` node over the shared files.
Sources with_hospital(const Sources& shared, const config::Node& hospital, std::vector<Issue>& issues);

// For both of the above.
TableSource read_table(const std::string& name, const config::Node& node, std::vector<Issue>& issues);
RuleSource read_rule(const config::Node& node, bool row, bool patch, std::vector<Issue>& issues);
void name_rules(const std::string& map, std::vector<RuleSource>& rules, std::vector<Issue>& issues);

}  // namespace yilian::mapping
