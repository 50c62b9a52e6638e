#pragma once
// Writing HL7 v2: segments and fields by number, escaped, trailing empties left out, CR only.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/issue.h"
#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {

class Builder {
 public:
  explicit Builder(Delimiters delimiters = {}) : d_(delimiters) {}
  // Starts a segment. "MSH" writes MSH-1 and MSH-2 by itself.
  Builder& segment(std::string_view id);
  // Fields (and repetitions, components, subcomponents in them) in ascending order, else std::logic_error; the value is plain text and is escaped.
  Builder& set(unsigned field, std::string_view text) { return set(field, 1, 1, 1, text); }
  Builder& set(unsigned field, unsigned component, std::string_view text) { return set(field, 1, component, 1, text); }
  Builder& set(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent, std::string_view text);
  // A field as it stands in another message of the same delimiters: nothing is escaped but line ends and other control characters.
  Builder& raw(unsigned field, std::string_view hl7);
  std::string take();  // the message, each segment ended by CR

 private:
  void advance(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent);

  Delimiters d_;
  std::string out_;
  unsigned field_ = 0, repetition_ = 1, component_ = 1, subcomponent_ = 1;
};

// Acknowledgements (chapter 2.9). `code`: AA AE AR CA CE CR. The answer to something unreadable carries no control id.
struct Acknowledgement {
  std::string code;
  std::string control_id;      // ours, unique: MSH-10
  std::string_view our_application, our_facility;
  const Issue* issue = nullptr;  // for ERR (2.5 and newer: ERR-2…ERR-8; before: ERR-1) and MSA-3
  std::optional<text::Charset> charset = {};  // the sender's, for what is not ASCII; without it, and for UTF-16, UTF-8 is written. MSH-18 says which
};
// In the delimiters of `to` when they are whole and usual enough to answer in, else in the standard's; nullptr for something unreadable.
std::string acknowledge(const Message* to, const Acknowledgement& ack);

}  // namespace yilian::hl7v2
