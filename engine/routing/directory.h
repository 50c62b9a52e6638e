#pragma once
// All hospitals of one configuration, read, checked and compiled: an immutable snapshot that a reload replaces.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/routing/hospital.h"

namespace yilian::routing {

// Where a message comes in: a feed of a hospital.
struct Inlet {
  const Hospital* hospital = nullptr;
  const Feed* feed = nullptr;
};

// One source to run: an adapter with its settings, and the feeds that share it (several senders on one port).
struct Entrance {
  std::string adapter;
  std::string key;           // adapter and settings as text: equal keys are the same source before and after a reload
  config::Node settings;
  std::vector<Inlet> inlets;
  // The feed of a sender (MSH-3.1, MSH-4.1): the one that names most of it; nothing when none takes it.
  const Inlet* find(std::string_view application, std::string_view facility) const;
};

class Directory {
 public:
  // `root` is the main configuration: its `hospitals` (files, or folders of files, relative to it) and `mappings`. All problems at once.
  // `validation`: of feeds that do not say another mode.
  static tl::expected<std::shared_ptr<const Directory>, std::vector<Issue>> load(const config::Node& root, const validation::Screening& validation = {});

  const std::vector<std::unique_ptr<Hospital>>& hospitals() const { return hospitals_; }
  const std::vector<Entrance>& entrances() const { return entrances_; }
  const Hospital* hospital(std::string_view code) const;
  Inlet inlet(std::string_view hospital, std::string_view feed) const;  // empty when there is none
  // By "hospital/name"; nullptr when there is none.
  const Destination* destination(std::string_view full_name) const;
  std::vector<const Destination*> destinations() const;

 private:
  void connect(std::vector<Issue>& issues);

  std::vector<std::unique_ptr<Hospital>> hospitals_;
  std::vector<Entrance> entrances_;
};

// A path of the configuration, relative to the file that names it.
std::string beside(const config::Node& named_in, const std::string& path);

// Settings as one text, so that two that mean the same are seen to do so.
std::string settings_key(const config::Node& node);

// Addresses outside the loopback are refused until access control exists.
Result<void> loopback_only(const config::Node& address);

}  // namespace yilian::routing
