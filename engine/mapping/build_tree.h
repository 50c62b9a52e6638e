#pragma once
// Resources under construction: flat nodes in the order of the definitions, found again by label and repetition. Memory
// is kept from run to run.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/mapping/program.h"

namespace yilian::mapping {

struct Node {
  const Step* step;
  std::uint32_t parent, first, last, next;
  std::uint32_t instance;  // of a Reference: the resource it points to; of a root: its own
  std::uint32_t origins;   // head of a list in the run; kNone without tracing
  std::uint32_t kept;      // children that are kept; set when checked
  bool container;          // the array of a list element; its children are the items
  bool has_text;
  bool sourced;     // the text came from the message
  bool linked;      // the reference is a link, not a rule's own
  bool keep, told;  // set when checked
  bool content;     // when checked: something in it came from the message
  bool settled;     // checked, and nothing was changed in it or below since then
  std::uint32_t piece;  // of the memo, whose JSON it makes as long as it is settled; kNone: none
  std::string_view text;
};

// What was made below a node, apart from any tree: its text, if it got one, and nodes counted from the first of them. A
// parent kNone is the node itself.
struct Branch {
  std::string_view text;
  bool has_text = false, sourced = false;
  std::uint32_t first = kNone;
  std::vector<Node> nodes;
};

// (a, b, c, d) -> number, forgotten all at once without touching memory.
class NumberTable {
 public:
  void clear();
  // The number of a key; kNone when it is new: set it then. The address holds until the next call.
  std::uint32_t& at(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d);
  std::uint32_t find(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) const;

 private:
  struct Entry {
    std::uint32_t a, b, c, d, value, stamp;
  };
  static std::uint64_t hashed(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d);
  void grow();

  std::vector<Entry> entries_;
  std::uint32_t stamp_ = 0;
  std::size_t size_ = 0;
};

class BuildTree {
 public:
  void clear();
  Node& operator[](std::uint32_t node) { return nodes_[node]; }
  const Node& operator[](std::uint32_t node) const { return nodes_[node]; }
  std::size_t size() const { return nodes_.size(); }

  std::uint32_t root(const Step& step);
  // The child for an element that is not a list, made when it is not there. kNone: another type of the same choice is
  // already there.
  std::uint32_t child(std::uint32_t parent, const Step& step);
  // The item of a list that carries the step's label in this run of the map and this repetition, made when it is not
  // there.
  std::uint32_t item(std::uint32_t parent, const Step& step, std::uint32_t run, std::uint32_t repetition);
  // A new item at the end, or at the beginning.
  std::uint32_t new_item(std::uint32_t parent, const Step& step, bool at_front = false);
  // The child (or container) of an element, kNone when absent.
  std::uint32_t find(std::uint32_t parent, std::uint16_t order) const;
  // Takes a node from under its parent and puts it under another one, at its element's place.
  void move(std::uint32_t node, std::uint32_t parent);
  void append(std::uint32_t container, std::uint32_t item);  // an item that stood elsewhere
  void remove(std::uint32_t node);                           // from under its parent
  // Nothing stands in the node yet, nor in any of those elements below it.
  bool fresh(std::uint32_t node, const Orders& below) const;
  // What was made in a node and below it since the tree had `size` nodes; and the same for another one that is fresh.
  Branch copy(std::uint32_t node, std::size_t size) const;
  void paste(std::uint32_t node, const Branch& branch);
  // The nodes made since the tree had `size` nodes, which hang on no older one, with numbers counted from there; and the
  // same again.
  std::vector<Node> copy_since(std::size_t size, std::size_t instances) const;
  void paste_apart(const std::vector<Node>& nodes, std::uint32_t instances);
  // Something in the node is about to change: what was known of it, and of all that it is in, is so no more.
  void unsettle(std::uint32_t node) {
    for (; node != kNone && nodes_[node].settled; node = nodes_[node].parent) {
      nodes_[node].settled = false;
      nodes_[node].piece = kNone;
    }
  }
  // A text or a reference somewhere below.
  bool has_content(std::uint32_t node) const;

  NumberTable& numbers() { return numbers_; }

 private:
  std::uint32_t make(std::uint32_t parent, const Step& step, bool container);
  void insert(std::uint32_t parent, std::uint32_t node);

  std::vector<Node> nodes_;
  NumberTable numbers_;
};

}  // namespace yilian::mapping
