#pragma once
// Which ways through the code an input took, in a build with YILIAN_COVERAGE; in any other, none.

#include <cstddef>

namespace yilian::fuzz {

// Forgets the way of the last input.
void begin_input();
// Whether the input since begin_input() went some way that none before it did: another step from block to block, or one
// taken about twice as often.
bool found_new_way();
// How many steps from block to block were ever seen, as far as they are told apart.
std::size_t steps_seen();

}  // namespace yilian::fuzz
