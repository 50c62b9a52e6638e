#pragma once
// One pass over the text of a message: where its segments and fields stand.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/hl7v2/grammar.h"
#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {

class Message::Scanner {
 public:
  Scanner(Message& message, const Limits& limits) : m_(message), limits_(limits) {}
  // Fills the index of the message whose text is set. Errors as Message::parse says.
  Result<void> run();

 private:
  Result<std::size_t> open_header();
  void index(std::size_t begin);
  void on_separator(std::size_t at);
  void on_break(std::size_t at);
  void open(std::size_t at);
  void close(std::size_t end);
  bool starts_segment(std::size_t at, bool doubtful) const;
  bool glued(std::size_t at);
  bool expected(std::string_view id);
  const Particle* declared_structure() const;
  void note_here(const char* what);
  // Separators of the segment that is open, so far.
  std::size_t separators() const;

  Message& m_;
  const Limits& limits_;
  std::size_t end_ = 0;            // of the text that counts
  std::size_t resume_ = 0;         // line ends before this are dealt with
  std::uint32_t field_start_ = 0;  // the field that is open
  bool single_line_ = false;
  bool cr_ends_ = false;    // segments end in CR alone: LF is data unless a known segment follows
  bool continued_ = false;  // this segment has been told to go on over a line end
  bool learned_ = false;
  std::vector<std::string_view> expected_;  // segments of the message's structure
  Issue refusal_;                           // why the index stopped; empty `what` when it did not
};

}  // namespace yilian::hl7v2
