#pragma once
// Random resources of several patients, facilities and labels, and what of them a scope shows: told from what was drawn,
// not from what was written, so that it shares nothing with the rule that it is held against.

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/records/scope.h"
#include "engine/records/store.h"

namespace yilian::records {

// One write: a version of a resource.
struct Told {
  std::string type, id;
  std::string json;                   // empty: it is deleted
  std::vector<std::string> patients;  // whom it names
  std::string facility;               // empty: none
  std::vector<Label> labels;
  Instant at = 0;
  std::int64_t version = 0;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
  bool one_in(std::size_t times) { return below(times) == 0; }
  template <class Item>
  const Item& of(const std::vector<Item>& items) {
    return items[below(items.size())];
  }
  template <class Item>
  std::vector<Item> some(const std::vector<Item>& items) {
    std::vector<Item> out;
    for (const Item& item : items) {
      if (one_in(2)) out.push_back(item);
    }
    return out;
  }

 private:
  std::mt19937 engine_;
};

inline const std::vector<std::string> kModelTypes{"Patient", "Observation",  "Encounter", "Practitioner", "Organization", "Device",
                                                  "Task",    "List",         "ValueSet",  "Binary"};
inline const std::vector<std::string> kModelPatients{"p0", "p1", "p2", "p3"};
inline const std::vector<std::string> kModelFacilities{"east", "east2", "west"};  // one begins as another does
inline const std::vector<Label> kModelLabels{{"http://s", "R"}, {"http://t", "R"}, {"http://s", "V"}, {"", "N"}};

class Model {
 public:
  Model(unsigned seed, int writes) : dice_(seed) {
    for (int i = 0; i < writes; ++i) tell();
  }
  const std::vector<Told>& told() const { return told_; }

  // Of one resource, the oldest first.
  std::vector<const Told*> versions(const std::string& type, const std::string& id) const {
    std::vector<const Told*> out;
    for (const Told& each : told_) {
      if (each.type == type && each.id == id) out.push_back(&each);
    }
    return out;
  }

  static bool shows_content(const Told& told, const Narrowing& narrowing) {
    const auto has = [](const std::vector<std::string>& list, const std::string& item) {
      return std::find(list.begin(), list.end(), item) != list.end();
    };
    if (narrowing.types && !has(*narrowing.types, told.type)) return false;
    if (narrowing.patients) {
      const bool mine = std::any_of(told.patients.begin(), told.patients.end(),
                                    [&](const std::string& id) { return has(*narrowing.patients, id); });
      if (told.type == "Binary") return false;
      if (told.type == "Patient") {
        if (!has(*narrowing.patients, told.id)) return false;
      } else if (told.type == "Observation" || told.type == "Encounter" || told.type == "List") {
        if (!mine) return false;
      } else if (!mine && !told.patients.empty()) {
        return false;
      }
    }
    if (narrowing.facilities && !has(*narrowing.facilities, told.facility) &&
        !(narrowing.without_facility && told.facility.empty()))
      return false;
    for (const Label& label : told.labels) {
      for (const Label& withheld : narrowing.withheld) {
        if (label.code == withheld.code && (withheld.system.empty() || withheld.system == label.system)) return false;
      }
    }
    return true;
  }
  // A version by itself; a deletion by what was before it.
  bool shows_version(const Told& told, const Narrowing& narrowing) const {
    const Told* living = nullptr;
    for (const Told* each : versions(told.type, told.id)) {
      if (each->version <= told.version && !each->json.empty()) living = each;
    }
    return living != nullptr && shows_content(*living, narrowing);
  }
  bool shows_resource(const std::string& type, const std::string& id, const Narrowing& narrowing) const {
    const auto all = versions(type, id);
    return !all.empty() && shows_version(*all.back(), narrowing);
  }

  Narrowing draw_scope() {
    Narrowing out;
    if (dice_.one_in(2)) out.patients = dice_.some(kModelPatients);
    if (out.patients && dice_.one_in(4)) out.patients->push_back("nobody");
    if (dice_.one_in(3)) out.types = dice_.some(kModelTypes);
    if (dice_.one_in(3)) out.facilities = dice_.some(kModelFacilities);
    out.without_facility = dice_.one_in(2);
    if (dice_.one_in(2)) out.withheld = dice_.some(kModelLabels);
    if (dice_.one_in(6)) out.withheld.push_back({"", "R"});
    return out;
  }
  Dice& dice() { return dice_; }

 private:
  static std::string quoted(const char* name, const std::string& value) {
    return std::string(",\"") + name + "\":\"" + value + "\"";
  }
  static std::string reference(const char* name, const std::string& to) {
    return std::string(",\"") + name + "\":{\"reference\":\"" + to + "\"}";
  }
  std::string any(const char* prefix, std::size_t bound) { return prefix + std::to_string(dice_.below(bound)); }

  // Mostly of a patient.
  std::string of_patient(const char* member, Told& told, std::size_t one_without) {
    if (dice_.one_in(one_without)) return {};
    const std::string id = dice_.of(kModelPatients);
    told.patients.push_back(id);
    return reference(member, "Patient/" + id);
  }

  std::string meta(Told& told) {
    std::string out;
    if (!dice_.one_in(4)) {
      told.facility = dice_.of(kModelFacilities);
      out = R"("source":"urn:yilian:)" + told.facility + ":lab\"";
    } else if (dice_.one_in(2)) {
      out = R"("source":"http://elsewhere.org")";
    }
    if (dice_.one_in(4)) {
      told.labels = dice_.some(kModelLabels);
      std::string list;
      for (const Label& label : told.labels) {
        list += std::string(list.empty() ? "" : ",") + "{";
        if (!label.system.empty()) list += "\"system\":\"" + label.system + "\",";
        list += "\"code\":\"" + label.code + "\"}";
      }
      if (!list.empty()) out += std::string(out.empty() ? "" : ",") + "\"security\":[" + list + "]";
    }
    if (dice_.one_in(3)) out += std::string(out.empty() ? "" : ",") + R"("tag":[{"code":")" + any("t", 4) + "\"}]";
    return out.empty() ? out : ",\"meta\":{" + out + "}";
  }

  std::string rest_of(Told& told) {
    const std::string& type = told.type;
    if (type == "Patient") {
      const std::string name = any("name", 4) + (dice_.one_in(6) ? std::string(400, 'x') : std::string());
      return quoted("gender", dice_.one_in(2) ? "male" : "female") + R"(,"name":[{"family":")" + name + "\"}]" +
             reference("managingOrganization", any("Organization/i", 8));
    }
    if (type == "Observation") return observation(told);
    if (type == "Encounter")
      return R"(,"status":"finished","class":{"code":"AMB"})" + of_patient("subject", told, 8) +
             reference("serviceProvider", any("Organization/i", 8));
    if (type == "Practitioner") return R"(,"name":[{"family":")" + any("doctor", 3) + "\"}]";
    if (type == "Organization") return quoted("name", any("org", 4)) + reference("partOf", any("Organization/i", 8));
    if (type == "Device") return of_patient("patient", told, 2) + R"(,"type":{"text":")" + any("device", 3) + "\"}";
    if (type == "Task")
      return quoted("status", dice_.one_in(2) ? "ready" : "draft") + R"(,"intent":"order")" + of_patient("for", told, 2) +
             reference("focus", any("Observation/i", 60));
    if (type == "List") return list(told);
    if (type == "ValueSet")
      return quoted("url", any("http://v/", 2)) + R"(,"status":"active","compose":{"include":[{"system":"http://c","concept":[{"code":")" +
             any("c", 4) + "\"}]}]}";
    return R"(,"contentType":"text/plain","data":"eHg=")";
  }

  std::string observation(Told& told) {
    std::string out = quoted("status", dice_.one_in(3) ? "amended" : "final") +
                      R"(,"code":{"coding":[{"system":"http://c","code":")" + any("c", 4) + R"(","display":"kind )" +
                      any("k", 3) + "\"}]}" + of_patient("subject", told, 8);
    if (dice_.one_in(2)) out += reference("encounter", any("Encounter/i", 30));
    if (!dice_.one_in(4)) out += quoted("effectiveDateTime", "2026-01-0" + std::to_string(1 + dice_.below(8)));
    out += R"(,"performer":[{"reference":")" + any("Practitioner/i", 6) + "\"}";
    if (dice_.one_in(6)) {
      told.patients.push_back(dice_.of(kModelPatients));
      out += R"(,{"reference":"Patient/)" + told.patients.back() + "\"}";
    }
    out += R"(],"valueQuantity":{"value":)" + std::to_string(dice_.below(9)) +
           R"(,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"})";
    if (dice_.one_in(4)) out += R"(,"derivedFrom":[{"reference":")" + any("Observation/i", 60) + "\"}]";
    return out;
  }

  std::string list(Told& told) {
    std::string out = R"(,"status":"current","mode":"working")" + of_patient("subject", told, 5) + R"(,"entry":[)";
    for (int i = 0; i < 12; ++i)
      out += std::string(i == 0 ? "" : ",") + R"({"item":{"reference":")" + any("Observation/i", 60) + "\"}}";
    return out + R"(,{"item":{"reference":"Organization/i1"}}])";
  }

  void tell() {
    static const std::vector<std::pair<const char*, std::size_t>> kinds{
        {"Patient", 4}, {"Observation", 60}, {"Observation", 60}, {"Observation", 60}, {"Encounter", 30}, {"Practitioner", 6},
        {"Organization", 8}, {"Device", 10}, {"Task", 15}, {"List", 6}, {"ValueSet", 3}, {"Binary", 4}};
    const auto& [type, many] = dice_.of(kinds);
    Told told;
    told.type = type;
    told.id = any(told.type == "Patient" ? "p" : "i", many);
    told.at = 1'700'000'000'000'000 + 1'000'000 * static_cast<Instant>(told_.size() / 3);  // some at the same time
    std::int64_t& version = versions_[told.type + "/" + told.id];
    const bool there = version > 0 && !versions(told.type, told.id).back()->json.empty();
    if (there && dice_.one_in(8)) {
      told.version = ++version;
      told_.push_back(std::move(told));
      return;
    }
    const std::string described = meta(told);
    told.json = "{\"resourceType\":\"" + told.type + "\",\"id\":\"" + told.id + "\"" + described + rest_of(told) + "}";
    if (there && versions(told.type, told.id).back()->json == told.json) return;  // no version of its own
    told.version = ++version;
    told_.push_back(std::move(told));
  }

  Dice dice_;
  std::vector<Told> told_;
  std::map<std::string, std::int64_t> versions_;
};

}  // namespace yilian::records
