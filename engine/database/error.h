#pragma once
// What statements throw when the database refuses; it never leaves the writer, nor Database::read of a query that gives
// a Result.

#include <cstdint>
#include <stdexcept>
#include <string>

namespace yilian::database {

enum class Trouble : std::uint8_t {
  full,     // no space is left
  io,       // the disk does not do what it is told
  damaged,  // what is stored is not what was written
  busy,     // held by another for longer than is waited
  away,     // the server cannot be reached, or the line to it broke: nothing was written
  unknown,  // the line broke while a commit was under way, and nobody is there to say what became of it
  closed,   // the database was closed
  other,
};

struct StorageError : std::runtime_error {
  StorageError(Trouble trouble_, const std::string& what) : std::runtime_error(what), trouble(trouble_) {}
  Trouble trouble;
};

}  // namespace yilian::database
