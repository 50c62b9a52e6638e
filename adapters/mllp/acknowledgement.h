#pragma once
// The few fields that pair a message with its answers, skimmed from the bytes without parsing the rest.

#include <string>
#include <string_view>

namespace yilian::mllp {

struct Header {
  std::string control_id;   // MSH-10
  std::string accept;       // MSH-15: AL, NE, ER, SU or empty
  std::string application;  // MSH-16
};

// Of the message's first segment; all empty when the bytes begin with no MSH.
Header skim_header(std::string_view message);

struct Acknowledgement {
  std::string code;        // MSA-1: AA, AE, AR, CA, CE, CR
  std::string control_id;  // MSA-2
  std::string text;        // MSA-3, as it came
  bool accepted() const { return code == "AA" || code == "CA"; }
  bool application() const { return code.size() == 2 && code[0] == 'A'; }
};

// All empty when there is no MSA segment.
Acknowledgement skim_acknowledgement(std::string_view message);

// What a sender may wait for (HL7 v2.5.1, 2.9.2 and 2.9.3): in original mode (MSH-15 and 16 empty) one application
// answer.
struct Expected {
  bool accept = false;       // CA, CE, CR
  bool application = false;  // AA, AE, AR
  bool only_errors = false;  // silence is good news (ER)
};
Expected expected_answers(const Header& header);

}  // namespace yilian::mllp
