#pragma once
// \Cxxyy\ and \Mxxyyzz\ (2.8 chapter 2.7.2): ISO 2022 switches written as escapes. The message was decoded whole, so
// most of them say nothing any more; what still needs one is a double-byte set in seven bits, which looked like ASCII
// to the decoder.

#include <cstddef>
#include <string>
#include <string_view>

namespace yilian::hl7v2 {

// "C2842": a switch to a set whose characters the message's own charset has decoded already, so that it can be left
// out.
bool switches_nothing(std::string_view body);
// \M2442\ and its kind at the start of `part`, with the seven-bit text that follows up to the next escape: decoded onto
// `out`. How much was read; 0 when it is none, or when the text is no text of that set.
std::size_t double_byte_run(std::string_view part, char escape, std::string& out);

}  // namespace yilian::hl7v2
