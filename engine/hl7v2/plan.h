#pragma once
// A message structure laid flat, so that finding a segment's places is a look-up and no search.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/hl7v2/grammar.h"

namespace yilian::hl7v2 {

class Plan {
 public:
  using Index = std::uint32_t;
  // Who may open a group, where the structure alone would let the wrong segment in.
  enum class Door : std::uint8_t {
    open,
    head_only,  // prior results: only by the patient they begin with, else the second order of a message would become a
                // prior one
    before_order,  // observations of the patient: only while an order is still to come, else they are results without
                   // their OBR
  };
  struct Item {
    std::string_view name;  // segment id or group name
    Index parent;           // the root is 0 and its own parent
    Index end;              // one after the last item of its subtree
    std::uint8_t number;    // among its siblings; 63 for all from there on
    bool group, required, repeats;
    bool may_begin;  // nothing before it in its group is required
    Door door;
    std::string_view head;  // of a group: the first segment in it
  };

  explicit Plan(const Particle& structure);
  const Item& operator[](Index item) const { return items_[item]; }
  // The places of a segment, in the order of the structure.
  std::span<const Index> places(std::string_view id) const;
  Index first_child(Index group) const { return group + 1; }
  Index next_sibling(Index item) const { return items_[item].end; }
  // The child of `group` that holds `item`, or is it.
  Index child_towards(Index group, Index item) const {
    while (items_[item].parent != group) item = items_[item].parent;
    return item;
  }
  bool results() const {
    return results_;
  }  // a message of results (ORU), where what follows a specimen is a result all the same

 private:
  void add(const Particle& particle, Index parent, unsigned number, bool may_begin, bool inside_prior);

  std::vector<Item> items_;
  std::vector<Index> by_id_;  // leaves, by name, then by place
  bool results_ = false;
};

// The plan of a structure of the grammar, made once; threads may share it. nullptr for one that is not of the grammar.
const Plan* plan_of(const Particle& structure);

}  // namespace yilian::hl7v2
