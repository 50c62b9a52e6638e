#include <algorithm>
#include <cstdio>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"
#include "engine/text/base64.h"

namespace yilian::daemon {
namespace {

using Lines = std::vector<std::string>;

// Of a message or an answer: a segment each.
Lines segments(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n\x1c"), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "  name[0].family = 张", a line each.
void flatten(const fhir::Json& value, const std::string& path, Lines& lines) {
  if (value.is_object()) {
    for (const fhir::Member& member : value.members()) {
      if (path.empty() && (member.name == "resourceType" || member.name == "id")) continue;
      flatten(member.value, path.empty() ? std::string(member.name) : path + "." + std::string(member.name), lines);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) flatten(value.items()[i], path + "[" + std::to_string(i) + "]", lines);
  } else {
    lines.push_back("  " + path + " = " + std::string(value.text()));
  }
}

Lines resources(const fhir::Json& bundle) {
  Lines lines;
  for (const fhir::Json& entry : list_at(bundle, "entry").items()) {
    const fhir::Json* resource = entry.find("resource");
    if (resource == nullptr) continue;
    lines.push_back(std::string(resource->text_at("resourceType")) + "/" + std::string(resource->text_at("id")));
    flatten(*resource, "", lines);
  }
  return lines;
}

std::string head(const Console& console, const fhir::Json& message) {
  const std::string hospital(message.text_at("hospital"));
  std::string out = "Message " + std::to_string(number_at(message, "number")) + "  " + type_of(message) + "  control id " + plain(message.text_at("controlId")) + "  from ";
  out.append(message.text_at("feed").empty() ? "nobody that is known" : hospital + "/" + std::string(message.text_at("feed")));
  out.append(" (").append(plain(message.text_at("sender"))).append(" at ").append(plain(message.text_at("peer"))).append(")\n");
  out.append("received ").append(console.moment(message, "received", hospital)).append(", ").append(message.text_at("state")).append(", ").append(std::to_string(number_at(message, "size"))).append(" bytes");
  if (const auto charset = message.text_at("charset"); !charset.empty()) out.append(", read as ").append(plain(charset));
  if (const auto patient = message.text_at("patient"); !patient.empty()) out.append(", ").append(patient);
  out.append("\n");
  if (const auto error = message.text_at("error"); !error.empty()) out.append("why: ").append(plain(error)).append("\n");
  for (const fhir::Json& notice : list_at(message, "notices").items()) out.append("note: ").append(plain(notice.text_at("where"))).append(": ").append(plain(notice.text_at("what"))).append("\n");
  for (const std::string& line : segments(message.text_at("answer"))) out.append("answered: ").append(plain(line)).append("\n");
  return out;
}

std::string explanation(const fhir::Json& explained) {
  std::string out;
  if (explained.text_at("mappingChanged") == "true") out.append("The rules have changed since it came; this is what today's make of it.\n");
  for (const fhir::Json& part : list_at(explained, "unused").items()) {
    if (part.text_at("why") != "never") continue;
    out.append("used by no rule: ").append(plain(part.text_at("field"))).append(" '").append(plain(part.text_at("text"))).append("'\n");
  }
  for (const fhir::Json& part : list_at(explained, "fallbacks").items()) {
    out.append("did with less (").append(part.text_at("kind")).append("): ").append(plain(part.text_at("field"))).append(part.text_at("field").empty() ? "" : ": ").append(plain(part.text_at("what")));
    if (const auto place = part.text_at("rulePlace"); !place.empty()) out.append(", ").append(plain(place));
    out.append("\n");
  }
  return out;
}

std::string delivery_heading(const Console& console, const fhir::Json& delivery) {
  const std::string name(delivery.text_at("destination"));
  std::string out = "to " + name + ": " + std::string(delivery.text_at("fate"));
  if (const auto last = console.moment(delivery, "last", name); !last.empty()) out.append(" at ").append(last);
  if (const auto attempts = number_at(delivery, "attempts"); attempts > 0) out.append(attempts == 1 ? ", 1 attempt" : ", " + std::to_string(attempts) + " attempts");
  if (const auto doubts = number_at(delivery, "doubts"); doubts > 0) out.append(", ").append(std::to_string(doubts)).append(" of them in doubt");
  if (const auto took = number_at(delivery, "microseconds"); took > 0) out.append(", ").append(span_text(took));
  if (const auto next = console.moment(delivery, "next", name); !next.empty()) out.append(", again at ").append(next);
  out.append("\n");
  if (const auto error = delivery.text_at("error"); !error.empty()) out.append("why: ").append(plain(error)).append("\n");
  return out;
}

int show_raw(Console& daemon, const std::string& path) {
  const auto message = daemon.get(path + "?raw=base64");
  if (!message) return failed(message.error());
  const auto bytes = text::from_base64((*message)->text_at("raw"));
  return put(bytes.value_or("")) ? 0 : 1;
}

}  // namespace

int messages_show(const Where& where, const ShowOptions& options) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  Console& daemon = **console;
  const std::string path = "messages/" + std::to_string(options.number);
  if (options.raw) return show_raw(daemon, path);
  const auto message = daemon.get(path);
  if (!message) return failed(message.error());
  std::string json = daemon.last_body();
  const auto bundle = daemon.get(path + "/bundle");
  if (options.bundle) {
    if (!bundle) return failed(bundle.error());
    return put(daemon.last_body() + "\n") ? 0 : 1;
  }
  const auto explained = daemon.get(path + "/explain");
  if (!explained) return failed(explained.error());
  const auto deliveries = daemon.get(path + "/deliveries");
  if (!deliveries) return failed(deliveries.error());
  if (where.json) {
    // All of it, as the operations give it.
    json = "{\"message\":" + json + ",\"bundle\":" + (bundle ? fhir::write_json(**bundle) : "null") + ",\"explain\":" + fhir::write_json(**explained) + ",\"deliveries\":" + fhir::write_json(list_at(**deliveries, "deliveries")) + "}\n";
    return put(json) ? 0 : 1;
  }
  if (auto zones = daemon.learn_zones(); !zones) return failed(zones.error());
  const std::size_t width = terminal_width();
  std::string out = head(daemon, **message) + "\n";
  const Lines became = bundle ? resources(**bundle) : Lines{"Today's rules make nothing of it: " + bundle.error().line()};
  out.append(side_by_side("CAME IN", segments((*message)->text_at("text")), "BECAME, by today's rules", became, width));
  if (const std::string more = explanation(**explained); !more.empty()) out.append("\n").append(more);
  for (const fhir::Json& delivery : list_at(**deliveries, "deliveries").items()) {
    out.append("\n").append(delivery_heading(daemon, delivery));
    Lines sent;
    const auto bodies = daemon.get(path + "/sent/" + std::string(delivery.text_at("destination")));
    if (!bodies) sent.push_back("cannot be made: " + bodies.error().line());
    if (bodies) {
      for (const fhir::Json& body : list_at(**bodies, "bodies").items()) {
        for (std::string& line : segments(body.text())) sent.push_back(std::move(line));
      }
      if (sent.empty()) sent.push_back("nothing of it is for this destination");
    }
    const bool queued = delivery.text_at("fate") == "queued";
    out.append(side_by_side(queued ? "WILL BE SENT" : "SENT, as today's settings make it", sent, "ANSWERED", segments(delivery.text_at("answer")), width));
  }
  return put(out) ? 0 : 1;
}

}  // namespace yilian::daemon
