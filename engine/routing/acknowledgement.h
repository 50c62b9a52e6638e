#pragma once
// Which answers a message gets (HL7 v2 chapter 2.9): original mode, or enhanced mode when MSH-15 or MSH-16 is valued.

#include <string>
#include <vector>

#include "engine/base/issue.h"
#include "engine/hl7v2/message.h"

namespace yilian::routing {

// What became of the message.
struct Verdict {
  bool kept = true;            // it is, or will be before the answer leaves, on disk
  const Issue* issue = nullptr;  // what was wrong with it; nullptr: all is well
  text::Charset charset = text::Charset::utf8;  // what the sender's bytes were read as: it is answered so
};

// In the order in which they are to be sent. Empty: silence is the right answer (MSH-15/16 NE).
// `message` may be null: something unreadable gets one AR without a control id.
std::vector<std::string> answers(const hl7v2::Message* message, const Verdict& verdict);

// Whether the first of the answers is the accept answer (CA), which speaks of safe keeping alone, when all is well so far.
bool accepts_first(const hl7v2::Message& message);

// A control id (MSH-10) of our own, unique over restarts: at most 20 characters.
std::string new_control_id();

}  // namespace yilian::routing
