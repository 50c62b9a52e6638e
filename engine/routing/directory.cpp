#include "engine/routing/directory.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/routing/adapters.h"

namespace yilian::routing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> hospital_files(const config::Node& list, std::vector<Issue>& issues) {
  std::vector<std::string> files;
  for (const auto& item : list.items()) {
    const std::string path = beside(item, item.text_or(""));
    std::error_code error;
    if (fs::is_directory(path, error)) {
      std::vector<std::string> found;
      for (const auto& entry : fs::directory_iterator(path, error)) {
        if (entry.path().extension() == ".yaml" && entry.is_regular_file(error)) found.push_back(entry.path().string());
      }
      std::sort(found.begin(), found.end());
      if (found.empty()) issues.push_back(item.fail("the folder " + path + " has no .yaml file").value());
      files.insert(files.end(), found.begin(), found.end());
    } else if (fs::exists(path, error)) {
      files.push_back(path);
    } else {
      issues.push_back(item.fail("there is no file or folder " + path).value());
    }
  }
  return files;
}

bool same_sender(const Feed& a, const Feed& b) { return a.application == b.application && a.facility == b.facility; }

}  // namespace

std::string settings_key(const config::Node& node) {
  if (node.is_scalar()) return node.text_or("");
  std::vector<std::string> parts;
  if (node.is_map()) {
    for (const auto& [name, value] : node.members()) parts.push_back(name + "=" + settings_key(value));
    std::sort(parts.begin(), parts.end());
  } else {
    for (const auto& item : node.items()) parts.push_back(settings_key(item));
  }
  std::string key = "{";
  for (const auto& part : parts) key.append(part).append(";");
  return key.append("}");
}

std::string beside(const config::Node& named_in, const std::string& path) {
  const fs::path given(path);
  if (given.is_absolute()) return path;
  return (fs::path(named_in.file()).parent_path() / given).lexically_normal().string();
}

Result<void> loopback_only(const config::Node& address) {
  const std::string text = address.text_or("");
  const std::string host = text.substr(0, text.rfind(':'));
  // A name that merely begins like a loopback address is a name.
  const bool numbers = host.find_first_not_of("0123456789.") == std::string::npos;
  if (host == "localhost" || host == "[::1]" || (numbers && host.rfind("127.", 0) == 0)) return {};
  return address.fail("'" + text + "' would be open to the network, and nothing yet controls who may come in",
                      "listen on 127.0.0.1; senders on other machines come through a tunnel or a proxy that checks them");
}

const Inlet* Entrance::find(std::string_view application, std::string_view facility) const {
  const Inlet* best = nullptr;
  int most = -1;
  for (const Inlet& inlet : inlets) {
    const Feed& feed = *inlet.feed;
    if ((feed.application && *feed.application != application) || (feed.facility && *feed.facility != facility)) continue;
    const int named = (feed.application ? 1 : 0) + (feed.facility ? 1 : 0);
    if (named > most) {
      most = named;
      best = &inlet;
    }
  }
  return best;
}

const Hospital* Directory::hospital(std::string_view code) const {
  for (const auto& hospital : hospitals_) {
    if (hospital->code == code) return hospital.get();
  }
  return nullptr;
}

Inlet Directory::inlet(std::string_view code, std::string_view feed_name) const {
  if (const Hospital* found = hospital(code)) {
    for (const Feed& feed : found->feeds) {
      if (feed.name == feed_name) return {found, &feed};
    }
  }
  return {};
}

const Destination* Directory::destination(std::string_view full_name) const {
  for (const auto& hospital : hospitals_) {
    for (const Destination& each : hospital->destinations) {
      if (each.full_name == full_name) return &each;
    }
  }
  return nullptr;
}

std::vector<const Destination*> Directory::destinations() const {
  std::vector<const Destination*> out;
  for (const auto& hospital : hospitals_) {
    for (const Destination& each : hospital->destinations) out.push_back(&each);
  }
  return out;
}

namespace {

// A destination of the same hospital by its name, of another one as hospital/name.
const Destination* find_destination(const Directory& directory, const std::string& hospital, const config::Node& named, std::vector<Issue>& issues) {
  const std::string name = named.text_or("");
  if (const Destination* found = directory.destination(name.find('/') == std::string::npos ? hospital + "/" + name : name)) return found;
  std::vector<std::string> names;
  for (const Destination* each : directory.destinations()) names.push_back(each->hospital == hospital ? each->name : each->full_name);
  const std::string near = config::nearest(name, {names.begin(), names.end()});
  issues.push_back(named.fail("there is no destination '" + name + "'", near.empty() ? "add it to `destinations`; that of another hospital is written hospital/name" : "did you mean " + near + "?").value());
  return nullptr;
}

void connect_route(const Directory& directory, const std::string& hospital, Route& route, std::vector<Issue>& issues) {
  for (const config::Node& named : route.to_names) {
    if (const Destination* found = find_destination(directory, hospital, named, issues)) route.to.push_back(found);
  }
  for (Route& each : route.then) connect_route(directory, hospital, each, issues);
}

}  // namespace

void Directory::connect(std::vector<Issue>& issues) {
  for (const auto& hospital : hospitals_) {
    for (Route& route : hospital->routes) connect_route(*this, hospital->code, route, issues);
    for (Feed& feed : hospital->feeds) {
      if (feed.answer_from.empty()) continue;
      const std::string full = feed.answer_from.find('/') == std::string::npos ? hospital->code + "/" + feed.answer_from : feed.answer_from;
      if (destination(full) == nullptr) issues.push_back(feed.settings.fail("feed '" + feed.name + "' wants the answers of '" + feed.answer_from + "', which is no destination").value());
      feed.answer_from = full;
    }
  }
}

tl::expected<std::shared_ptr<const Directory>, std::vector<Issue>> Directory::load(const config::Node& root, const validation::Screening& validation) {
  std::vector<Issue> issues;
  auto directory = std::make_shared<Directory>();

  std::optional<mapping::Library> library;
  if (const config::Node folder = root["mappings"]; !folder) {
    issues.push_back(root.fail("'mappings' is missing", "name the folder of the mappings, e.g. mappings: ../mappings/hl7v2").value());
  } else if (auto loaded = mapping::Library::load(beside(folder, folder.text_or(""))); loaded) {
    library.emplace(std::move(*loaded));
  } else {
    issues.insert(issues.end(), loaded.error().begin(), loaded.error().end());
  }

  if (!root["hospitals"]) issues.push_back(root.fail("'hospitals' is missing", "name a folder with one file a hospital").value());
  std::set<std::string> codes;
  for (const auto& path : hospital_files(root["hospitals"], issues)) {
    const auto file = config::read_file(path);
    if (!file) {
      issues.push_back(file.error());
      continue;
    }
    auto hospital = read_hospital(*file, issues, validation);
    if (!hospital) continue;
    if (!codes.insert(hospital->code).second) issues.push_back(file->fail("there is a hospital '" + hospital->code + "' already").value());
    if (library) {
      auto compiled = library->compile(hospital->mapping_changes);
      if (!compiled) {
        issues.insert(issues.end(), compiled.error().begin(), compiled.error().end());
      } else {
        hospital->mapping = std::move(*compiled);
      }
    }
    directory->hospitals_.push_back(std::make_unique<Hospital>(std::move(*hospital)));
  }

  directory->connect(issues);
  std::optional<mapping::outbound::Library> outbound;
  for (const auto& hospital : directory->hospitals_) {
    for (Destination& each : hospital->destinations) {
      if (!each.form.wants_outbound()) continue;
      if (!outbound) {
        const config::Node folder = root["mappings"];
        auto loaded = mapping::outbound::Library::load((fs::path(beside(folder, folder.text_or(""))).lexically_normal().parent_path() / "fhir-to-hl7v2").string());
        if (!loaded) {
          issues.insert(issues.end(), loaded.error().begin(), loaded.error().end());
          return tl::unexpected(std::move(issues));
        }
        outbound.emplace(std::move(*loaded));
      }
      each.form.compile(*outbound, issues);
    }
  }

  for (const auto& hospital : directory->hospitals_) {
    for (const Feed& feed : hospital->feeds) {
      if (const config::Node listen = feed.settings["listen"]) {
        if (auto allowed = loopback_only(listen); !allowed) issues.push_back(allowed.error());
      }
      const std::string key = feed.adapter + settings_key(feed.settings);
      const auto same_place = [&](const Entrance& entrance) {
        if (entrance.key == key) return true;
        for (const char* name : {"listen", "folder"}) {
          const auto mine = feed.settings[name].text();
          if (mine && entrance.adapter == feed.adapter && entrance.settings[name].text() == mine && *mine != "127.0.0.1:0") return true;
        }
        return false;
      };
      auto entrance = std::find_if(directory->entrances_.begin(), directory->entrances_.end(), same_place);
      if (entrance == directory->entrances_.end()) {
        directory->entrances_.push_back({feed.adapter, key, feed.settings, {}});
        entrance = directory->entrances_.end() - 1;
      } else if (entrance->key != key) {
        issues.push_back(feed.settings.fail("shares its " + feed.adapter + " entrance with " + entrance->settings.place() + ", but its settings differ",
                                            "write the same settings at both, or give this feed an entrance of its own").value());
      }
      for (const Inlet& other : entrance->inlets) {
        if (same_sender(*other.feed, feed)) {
          issues.push_back(feed.settings.fail("'" + hospital->code + "/" + feed.name + "' and '" + other.hospital->code + "/" + other.feed->name +
                                                  "' share an entrance, and nothing tells their senders apart",
                                              "give them different 'sender: {MSH-3: …, MSH-4: …}'").value());
        }
      }
      entrance->inlets.push_back({hospital.get(), &feed});
    }
  }
  if (!issues.empty()) return tl::unexpected(std::move(issues));
  return directory;
}

}  // namespace yilian::routing
