#pragma once
// The index keeps up with the program: a version that knows more search parameters than the one that wrote a resource
// adds the rows that it lacks, in the background. Until then what needs them is refused, never answered by half.

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database/database.h"

namespace yilian::records {

struct IndexState {
  std::uint32_t through;  // parameters up to this number have the rows of every resource
  std::int64_t done;      // of a pass that is under way: resources up to this one
  std::int64_t last;      // and the last one that it is for; -1: none is under way
  // Runs of a former program that go up to this change may say a thing twice, unless they are one.
  std::int64_t twice = 0;
  bool complete() const;  // nothing is lacking
  int percent() const;    // of the pass
};
IndexState index_state(database::Connection& connection);
// Of a database that was empty when this came: whoever wrote to it knew all that there was.
inline constexpr IndexState kKnownFromTheStart{1U << 30, 0, -1};

// Whether the pass is still needed for rows of this number. Rows beside those of the parameters came later than the
// first of them.
bool is_lacking(const IndexState& state, std::uint32_t row_number, bool beside);
// Whether it is of any.
bool lacks_some(const IndexState& state);
bool lacks_references(const IndexState& state);  // it may be one: other than words of texts, and ends of intervals

// Begins a pass over all resources although nothing is known to be lacking. Inside a task.
void start_reindex(database::Connection& writer);

// The tables of the index itself, and filling them anew from the resources, for who has lost them (database::make_anew).
// Gives how many resources there are. Errors: storage.
std::vector<std::string_view> index_tables();
Result<std::int64_t> fill_index(database::Database& database);

// One piece of work, on the upkeep's thread; whether there is more.
bool reindex_some(database::Database& database, const std::atomic<bool>& closing);

}  // namespace yilian::records
