#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/fhir/definitions.h"
#include "engine/hl7v2/batch.h"
#include "engine/routing/field_path.h"
#include "engine/routing/route_test.h"

namespace yilian::routing {
namespace {

namespace fs = std::filesystem;

// The `tests` folders beside the hospitals' files, each once.
std::set<std::string> folders(const Directory& directory) {
  std::set<std::string> out;
  for (const auto& hospital : directory.hospitals()) {
    const fs::path file(hospital->place.substr(0, hospital->place.rfind(':')));
    out.insert((file.parent_path() / "tests").lexically_normal().string());
  }
  return out;
}

class Reader {
 public:
  Reader(const Directory& directory, std::vector<Issue>& issues) : directory_(directory), issues_(issues) {}

  void file(const std::string& path, std::vector<RouteTest>& out) {
    const auto root = config::read_file(path);
    if (!root) return issues_.push_back(root.error());
    check(root->only({"tests"}));
    if (!(*root)["tests"]) complain(*root, "'tests' is missing", "write a list 'tests:'; see docs/route-tests.md");
    for (const config::Node& node : (*root)["tests"].items()) out.push_back(test(node));
  }

 private:
  void complain(const config::Node& node, std::string what, std::string cure = {}) { issues_.push_back(node.fail(std::move(what), std::move(cure)).value()); }
  void check(const Result<void>& result) {
    if (!result) issues_.push_back(result.error());
  }

  RouteTest test(const config::Node& node) {
    RouteTest out;
    out.place = node.place();
    check(node.only({"name", "feed", "message", "file", "number", "refused", "expect"}));
    out.name = node["name"].text_or(out.place);
    const std::string feed = node["feed"].text_or("");
    const std::size_t slash = feed.find('/');
    if (slash != std::string::npos) out.inlet = directory_.inlet(feed.substr(0, slash), feed.substr(slash + 1));
    if (out.inlet.feed == nullptr) complain(node["feed"] ? node["feed"] : node, "there is no feed '" + feed + "'", "write hospital/feed");
    message(node, out);
    if (const config::Node refused = node["refused"]) {
      // `refused: yes`, or a text of why.
      const auto yes = refused.quoted() ? Result<bool>(Failure(Issue{})) : refused.need_boolean();
      out.refused = yes ? std::string() : refused.text_or("");
      if (yes && !*yes) complain(refused, "a test expects what happens", "leave `refused` out and say `expect`");
      if (node["expect"]) complain(refused, "what is refused goes nowhere", "say either `refused` or `expect`");
    } else if (!node["expect"].is_list()) {
      complain(node, "the test expects nothing", "add expect: [{to: DESTINATION}], expect: [] for nowhere, or refused: yes");
    }
    for (const config::Node& each : node["expect"].items()) out.expected.push_back(delivery(each, out.inlet));
    return out;
  }

  void message(const config::Node& node, RouteTest& out) {
    const config::Node file = node["file"];
    std::string text = node["message"].text_or("");
    if (static_cast<bool>(file) == static_cast<bool>(node["message"])) return complain(node, "a test has one message", "add message: | with its segments, or file: with a path");
    if (file) {
      auto bytes = config::read_bytes(beside(file, file.text_or("")));
      if (!bytes) return complain(file, "the file " + beside(file, file.text_or("")) + " cannot be read", "its path is relative to this file");
      text = std::move(*bytes);
    }
    const hl7v2::Batch batch = hl7v2::split(text);
    std::int64_t number = 1;
    if (const config::Node said = node["number"]) {
      const auto read = said.need_integer(1, 1'000'000);
      if (!read) return issues_.push_back(read.error());
      number = *read;
    }
    // What holds no message at all may be meant: that it is refused is a test as well.
    if (batch.messages.empty() && number == 1) out.message = std::move(text);
    else if (static_cast<std::size_t>(number) > batch.messages.size()) complain(node["number"] ? node["number"] : node, "there are only " + std::to_string(batch.messages.size()) + " messages in it");
    else out.message = std::string(batch.messages[static_cast<std::size_t>(number) - 1]);
  }

  RouteTest::Delivery delivery(const config::Node& node, const Inlet& inlet) {
    RouteTest::Delivery out;
    // `expect: [center-lis]` is short for {to: center-lis}.
    const config::Node to = node.is_scalar() ? node : node["to"];
    if (!node.is_scalar()) check(node.only({"to", "messages", "holds", "lacks", "fields", "resources", "fails"}));
    out.destination = to.text_or("");
    if (inlet.hospital != nullptr && out.destination.find('/') == std::string::npos) out.destination = inlet.hospital->code + "/" + out.destination;
    if (directory_.destination(out.destination) == nullptr) complain(to ? to : node, "there is no destination '" + out.destination + "'", "that of another hospital is written hospital/name");
    if (const config::Node messages = node["messages"]) number(messages, out.messages.emplace());
    for (const config::Node& each : node["holds"].items()) out.holds.push_back(each.text_or(""));
    for (const config::Node& each : node["lacks"].items()) out.lacks.push_back(each.text_or(""));
    for (const auto& [path, value] : node["fields"].members()) {
      if (!FieldPath::read(path)) complain(value, "'" + path + "' is no field", "write it like PID-3.1, or OBX[2]-5");
      out.fields.emplace_back(path, value.text_or(""));
    }
    for (const auto& [type, count] : node["resources"].members()) {
      if (!fhir::is_resource_type(type)) complain(count, "'" + type + "' is no FHIR R4 resource type");
      number(count, out.resources.emplace_back(type, 0).second);
    }
    if (const config::Node fails = node["fails"]) out.fails = fails.text_or("");
    return out;
  }

  void number(const config::Node& node, std::int64_t& out) {
    if (const auto read = node.need_integer(0, 1'000'000)) out = *read;
    else issues_.push_back(read.error());
  }

  const Directory& directory_;
  std::vector<Issue>& issues_;
};

}  // namespace

std::vector<RouteTest> read_route_tests(const Directory& directory, std::vector<Issue>& issues) {
  std::vector<RouteTest> out;
  Reader reader(directory, issues);
  for (const std::string& folder : folders(directory)) {
    std::error_code error;
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".yaml" && entry.is_regular_file(error)) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) reader.file(file, out);
  }
  return out;
}

}  // namespace yilian::routing
