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
#include "engine/mapping/json_form.h"
#include "engine/mapping/mapping.h"

namespace yilian::mapping {

class Memo {
 public:
  static constexpr std::size_t kLongestValue = 256;  // longer texts hardly come twice
  static constexpr std::size_t kMostBytes = 4u << 20;
  static constexpr std::size_t kMostSettings = 64;

  // What a value means hangs on the mapping, on who sent it and on the message's delimiters.
  void begin(const Program& program, const Context& context, const hl7v2::Delimiters& delimiters);
  // Of all that, a number; no other setting of the thread ever has it.
  std::uint64_t setting() const { return epoch_ << 32 | setting_; }

  struct Key {
    std::uint32_t setting;  // filled in by the memo
    std::uint32_t maker;    // a map, or a rule that does more than to apply one
    std::uint32_t level;    // whether the value is cut at components or at subcomponents
    std::string_view value;
    bool operator==(const Key&) const = default;
  };
  // nullptr when nothing is kept.
  const Branch* find(Key key) const;
  void keep(Key key, Branch branch);
  // The JSON of a piece, which is an element of a kept branch; nullptr when it was not made yet.
  const JsonForm* form(std::uint32_t piece) const { return forms_[piece].empty() ? nullptr : &forms_[piece]; }
  void keep_form(std::uint32_t piece, const fhir::Json& json);

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
  std::unordered_map<Key, Branch, Hash> branches_;  // their texts and keys are in the arena
  std::vector<JsonForm> forms_;                 // by piece
  std::unique_ptr<fhir::Arena> arena_;
  std::size_t bytes_ = 0;
};

}  // namespace yilian::mapping
