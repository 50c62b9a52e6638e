#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "engine/api/faces.h"
#include "engine/api/outcome.h"
#include "engine/base/log.h"
#include "engine/daemon/commands.h"
#include "engine/daemon/settings.h"
#include "engine/journal/journal.h"
#include "engine/journal/keeping.h"
#include "engine/records/store.h"
#include "engine/routing/alliance.h"

namespace yilian::daemon {
namespace {

namespace fs = std::filesystem;

// Two daemons on one data folder would be two writers.
class Lock {
 public:
  ~Lock() {
    if (file_ >= 0) ::close(file_);
  }
  Result<void> take(const std::string& folder) {
    const std::string path = folder + "/lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) return fail(Code::storage, "cannot be opened", path, "may this user write in the data folder?");
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) return fail(Code::storage, "another yilian runs on this data folder", folder, "stop it first, or give this one a folder of its own with --data");
    return {};
  }

 private:
  int file_ = -1;
};

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warning") return log::Level::warning;
  if (name == "error") return log::Level::error;
  return log::Level::info;
}

int failed(const Issue& issue) {
  std::fprintf(stderr, "%s\n", issue.line().c_str());
  return 1;
}

Result<void> keep_messages(database::Database& database, const Settings& settings) {
  return database.write([&](database::Connection& writer) -> Result<void> {
    journal::keep_messages_for(writer, settings.messages_kept);
    return {};
  });
}

void reload(const Settings& settings, database::Database& database, routing::Alliance& alliance) {
  auto fresh = read_settings(settings.file, settings.data_folder);
  if (!fresh) {
    for (const Issue& issue : fresh.error()) log::error("daemon", "reload: nothing was changed", {{"fault", issue.line()}});
    return;
  }
  for (const Issue& issue : alliance.reload(fresh->directory)) log::error("daemon", "reload", {{"fault", issue.line()}});
  if (auto kept = keep_messages(database, *fresh); !kept) log::error("daemon", "reload", {{"fault", kept.error().line()}});
  log::set_level(level_of(fresh->log_level));
  log::info("daemon", "reloaded");
}

}  // namespace

int run(const std::string& config, const std::string& data) {
  // Before any thread exists, so that none of them takes a signal that is meant for the loop below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  ::umask(0077);

  auto settings = read_settings(config, data);
  if (!settings) {
    tell(settings.error());
    return 1;
  }
  log::set_level(level_of(settings->log_level));
  std::error_code error;
  fs::create_directories(settings->data_folder, error);
  Lock lock;
  if (auto locked = lock.take(settings->data_folder); !locked) return failed(locked.error());
  auto opened = database::Database::open(settings->database_place, {journal::schema(), records::schema(), routing::schema()});
  if (!opened) return failed(opened.error());
  database::Database& database = **opened;

  if (auto kept = keep_messages(database, *settings); !kept) return failed(kept.error());

  routing::Alliance alliance(database, settings->directory);
  api::Faces faces(database, alliance, settings->pages_folder, kVersion, settings->validation, settings->data_folder,
                   database::is_postgres(settings->database_place) ? std::string() : settings->database_place);
  net::HttpServer http(settings->http, [&](const net::Request& request) { return faces.handle(request); }, api::refusal,
                       [&](const net::Request& request) { return faces.is_quick(request); });
  if (auto started = http.start(); !started) return failed(started.error());
  if (auto started = alliance.start(); !started) {
    http.stop(0);
    return failed(started.error());
  }
  faces.set_ready(true);
  log::info("daemon", "ready", {{"version", kVersion}, {"http", settings->http.address + ":" + std::to_string(http.port())}, {"data", settings->data_folder}});

  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) {
      reload(*settings, database, alliance);
      continue;
    }
    log::info("daemon", "stopping", {{"signal", signal}});
    break;
  }
  faces.set_ready(false);
  alliance.stop(std::chrono::milliseconds(settings->drain_ms));
  http.stop(settings->drain_ms);
  database.close();
  log::info("daemon", "stopped");
  log::flush();
  return 0;
}

}  // namespace yilian::daemon
