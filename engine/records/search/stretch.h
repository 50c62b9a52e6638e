#pragma once
// Where in the index the values stand that a condition asks for, and whether a row is one of them.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/search/query.h"

namespace yilian::records {

// Keys from `low` on and before `high`.
struct Stretch {
  std::string low, high;
  std::function<bool(std::string_view key)> accept;  // nothing: all of them
  // What comes before this place in a key decides nothing, if all keys of the stretch are equally long up to here; 0: it does.
  std::size_t decided_from = 0;
  // The stretch is all of a parameter whose values are texts, and only those can count that contain this, or end with it.
  std::string containing{};
  bool at_end = false;
};

// Of one of the values of a condition about `parameter`.
std::vector<Stretch> stretches_of(database::Connection& reader, const Indexed& parameter, Condition::Test test,
                                  const Alternative& alternative);
// Of all of them, one after the other; of a composite, whose rows of its own they are.
std::vector<Stretch> stretches_of(database::Connection& reader, const Indexed& parameter, Condition::Test test,
                                  const std::vector<Alternative>& any_of);
// What _lastUpdated is to the index.
Indexed updated_parameter(std::uint8_t type);
// Of the rows that a composite has of its own.
std::vector<Stretch> stretches_of(database::Connection& reader, const Composite& composite,
                                  const Alternative& alternative);
// Of the parameter's rows beside its own (index_plan.h).
std::vector<Stretch> rows_beside(const Indexed& parameter);
// Of `beginning` and all that follows it.
Stretch all_of(const std::string& beginning);

// Whether a row of the parameter (its number aside; with a block or without) has the value: for what is decided on the
// bodies.
bool is_value(Kind kind, Condition::Test test, const Alternative& alternative, std::string_view key);

}  // namespace yilian::records
