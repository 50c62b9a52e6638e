#pragma once
// Takes texts of versions out of the packs that they lie in; the places of the others stay as they are.

#include <map>
#include <vector>

#include "engine/base/result.h"
#include "engine/database/database.h"
#include "engine/records/pack.h"

namespace yilian::records {

// Inside a task of the writer, after a flush.
class Erasure {
 public:
  explicit Erasure(database::Connection& writer) : writer_(writer) {}
  // A text that a version lay in, which no row names any more: nothing is done when another version of the resource lies
  // in it too, as what was said again in the same transaction does. Different resources never share one.
  void give_up(std::int64_t rid, const BodyPlace& place);
  // Overwrites them. A reader that began before, and reads such a text only now, finds blanks: see check_body.
  Result<void> run();

 private:
  void write_body(std::int64_t number, const std::string& text);

  database::Connection& writer_;
  std::map<std::int64_t, std::vector<BodyPlace>> given_up_;  // by pack
};

}  // namespace yilian::records
