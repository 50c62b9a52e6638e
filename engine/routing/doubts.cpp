#include "engine/routing/doubts.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace yilian::routing {
namespace {

std::string plain_host(const std::string& host) { return host == "localhost" ? "127.0.0.1" : host == "[::1]" ? "::1" : host; }

// As the adapter opens it: relative to where the daemon runs, whichever file says it.
std::filesystem::path folder_of(const config::Node& node) { return std::filesystem::path(node.text_or("")).lexically_normal(); }

bool same_place(const net::Endpoint& a, const net::Endpoint& b) {
  if (a.port != b.port || a.port == 0) return false;
  const auto any = [](const std::string& host) { return host == "0.0.0.0" || host == "::"; };
  return any(a.host) || any(b.host) || plain_host(a.host) == plain_host(b.host);
}

std::optional<net::Endpoint> endpoint_of(const config::Node& node) {
  if (!node) return std::nullopt;
  const auto read = net::parse_endpoint(node.text_or(""));
  return read ? std::optional(*read) : std::nullopt;
}

class Doubts {
 public:
  explicit Doubts(const Directory& directory) : directory_(directory) {}

  std::vector<Issue> all() {
    for (const auto& hospital : directory_.hospitals()) {
      std::vector<std::string> feeds;
      for (const Feed& feed : hospital->feeds) feeds.push_back(feed.name);
      for (const Route& each : hospital->routes) route(*hospital, each, feeds);
    }
    for (const Destination* each : directory_.destinations()) {
      if (!led_to_.contains(each)) tell(Severity::information, each->place, "no route leads to destination " + each->full_name, "Name it in a route's `to`, or leave it out");
      loop(*each);
    }
    return std::move(out_);
  }

 private:
  void tell(Severity severity, const std::string& place, std::string what, std::string cure) { out_.push_back({Code::bad_config, severity, place, std::move(what), std::move(cure)}); }

  // `feeds`: whose messages come to it.
  void route(const Hospital& hospital, const Route& route, const std::vector<std::string>& feeds) {
    std::vector<std::string> taken;
    for (const std::string& feed : feeds) {
      if (route.from.empty() || std::find(route.from.begin(), route.from.end(), feed) != route.from.end()) taken.push_back(feed);
    }
    const std::string name = route.name.empty() ? "this route" : "route '" + route.name + "'";
    if (taken.empty()) return tell(Severity::warning, route.place, name + " never takes a message: the route around it takes none of its feeds", "Let `from` name feeds of the route around it, or move it out");
    if (route.fhirpath) {
      const auto stores = [&](const std::string& feed) { return std::any_of(hospital.feeds.begin(), hospital.feeds.end(), [&](const Feed& each) { return each.name == feed && each.stores; }); };
      if (std::none_of(taken.begin(), taken.end(), stores)) {
        return tell(Severity::warning, route.place, name + " never takes a message: `fhirpath` asks for resources, and its feeds make none (store: no)", "Ask the message instead, with `when`");
      }
    }
    led_to_.insert(route.to.begin(), route.to.end());
    for (const Route& each : route.then) this->route(hospital, each, taken);
  }

  void loop(const Destination& destination) {
    for (const Entrance& entrance : directory_.entrances()) {
      if (entrance.adapter != destination.adapter) continue;
      const auto to = endpoint_of(destination.settings["connect"]), here = endpoint_of(entrance.settings["listen"]);
      const config::Node folder = destination.settings["folder"], watched = entrance.settings["folder"];
      const bool same = (to && here && same_place(*to, *here)) || (folder && watched && folder_of(folder) == folder_of(watched));
      if (!same) continue;
      for (const Inlet& inlet : entrance.inlets) {
        if (inlet.hospital->code != destination.hospital) continue;
        tell(Severity::warning, destination.place, "destination " + destination.full_name + " sends to this very daemon, where feed " + inlet.hospital->code + "/" + inlet.feed->name + " of the same hospital takes it: messages may go round for ever",
             "Send to the receiver's own address; to pass a message from route to route, use `then`");
        return;
      }
    }
  }

  const Directory& directory_;
  std::set<const Destination*> led_to_;
  std::vector<Issue> out_;
};

}  // namespace

std::vector<Issue> clashes(const Directory& directory, const net::Endpoint& http) {
  std::vector<Issue> out;
  std::vector<std::pair<net::Endpoint, std::string>> taken{{http, "http.listen"}};
  for (const Entrance& entrance : directory.entrances()) {
    const config::Node listen = entrance.settings["listen"];
    const auto mine = endpoint_of(listen);
    if (!mine) continue;
    for (const auto& [other, place] : taken) {
      if (same_place(*mine, other)) out.push_back(listen.fail("the port " + mine->text() + " is taken by " + place + " already", "give one of them another port; feeds that share a port write the same address").value());
    }
    taken.emplace_back(*mine, listen.place());
  }
  return out;
}

std::vector<Issue> doubts(const Directory& directory) { return Doubts(directory).all(); }

}  // namespace yilian::routing
