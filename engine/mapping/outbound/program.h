#pragma once
// The compiled form of the rules for one receiver.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/mapping/outbound/expression.h"
#include "engine/mapping/outbound/profile.h"
#include "engine/mapping/outbound/tables.h"
#include "engine/hl7v2/versions.h"

namespace yilian::mapping::outbound {

struct Map;

// Where a rule writes. In a segment map a field; in a datatype map a component of whatever the map is applied to.
struct Spot {
  unsigned field = 0, component = 0, subcomponent = 0;  // 0: the whole
};

struct Rule {
  std::string id, place;  // "PID[Patient]#3", "segments/PID[Patient].yaml:7"
  Spot to;
  bool repeats = false;   // the field may repeat: one repetition for each item
  std::optional<Expression> when, from;
  std::optional<Path> told;  // no writing: what other parts of the message say already
  const Map* as = nullptr;
  const Table* table = nullptr;
  std::optional<std::string> value, otherwise, join;
  std::string split;      // a text is cut here, a repetition for each part
  bool first = false;     // only the first item
};

struct Map {
  std::string name, type;  // "CX[Identifier]", "CX"
  bool segment = false;
  const fhir::Type* source = nullptr;
  std::vector<Rule> rules;
};

struct Fill {
  std::optional<Path> of;
  const Map* map = nullptr;
};

struct Row {
  std::string segment;  // empty: a group
  bool each = false;    // `over` gives an occurrence for each item; else its first item is what the row is about
  bool always = false;  // written also when nothing but literals stands in it
  bool again = false;   // a group within its own: its next occurrence, numbered on
  bool number = false;  // field 1 is a set id
  std::optional<Path> over;
  std::optional<Expression> when;
  std::vector<std::pair<std::string, Path>> with;
  std::vector<Fill> fills;
  std::vector<Row> rows;
};

struct Event {
  std::string type;  // "ORU^R01"
  std::optional<Expression> when;
  bool asked = false;  // only when it is asked for by name
};

struct MessageMap {
  std::string name, structure;
  int rank = 0;
  bool alone = false;  // only where the resources ask for no other message
  const fhir::Type* focus = nullptr;
  std::optional<Path> by;  // those of one go into one message
  std::vector<Event> events;
  std::vector<Row> rows;
  std::vector<std::pair<std::string, unsigned>> needs;  // segment, field
};

struct Program {
  Profile profile;
  hl7v2::Version version{"2.5.1"};
  std::map<std::string, Table> tables;
  std::map<std::string, std::unique_ptr<Map>> maps;
  std::vector<MessageMap> messages;  // by rank
};

// Nothing when there are problems; all of them are added to `issues`.
std::unique_ptr<Program> compile_program(const Sources& sources, const config::Node& profile, std::vector<Issue>& issues);

}  // namespace yilian::mapping::outbound
