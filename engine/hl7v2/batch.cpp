#include "engine/hl7v2/batch.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace yilian::hl7v2 {
namespace {

constexpr char kStart = '\x0B';
constexpr char kEnd = '\x1C';

bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || c == kStart || c == kEnd || c == '\x1A'; });
}

std::string_view trim_line_starts(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  return text;
}

// A header or trailer segment at this line start; its id, or nothing.
std::string_view envelope_at(std::string_view text) {
  if (text.size() < 3) return {};
  const std::string_view id = text.substr(0, 3);
  if (id != "MSH" && id != "FHS" && id != "BHS" && id != "BTS" && id != "FTS") return {};
  if (text.size() == 3) return id;
  const char next = text[3];
  const bool word = (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9') || next == ' ';
  return word ? std::string_view() : id;
}

class Splitter {
 public:
  explicit Splitter(Batch& batch) : batch_(batch) {}

  void run(std::string_view raw) {
    const std::string_view body = trim_line_starts(raw);
    std::size_t at = 0;
    while (at < body.size()) {
      // Line starts may be preceded by blanks and by MLLP's own characters.
      std::size_t begin = at;
      while (begin < body.size() && (body[begin] == ' ' || body[begin] == '\t' || body[begin] == kStart)) ++begin;
      if (const std::string_view id = envelope_at(body.substr(begin)); !id.empty()) take(id, body, begin);
      at = body.find_first_of("\r\n\x1C", at);
      if (at == std::string_view::npos) break;
      ++at;
    }
    close(body, body.size());
    if (batch_.messages.empty() && !batch_.enveloped && !blank(body)) {
      batch_.messages.push_back(body);
    }
  }

 private:
  void take(std::string_view id, std::string_view body, std::size_t begin) {
    close(body, begin);
    const std::string_view line = body.substr(begin, body.find_first_of("\r\n\x1C", begin) - begin);
    if (id == "MSH") {
      open_ = begin;
    } else if (id == "FHS" || id == "BHS") {
      batch_.enveloped = true;
      if (line.size() > 3) separator_ = line[3];
      if (id == "BHS") in_batch_ = 0;
    } else if (id == "BTS") {
      compare(line, "BTS-1", in_batch_, "messages");
      ++batches_;
    } else {
      compare(line, "FTS-1", batches_, "batches");
    }
  }

  void close(std::string_view body, std::size_t end) {
    if (open_) {
      std::string_view message = body.substr(*open_, end - *open_);
      while (!message.empty() && (message.back() == kEnd || message.back() == kStart || message.back() == '\x1A' || message.back() == ' ' ||
                                  ((message.back() == '\r' || message.back() == '\n') && message.size() > 1 && (message[message.size() - 2] == kEnd || message[message.size() - 2] == '\r' || message[message.size() - 2] == '\n')))) {
        message.remove_suffix(1);
      }
      batch_.messages.push_back(message);
      ++in_batch_;
      open_.reset();
      last_end_ = end;
    } else if (last_end_ == 0 && end > 0 && !blank(body.substr(0, end)) && batch_.messages.empty() && !batch_.enveloped) {
      // Bytes before the first header: not a message of its own, but not to be passed over in silence either.
      batch_.notices.push_back({"before the first MSH", std::to_string(end) + " bytes that belong to no message"});
      last_end_ = end;
    }
  }

  void compare(std::string_view line, const char* where, std::size_t counted, const char* what) {
    if (line.size() < 5) return;
    std::string_view value = line.substr(4);
    value = value.substr(0, value.find(separator_));
    std::size_t said = 0;
    const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), said);
    if (error == std::errc() && rest == value.data() + value.size() && said != counted) {
      batch_.notices.push_back({where, "says " + std::to_string(said) + " " + what + ", but there are " + std::to_string(counted)});
    }
  }

  Batch& batch_;
  std::optional<std::size_t> open_;
  std::size_t in_batch_ = 0, batches_ = 0, last_end_ = 0;
  char separator_ = '|';
};

}  // namespace

Batch split(std::string_view raw) {
  Batch batch;
  Splitter(batch).run(raw);
  return batch;
}

}  // namespace yilian::hl7v2
