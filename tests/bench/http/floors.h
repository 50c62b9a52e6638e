#pragma once
// What the machine itself can do, to hold the daemon's figures against.

#include <string>

namespace yilian::bench {

// Writes of 4 KiB a second, one after another within a file that has its size already, each followed by fdatasync: no log can be durable more often.
double synced_writes(const std::string& folder, double seconds);

// Answers every HTTP request on a port of its own (told on standard output) with the same 1 KiB, on one thread, reading nothing but the blank line. Until it
// is killed.
[[noreturn]] void serve_bare();

}  // namespace yilian::bench
