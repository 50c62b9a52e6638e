#pragma once
// What an adapter and the engine share. An adapter moves bytes between one kind of system and the engine; it knows nothing of FHIR,
// the store, or other adapters. Written against this file alone, it can run inside the daemon or in a process of its own.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/config.h"
#include "engine/base/result.h"

namespace yilian::sdk {

// Something that came in, whole. `body` is kept exactly so.
struct Incoming {
  std::string body;
  std::string peer;         // "127.0.0.1:40112", a file name
  // Where the sender can be told something more, after `done`: any thread, any time, also when it is long gone. None: it cannot.
  std::function<void(std::string reply)> later{};
};

// Bytes on the line that are no message (before a frame, an unfinished frame, one over the limit). Kept where people can see them.
struct Noise {
  std::string bytes;        // at most the first 64 KB
  std::size_t size;         // how many there were
  std::string peer;
  std::string why;          // "closed inside a frame"
  bool answer = false;      // ask for a refusal to send back
  Code code = Code::bad_syntax;
};

struct Answer {
  bool accepted = false;               // committed and taken (AA/CA, or the feed parks what it cannot read)
  std::vector<std::string> replies;    // to send back in this order; none: silence is the answer
  std::string error;                   // why not accepted, one line, for a log or an .error file
};

// The engine's side, for a source. Any thread; `done` is called once, on any thread, after the message is on disk. While too much is under way
// `done` is simply late: a source that waits for it reads no more, and so passes the pressure on to its sender.
class Intake {
 public:
  virtual ~Intake() = default;
  virtual void take(Incoming incoming, std::function<void(Answer)> done) = 0;
  virtual void noise(Noise noise, std::function<void(Answer)> done) = 0;
};

// A source listens or watches and hands over what comes.
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<void> start(Intake& intake) = 0;   // errors: a port taken, a folder missing
  // Takes no more; lets what is under way be answered, up to the deadline; then closes.
  virtual void stop(std::chrono::milliseconds deadline) = 0;
  virtual std::string address() const = 0;          // where it really listens ("127.0.0.1:2575"), for people and for port 0
};

// A destination sends one message and waits for the other side's word.
struct Outgoing {
  std::string_view body;
};
struct Delivery {
  enum class Outcome : std::uint8_t {
    delivered,
    refused,    // the other side's word: it has the message and will not take it so
    unreached,  // nothing has left: the line or the other side is down, the message has no fault
    unknown,    // it has left, or some of it, and no answer came: nobody knows whether it arrived
  };
  Outcome outcome = Outcome::unreached;
  std::string answer{};  // the other side's bytes, where it said something
  Issue issue{};         // when not delivered
  bool again = true;     // refused: whether the same bytes might be taken another time
};
class Destination {
 public:
  virtual ~Destination() = default;
  virtual Delivery send(const Outgoing& outgoing) = 0;  // blocking, one at a time, within bounds that the settings say
  virtual void interrupt() {}  // any thread: a send under way, and each one after, ends soon (unreached, unknown)
};

// One kind of adapter. Every setting it reads is checked with its place before anything starts.
struct Adapter {
  std::string_view name;           // "mllp"
  std::string_view help;           // one line for people
  std::function<Result<void>(const config::Node&)> check_source, check_destination;
  std::function<Result<std::unique_ptr<Source>>(const config::Node&)> source;
  std::function<Result<std::unique_ptr<Destination>>(const config::Node&)> destination;
};

}  // namespace yilian::sdk
