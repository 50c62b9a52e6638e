#include "engine/routing/hospital.h"

#include <algorithm>
#include <set>

#include "engine/fhir/definitions.h"
#include "engine/routing/adapters.h"

namespace yilian::routing {
namespace {

// Collects instead of stopping: `check` tells everything at once.
class Reader {
 public:
  explicit Reader(std::vector<Issue>& issues) : issues_(issues) {}

  void add(Issue issue) { issues_.push_back(std::move(issue)); }
  void add(const Failure& failure) { issues_.push_back(failure.value()); }
  void check(const Result<void>& result) {
    if (!result) add(result.error());
  }

  std::string code(const config::Node& node, std::string_view what) {
    const auto text = node.need_text();
    if (!text) {
      add(node.fail(std::string(what) + " is missing"));
      return {};
    }
    if (!is_name(*text)) add(node.fail("'" + *text + "' is no " + std::string(what), "up to 48 small letters, digits and hyphens"));
    return *text;
  }

  std::vector<std::string> resource_types(const config::Node& node) {
    std::vector<std::string> types;
    for (const auto& item : node.items()) {
      const auto text = item.need_text();
      if (!text) {
        add(text.error());
      } else if (*text != "*" && !fhir::is_resource_type(*text)) {
        add(item.fail("'" + *text + "' is no FHIR R4 resource type"));
      } else {
        types.push_back(*text);
      }
    }
    return types;
  }

 private:
  std::vector<Issue>& issues_;
};

void read_adapter(const config::Node& node, Feed& feed, Reader& reader) {
  for (const sdk::Adapter* adapter : adapters()) {
    const config::Node settings = node[adapter->name];
    if (!settings) continue;
    if (!feed.adapter.empty()) {
      reader.add(settings.fail("a feed has one adapter, and this one has '" + feed.adapter + "' already", "make two feeds of it"));
      return;
    }
    feed.adapter = std::string(adapter->name);
    feed.settings = settings;
    reader.check(adapter->check_source(settings));
  }
  if (feed.adapter.empty()) reader.add(node.fail("the feed says no adapter", "add one of: " + adapter_names()));
}

void read_answer(const config::Node& node, Feed& feed, Reader& reader) {
  if (const config::Node store = node["store"]) {
    if (const auto yes = store.need_boolean()) feed.stores = *yes;
    else reader.add(yes.error());
  }
  if (const config::Node answer = node["answer"]) {
    const std::string word = answer.text_or("");
    if (word == "delivered") {
      feed.answer = AnswerWhen::delivered;
    } else if (word != "committed") {
      reader.add(answer.fail("'" + word + "' is no moment for an answer", "committed: when the message is on disk; delivered: when its destinations have it as well"));
    }
  }
  if (const config::Node from = node["answer-from"]) {
    feed.answer_from = from.text_or("");
    if (feed.answer != AnswerWhen::delivered) reader.add(from.fail("a destination's answer can only be had when it has been delivered", "add answer: delivered"));
  }
  if (const config::Node within = node["answer-within"]) {
    if (const auto time = within.need_duration(); !time) reader.add(time.error());
    else if (*time < 100'000 || *time > 3'600'000'000) reader.add(within.fail("this time is not possible", "from 100ms to 1h"));
    else feed.answer_within = *time;
  }
}

Feed read_feed(const config::Node& node, const Hospital& hospital, const Zone& zone, const validation::Screening& screening, Reader& reader) {
  Feed feed;
  feed.validation = screening;
  reader.check(node.only({"name", "system", "sender", "charset", "owns", "mentions", "on-error", "validation", "zone", "store", "answer", "answer-from", "answer-within", "mllp", "file"}));
  feed.name = reader.code(node["name"], "feed name");
  feed.system = node["system"].text_or(feed.name);
  read_adapter(node, feed, reader);

  const config::Node sender = node["sender"];
  reader.check(sender.only({"MSH-3", "MSH-4"}));
  if (sender["MSH-3"]) feed.application = sender["MSH-3"].text_or("");
  if (sender["MSH-4"]) feed.facility = sender["MSH-4"].text_or("");

  if (const config::Node charset = node["charset"]) {
    feed.charset = text::charset_named(charset.text_or(""));
    if (!feed.charset) reader.add(charset.fail("'" + charset.text_or("") + "' is no charset known here", "for example GB18030, UTF-8, BIG5 or ISO-8859-1"));
  }
  if (const config::Node on_error = node["on-error"]) {
    const std::string word = on_error.text_or("");
    if (word == "park") {
      feed.on_error = OnError::park;
    } else if (word != "refuse") {
      reader.add(on_error.fail("'" + word + "' is not known here", "refuse: the sender gets an error; park: the sender gets AA"));
    }
  }
  if (const config::Node mode = node["validation"]) {
    if (const auto found = validation::mode_named(mode.text_or(""))) {
      feed.validation.mode = *found;
    } else {
      reader.add(mode.fail("'" + mode.text_or("") + "' is no way to treat what is not valid", "refuse, mark or off"));
    }
  }
  read_answer(node, feed, reader);
  feed.context.hospital = hospital.code;
  feed.context.feed = feed.name;
  feed.context.space = Uuid::named(root_space(), hospital.code);
  feed.context.zone = zone;
  if (const config::Node own_zone = node["zone"]) {
    if (const auto found = Zone::find(own_zone.text_or(""))) {
      feed.context.zone = *found;
    } else {
      reader.add(own_zone.fail("'" + own_zone.text_or("") + "' is no time zone", "for example Asia/Shanghai or +08:00"));
    }
  }
  feed.context.owns = reader.resource_types(node["owns"]);
  feed.context.mentions = reader.resource_types(node["mentions"]);
  return feed;
}

}  // namespace

bool is_name(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 48 && std::all_of(text.begin(), text.end(), plain);
}

std::optional<Hospital> read_hospital(const config::Node& file, std::vector<Issue>& issues, const validation::Screening& validation) {
  const std::size_t before = issues.size();
  Reader reader(issues);
  Hospital hospital;
  hospital.place = file.place();
  reader.check(file.only({"hospital", "feeds", "destinations", "routes", "mapping"}));
  const config::Node head = file["hospital"];
  reader.check(head.only({"code", "name", "level", "zone"}));
  hospital.code = reader.code(head["code"], "hospital code");
  hospital.name = head["name"].text_or("");
  if (hospital.name.empty()) reader.add(head["name"].fail("the hospital's name is missing", "write it as people know it: name: 星河市第一人民医院"));
  hospital.level = head["level"].text_or("");
  Zone zone = Zone::shanghai();
  if (const config::Node node = head["zone"]) {
    if (const auto found = Zone::find(node.text_or(""))) {
      zone = *found;
    } else {
      reader.add(node.fail("'" + node.text_or("") + "' is no time zone", "for example Asia/Shanghai or +08:00"));
    }
  }
  std::set<std::string> names;
  for (const auto& node : file["feeds"].items()) {
    Feed feed = read_feed(node, hospital, zone, validation, reader);
    if (!names.insert(feed.name).second) reader.add(node.fail("there is a feed '" + feed.name + "' already"));
    hospital.feeds.push_back(std::move(feed));
  }
  if (hospital.feeds.empty()) reader.add(file["feeds"].fail("the hospital has no feeds", "add a list 'feeds:' with at least one"));
  std::vector<std::string> feeds(names.begin(), names.end());
  std::set<std::string> places;
  for (const auto& node : file["destinations"].items()) {
    hospital.destinations.push_back(read_destination(node, hospital.code, zone, issues));
    if (!places.insert(hospital.destinations.back().name).second) reader.add(node.fail("there is a destination '" + hospital.destinations.back().name + "' already"));
  }
  for (const auto& node : file["routes"].items()) hospital.routes.push_back(read_route(node, feeds, issues));
  hospital.mapping_changes = file["mapping"];
  if (issues.size() != before) return std::nullopt;
  return hospital;
}

std::string source_uri(const Hospital& hospital, const Feed& feed) { return "urn:yilian:" + hospital.code + ":" + feed.name; }

}  // namespace yilian::routing
