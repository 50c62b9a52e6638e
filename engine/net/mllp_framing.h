#pragma once
// MLLP framing (HL7 v2 transport, release 1: VT message FS CR) as a machine over bytes: it never merges two messages
// and drops nothing in silence. No I/O here.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace yilian::net {

// What the machine finds, in the order of the bytes.
struct MllpEvent {
  enum class Kind { message, noise, too_large } kind;
  std::string bytes;  // a message's body; noise: at most the first 64 KB of it; too_large: its first 64 KB
  std::size_t size;   // all of it
  const char* why;    // for noise: "bytes before a frame", "frame begun inside a frame", "closed inside a frame"
};

class MllpFraming {
 public:
  explicit MllpFraming(std::size_t max_message) : max_message_(max_message) {}
  // Feeds bytes as they came, in any cut. FS CR ends a message; FS followed by VT ends it too; a lone FS inside is
  // data; bytes outside a frame that begin with an HL7 header (MSH, FHS, BHS) are read as a frame without its VT;
  // blanks between frames (CR, LF, space, tab, and NUL as some keep connections alive with it) are ignored. VT inside a
  // frame followed by an HL7 header: the frame was cut off, a new one has begun.
  void feed(std::string_view bytes, std::vector<MllpEvent>& events);
  // The other side closed, or fell silent after FS: a message that only lacks its CR is whole; anything else unfinished
  // is noise.
  void finish(std::vector<MllpEvent>& events);
  bool waiting_after_fs()
      const;  // FS came and what follows decides: the caller starts a short timer, then calls quiet()
  void quiet(std::vector<MllpEvent>& events);
  bool inside() const;                              // a frame has begun
  bool junk() const;                                // bytes that are no frame have come and are not yet reported
  void flush_junk(std::vector<MllpEvent>& events);  // reports them now, as noise

 private:
  enum class Step { more, wait };
  Step step(std::vector<MllpEvent>& events);
  Step step_outside(std::vector<MllpEvent>& events);
  Step step_inside(std::vector<MllpEvent>& events);
  Step at_fs(std::size_t fs, bool silent, std::vector<MllpEvent>& events);
  Step at_vt(std::size_t vt, std::vector<MllpEvent>& events);
  void end_frame(std::size_t end, std::size_t next, MllpEvent::Kind kind, const char* why,
                 std::vector<MllpEvent>& events);
  void keep_head(std::size_t from, std::size_t count);
  void report_junk(const char* why, std::vector<MllpEvent>& events);
  void skip_when_too_large();
  void compact();

  enum class State { outside, inside } state_ = State::outside;
  bool skipping_ = false;  // inside, over the limit: only the head is kept
  std::size_t max_message_;
  std::string buffer_;     // what is not yet reported: [begin_, scanned_) is known to be data of the frame
  std::size_t begin_ = 0;  // where the frame's body (inside) or the unread bytes (outside) begin
  std::size_t scanned_ = 0;
  std::string head_;         // the first 64 KB of junk, or of a frame over the limit
  std::size_t dropped_ = 0;  // bytes of the junk or the frame that went by and are no longer in buffer_
};

std::string mllp_frame(std::string_view message);

}  // namespace yilian::net
