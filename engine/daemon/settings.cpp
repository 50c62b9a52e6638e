#include "engine/daemon/settings.h"

#include <cstdio>
#include <thread>

#include "engine/database/database.h"
#include "engine/routing/doubts.h"

namespace yilian::daemon {
namespace {

class Reader {
 public:
  explicit Reader(std::vector<Issue>& issues) : issues_(issues) {}

  template <class T, class U>
  void take(const config::Node& node, Result<T> (config::Node::*read)() const, U& target) {
    if (!node) return;
    if (auto value = (node.*read)()) {
      target = static_cast<U>(*value);
    } else {
      issues_.push_back(value.error());
    }
  }
  template <class U>
  void number(const config::Node& node, std::int64_t least, std::int64_t most, U& target) {
    if (!node) return;
    if (auto value = node.need_integer(least, most)) {
      target = static_cast<U>(*value);
    } else {
      issues_.push_back(value.error());
    }
  }
  void seconds(const config::Node& node, int& target) {
    std::int64_t micros = std::int64_t{target} * 1'000'000;
    take(node, &config::Node::need_duration, micros);
    target = static_cast<int>(std::max<std::int64_t>(1, micros / 1'000'000));
  }
  void check(const Result<void>& result) {
    if (!result) issues_.push_back(result.error());
  }

 private:
  std::vector<Issue>& issues_;
};

void read_http(const config::Node& node, net::HttpOptions& http, std::vector<Issue>& issues) {
  Reader reader(issues);
  reader.check(node.only({"listen", "workers", "readers", "max-body", "max-header", "connections", "idle-timeout", "request-timeout"}));
  const config::Node listen = node["listen"];
  if (const auto address = listen.text()) {
    const std::size_t colon = address->rfind(':');
    std::int64_t port = -1;
    if (colon != std::string::npos) {
      const auto read = config::read_text(address->substr(colon + 1), listen.file());
      if (read) port = read->need_integer(0, 65535).value_or(-1);
    }
    if (port < 0) {
      issues.push_back(listen.fail("'" + *address + "' is no address", "write it like 127.0.0.1:8080").value());
    } else {
      reader.check(routing::loopback_only(listen));
      http.address = address->substr(0, colon);
      http.port = static_cast<unsigned short>(port);
    }
  }
  reader.number(node["workers"], 1, 256, http.workers);
  reader.number(node["readers"], 1, 64, http.readers);
  reader.take(node["max-body"], &config::Node::need_bytes, http.limits.body_bytes);
  reader.take(node["max-header"], &config::Node::need_bytes, http.limits.header_bytes);
  reader.number(node["connections"], 1, 100'000, http.limits.connections);
  reader.seconds(node["idle-timeout"], http.limits.idle_seconds);
  reader.seconds(node["request-timeout"], http.limits.request_seconds);
}

void read_mode(const config::Node& node, validation::Mode& mode, std::vector<Issue>& issues) {
  if (!node) return;
  // YAML 1.1 takes a bare off for false; it is the word that is meant.
  if (const auto found = validation::mode_named(node.text_or(""))) {
    mode = *found;
  } else {
    issues.push_back(node.fail("'" + node.text_or("") + "' is no way to treat what is not valid", "refuse, mark or off").value());
  }
}

// Of FHIR clients, and of feeds that say nothing else.
void read_validation(const config::Node& root, validation::Screening& fhir, validation::Screening& feeds, std::vector<Issue>& issues) {
  const config::Node node = root["validation"];
  if (!node) return;
  Reader reader(issues);
  reader.check(node.only({"fhir", "feeds", "profiles"}));
  read_mode(node["fhir"], fhir.mode, issues);
  read_mode(node["feeds"], feeds.mode, issues);
  if (const config::Node folder = node["profiles"]) {
    auto profiles = std::make_shared<validation::ProfileSet>();
    const std::string path = routing::beside(root, folder.text_or(""));
    std::vector<Issue> told;
    // A folder that cannot be read is a wrong setting; of many profiles one that cannot be used is told and left out.
    for (Issue& issue : profiles->load(path)) (issue.where == path ? issues : told).push_back(std::move(issue));
    tell(told);
    fhir.profiles = profiles;
    feeds.profiles = std::move(profiles);
  }
}

// For Database::open.
std::string read_store(const config::Node& url, const std::string& data_folder, std::vector<Issue>& issues) {
  if (!url) return data_folder + "/yilian.db";
  const std::string text = url.text_or("");
  if (database::is_postgres(text)) {
    if (auto checked = database::check_postgres(text); !checked) issues.push_back(url.fail(checked.error().what, checked.error().cure).value());
    return text;
  }
  if (text.rfind("sqlite:", 0) != 0 || text.find('/') != std::string::npos || text.size() == 7) {
    issues.push_back(url.fail("'" + text + "' is no store that this version knows", "write sqlite:NAME, a file in the data folder, e.g. sqlite:yilian.db; or postgresql://USER@HOST/DATABASE").value());
    return {};
  }
  return data_folder + "/" + text.substr(7);
}

}  // namespace

tl::expected<Settings, std::vector<Issue>> read_settings(const std::string& file, const std::string& data_folder) {
  std::vector<Issue> issues;
  const auto read = config::read_file(file);
  if (!read) return tl::unexpected(std::vector<Issue>{read.error()});
  const config::Node& root = *read;
  Reader reader(issues);
  reader.check(root.only({"http", "data", "store", "hospitals", "mappings", "pages", "validation", "messages", "drain", "log-level"}));

  Settings settings;
  settings.file = file;
  settings.data_folder = !data_folder.empty() ? data_folder : routing::beside(root, root["data"].text_or("data"));
  settings.database_place = read_store(root["store"]["url"], settings.data_folder, issues);
  reader.check(root["store"].only({"url"}));
  if (const config::Node pages = root["pages"]) settings.pages_folder = routing::beside(root, pages.text_or(""));
  reader.check(root["messages"].only({"keep"}));
  if (const config::Node keep = root["messages"]["keep"]; keep && keep.text_or("") != "for-ever") {
    reader.take(keep, &config::Node::need_duration, settings.messages_kept);
    if (settings.messages_kept < std::int64_t{86'400} * 1'000'000) issues.push_back(keep.fail("messages are kept for a day at least", "write it like 400d, or for-ever").value());
  }
  std::int64_t drain = std::int64_t{settings.drain_ms} * 1000;
  reader.take(root["drain"], &config::Node::need_duration, drain);
  settings.drain_ms = static_cast<int>(drain / 1000);
  if (const config::Node level = root["log-level"]) {
    settings.log_level = level.text_or("");
    if (settings.log_level != "debug" && settings.log_level != "info" && settings.log_level != "warning" && settings.log_level != "error") {
      issues.push_back(level.fail("'" + settings.log_level + "' is no log level", "debug, info, warning or error").value());
    }
  }
  read_http(root["http"], settings.http, issues);
  validation::Screening of_feeds;
  read_validation(root, settings.validation, of_feeds, issues);

  auto directory = routing::Directory::load(root, of_feeds);
  if (!directory) {
    issues.insert(issues.end(), directory.error().begin(), directory.error().end());
  } else {
    settings.directory = std::move(*directory);
    const auto clashes = routing::clashes(*settings.directory, {settings.http.address, settings.http.port});
    issues.insert(issues.end(), clashes.begin(), clashes.end());
  }
  if (!issues.empty()) return tl::unexpected(std::move(issues));
  return settings;
}

void tell(const std::vector<Issue>& issues) {
  for (const Issue& issue : issues) std::fprintf(stderr, "%s\n", issue.line().c_str());
}

}  // namespace yilian::daemon
