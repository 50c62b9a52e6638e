#include "engine/database/error.h"

#include "engine/database/database.h"

namespace yilian::database {
namespace {

std::string cure_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::full:
      return "Free space on the disk of the database";
    case Trouble::io:
      return "Check the disk of the database and the system's log";
    case Trouble::damaged:
      return "Restore the database from its backup";
    case Trouble::busy:
      return "Try again later; look who holds the database";
    case Trouble::away:
      return "Try again later; check the database server and the line to it";
    case Trouble::unknown:
      return "Ask whether it is there before it is sent again";
    case Trouble::closed:
    case Trouble::other:
      break;
  }
  return {};
}

}  // namespace

Issue storage_issue(const StorageError& error) {
  const bool passes = error.trouble == Trouble::away || error.trouble == Trouble::busy;
  return Issue{passes ? Code::busy : Code::storage, Severity::fatal, "database", error.what(), cure_of(error.trouble)};
}

}  // namespace yilian::database
