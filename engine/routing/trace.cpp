#include "engine/routing/trace.h"

#include <charconv>
#include <map>
#include <set>

#include "engine/fhir/json.h"
#include "engine/hl7v2/message.h"
#include "engine/mapping/unused.h"
#include "engine/text/utf8.h"

namespace yilian::routing {
namespace {

using fhir::Json;

constexpr std::size_t kMostVersions = 200;  // of history that is looked through

// The value at "name[0].family"; nullptr when there is none.
const Json* value_at(const Json& resource, std::string_view path) {
  const Json* at = &resource;
  while (!path.empty() && at != nullptr) {
    const std::size_t end = path.find_first_of(".[");
    if (end != 0) {
      at = at->find(path.substr(0, end));
      path.remove_prefix(std::min(end, path.size()));
    }
    while (at != nullptr && !path.empty() && path.front() == '[') {
      std::size_t index = 0;
      const std::size_t close = path.find(']');
      if (close == std::string_view::npos) return nullptr;
      std::from_chars(path.data() + 1, path.data() + close, index);
      at = at->is_array() && index < at->size() ? &at->items()[index] : nullptr;
      path.remove_prefix(close + 1);
    }
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
  }
  return at;
}

// A list may have been united from several messages, so the same item can stand at another place now.
void collect(const Json& value, std::string path, std::vector<std::pair<std::string, const Json*>>& leaves) {
  if (value.is_object()) {
    for (const auto& member : value.members()) {
      collect(member.value, path.empty() ? std::string(member.name) : path + "." + std::string(member.name), leaves);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect(value.items()[i], path + "[" + std::to_string(i) + "]", leaves);
  } else {
    leaves.emplace_back(std::move(path), &value);
  }
}

std::string without_indices(std::string_view path) {
  std::string plain;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) plain.push_back(c);
    if (c == ']') inside = false;
  }
  return plain;
}

struct Remapped {
  journal::Entry entry;
  hl7v2::Message message;
  mapping::Mapped mapped;
  Inlet inlet;
  bool same_mapping;
};

Result<Remapped> map_again(journal::Entry entry, const Directory& directory) {
  const Inlet inlet = directory.inlet(entry.hospital, entry.feed);
  if (inlet.feed == nullptr) {
    const std::string where = "message " + std::to_string(entry.number);
    if (entry.feed.empty()) return fail(Code::not_found, "no feed took it, so no mapping is known for it", where);
    return fail(Code::not_found, "its feed " + entry.hospital + "/" + entry.feed + " is no longer configured", where, "put the feed back into the hospital's file to trace its messages");
  }
  YL_TRY(auto read, hl7v2::read(entry.raw, inlet.feed->charset));
  mapping::Context context = inlet.feed->context;
  context.trace = true;
  YL_TRY(auto mapped, inlet.hospital->mapping->run(read.message, context));
  const bool same = inlet.hospital->mapping->fingerprint() == entry.mapping;
  return Remapped{std::move(entry), std::move(read.message), std::move(mapped), inlet, same};
}

std::string segment_name(const hl7v2::Message& message, std::size_t index) {
  std::size_t ordinal = 0;
  const std::string_view id = message.segment_id(index);
  for (std::size_t i = 0; i <= index; ++i) ordinal += message.segment_id(i) == id ? 1 : 0;
  return std::string(id) + "[" + std::to_string(ordinal) + "]";
}

Origin describe(const Remapped& from, const mapping::Origin& found, std::string element) {
  Origin origin;
  origin.element = std::move(element);
  origin.hospital = from.entry.hospital;
  origin.feed = from.entry.feed;
  origin.system = from.inlet.feed->system;
  origin.message = from.entry.number;
  origin.type = from.entry.type + "^" + from.entry.event;
  origin.control_id = from.entry.control_id;
  origin.received = from.entry.received;
  origin.rule = found.rule;
  origin.rule_place = found.rule_place;
  origin.same_mapping = from.same_mapping;
  if (found.segment >= 0) {
    const auto segment = static_cast<std::size_t>(found.segment);
    const std::string_view line = from.message.segment_text(segment);
    const std::size_t start = from.message.offset(line);
    origin.segment = segment_name(from.message, segment);
    origin.field = found.field;
    origin.line = std::string(line);
    if (found.begin >= start && found.end <= start + line.size()) {
      origin.begin = found.begin - start;
      origin.end = found.end - start;
    }
  }
  return origin;
}

void describe_unused(const Remapped& from, const std::vector<mapping::Unused>& parts, std::vector<Unused>& out) {
  for (const auto& part : parts) {
    const std::size_t start = from.message.offset(from.message.segment_text(part.segment));
    const std::string_view bytes = from.message.text().substr(part.bytes.begin, part.bytes.end - part.bytes.begin);
    out.push_back({from.entry.number, segment_name(from.message, part.segment), part.field, text::shortened(bytes), part.bytes.begin - start, part.bytes.end - start, start, std::string(name(part.why))});
  }
}

void describe_fallbacks(const Remapped& from, std::vector<Fallback>& out) {
  for (const auto& fallback : from.mapped.fallbacks) {
    std::string resource;
    if (fallback.resource >= 0) {
      const auto& made = from.mapped.resources[static_cast<std::size_t>(fallback.resource)];
      resource.append(made.type).append("/").append(made.id);
    }
    out.push_back({from.entry.number, std::string(name(fallback.kind)), fallback.where, std::move(resource), fallback.what, fallback.rule, fallback.rule_place});
  }
}

}  // namespace

Result<Explained> explain(database::Connection& reader, const Directory& directory, std::int64_t number) {
  YL_TRY(auto entry, journal::read(reader, number));
  Explained out;
  const auto from = map_again(std::move(entry), directory);
  if (!from) {
    out.error = from.error().line();
    return out;
  }
  out.same_mapping = from->same_mapping;
  const auto unused = mapping::unused(from->message, from->mapped);
  describe_unused(*from, unused.parts, out.unused);
  out.unused_left_off = unused.left_off;
  describe_fallbacks(*from, out.fallbacks);
  for (const auto& notice : from->message.notices()) out.notices.push_back({mapping::Notice::Kind::structure, notice.where, notice.what, {}});
  out.notices.insert(out.notices.end(), from->mapped.notices.begin(), from->mapped.notices.end());
  return out;
}

Result<std::string> bundle_of(database::Connection& reader, const Directory& directory, std::int64_t number) {
  YL_TRY(auto entry, journal::read(reader, number));
  YL_TRY(const auto from, map_again(std::move(entry), directory));
  return mapping::transaction_bundle(from.mapped);
}

Result<Trace> trace(database::Connection& reader, const Directory& directory, std::string_view type, std::string_view id) {
  records::HistoryQuery query;
  query.type = std::string(type);
  query.id = std::string(id);
  query.count = kMostVersions;
  YL_TRY(const auto page, records::history(reader, records::Scope::all(), query));
  if (page.entries.empty()) return fail(Code::not_found, "no such resource", std::string(type) + "/" + std::string(id));
  if (page.entries.front().deleted) return fail(Code::gone, "it was deleted", std::string(type) + "/" + std::string(id));

  fhir::Arena arena(64 * 1024);
  std::vector<std::pair<const records::Version*, const Json*>> versions;  // newest first
  for (const auto& version : page.entries) {
    if (version.deleted) break;
    auto json = fhir::read_json(arena.copy(version.body), arena);
    if (!json) break;
    versions.emplace_back(&version, *json);
  }
  if (versions.empty()) return fail(Code::internal, "the stored resource cannot be read", std::string(type) + "/" + std::string(id));

  std::vector<std::pair<std::string, const Json*>> leaves;
  collect(*versions.front().second, "", leaves);
  std::map<std::int64_t, std::optional<Remapped>> messages;
  Trace out;
  std::set<std::int64_t> named;
  for (const auto& [path, value] : leaves) {
    // Back through the versions as long as the value stands there: the oldest of them brought it.
    std::size_t oldest = 0;
    while (oldest + 1 < versions.size()) {
      const Json* before = value_at(*versions[oldest + 1].second, path);
      if (before == nullptr || !fhir::equal(*before, *value)) break;
      ++oldest;
    }
    const std::int64_t number = versions[oldest].first->message;
    if (number == 0) continue;
    const auto [slot, first_time] = messages.try_emplace(number);
    if (first_time) {
      if (auto entry = journal::read(reader, number)) {
        if (auto again = map_again(std::move(*entry), directory)) slot->second.emplace(std::move(*again));
      }
    }
    if (!slot->second) continue;
    const Remapped& from = *slot->second;
    const std::string plain = without_indices(path);
    const mapping::Origin* best = nullptr;
    for (const auto& candidate : from.mapped.origins) {
      const auto& made = from.mapped.resources[candidate.resource];
      if (made.type != type || made.id != id || without_indices(candidate.element) != plain) continue;
      const Json* produced = value_at(*made.resource, candidate.element);
      if (produced == nullptr || !fhir::equal(*produced, *value)) continue;
      if (best == nullptr || candidate.element == path) best = &candidate;
    }
    if (best == nullptr) continue;
    out.origins.push_back(describe(from, *best, path));
    if (!named.insert(number).second) continue;
    describe_unused(from, mapping::unused(from.message, from.mapped).parts, out.unused);
    describe_fallbacks(from, out.fallbacks);
  }
  return out;
}

}  // namespace yilian::routing
