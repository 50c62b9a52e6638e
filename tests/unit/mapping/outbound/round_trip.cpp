#include "tests/unit/mapping/outbound/round_trip.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "engine/fhir/json.h"
#include "engine/hl7v2/escape.h"
#include "engine/hl7v2/grammar.h"
#include "engine/hl7v2/message.h"
#include "engine/mapping/convert.h"
#include "engine/hl7v2/versions.h"

namespace yilian::mapping::outbound::test {
namespace {

struct Part {
  unsigned field, repetition, component, subcomponent;
  std::string_view raw;
  std::string value;
};

std::vector<Part> parts(const hl7v2::Message& message, std::size_t segment) {
  std::vector<Part> out;
  const auto& d = message.delimiters();
  for (unsigned f = 1; f <= message.field_count(segment); ++f) {
    const auto field = message.field(segment, f);
    // Free text is one part, whatever delimiters it holds.
    for (unsigned r = 1; r <= hl7v2::repetition_count(field, d); ++r) {
      const auto repetition = hl7v2::repetition(field, r, d);
      const auto components = 1 + std::count(repetition.begin(), repetition.end(), d.component);
      for (unsigned c = 1; c <= components; ++c) {
        const auto component = hl7v2::component(repetition, c, d);
        const auto subcomponents = 1 + std::count(component.begin(), component.end(), d.subcomponent);
        for (unsigned s = 1; s <= subcomponents; ++s) {
          const auto raw = hl7v2::subcomponent(component, s, d);
          std::string value(trimmed(hl7v2::unescape(raw, d)));
          if (!value.empty() && !hl7v2::is_null(raw)) out.push_back({f, r, c, s, raw, std::move(value)});
        }
      }
    }
  }
  return out;
}

bool same_value(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto left = moment(a, Zone::shanghai()), right = moment(b, Zone::shanghai());
  return left && right && *left == *right && a.size() >= 8 && b.size() >= 8;
}

// The same element of any item of its lists: an identifier may have changed its place among the others.
bool somewhere(const fhir::Json* json, std::string_view path, const fhir::Json& wanted) {
  if (json == nullptr) return false;
  if (path.empty()) return fhir::equal(*json, wanted);
  if (path[0] == '[') {
    auto rest = path.substr(path.find(']') + 1);
    if (rest.starts_with('.')) rest.remove_prefix(1);
    return std::any_of(json->items().begin(), json->items().end(), [&](const fhir::Json& each) { return somewhere(&each, rest, wanted); });
  }
  const auto end = path.find_first_of(".[");
  const auto rest = end == std::string_view::npos ? std::string_view() : path.substr(path[end] == '.' ? end + 1 : end);
  return somewhere(json->find(path.substr(0, end)), rest, wanted);
}

// "name[0].family" of a resource; nullptr when it has no such element.
const fhir::Json* element(const fhir::Json* json, std::string_view path) {
  while (json != nullptr && !path.empty()) {
    const auto end = path.find_first_of(".[");
    if (end == 0 && path[0] == '[') {
      const auto close = path.find(']');
      const std::size_t index = static_cast<std::size_t>(std::atol(std::string(path.substr(1, close - 1)).c_str()));
      json = index < json->items().size() ? &json->items()[index] : nullptr;
      path = path.substr(close + 1);
      if (path.starts_with('.')) path.remove_prefix(1);
      continue;
    }
    json = json->find(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(path[end] == '.' ? end + 1 : end);
  }
  return json;
}

bool made_again(const Origin& origin, const Mapped& before, const Mapped& after) {
  const Made& made = before.resources[origin.resource];
  const auto* one = element(made.resource, origin.element);
  if (one == nullptr) return false;
  const auto same = std::find_if(after.resources.begin(), after.resources.end(), [&](const Made& each) { return each.type == made.type && each.id == made.id; });
  if (same != after.resources.end()) return somewhere(same->resource, origin.element, *one);
  // An id may be computed of a part that is written otherwise: then any resource of the type will do.
  return std::any_of(after.resources.begin(), after.resources.end(), [&](const Made& each) {
    return each.type == made.type && somewhere(each.resource, origin.element, *one);
  });
}

// The segment of the answer for each of the message: in order where there are as many, else the most alike.
std::vector<std::size_t> aligned(const hl7v2::Message& message, const hl7v2::Message& answer) {
  std::vector<std::size_t> out(message.segment_count(), hl7v2::Message::npos);
  std::map<std::string_view, std::vector<std::size_t>> mine, theirs;
  for (std::size_t i = 0; i < message.segment_count(); ++i) mine[message.segment_id(i)].push_back(i);
  for (std::size_t i = 0; i < answer.segment_count(); ++i) theirs[answer.segment_id(i)].push_back(i);
  for (const auto& [id, segments] : mine) {
    auto& others = theirs[id];
    if (others.size() == segments.size()) {
      for (std::size_t i = 0; i < segments.size(); ++i) out[segments[i]] = others[i];
      continue;
    }
    std::set<std::size_t> used;
    for (const std::size_t segment : segments) {
      std::size_t best = 0;
      const auto wanted = parts(message, segment);
      for (const std::size_t other : others) {
        if (used.contains(other)) continue;
        std::size_t alike = 0;
        for (const auto& there : parts(answer, other)) {
          alike += std::any_of(wanted.begin(), wanted.end(), [&](const Part& p) { return p.field == there.field && p.field > 1 && same_value(p.value, there.value); });
        }
        if (alike > best) {
          best = alike;
          out[segment] = other;
        }
      }
      if (out[segment] != hl7v2::Message::npos) used.insert(out[segment]);
    }
  }
  return out;
}

}  // namespace

void Tally::add(const Tally& other) {
  parts += other.parts;
  held += other.held;
  beyond += other.beyond;
  same += other.same;
  meaning += other.meaning;
  moved += other.moved;
  lost += other.lost;
  if (example.empty()) example = other.example;
  if (moved_example.empty()) moved_example = other.moved_example;
}

RoundTrip::RoundTrip(const std::string& mappings, std::string version)
    : library_([&] {
        auto library = Library::load(mappings + "/fhir-to-hl7v2");
        if (!library) throw std::runtime_error(library.error().front().line());
        return std::move(*library);
      }()),
      version_(std::move(version)) {
  auto shared = mapping::Library::load(mappings + "/hl7v2");
  if (!shared) throw std::runtime_error(shared.error().front().line());
  mapping_ = *shared->compile(config::Node());
  context_.hospital = "local";
  context_.feed = "trip";
  context_.space = Uuid::named(root_space(), "local");
  context_.trace = true;
}

const Outbound& RoundTrip::outbound(const std::string& version) {
  auto& made = outbounds_[version];
  if (made == nullptr) {
    const auto node = config::read_text("version: \"" + version + "\"\n", "trip.yaml");
    made = *library_.compile(*node);
  }
  return *made;
}

Trip RoundTrip::run(std::string_view raw) {
  Trip trip;
  const auto read = hl7v2::read(raw, std::nullopt);
  if (!read) {
    trip.refused = "read: " + read.error().line();
    return trip;
  }
  const auto& message = read->message;
  trip.type = std::string(message.type()) + "^" + std::string(message.event());
  const auto mapped = mapping_->run(message, context_);
  if (!mapped) {
    trip.refused = "mapped: " + mapped.error().line();
    return trip;
  }
  std::string version = version_.empty() ? std::string(message.version()) : version_;
  if (!hl7v2::is_version(version)) version = "2.5.1";
  const auto& out = outbound(version);
  fhir::Arena arena;
  const auto bundle = fhir::read_json(transaction_bundle(*mapped), arena);
  How how{mapped->event_time, trip.type};
  const auto types = out.message_types();
  if (std::find(types.begin(), types.end(), trip.type) == types.end()) how.message.clear();
  const auto sent = out.run(**bundle, how);
  if (!sent) {
    trip.refused = "sent: " + sent.error().line();
    return trip;
  }
  trip.losses = sent->losses.size();
  for (const auto& each : sent->messages) trip.text += each.text;
  if (sent->messages.size() != 1) {
    trip.refused = "sent: " + std::to_string(sent->messages.size()) + " messages";
    return trip;
  }
  const auto answer = hl7v2::read(sent->messages[0].text, std::nullopt);
  if (!answer) throw std::runtime_error("what was written cannot be read: " + answer.error().line());
  const auto again = mapping_->run(answer->message, context_);
  if (!again) throw std::runtime_error("what was written is refused: " + again.error().line() + "\n" + trip.text);

  const hl7v2::Version limits(version);
  const auto pairs = aligned(message, answer->message);
  std::set<std::string> everywhere;
  for (std::size_t i = 1; i < answer->message.segment_count(); ++i) {
    for (const auto& part : parts(answer->message, i)) everywhere.insert(part.value);
  }
  for (std::size_t i = 1; i < message.segment_count(); ++i) {
    if (message.segment_id(i) == "EVN") continue;
    const auto there = pairs[i] == hl7v2::Message::npos ? std::vector<Part>() : parts(answer->message, pairs[i]);
    for (const auto& part : parts(message, i)) {
      Tally& tally = trip.fields[std::string(message.segment_id(i)) + "-" + std::to_string(part.field)];
      ++tally.parts;
      const std::size_t begin = message.offset(part.raw), end = begin + part.raw.size();
      std::vector<const Origin*> origins;
      for (const auto& origin : mapped->origins) {
        if (origin.segment != static_cast<std::int32_t>(i) || origin.begin >= end || origin.end <= begin) continue;
        // Of a whole field that wrote a literal, or one of its parts, this part is no part.
        const auto* made = element(mapped->resources[origin.resource].resource, origin.element);
        const bool exact = origin.begin == begin && origin.end == end;
        if (exact || (made != nullptr && made->text().find(part.value) != std::string_view::npos)) origins.push_back(&origin);
      }
      if (origins.empty()) continue;
      if (limits.lacks(message.segment_id(i), part.field, part.component, part.subcomponent) != hl7v2::Version::Lacks::nothing) {
        ++tally.beyond;
        continue;
      }
      ++tally.held;
      const bool same = std::any_of(there.begin(), there.end(), [&](const Part& other) {
        return other.field == part.field && other.component == part.component && other.subcomponent == part.subcomponent && same_value(part.value, other.value);
      });
      if (same) {
        ++tally.same;
      } else if (std::all_of(origins.begin(), origins.end(), [&](const Origin* origin) { return made_again(*origin, *mapped, *again); })) {
        ++tally.meaning;
      } else {
        const std::string example = "'" + part.value.substr(0, 40) + "' ." + std::to_string(part.component) + (part.subcomponent > 1 ? "." + std::to_string(part.subcomponent) : "") + " -> " + origins[0]->element;
        if (everywhere.contains(part.value)) {
          ++tally.moved;
          if (tally.moved_example.empty()) tally.moved_example = example;
        } else {
          ++tally.lost;
          if (tally.example.empty()) tally.example = example;
        }
      }
    }
  }
  return trip;
}

}  // namespace yilian::mapping::outbound::test
