#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "engine/api/faces.h"
#include "engine/api/outcome.h"
#include "engine/base/log.h"
#include "engine/daemon/commands.h"
#include "engine/daemon/parts.h"
#include "engine/daemon/settings.h"
#include "engine/journal/keeping.h"
#include "engine/net/handover.h"
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

// Where the program lies on the disk, whatever lies there later.
std::string own_place() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).string();
}

// What lies there now is asked whether it would run with this configuration.
bool would_run(const std::string& program, const std::string& config) {
  const pid_t child = ::fork();
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, 1);
    ::execl(program.c_str(), program.c_str(), "check", "--config", config.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// In this very process: supervisors see the same one go on.
int become(const std::string& program, const std::string& config, const std::string& data) {
  net::hand_over_listening_sockets();
  std::vector<const char*> arguments{program.c_str(), "run", "--config", config.c_str()};
  if (!data.empty()) arguments.insert(arguments.end(), {"--data", data.c_str()});
  arguments.push_back(nullptr);
  ::execv(program.c_str(), const_cast<char* const*>(arguments.data()));
  // It could be run a moment ago. The program that this is can always be started anew.
  log::error("daemon", "the next program cannot be run", {{"program", program}, {"why", std::strerror(errno)}});
  log::flush();
  ::execv("/proc/self/exe", const_cast<char* const*>(arguments.data()));
  return 1;
}

}  // namespace

int run(const std::string& config, const std::string& data) {
  // Before any thread exists, so that none of them takes a signal that is meant for the loop below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const std::string program = own_place();
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
  auto opened = database::Database::open(settings->database_place, all_parts());
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
  net::close_inherited_sockets();
  faces.set_ready(true);
  log::info("daemon", "ready", {{"version", kVersion}, {"http", settings->http.address + ":" + std::to_string(http.port())}, {"data", settings->data_folder}});

  bool becomes = false;
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) {
      reload(*settings, database, alliance);
      continue;
    }
    if (signal == SIGUSR2) {
      if (!would_run(program, config)) {
        log::error("daemon", "the next program would not run: nothing was changed", {{"program", program}, {"do", "yilian check says why"}});
        continue;
      }
      net::keep_listening_sockets();
      becomes = true;
    }
    log::info("daemon", becomes ? "making way for the next program" : "stopping", {{"signal", signal}});
    break;
  }
  faces.set_ready(false);
  alliance.stop(std::chrono::milliseconds(settings->drain_ms));
  http.stop(settings->drain_ms);
  database.close();
  log::info("daemon", "stopped");
  log::flush();
  return becomes ? become(program, config, data) : 0;
}

}  // namespace yilian::daemon
