#include "engine/hl7v2/batch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "engine/hl7v2/header.h"

namespace yilian::hl7v2 {
namespace {

constexpr char kStart = '\x0B';
constexpr char kEnd = '\x1C';
constexpr char kDosEnd = '\x1A';
constexpr std::size_t kMostNotices = 100;

enum class Kind { header, batch_header, batch_trailer, file_header, file_trailer, broken_header, other };

bool ends_line(char c) { return is_break(c) || c == kEnd || c == kStart; }

bool only_padding(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_padding(c) || c == kDosEnd; });
}

class Splitter {
 public:
  Splitter(std::string_view raw, Batch& batch) : raw_(raw), batch_(batch) {}

  void run() {
    std::size_t at = 0;
    while (at < raw_.size()) {
      const std::size_t begin = skip_padding(raw_, at);
      // Between lines the marks of frames mean what they say; inside a line they may be data.
      for (std::size_t mark = at; mark < begin; ++mark) {
        if (raw_[mark] == kEnd) end_frame(mark);
        if (raw_[mark] == kStart) start_frame(mark);
      }
      if (begin >= raw_.size()) break;
      take(begin);
      at = end_of_line(begin);
      if (at < raw_.size() && raw_[at] == kEnd) end_frame(at);
      if (at < raw_.size() && raw_[at] != kStart) ++at;
    }
    close(raw_.size());
    if (batch_.messages.empty() && !batch_.enveloped && !only_padding(raw_)) batch_.messages.push_back(raw_);
  }

 private:
  // The next CR, LF, VT at a frame's start, or FS that ends one. FS and VT inside a line are data.
  std::size_t end_of_line(std::size_t at) const {
    for (; at < raw_.size(); ++at) {
      const char c = raw_[at];
      if (c > kEnd) continue;
      if (is_break(c)) return at;
      const bool last = at + 1 == raw_.size();
      if (c == kEnd && (last || ends_line(raw_[at + 1]))) return at;
      if (c == kStart && at > 0 && header_at(raw_, at + 1)) return at;
    }
    return raw_.size();
  }

  Kind kind_of(std::size_t at) const {
    if (header_at(raw_, at)) return Kind::header;
    if (at + 3 > raw_.size()) return Kind::other;
    const bool alone = at + 3 == raw_.size() || ends_line(raw_[at + 3]);
    if (!alone && !is_delimiter(raw_[at + 3])) return Kind::other;
    if (id_at(raw_, at, "BHS")) return Kind::batch_header;
    if (id_at(raw_, at, "BTS")) return Kind::batch_trailer;
    if (id_at(raw_, at, "FHS")) return Kind::file_header;
    if (id_at(raw_, at, "FTS")) return Kind::file_trailer;
    // A line that goes on like the last header did is one too, its id spoilt: joined to the message before it, it would
    // mix two patients.
    const bool like_header = !encoding_.empty() && raw_.substr(at + 3, encoding_.size()) == encoding_;
    return like_header ? Kind::broken_header : Kind::other;
  }

  void take(std::size_t begin) {
    const Kind kind = kind_of(begin);
    if (kind == Kind::other) {
      if (!open_) open(begin, false);
      return;
    }
    close(begin);
    const std::string_view line = raw_.substr(begin, end_of_line(begin) - begin);
    switch (kind) {
      case Kind::header:
        encoding_ = line.substr(3, line.find(line[3], 4) - 2);
        if (encoding_.size() < 4 || encoding_.size() > 7) encoding_ = {};
        open(begin, true);
        break;
      case Kind::broken_header:
        open(begin, true);
        break;
      case Kind::batch_header:
        in_batch_ = 0;
        [[fallthrough]];
      case Kind::file_header:
        batch_.enveloped = true;
        if (line.size() > 3) separator_ = line[3];
        break;
      case Kind::batch_trailer:
        compare(line, "BTS-1", in_batch_, "messages");
        ++batches_;
        break;
      default:
        compare(line, "FTS-1", batches_, "batches");
    }
  }

  void open(std::size_t begin, bool headed) {
    open_ = begin;
    headed_ = headed;
  }

  void start_frame(std::size_t at) {
    close(at);
    framed_ = true;
  }

  void end_frame(std::size_t at) {
    if (!framed_) return;
    close(at);
    framed_ = false;
  }

  // What is open ends. Bytes without a header are handed on to be refused when they were framed or look like segments;
  // else they are only told.
  void close(std::size_t end) {
    if (!open_) return;
    std::string_view message = raw_.substr(*open_, end - *open_);
    while (!message.empty() && (is_padding(message.back()) || message.back() == kDosEnd)) message.remove_suffix(1);
    const std::size_t length = message.size();
    // Its own last line end stays with it.
    if (*open_ + length < end && is_break(raw_[*open_ + length]))
      message = raw_.substr(*open_, length + (raw_.substr(*open_ + length, 2) == "\r\n" ? 2 : 1));
    const bool segments = length > 3 && is_letter(message[0]) && is_delimiter(message[3]);
    if (length > 0 && (headed_ || framed_ || segments)) {
      batch_.messages.push_back(message);
      ++in_batch_;
    } else if (length > 0) {
      tell("byte " + std::to_string(*open_), std::to_string(length) + " bytes that belong to no message");
    }
    open_.reset();
  }

  void compare(std::string_view line, const char* where, std::size_t counted, const char* what) {
    if (line.size() < 5) return;
    std::string_view value = line.substr(4);
    value = value.substr(0, value.find(separator_));
    std::size_t said = 0;
    const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), said);
    if (error == std::errc() && rest == value.data() + value.size() && said != counted) {
      tell(where, "says " + std::to_string(said) + " " + what + ", but there are " + std::to_string(counted));
    }
  }

  void tell(std::string where, std::string what) {
    if (batch_.notices.size() < kMostNotices) batch_.notices.push_back({std::move(where), std::move(what)});
  }

  std::string_view raw_;
  Batch& batch_;
  std::optional<std::size_t> open_;
  bool headed_ = false;        // what is open began with a header
  bool framed_ = false;        // inside an MLLP frame
  std::string_view encoding_;  // separators of the last header, from MSH-1 to the separator after MSH-2
  std::size_t in_batch_ = 0, batches_ = 0;
  char separator_ = '|';
};

}  // namespace

Batch split(std::string_view raw) {
  Batch batch;
  Splitter(raw, batch).run();
  return batch;
}

}  // namespace yilian::hl7v2
