#pragma once
// A closed-loop HTTP client on one thread: each connection sends its next request when the former one is answered. It is to cost little, since it shares the
// machine with what it measures: requests are made beforehand, of an answer only status and length are looked at, the body is thrown away unread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yilian::bench {

struct Answer {
  int status = 0;
  std::string_view head;  // from the status line to the blank line
};

class Requests {
 public:
  virtual ~Requests() = default;
  // What this connection sends next; the text must last until its answer. `label`: what it is counted under. False: this connection has nothing more to send.
  virtual bool next(std::size_t connection, std::string_view& text, std::size_t& label) = 0;
  virtual void answered(std::size_t connection, const Answer& answer) {
    (void)connection;
    (void)answer;
  }
  std::vector<std::string> labels;
};

struct LoadOptions {
  int port = 0;
  std::size_t connections = 1;
  double seconds = 1;  // 0: until there is nothing more to send
  double warm = 0;     // seconds before that are not counted
  int process = 0;     // whose CPU time is read; 0: none
};

struct Count {
  std::vector<float> milliseconds;
  std::uint64_t failed = 0;  // status 400 and above; these are among the latencies too
  std::uint64_t bytes = 0;   // of bodies
  int first_failure = 0;     // its status
};

struct Figures {
  double seconds = 0, daemon_cpu = 0, own_cpu = 0;
  std::vector<Count> counts;  // one a label
};

// Ends the program with a message when a connection breaks.
Figures load(Requests& requests, const LoadOptions& options);

// {"seconds", "daemon_cpu", "own_cpu", "all": {"count", "failed", "p50", ...}, "groups": by the first word of the label, "labels"}; latencies in milliseconds.
std::string to_json(const Figures& figures, const std::vector<std::string>& labels);

}  // namespace yilian::bench
