#include "engine/net/mllp_framing.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace yilian::net {
namespace {

constexpr char kVt = '\x0b';
constexpr char kFs = '\x1c';
constexpr std::size_t kHead = 64u << 10;

bool blank(char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0'; }

enum class Match { no, partly, yes };

// Whether bytes begin with a segment that opens an HL7 message or batch; `partly` when more bytes must decide.
Match header_at(std::string_view bytes) {
  for (std::string_view id : {"MSH", "FHS", "BHS"}) {
    const auto part = bytes.substr(0, 3);
    if (part == id.substr(0, part.size())) return part.size() == 3 ? Match::yes : Match::partly;
  }
  return Match::no;
}

// The first FS or VT at or after `from`, or the size. Eight bytes at a time, in one pass: text full of either mark
// stays linear.
std::size_t find_mark(std::string_view bytes, std::size_t from) {
  constexpr std::uint64_t ones = 0x0101010101010101u;
  constexpr std::uint64_t tops = 0x8080808080808080u;
  const auto zero_byte = [](std::uint64_t x) { return (x - ones) & ~x & tops; };
  for (; from + 8 <= bytes.size(); from += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + from, 8);
    if (zero_byte(word ^ (ones * static_cast<unsigned char>(kFs))) |
        zero_byte(word ^ (ones * static_cast<unsigned char>(kVt))))
      break;
  }
  while (from < bytes.size() && bytes[from] != kFs && bytes[from] != kVt) ++from;
  return from;
}

}  // namespace

void MllpFraming::feed(std::string_view bytes, std::vector<MllpEvent>& events) {
  buffer_.append(bytes);
  while (step(events) == Step::more) {
  }
  compact();
}

MllpFraming::Step MllpFraming::step(std::vector<MllpEvent>& events) {
  return state_ == State::outside ? step_outside(events) : step_inside(events);
}

MllpFraming::Step MllpFraming::step_outside(std::vector<MllpEvent>& events) {
  if (dropped_ == 0) {
    while (begin_ < buffer_.size() && blank(buffer_[begin_])) ++begin_;
    if (begin_ == buffer_.size()) return Step::wait;
    const auto header = header_at(std::string_view(buffer_).substr(begin_));
    if (header == Match::partly) return Step::wait;
    if (header == Match::yes) {
      state_ = State::inside;
      scanned_ = begin_;
      return Step::more;
    }
  }
  const auto vt = std::min(buffer_.find(kVt, begin_), buffer_.size());
  keep_head(begin_, vt - begin_);
  begin_ = vt;
  if (vt == buffer_.size()) return Step::wait;
  report_junk("bytes before a frame", events);
  begin_ = scanned_ = vt + 1;
  state_ = State::inside;
  return Step::more;
}

MllpFraming::Step MllpFraming::step_inside(std::vector<MllpEvent>& events) {
  if (scanned_ == begin_ && dropped_ == 0 && begin_ < buffer_.size() && buffer_[begin_] == kVt) {
    begin_ = ++scanned_;  // VT VT: some senders double it
    return Step::more;
  }
  const auto mark = find_mark(buffer_, scanned_);
  if (mark < buffer_.size()) return buffer_[mark] == kFs ? at_fs(mark, false, events) : at_vt(mark, events);
  scanned_ = buffer_.size();
  skip_when_too_large();
  return Step::wait;
}

// FS ends the frame when CR, VT or the end of the line follows; LF instead of CR only when silence or the next frame
// proves it, since FS LF may as well stand inside a text. `silent`: nothing follows for now.
MllpFraming::Step MllpFraming::at_fs(std::size_t fs, bool silent, std::vector<MllpEvent>& events) {
  scanned_ = fs;
  const auto after = std::string_view(buffer_).substr(fs + 1);
  const auto end = [&](std::size_t used) {
    end_frame(fs, fs + 1 + used, MllpEvent::Kind::message, "", events);
    return Step::more;
  };
  if (silent) return end(0);
  if (after.empty()) return Step::wait;
  if (after[0] == '\r') return end(1);
  if (after[0] == kVt) return end(0);
  if (after[0] == '\n') {
    if (after.size() == 1) return Step::wait;
    if (after[1] == '\r' || after[1] == kVt) return end(1);
  }
  // After a finished segment, FS and an HL7 header: both the CR and the next VT are missing, still two messages.
  if (fs > begin_ && buffer_[fs - 1] == '\r') {
    const auto header = header_at(after);
    if (header == Match::yes) return end(0);
    if (header == Match::partly) return Step::wait;
  }
  scanned_ = fs + 1;
  return Step::more;
}

MllpFraming::Step MllpFraming::at_vt(std::size_t vt, std::vector<MllpEvent>& events) {
  scanned_ = vt;
  const auto header = header_at(std::string_view(buffer_).substr(vt + 1));
  if (header == Match::partly) return Step::wait;
  if (header == Match::yes) {
    end_frame(vt, vt + 1, MllpEvent::Kind::noise, "frame begun inside a frame", events);
    state_ = State::inside;
  } else {
    scanned_ = vt + 1;
  }
  return Step::more;
}

// Reports the body [begin_, end) and goes on outside at `next`. What is too large is so whichever way it ended: the sum
// decides, not the cut.
void MllpFraming::end_frame(std::size_t end, std::size_t next, MllpEvent::Kind kind, const char* why,
                            std::vector<MllpEvent>& events) {
  const auto size = dropped_ + (end - begin_);
  if (size > max_message_) {
    keep_head(begin_, end - begin_);
    events.push_back({MllpEvent::Kind::too_large, std::move(head_), size, "over the limit"});
  } else if (kind == MllpEvent::Kind::noise) {
    events.push_back({kind, buffer_.substr(begin_, std::min(size, kHead)), size, why});
  } else if (begin_ == 0 && buffer_.size() - next <= size) {
    // The body is most of what is there: hand the buffer itself over, copy the few bytes that follow.
    std::string rest = buffer_.substr(next);
    buffer_.resize(end);
    events.push_back({kind, std::move(buffer_), size, why});
    buffer_ = std::move(rest);
    next = 0;
  } else {
    events.push_back({kind, buffer_.substr(begin_, size), size, why});
  }
  head_ = {};
  dropped_ = 0;
  skipping_ = false;
  state_ = State::outside;
  begin_ = scanned_ = next;
}

void MllpFraming::keep_head(std::size_t from, std::size_t count) {
  if (head_.size() < kHead) head_.append(buffer_, from, std::min(count, kHead - head_.size()));
  dropped_ += count;
}

void MllpFraming::report_junk(const char* why, std::vector<MllpEvent>& events) {
  if (dropped_ == 0) return;
  events.push_back({MllpEvent::Kind::noise, std::move(head_), dropped_, why});
  head_ = {};
  dropped_ = 0;
}

void MllpFraming::skip_when_too_large() {
  if (!skipping_ && dropped_ + (scanned_ - begin_) <= max_message_) return;
  skipping_ = true;
  // The last byte stays: at_fs looks at what stands before FS.
  if (scanned_ - begin_ < 2) return;
  keep_head(begin_, scanned_ - begin_ - 1);
  begin_ = scanned_ - 1;
}

// Once a feed: what is done with leaves the buffer, and a buffer that was large does not stay so.
void MllpFraming::compact() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= std::min(scanned_, begin_);
    begin_ = 0;
  }
  if (buffer_.capacity() > kHead && buffer_.size() < kHead / 8) buffer_.shrink_to_fit();
}

bool MllpFraming::waiting_after_fs() const {
  return state_ == State::inside && scanned_ < buffer_.size() && buffer_[scanned_] == kFs;
}

void MllpFraming::quiet(std::vector<MllpEvent>& events) {
  if (!waiting_after_fs()) return;
  at_fs(scanned_, true, events);
  feed({}, events);
}

void MllpFraming::finish(std::vector<MllpEvent>& events) {
  quiet(events);
  if (state_ == State::inside) {
    end_frame(buffer_.size(), buffer_.size(), MllpEvent::Kind::noise, "closed inside a frame", events);
  } else {
    keep_head(begin_, buffer_.size() - begin_);
    begin_ = buffer_.size();
    report_junk("bytes before a frame", events);
  }
  *this = MllpFraming(max_message_);
}

bool MllpFraming::inside() const { return state_ == State::inside; }
bool MllpFraming::junk() const { return state_ == State::outside && dropped_ > 0; }

void MllpFraming::flush_junk(std::vector<MllpEvent>& events) {
  if (junk()) report_junk("bytes that are no frame", events);
}

std::string mllp_frame(std::string_view message) {
  std::string out;
  out.reserve(message.size() + 3);
  out += kVt;
  out += message;
  out += kFs;
  out += '\r';
  return out;
}

}  // namespace yilian::net
