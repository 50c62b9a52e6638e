// Which messages the resources make.

#include "engine/mapping/outbound/run.h"

#include <algorithm>

#include "engine/base/uuid.h"

namespace yilian::mapping::outbound {
namespace {

constexpr std::size_t kMostMessages = 10'000;

}  // namespace

Run::Run(const Program& program, const Graph& graph, const How& how) : program_(program), graph_(graph), how_(how), evaluator_(program, graph) {
  Clock clock = program.profile.clock;
  if (!clock.zone) clock.zone = Zone::shanghai();
  std::string now = fhir_instant(how.now);
  now.erase(19, 4);  // MSH-7 to the second
  evaluator_.instant = how.now;
  evaluator_.now = hl7_time(now, clock).value_or("");
}

Result<Sent> Run::all() {
  Sent sent;
  bool found = false;
  for (const auto& map : program_.messages) {
    if (map.alone && how_.message.empty() && !(sent.messages.empty() && sent.refused.empty())) continue;
    const bool asked = std::any_of(map.events.begin(), map.events.end(), [&](const Event& e) { return e.type == how_.message; });
    if (!how_.message.empty() && !asked) continue;
    found = true;
    YL_CHECK(messages_of(map, sent));
  }
  if (!found) return fail(Code::unsupported_message_type, "no rules make " + how_.message, "--message", "ORU^R01, ORM^O01, …");
  if (sent.messages.empty() && !sent.refused.empty()) return Failure(std::move(sent.refused.front()));
  if (sent.messages.empty()) return fail(Code::unsupported_message_type, unsent(), how_.message);
  for (const auto& [link, of] : links_) {
    const Resource* to = of == nullptr ? nullptr : graph_.find(*link, *of);
    if (to != nullptr && placed_.contains(to)) ledger_.tell(*link);
  }
  sent.losses = ledger_.losses(graph_, "no place in " + kinds_);
  for (const auto& each : evaluator_.troubles)
    sent.losses.push_back({each.of == nullptr ? std::string() : each.of->name, "fhirpath", each.expression, "it cannot be asked: " + each.what});
  return sent;
}

std::string Run::unsent() const {
  std::set<std::string_view> types;
  for (const auto& each : graph_.all()) types.insert(each.type->name);
  std::string out = how_.message.empty() ? "nothing here makes a message that this receiver takes: only" : "nothing here makes it: only";
  for (const auto type : types) out.append(" ").append(type);
  return out;
}

Result<void> Run::messages_of(const MessageMap& map, Sent& sent) {
  struct Batch {
    const Resource* by;
    const Event* event;
    std::vector<Item> focus;
  };
  std::vector<Batch> batches;
  for (const auto& each : graph_.all()) {
    if (each.type != map.focus || each.outer != nullptr || placed_.contains(&each)) continue;
    const Item item{each.json, nullptr, &each, nullptr};
    evaluator_.variables = {{"focus", {item}}};
    const Event* event = nullptr;
    for (const auto& candidate : map.events) {
      if (!how_.message.empty() && candidate.type != how_.message) continue;
      if (how_.message.empty() && !program_.profile.messages.empty() && !program_.profile.messages.contains(candidate.type)) continue;
      if (how_.message.empty() && candidate.asked) continue;
      evaluator_.reads.clear();
      // A message that was asked for by name is made of whatever can be its focus.
      if (event == nullptr && (!how_.message.empty() || !candidate.when || evaluator_.test(*candidate.when, item))) event = &candidate;
    }
    if (event == nullptr) continue;
    std::vector<Item> by;
    if (map.by) evaluator_.items(*map.by, item, by);
    const Resource* owner = by.empty() || by[0].value == nullptr || by[0].of == nullptr ? nullptr : graph_.find(*by[0].value, *by[0].of);
    const auto same = std::find_if(batches.begin(), batches.end(), [&](const Batch& batch) {
      return map.by && !program_.profile.apart && owner != nullptr && batch.by == owner && batch.event == event;
    });
    if (same != batches.end()) {
      same->focus.push_back(item);
    } else {
      batches.push_back({owner, event, {item}});
    }
    if (batches.size() + sent.messages.size() > kMostMessages) return fail(Code::too_large, "more than 10,000 messages", {}, "send fewer resources at a time");
  }
  for (const auto& batch : batches) {
    // What stands in a message already, as the order of a report does, makes none of its own.
    if (std::all_of(batch.focus.begin(), batch.focus.end(), [&](const Item& item) { return placed_.contains(item.of); })) continue;
    auto made = message(map, *batch.event, batch.focus);
    close(made.has_value());
    if (!made) {
      sent.refused.push_back(std::move(made.error()));
      continue;
    }
    if (kinds_.find(made->type) == std::string::npos) kinds_ += (kinds_.empty() ? "" : ", ") + made->type;
    sent.messages.push_back(std::move(*made));
  }
  return {};
}

Result<Message> Run::message(const MessageMap& map, const Event& event, const std::vector<Item>& focus) {
  Making making{&map, &event, hl7v2::Builder(), {}, 0};
  evaluator_.variables = {{"focus", focus}};
  evaluator_.event = event.type.substr(event.type.find('^') + 1);
  Counters top;
  rows(map.rows, focus.front(), top, making);
  for (const auto& [segment, field] : map.needs) {
    if (making.valued.contains({segment, field})) continue;
    return fail(Code::required_missing, event.type + " needs " + segment + "-" + std::to_string(field) + ", and nothing here tells it", focus.front().of->name);
  }
  const std::string body = making.builder.take();
  std::string control = Uuid::named(root_space(), body + evaluator_.now).text();
  std::erase(control, '-');
  control.resize(20);
  hl7v2::Builder builder;
  header(event, map, control, builder);
  const std::string whole = builder.take() + body;
  auto bytes = text::from_utf8(whole, program_.profile.charset);
  if (!bytes) {
    Issue issue = bytes.error();
    issue.where = event.type + " " + issue.where;
    issue.what += " (the receiver's charset is " + std::string(text::name(program_.profile.charset)) + ")";
    issue.cure = "UTF-8 and GB18030 have every character";
    return Failure(std::move(issue));
  }
  return Message{event.type, control, std::move(*bytes)};
}

void Run::header(const Event& event, const MessageMap& map, const std::string& control_id, hl7v2::Builder& builder) const {
  const auto& profile = program_.profile;
  Fields fields("MSH", program_);
  // "NAME^1.2.3^ISO" of the profile, part by part.
  const auto whole = [&](unsigned field, std::string_view text) {
    unsigned component = 1;
    while (!text.empty()) {
      const auto caret = text.find('^');
      fields.put({field, 1, component++, 1}, text.substr(0, caret), false);
      text = caret == std::string_view::npos ? std::string_view() : text.substr(caret + 1);
    }
  };
  const auto set = [&](const char* name) {
    const auto found = profile.header.find(name);
    return found == profile.header.end() ? std::string() : found->second;
  };
  whole(3, set("sending-application"));
  whole(4, set("sending-facility"));
  whole(5, set("receiving-application"));
  whole(6, set("receiving-facility"));
  fields.put({7, 1, 1, 1}, evaluator_.now, false);
  const auto caret = event.type.find('^');
  fields.put({9, 1, 1, 1}, event.type.substr(0, caret), false);
  fields.put({9, 1, 2, 1}, event.type.substr(caret + 1), false);
  fields.put({9, 1, 3, 1}, map.structure, false);
  fields.put({10, 1, 1, 1}, control_id, false);
  const auto processing = set("processing-id");
  fields.put({11, 1, 1, 1}, processing.empty() ? "P" : processing, false);
  fields.put({12, 1, 1, 1}, profile.version, false);
  fields.put({15, 1, 1, 1}, set("accept-acknowledgement"), false);
  fields.put({16, 1, 1, 1}, set("application-acknowledgement"), false);
  fields.put({17, 1, 1, 1}, set("country"), false);
  fields.put({18, 1, 1, 1}, text::hl7_name(profile.charset), false);
  fields.write(builder);
}

}  // namespace yilian::mapping::outbound
