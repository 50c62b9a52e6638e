#pragma once
// Where the requests of a run come from: all read from a stream (standard input), which a workload's script writes.

#include <iosfwd>
#include <memory>

#include "load.h"

namespace yilian::bench {

// Requests as they are sent, each after a line "LABEL LENGTH": in their order, over all connections, again from the first after the last when `again`.
std::unique_ptr<Requests> planned(std::istream& in, bool again);

// One Bundle a line, posted as it is read. Two labels: "bundle", and how many entries were in them is told by entries().
class Bundles : public Requests {
 public:
  explicit Bundles(std::istream& in, std::size_t connections);
  bool next(std::size_t connection, std::string_view& text, std::size_t& label) override;
  std::uint64_t entries() const { return entries_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::istream& in_;
  std::vector<std::string> text_;  // one a connection
  std::string line_;
  std::uint64_t entries_ = 0, bytes_ = 0;
};

// Create, read, update and delete of linked resources, over and over (workload W1). The stream holds templates, each after a line "TYPE LENGTH", in the order
// of creation: {{TYPE}} in one stands for the id that the server gave to an earlier one, {{state}} for what the update changes.
std::unique_ptr<Requests> cycle(std::istream& in, std::size_t connections);

}  // namespace yilian::bench
