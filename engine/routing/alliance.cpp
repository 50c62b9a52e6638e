#include "engine/routing/alliance.h"

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
  made->door = std::make_shared<Door>(database_, dispatcher_, large_messages_);
  made->door->lead_to(held(directory, entrance));
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
  const std::lock_guard lock(mutex_);
  for (const Entrance& entrance : directory->entrances()) {
    auto opened = open(directory, entrance);
    if (!opened) {
      for (auto& [key, each] : open_) each->source->stop(std::chrono::milliseconds(0));
      open_.clear();
      return Failure(opened.error());
    }
    open_.emplace(entrance.key, std::move(*opened));
  }
  return {};
}

std::vector<Issue> Alliance::reload(std::shared_ptr<const Directory> directory) {
  std::vector<Issue> issues;
  if (auto written = write_organizations(*directory); !written) issues.push_back(written.error());
  if (auto changed = dispatcher_.reload(directory); !changed) issues.push_back(changed.error());
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::unique_ptr<Open>> kept;
  for (const Entrance& entrance : directory->entrances()) {
    const auto found = open_.find(entrance.key);
    if (found == open_.end()) continue;
    found->second->door->lead_to(held(directory, entrance));
    kept.insert(open_.extract(found));
  }
  // The old ones go first: a changed entrance may keep its port.
  for (auto& [key, each] : open_) each->source->stop(std::chrono::seconds(5));
  open_ = std::move(kept);
  for (const Entrance& entrance : directory->entrances()) {
    if (open_.count(entrance.key) != 0) continue;
    if (auto opened = open(directory, entrance)) {
      open_.emplace(entrance.key, std::move(*opened));
    } else {
      issues.push_back(opened.error());
    }
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

std::vector<Alliance::Status> Alliance::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<Status> list;
  for (const auto& [key, each] : open_) {
    const Counters& c = each->door->counters();
    const auto entrance = each->door->entrance();
    Status status{entrance->adapter, each->source->address(), {}, c.stored, c.duplicate, c.parked_or_refused, c.noise, c.not_kept, c.microseconds};
    for (const Inlet& inlet : entrance->inlets) status.feeds.push_back(inlet.hospital->code + "/" + inlet.feed->name);
    list.push_back(std::move(status));
  }
  return list;
}

}  // namespace yilian::routing
