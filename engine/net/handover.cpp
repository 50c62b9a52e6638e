#include "engine/net/handover.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>

namespace yilian::net {
namespace {

constexpr const char* kVariable = "YILIAN_LISTENING_SOCKETS";

struct Handover {
  std::mutex mutex;
  bool keeping = false;
  std::map<std::string, int> kept, inherited;  // by address

  Handover() {
    const char* const named = std::getenv(kVariable);
    if (named == nullptr) return;
    for (std::string_view rest = named; !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      int socket = -1, listens = 0;
      socklen_t size = sizeof listens;
      const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), socket);
      if (error != std::errc() || end == one.data() + one.size() || *end != '=') continue;
      // What the variable says may be anything: only what really listens is taken.
      if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) continue;
      ::fcntl(socket, F_SETFD, FD_CLOEXEC);
      inherited[std::string(end + 1, one.data() + one.size())] = socket;
    }
    ::unsetenv(kVariable);
  }
};

Handover& handover() {
  static Handover one;
  return one;
}

}  // namespace

void keep_listening_sockets() {
  const std::lock_guard lock(handover().mutex);
  handover().keeping = true;
}

void keep_socket(int socket, const Endpoint& endpoint) {
  Handover& h = handover();
  const std::lock_guard lock(h.mutex);
  if (!h.keeping) return;
  const int copy = ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
  if (copy >= 0) h.kept[endpoint.text()] = copy;
}

void hand_over_listening_sockets() {
  Handover& h = handover();
  const std::lock_guard lock(h.mutex);
  std::string named;
  for (const auto& [address, socket] : h.kept) {
    if (::fcntl(socket, F_SETFD, 0) == 0) named.append(std::to_string(socket)).append("=").append(address).append(";");
  }
  if (!named.empty()) ::setenv(kVariable, named.c_str(), 1);
}

std::optional<int> inherited_socket(const Endpoint& endpoint) {
  Handover& h = handover();
  const std::lock_guard lock(h.mutex);
  const auto found = h.inherited.find(endpoint.text());
  if (found == h.inherited.end()) return std::nullopt;
  const int socket = found->second;
  h.inherited.erase(found);
  return socket;
}

void close_inherited_sockets() {
  Handover& h = handover();
  const std::lock_guard lock(h.mutex);
  for (const auto& [address, socket] : h.inherited) ::close(socket);
  h.inherited.clear();
}

}  // namespace yilian::net
