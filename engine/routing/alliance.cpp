#include "engine/routing/alliance.h"

#include <algorithm>
#include <tuple>

#include "engine/base/log.h"
#include "engine/fhir/json.h"
#include "engine/routing/adapters.h"

namespace yilian::routing {

struct Alliance::Open {
  std::shared_ptr<Door> door;
  std::unique_ptr<sdk::Source> source;
};

namespace {

std::shared_ptr<const Entrance> held(const std::shared_ptr<const Directory>& directory, const Entrance& entrance) {
  return {directory, &entrance};
}

fhir::Json& organization(const Hospital& hospital, fhir::Arena& arena) {
  auto* json = new (arena.allocate(sizeof(fhir::Json), alignof(fhir::Json))) fhir::Json;
  json->set_object();
  json->add(arena, "resourceType").set_string("Organization");
  json->add(arena, "id").set_string(hospital.code);
  fhir::Json& meta = json->add(arena, "meta");
  meta.set_object();
  meta.add(arena, "source").set_string(arena.copy("urn:yilian:" + hospital.code + ":configuration"));
  fhir::Json& identifiers = json->add(arena, "identifier");
  identifiers.set_array();
  fhir::Json& identifier = identifiers.append(arena);
  identifier.set_object();
  identifier.add(arena, "system").set_string("urn:yilian:hospital");
  identifier.add(arena, "value").set_string(hospital.code);
  json->add(arena, "active").set_boolean(true);
  fhir::Json& types = json->add(arena, "type");
  types.set_array();
  fhir::Json& type = types.append(arena);
  type.set_object();
  fhir::Json& codings = type.add(arena, "coding");
  codings.set_array();
  fhir::Json& coding = codings.append(arena);
  coding.set_object();
  coding.add(arena, "system").set_string("http://terminology.hl7.org/CodeSystem/organization-type");
  coding.add(arena, "code").set_string("prov");
  if (!hospital.level.empty()) type.add(arena, "text").set_string(hospital.level);
  json->add(arena, "name").set_string(hospital.name);
  return *json;
}

}  // namespace

Alliance::Alliance(database::Database& database, std::shared_ptr<const Directory> directory)
    : database_(database), dispatcher_(database), directory_(std::move(directory)) {}

Alliance::~Alliance() { stop(std::chrono::milliseconds(0)); }

std::shared_ptr<const Directory> Alliance::directory() const {
  const std::lock_guard lock(mutex_);
  return directory_;
}

Result<void> Alliance::write_organizations(const Directory& directory) {
  for (const auto& hospital : directory.hospitals()) {
    fhir::Arena arena;
    YL_TRY(const auto prepared, records::prepare(organization(*hospital, arena)));
    const Instant at = now();
    const records::Contribution contribution{prepared, {}, at, static_cast<std::uint8_t>(mapping::Rank::owner), 0};
    YL_CHECK(database_.write([&](database::Connection& writer) -> Result<void> {
      YL_CHECK(records::contribute(writer, contribution, at));
      return {};
    }));
  }
  return {};
}

Result<std::unique_ptr<Alliance::Open>> Alliance::open(const std::shared_ptr<const Directory>& directory, const Entrance& entrance) {
  auto made = std::make_unique<Open>();
  made->door = std::make_shared<Door>(database_, dispatcher_, tally_, large_messages_);
  made->door->lead_to(held(directory, entrance), stops_);
  YL_TRY(made->source, find_adapter(entrance.adapter)->source(entrance.settings));
  YL_CHECK(made->source->start(*made->door));
  for (const Inlet& inlet : entrance.inlets) {
    log::info("routing", "feed open", {{"hospital", inlet.hospital->code}, {"feed", inlet.feed->name}, {"adapter", entrance.adapter}, {"address", made->source->address()}});
  }
  return made;
}

Result<void> Alliance::start() {
  const auto directory = this->directory();
  YL_CHECK(write_organizations(*directory));
  YL_CHECK(dispatcher_.start(directory));
  auto stopped = database_.read([](database::Connection& reader) -> Result<Stops> { return stops(reader); });
  if (!stopped) return Failure(stopped.error());
  const std::lock_guard lock(mutex_);
  stops_ = std::move(*stopped);
  for (const Entrance& entrance : directory->entrances()) {
    if (auto settled = settle(directory, entrance); !settled) {
      for (auto& [key, each] : open_) each->source->stop(std::chrono::milliseconds(0));
      open_.clear();
      return Failure(settled.error());
    }
  }
  return {};
}

bool Alliance::all_stopped(const Entrance& entrance) const {
  return std::all_of(entrance.inlets.begin(), entrance.inlets.end(), [&](const Inlet& inlet) { return stops_.contains(inlet.hospital->code + "/" + inlet.feed->name); });
}

// Opened, closed or led anew, as its feeds are. Under the mutex.
Result<void> Alliance::settle(const std::shared_ptr<const Directory>& directory, const Entrance& entrance) {
  failed_.erase(entrance.key);
  const auto found = open_.find(entrance.key);
  if (all_stopped(entrance)) {
    if (found != open_.end()) {
      found->second->source->stop(std::chrono::seconds(5));
      open_.erase(found);
    }
    return {};
  }
  if (found != open_.end()) {
    found->second->door->lead_to(held(directory, entrance), stops_);
    return {};
  }
  auto opened = open(directory, entrance);
  if (!opened) {
    failed_.insert_or_assign(entrance.key, opened.error());
    return Failure(opened.error());
  }
  open_.emplace(entrance.key, std::move(*opened));
  return {};
}

std::vector<Issue> Alliance::reload(std::shared_ptr<const Directory> directory) {
  std::vector<Issue> issues;
  if (auto written = write_organizations(*directory); !written) issues.push_back(written.error());
  for (Issue& issue : dispatcher_.reload(directory)) issues.push_back(std::move(issue));
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::unique_ptr<Open>> kept;
  for (const Entrance& entrance : directory->entrances()) {
    if (const auto found = open_.find(entrance.key); found != open_.end()) kept.insert(open_.extract(found));
  }
  // The old ones go first: a changed entrance may keep its port.
  for (auto& [key, each] : open_) each->source->stop(std::chrono::seconds(5));
  open_ = std::move(kept);
  failed_.clear();
  for (const Entrance& entrance : directory->entrances()) {
    if (auto settled = settle(directory, entrance); !settled) issues.push_back(settled.error());
  }
  directory_ = std::move(directory);
  return issues;
}

void Alliance::stop(std::chrono::milliseconds deadline) {
  const std::lock_guard lock(mutex_);
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (auto& [key, each] : open_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    each->source->stop(std::max(left, std::chrono::milliseconds(0)));
  }
  large_messages_.stop();
  replay_.stop();
  dispatcher_.stop(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()), std::chrono::milliseconds(0)));
  open_.clear();
}

Result<void> Alliance::stop_feed(const std::string& hospital, const std::string& feed) { return set_stopped(hospital, feed, true); }
Result<void> Alliance::start_feed(const std::string& hospital, const std::string& feed) { return set_stopped(hospital, feed, false); }

Result<void> Alliance::set_stopped(const std::string& hospital, const std::string& feed, bool stopped) {
  const std::lock_guard lock(mutex_);
  const Inlet wanted = directory_->inlet(hospital, feed);
  if (wanted.feed == nullptr) return fail(Code::not_found, "there is no feed '" + hospital + "/" + feed + "'", "feed", "`yilian feeds list` names them");
  const Instant at = now();
  YL_CHECK(database_.write([&](database::Connection& writer) -> Result<void> {
    if (stopped) put_stop(writer, hospital, feed, at);
    else remove_stop(writer, hospital, feed);
    return {};
  }));
  const std::string name = hospital + "/" + feed;
  const bool changed = stopped ? stops_.emplace(name, at).second : stops_.erase(name) > 0;
  if (changed) log::info("routing", stopped ? "feed stopped by hand" : "feed started by hand", {{"hospital", hospital}, {"feed", feed}});
  for (const Entrance& entrance : directory_->entrances()) {
    const bool here = std::any_of(entrance.inlets.begin(), entrance.inlets.end(), [&](const Inlet& inlet) { return inlet.feed == wanted.feed; });
    if (here) return settle(directory_, entrance);
  }
  return {};
}

std::vector<Alliance::FeedStatus> Alliance::feeds() const {
  const std::lock_guard lock(mutex_);
  std::vector<FeedStatus> list;
  for (const Entrance& entrance : directory_->entrances()) {
    const auto open = open_.find(entrance.key);
    const auto failed = failed_.find(entrance.key);
    for (const Inlet& inlet : entrance.inlets) {
      FeedStatus status;
      status.hospital = inlet.hospital->code;
      status.hospital_name = inlet.hospital->name;
      status.feed = inlet.feed->name;
      status.system = inlet.feed->system;
      status.adapter = entrance.adapter;
      status.address = open != open_.end() ? open->second->source->address() : entrance.settings["listen"].text_or(entrance.settings["folder"].text_or(""));
      status.zone = inlet.feed->context.zone.name();
      if (inlet.feed->application || inlet.feed->facility) status.sender = inlet.feed->application.value_or("*") + "|" + inlet.feed->facility.value_or("*");
      const std::string name = status.hospital + "/" + status.feed;
      status.tally = tally_.of(name);
      if (const auto stopped = stops_.find(name); stopped != stops_.end()) {
        status.state = FeedStatus::State::stopped;
        status.since = stopped->second;
      } else if (open == open_.end()) {
        status.state = FeedStatus::State::closed;
        if (failed != failed_.end()) status.error = failed->second.line();
      }
      list.push_back(std::move(status));
    }
  }
  std::sort(list.begin(), list.end(), [](const FeedStatus& a, const FeedStatus& b) { return std::tie(a.hospital, a.feed) < std::tie(b.hospital, b.feed); });
  return list;
}

std::vector<Alliance::Status> Alliance::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<Status> list;
  for (const auto& [key, each] : open_) {
    const Counters& c = each->door->counters();
    const auto entrance = each->door->entrance();
    Status status{entrance->adapter, each->source->address(), {}, c.stored, c.duplicate, c.parked_or_refused, c.noise, c.not_kept, c.microseconds, c.turned_away};
    for (const Inlet& inlet : entrance->inlets) status.feeds.push_back(inlet.hospital->code + "/" + inlet.feed->name);
    list.push_back(std::move(status));
  }
  return list;
}

}  // namespace yilian::routing
