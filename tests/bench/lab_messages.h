#pragma once
// Laboratory reports as a feed sends them: ten lines of one of four panels, with patients, wards, doctors, values, flags
// and times that vary as they do in a day. The same for the same number.

#include <string>

namespace yilian::bench {

// ORU^R01 with ten OBX, segments ended by CR. `sender` keeps patients of several senders apart.
std::string report(long number, int sender = 0);

}  // namespace yilian::bench
