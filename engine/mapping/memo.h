#pragma once
// What datatype maps made of values, kept by a thread from message to message. A feed says the same codes, units, flags,
// wards and doctors all day: what a map made of one is copied instead of made again.
//
// Only what depends on the value, and on the fields that its map names, is kept, of maps that did nothing but build below
// their target. Explanations need the way and not only its end: a traced run keeps and takes nothing.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/hl7v2/message.h"
#include "engine/mapping/build_tree.h"
#include "engine/mapping/instance.h"
#include "engine/mapping/mapping.h"

namespace yilian::mapping {

// A resource that a value made, with those that it names in turn. All numbers are counted from its first node and its
// first resource; a referrer kNone is the reference that it stands behind.
struct Family {
  std::vector<Node> nodes;
  std::vector<Instance> instances;
  std::vector<std::uint32_t> references;  // that rules made, in it
};

class Memo {
 public:
  static constexpr std::size_t kLongestValue = 512;  // longer texts hardly come twice
  static constexpr std::size_t kMostBytes = 4u << 20;
  static constexpr std::size_t kMostSettings = 64;

  // What a value means hangs on the mapping, on who sent it and on the message's delimiters.
  void begin(const Program& program, const Context& context, const hl7v2::Delimiters& delimiters);
  // Of all that, a number; no other setting of the thread ever has it.
  std::uint64_t setting() const { return epoch_ << 32 | setting_; }

  struct Key {
    std::uint32_t setting;  // filled in by the memo
    std::uint32_t maker;    // a map, or what else builds
    std::uint32_t level;    // whether the value is cut at components or at subcomponents, and what kind of maker it is
    std::string_view value;
    bool operator==(const Key&) const = default;
  };
  // nullptr when nothing is kept.
  const Branch* find(Key key) const;
  // Whether it was asked for some times not long ago, this one included, and is to be kept: numbers of orders, patients
  // and visits pass by a few times, and are not worth the room.
  bool comes_again(Key key);
  void keep(Key key, Branch branch);
  const Family* find_family(Key key) const;
  void keep_family(Key key, Family family);
  // The JSON of a piece, which is an element of what is kept: sealed. nullptr when it was not made yet.
  const fhir::Json* form(std::uint32_t piece) const { return forms_[piece].is_null() ? nullptr : &forms_[piece]; }
  void keep_form(std::uint32_t piece, const fhir::Json& json);
  std::shared_ptr<const fhir::Arena> arena() const { return arena_; }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct Setting {
    std::uint64_t program;
    std::string hospital, feed, zone;
    hl7v2::Delimiters delimiters;
  };
  void forget();

  std::vector<Setting> settings_;
  std::uint32_t setting_ = 0;
  std::uint64_t epoch_ = 0;  // how often the settings were forgotten
  std::string_view own(std::string_view text);
  void add_piece(Node& node);

  static constexpr std::size_t kRemembered = 8192;
  static constexpr std::uint32_t kWanted = 3;  // times
  std::vector<std::uint32_t> asked_ = std::vector<std::uint32_t>(kRemembered);  // parts of hashes, at places by others
  std::unordered_map<Key, Branch, Hash> branches_;  // their texts and keys are in the arena
  std::unordered_map<Key, Family, Hash> families_;
  std::vector<fhir::Json> forms_;               // by piece; they are in the arena
  std::shared_ptr<fhir::Arena> arena_;          // of the thread; who took forms from it holds it as well
  std::size_t bytes_ = 0;
};

}  // namespace yilian::mapping
