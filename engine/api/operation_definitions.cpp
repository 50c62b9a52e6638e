// The OperationDefinitions of our own operations, by which the CapabilityStatement names them.

#include "engine/api/operation.h"

namespace yilian::api {
namespace {

struct Parameter {
  const char *name, *use, *most, *type, *documentation;
};

// The text around the parameters, which every definition has.
std::string definition(const Operation& operation, const char* title, const char* description, bool changes,
                       std::initializer_list<Parameter> parameters) {
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  std::string json = R"({"resourceType":"OperationDefinition","id":")";
  json.append(operation.name).append(R"(","url":")").append(operation.url).append(R"(","name":")").append(title);
  json.append(R"(","status":"active","kind":"operation","description":")").append(description);
  json.append(R"(","affectsState":)")
      .append(flag(changes))
      .append(R"(,"code":")")
      .append(operation.name)
      .append(R"(","resource":["Resource"],"system":)");
  json.append(flag(operation.is_on(On::system))).append(R"(,"type":)").append(flag(operation.is_on(On::type)));
  json.append(R"(,"instance":)").append(flag(operation.is_on(On::instance))).append(R"(,"parameter":[)");
  bool first = true;
  for (const Parameter& parameter : parameters) {
    json.append(first ? R"({"name":")" : R"(,{"name":")")
        .append(parameter.name)
        .append(R"(","use":")")
        .append(parameter.use);
    json.append(R"(","min":0,"max":")")
        .append(parameter.most)
        .append(R"(","documentation":")")
        .append(parameter.documentation)
        .append("\"");
    if (*parameter.type != '\0') json.append(R"(,"type":")").append(parameter.type).append("\"");
    json.append("}");
    first = false;
  }
  return json.append("]}");
}

}  // namespace

std::string operation_definition(std::string_view id) {
  for (const Operation& operation : operations()) {
    if (operation.name != id || operation.url.starts_with("http://hl7.org/")) continue;
    if (id == "origin") {
      return definition(
          operation, "Origin",
          "Where each element of a resource came from: message, segment, bytes and rule of its mapping.", false,
          {{"origin", "out", "*", "Element", "An element, and where it came from; its parts say the rest"},
           {"unused", "out", "*", "Element", "A part of one of these messages that no rule used"},
           {"fallback", "out", "*", "Element", "Where a mapping did with less than its word"}});
    }
    if (id == "reindex") {
      return definition(
          operation, "Reindex",
          "POST begins to make the index of all resources anew, in the background; GET says how far it is.", true,
          {{"total", "out", "1", "decimal", "Resources of the pass"},
           {"done", "out", "1", "decimal", "Those that are done"},
           {"percent", "out", "1", "integer", "The same in percent"},
           {"ready", "out", "1", "boolean", "Whether every search parameter finds everything"},
           {"searchParameter", "out", "*", "Element", "One that a client defined: its state, and how far it is"}});
    }
    if (id == "expunge") {
      return definition(
          operation, "Expunge",
          "Removes versions for good: of deleted resources, and those that were replaced. On a version: this former "
          "one.",
          true,
          {{"limit", "in", "1", "integer", "How many versions at most, 1000 by default"},
           {"expungeDeletedResources", "in", "1", "boolean", "Deleted resources, with all their versions"},
           {"expungePreviousVersions", "in", "1", "boolean", "Versions that were replaced"},
           {"expungeEverything", "in", "1", "boolean", "Current versions too; only with confirm"},
           {"confirm", "in", "1", "string", "The address that everything goes from: Patient/1, Patient, or all"},
           {"count", "out", "1", "integer", "How many versions were removed"}});
    }
  }
  return {};
}

}  // namespace yilian::api
