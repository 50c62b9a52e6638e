#include <algorithm>
#include <map>

#include "engine/fhir/json.h"
#include "engine/routing/field_path.h"
#include "engine/routing/process.h"
#include "engine/routing/route_test.h"
#include "engine/text/utf8.h"

namespace yilian::routing {
namespace {

using Lines = std::vector<std::string>;

// What would be sent to one destination.
struct Sent {
  std::vector<std::string> bodies;
  std::string error;  // why it cannot be made
};

// As people read it: decoded, when it is HL7.
std::string text_of(const std::string& body) {
  const auto read = hl7v2::read(body, std::nullopt);
  return read ? std::string(read->message.text()) : body;
}

std::string list(const std::vector<std::string_view>& values) {
  std::string out;
  for (const std::string_view value : values) out.append(out.empty() ? "'" : ", '").append(text::shortened(value)).append("'");
  return out.empty() ? "nothing" : out;
}

void hold_fields(const RouteTest::Delivery& wanted, const Sent& sent, Lines& out) {
  std::vector<hl7v2::Message> messages;
  for (const std::string& body : sent.bodies) {
    if (auto read = hl7v2::read(body, std::nullopt)) messages.push_back(std::move(read->message));
  }
  for (const auto& [path, value] : wanted.fields) {
    const auto field = FieldPath::read(path);
    std::vector<std::string_view> found;
    for (const hl7v2::Message& message : messages) {
      const auto here = field->values(message);
      found.insert(found.end(), here.begin(), here.end());
    }
    const bool there = value.empty() ? found.empty() : std::find(found.begin(), found.end(), value) != found.end();
    if (!there) out.push_back(wanted.destination + ": " + path + " should be '" + value + "', there is " + list(found));
  }
}

void hold_resources(const RouteTest::Delivery& wanted, const Sent& sent, Lines& out) {
  if (wanted.resources.empty()) return;
  std::map<std::string, std::int64_t, std::less<>> counts;
  for (const std::string& body : sent.bodies) {
    fhir::Arena arena;
    const auto read = fhir::read_json(body, arena);
    const fhir::Json* entries = read ? (*read)->find("entry") : nullptr;
    if (entries == nullptr) {
      out.push_back(wanted.destination + ": what is sent is no Bundle");
      return;
    }
    for (const fhir::Json& entry : entries->items()) {
      if (const fhir::Json* resource = entry.find("resource")) ++counts[std::string(resource->text_at("resourceType"))];
    }
  }
  for (const auto& [type, count] : wanted.resources) {
    if (counts[type] != count) out.push_back(wanted.destination + ": should have " + std::to_string(count) + " " + type + ", it has " + std::to_string(counts[type]));
  }
}

void hold(const RouteTest::Delivery& wanted, const Sent& sent, Lines& out) {
  if (wanted.fails) {
    if (sent.error.empty()) out.push_back(wanted.destination + ": should fail, and can be made");
    else if (sent.error.find(*wanted.fails) == std::string::npos) out.push_back(wanted.destination + ": should fail with '" + *wanted.fails + "', it says: " + sent.error);
    return;
  }
  if (!sent.error.empty()) return out.push_back(wanted.destination + ": cannot be made, it would be a dead letter: " + sent.error);
  if (wanted.messages && *wanted.messages != static_cast<std::int64_t>(sent.bodies.size())) {
    out.push_back(wanted.destination + ": should get " + std::to_string(*wanted.messages) + " messages, it gets " + std::to_string(sent.bodies.size()));
  }
  Lines texts;
  for (const std::string& body : sent.bodies) texts.push_back(text_of(body));
  const auto in_any = [&](const std::string& part) { return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return text.find(part) != std::string::npos; }); };
  for (const std::string& part : wanted.holds) {
    if (!in_any(part)) out.push_back(wanted.destination + ": does not hold '" + part + "'");
  }
  for (const std::string& part : wanted.lacks) {
    if (in_any(part)) out.push_back(wanted.destination + ": holds '" + part + "'");
  }
  hold_fields(wanted, sent, out);
  hold_resources(wanted, sent, out);
}

// Whether the feed would be found by what the message says of its sender.
void hold_sender(const RouteTest& test, const Directory& directory, Lines& out) {
  const Sender sender = skim_sender(test.message);
  for (const Entrance& entrance : directory.entrances()) {
    const bool here = std::any_of(entrance.inlets.begin(), entrance.inlets.end(), [&](const Inlet& inlet) { return inlet.feed == test.inlet.feed; });
    if (!here) continue;
    const Inlet* const found = entrance.find(sender.application, sender.facility);
    if (found != nullptr && found->feed == test.inlet.feed) continue;
    const std::string who = std::string(sender.application) + "|" + std::string(sender.facility);
    out.push_back("a message of '" + who + "' " + (found == nullptr ? "comes to no feed there" : "comes to " + found->hospital->code + "/" + found->feed->name));
  }
}

}  // namespace

std::vector<std::string> failures_of(const RouteTest& test, const Directory& directory) {
  Lines out;
  const Instant received = now();
  const Processed processed = process(test.inlet, {test.message, "test", received});
  if (test.refused) {
    if (processed.error.empty()) out.push_back("it should be refused, and is taken");
    else if (processed.error.find(*test.refused) == std::string::npos) out.push_back("it should be refused with '" + *test.refused + "', it is with: " + processed.error);
    return out;
  }
  hold_sender(test, directory, out);
  if (!processed.error.empty()) {
    out.push_back("it is refused: " + processed.error);
    return out;
  }
  std::map<std::string, Sent> sent;
  for (const Addressed& each : processed.addressed) {
    auto bodies = each.destination->form.make(test.message, test.inlet, received);
    if (!bodies) sent[each.destination->full_name].error = bodies.error().line();
    else if (!bodies->empty()) sent[each.destination->full_name].bodies = std::move(*bodies);
  }
  for (const RouteTest::Delivery& wanted : test.expected) {
    const auto found = sent.find(wanted.destination);
    if (found == sent.end()) out.push_back("it does not go to " + wanted.destination);
    else hold(wanted, found->second, out);
  }
  for (const auto& [name, what] : sent) {
    const bool meant = std::any_of(test.expected.begin(), test.expected.end(), [&name = name](const auto& each) { return each.destination == name; });
    if (!meant) out.push_back("it also goes to " + name);
  }
  return out;
}

}  // namespace yilian::routing
