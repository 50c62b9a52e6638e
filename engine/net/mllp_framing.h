#pragma once
// MLLP framing (HL7 v2 transport, release 1: VT message FS CR) as a machine over bytes: it never merges two messages and drops nothing in silence. No I/O here.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace yilian::net {

// What the machine finds, in the order of the bytes.
struct MllpEvent {
  enum class Kind { message, noise, too_large } kind;
  std::string bytes;      // a message's body; noise: at most the first 64 KB of it; too_large: its first 64 KB
  std::size_t size;       // all of it
  const char* why;        // for noise: "bytes before a frame", "frame begun inside a frame", "closed inside a frame"
};

class MllpFraming {
 public:
  explicit MllpFraming(std::size_t max_message) : max_message_(max_message) {}
  // Feeds bytes as they came, in any cut. FS CR ends a message; FS followed by VT ends it too; a lone FS inside is data;
  // bytes outside a frame that begin with an HL7 header (MSH, FHS, BHS) are read as a frame without its VT; blanks between frames are ignored.
  void feed(std::string_view bytes, std::vector<MllpEvent>& events);
  // The other side closed, or fell silent after FS: a message that only lacks its CR is whole; anything else unfinished is noise.
  void finish(std::vector<MllpEvent>& events);
  bool waiting_after_fs() const;  // FS came and what follows decides: the caller starts a short timer, then calls quiet()
  void quiet(std::vector<MllpEvent>& events);
  bool inside() const;            // a frame has begun

 private:
  enum class State { outside, inside, after_fs, skipping, skipping_after_fs } state_ = State::outside;
  std::size_t max_message_;
  std::string buffer_;
  std::size_t size_ = 0;
};

std::string mllp_frame(std::string_view message);

}  // namespace yilian::net
