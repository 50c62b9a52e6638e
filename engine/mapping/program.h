#pragma once
// The compiled form of a mapping: numbers and pointers, nothing of the rules' text but names for explanations.
// Immutable once made.

#include <re2/re2.h>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhirpath/expression.h"
#include "engine/hl7v2/grammar.h"
#include "engine/mapping/convert.h"
#include "engine/mapping/flat_map.h"
#include "engine/mapping/systems.h"
#include "engine/script/script.h"

namespace yilian::mapping {

inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

// A field, a component or a subcomponent: of a segment, or of the value that a datatype map is applied to. Zero: the
// whole.
struct Selector {
  enum class Base : std::uint8_t { segment, value } base = Base::value;
  enum class Read : std::uint8_t { whole, first, by_obx2 } read = Read::whole;  // how a composite is read as text
  std::uint16_t segment = 0;  // number of the segment id in the program
  std::uint16_t field = 0, component = 0, subcomponent = 0;
};

struct Expr {
  enum class Op : std::uint8_t {
    compare,
    among,
    matches,
    selector,
    exists,
    literal,
    coalesce,
    count,
    count_segments,
    length,
    upper,
    trim,
    digits,
    concat,
    match,
    pick,
    made,
    version,
    feed,
    hospital,
    table,
    system,
    plus,
    script,
  } op = Op::literal;
  enum class Compare : std::uint8_t { equal, differs, less, at_most, more, at_least } compare = Compare::equal;
  bool pick_first = false;
  bool steady = false;  // reads segments only: its truth is the same for all rules that run for one segment
  bool of_one = false;  // reads the fields of one segment only, `segment`: the same for all who look at that one
  std::uint16_t segment = 0;
  std::uint64_t fields = 0;            // that it reads, a bit for each; bit 0: some from the 64th on
  std::uint32_t first = 0, count = 0;  // arguments, in Program::arguments
  std::uint32_t index = kNone;  // of a selector, a pattern, a table, a declared resource (by name), a segment id, or a script's function
  std::string_view text;        // literal
  double number = 0;
  bool is_number = false;  // the literal reads as one
};

// One question of a condition, and where it goes on by the answer: conditions are ways through these, without `and`, `or`
// and `not`.
struct Test {
  static constexpr std::uint32_t kHolds = kNone - 1, kFails = kNone - 2;  // ends of the way
  std::uint32_t expr;
  std::uint32_t yes, no;
};

struct RequiredElements {
  std::vector<std::uint16_t> orders;
};

// One step of a target path.
struct Step {
  enum class Kind : std::uint8_t { root, element, enter } kind = Kind::element;
  bool list = false;
  bool repeats = false;  // the field's repetition chooses the item here
  bool common = false;   // the item is shared by all maps that fill the resource
  bool keyed = false;    // enter: some rule of the map may give the resource its key
  bool shared = false;   // enter: more than one rule writes to the resource
  Primitive primitive = Primitive::none;
  std::uint16_t order = 0;
  std::uint32_t slot = kNone;  // label within the map, unique in the program
  const fhir::Element* element = nullptr;
  const fhir::Type* type = nullptr;
  std::string_view name;  // JSON member
  const RequiredElements* required = nullptr;
};

struct Piece {  // of a template
  std::string_view text;
  std::uint32_t expr = kNone;
};

struct RuleInfo {
  std::string id, place;
};

struct Rule {
  enum class Source : std::uint8_t { none, selector, expression } source = Source::none;
  enum class Action : std::uint8_t { text, literal, pieces, block, coded, refuse } action = Action::text;
  enum class Via : std::uint8_t { plain, system, base64, hex } via = Via::plain;
  enum class Only : std::uint8_t { all, first, last, number } only = Only::all;
  bool joined = false;
  bool this_target = false;  // `$this`
  std::uint8_t guard = 0;    // field of the map's own segment, or component of its value, without which nothing happens
  bool repeats = false;      // each repetition of the field has a place of its own
  std::uint16_t only_number = 0;
  std::uint32_t when = kNone;       // a condition on other fields than the rule's own
  std::uint32_t when_each = kNone;  // one that reads the own field: it is asked of each repetition
  std::uint32_t index = kNone;      // selector or expression
  std::uint32_t first_step = 0, steps = 0;
  std::uint32_t block = kNone, table = kNone;
  std::uint32_t first_piece = 0, pieces = 0;
  std::uint32_t info = kNone;
  bool one_concept = false;           // the target is a CodeableConcept that is no list: the first that writes it wins
  std::uint32_t coding_step = kNone;  // coded: the `coding` step; kNone for a Coding
  std::string_view literal, otherwise, join;
  bool has_otherwise = false;
};

struct Key {
  std::vector<std::vector<std::uint32_t>> alternatives;  // expressions
};

struct Default {
  std::uint16_t order;  // the element of the resource that must be absent
  Rule rule;
};

// A set of elements of one type, by their order.
class Orders {
 public:
  void add(std::uint16_t order) { bits_ |= order < 63 ? std::uint64_t{1} << order : kLate; }
  void add(const Orders& other) { bits_ |= other.bits_; }
  bool has(std::uint16_t order) const { return (bits_ >> (order < 63 ? order : 63) & 1) != 0; }
  bool meets(const Orders& other) const { return (bits_ & other.bits_) != 0; }

 private:
  static constexpr std::uint64_t kLate = std::uint64_t{1} << 63;  // some element from the 63rd on
  std::uint64_t bits_ = 0;
};

struct Input {
  std::uint16_t segment = 0, field = 0;  // field 0: whether the segment is there
  bool recurring = false;  // the field's type is one of codes and short texts: its values come again and again
  bool operator==(const Input&) const = default;
};

// What a map, or a rule of a segment map, depends on and does.
struct Nature {
  std::vector<Input> inputs;  // fields of the message that it reads besides its value
  bool steady = true;         // depends on its value and its inputs alone
  bool closed = true;         // builds below its target only, under labels of its own,
  bool enters = false;        // and in resources that it makes there
  Orders touches;             // elements of its target that it may write to
  bool pure() const { return steady && inputs.empty(); }
  bool repeatable() const { return steady && closed; }
  void reads(Input input);
  void add(const Nature& other);  // all but what it touches
};

// A segment or a datatype map.
struct Block {
  std::string name;
  std::uint32_t number = 0;  // in the program
  const fhir::Type* target = nullptr;
  Primitive primitive = Primitive::none;
  Nature nature;
  std::vector<Rule> rules;
  std::vector<Nature> natures;  // of the rules, of a segment map
  // Of a segment map: its segment, and those few of its fields whose codes decide on many rules (OBX-2).
  std::uint16_t segment = 0;
  std::vector<std::uint16_t> deciders;
  Key key;
  std::vector<Default> defaults;
};

struct Coding {
  std::string code, display, system;
};

struct Table {
  std::string name, to;
  bool replace = false;
  std::vector<Coding> codings;
  FlatMap exact, folded;
  // The entry's number, or kAbsent.
  std::uint32_t find(std::string_view code) const;
};

// A condition in FHIRPath on a resource that has been made.
struct MadeCondition {
  std::shared_ptr<const fhirpath::Expression> expression;
  std::string_view reason;    // why the message is refused; empty: the resource is left out where it does not hold
  bool refuses_when = false;  // the answer that refuses it
  std::uint32_t info = kNone;
};

struct Declared {
  enum class Per : std::uint8_t { message, group, segment } per = Per::message;
  std::string name;  // "Observation[2]"
  const fhir::Type* type = nullptr;
  Step root;
  std::uint32_t path = 0;  // group path of `per`, or that encloses its segment
  std::uint16_t segment = 0;
  std::uint32_t when = kNone;
  std::vector<Key> keys;
  std::vector<Default> defaults;
  std::vector<MadeCondition> made;
  bool numbered = false;  // a second one of the same key in a message is another resource
  bool placeholder = false, owned = false, mentioned = false, needed = false;
};

struct Link {
  std::uint32_t from, to;  // declared resources
  std::uint32_t first_step, steps;
};

struct Row {
  std::uint16_t segment = 0;
  std::uint32_t path = 0;     // kNone: wherever the segment stands
  std::uint32_t ordinal = 0;  // among the rows of its segment
  std::uint32_t when = kNone, declared = kNone, block = kNone;
  std::uint32_t first_step = 0, steps = 0;  // below the instance
  std::vector<Link> links;
  std::vector<std::pair<std::uint32_t, Rule>> sets;
  std::vector<std::string> clears;
  std::string_view refuse;  // why the message is refused where this row runs; empty: it is not
  std::uint32_t info = kNone;
  bool identifies = false;  // the segment itself says which resource it tells of: its map has the key
  bool single = false;      // the structure has one such place in a message: no group around it repeats
};

// The rows of a message map that segments of one id can feed, in order.
struct SegmentRows {
  std::uint32_t number = 0;  // in the program
  std::vector<std::uint32_t> whens;
  std::vector<std::uint16_t> deciders;  // as a block's
};

struct GroupPath {
  std::string_view name;
  std::uint32_t parent, depth;
  std::vector<std::uint32_t> children;
  const hl7v2::Particle* particle;
};

struct MessageProgram {
  std::string name;
  const hl7v2::Particle* structure = nullptr;
  std::vector<GroupPath> paths;  // 0 is the root
  std::vector<std::string> types;
  std::vector<std::uint32_t> event_time;  // selectors
  std::vector<std::string> owns, mentions;
  std::vector<Declared> declared;
  bool asks_made = false;  // some of them have conditions on what was made
  std::vector<Row> rows;
  std::map<std::uint16_t, SegmentRows> by_segment;
  std::map<std::uint16_t, std::vector<std::uint32_t>> places;  // paths that rows name, by segment
};

// Segment ids packed into an integer, to their numbers in the program.
class SegmentIds {
 public:
  static std::uint32_t packed(std::string_view id) {
    return id.size() != 3 ? 0
                          : static_cast<std::uint32_t>(static_cast<unsigned char>(id[0])) << 16 |
                                static_cast<std::uint32_t>(static_cast<unsigned char>(id[1])) << 8 |
                                static_cast<unsigned char>(id[2]);
  }
  static constexpr std::uint16_t kUnknown = 0;
  static constexpr std::size_t kMost = 1024;
  std::uint16_t add(std::string_view id);
  std::uint16_t find(std::string_view id) const {
    const std::uint32_t key = packed(id);
    for (std::size_t i = start(key);; i = (i + 1) & (kSlots - 1)) {
      if (slots_[i].number == kUnknown || slots_[i].key == key) return slots_[i].number;
    }
  }
  const std::string& name(std::uint16_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  static constexpr std::size_t kSlots = 2 * kMost;
  static std::size_t start(std::uint32_t key) { return key * 2654435761u >> 21; }
  struct Slot {
    std::uint32_t key = 0;
    std::uint16_t number = kUnknown;
  };
  std::array<Slot, kSlots> slots_{};
  std::vector<std::string> names_{std::string()};
};

struct Program {
  std::deque<std::string> texts;  // what string_views of the program point to
  std::vector<Selector> selectors;
  std::vector<Expr> exprs;
  std::vector<std::uint32_t> arguments;
  std::vector<Test> tests;  // a condition is the number of its first one
  std::vector<std::unique_ptr<re2::RE2>> patterns;
  std::vector<Step> steps;  // a path is a range in here
  std::vector<Piece> pieces;
  std::vector<RuleInfo> infos;
  std::deque<Block> blocks;
  std::vector<Table> tables;
  std::vector<MessageProgram> messages;
  std::map<std::string, std::uint32_t> by_type;       // "ADT^A01"
  std::map<std::string, std::uint32_t> by_structure;  // "ADT_A01"
  std::vector<std::string> known_types;               // "ADT", …: message types that some map serves
  SegmentIds segments;
  Systems systems;
  std::shared_ptr<const script::Script> script;  // of a hospital that has one
  std::unordered_map<const fhir::Type*, std::unique_ptr<RequiredElements>> required;
  std::uint32_t row_sets = 0;  // SegmentRows of all messages
  std::uint16_t msh = 0, obx = 0;
  // Steps of what the runner writes by itself.
  Orders coded;  // elements of a CodeableConcept or a Coding that a table writes to
  std::uint32_t reference_display = kNone, reference_identifier = kNone, coding_system = kNone, coding_code = kNone,
                coding_display = kNone, concept_coding = kNone, concept_text = kNone;
  std::uint64_t fingerprint = 0;
  std::uint64_t serial = 0;  // no other program of this process has it
};

}  // namespace yilian::mapping
