#pragma once
// Resources as they came. A row for each would cost more than all else that a message writes; so those of one
// transaction are packed into few rows, in the order of their rids, and never changed. A resource that changes gets a row
// of its own in `resource`, which goes over what stands here. Of one that was expunged an empty head is left.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database/database.h"
#include "engine/records/stored.h"

namespace yilian::records {

class Groups : public database::Deferred {
 public:
  // Inside a task: gives the resource its rid. `body`: the number of its pack.
  std::int64_t add(database::Connection& writer, const NewVersion& fresh, std::int64_t body);
  // As it came, whatever became of it. Nothing: no group has this rid.
  std::optional<Stored> find(database::Connection& connection, std::int64_t rid) const;
  // The same in two steps: the row that is asked for, bound; what it says.
  static database::Statement row_of(database::Connection& connection, std::int64_t rid);
  std::optional<Stored> find(database::Statement& row, std::int64_t rid) const;
  // Whether it is among those that are not written yet.
  bool waits(std::int64_t rid) const { return !ends_.empty() && rid >= first_; }
  // What the group that begins with `first` holds of these: calls take(place in rids, what stands there) for each of its
  // numbers, with nothing for what was expunged. `rids`: sorted. Gives the number behind its last one.
  using Take = std::function<void(std::size_t place, std::optional<Stored>&& stored)>;
  static std::int64_t take_from(std::string_view heads, std::int64_t first, std::span<const std::int64_t> rids,
                                const Take& take);
  // Of sorted ones those whose groups hold the others too, as far as can be guessed from the groups that were seen
  // before: for who has to ask for all at once and can ask again.
  std::vector<std::int64_t> thinned(std::span<const std::int64_t> rids) const;
  void note_size(std::int64_t heads) { usual_ += (static_cast<double>(heads) - usual_) / 16; }
  // The greatest rid of the groups that are written; 0: there are none.
  static std::int64_t last(database::Connection& connection);

  // Takes the resource out, as if it had never come; its rid stays unused. After a flush, inside a task.
  static void forget(database::Connection& writer, std::int64_t rid);

  void flush(database::Connection& writer) override;
  void discard() override;

 private:
  std::optional<Stored> waiting(std::int64_t rid) const;
  static std::optional<Stored> head_in(std::string_view heads, std::int64_t first, std::int64_t rid);

  double usual_ = 1;  // how many heads a group has

  std::int64_t first_ = 0;            // the rid of the first one that waits
  std::int64_t next_ = 0;             // the rid of the next one that comes; 0: not known
  std::string heads_;                 // of those that wait
  std::vector<std::uint32_t> ends_;
};

}  // namespace yilian::records
