#pragma once
// What can be told of conditions by looking at them alone: that one can never hold, that one holds wherever another
// does, that two never hold together. Told is only what is sure.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/mapping/expression.h"

namespace yilian::mapping {

class ConditionLogic {
 public:
  // `datatype`: of a datatype map, the type whose value `.` stands for; else empty.
  explicit ConditionLogic(std::string datatype = {}) : datatype_(std::move(datatype)) {}

  // Whether it may hold for some message: false when surely not; nothing when it is too long to tell.
  std::optional<bool> possible(const Expression& condition);
  // Sure, or false.
  bool implies(const Expression& one, const Expression& other);
  bool equal(const Expression& one, const Expression& other) { return implies(one, other) && implies(other, one); }

  // Whether a reader sees that they never hold together. Two patterns for one operand are taken for that: they are
  // written to tell values apart, and whether they do cannot be seen.
  bool apart(const Expression& one, const Expression& other);

  static Expression always();
  static Expression both(Expression one, Expression other);
  static Expression negation(Expression one);

 private:
  // One thing that is said of an operand.
  struct Fact {
    enum class Kind {
      valued,
      equal,    // is one of `values`
      matches,  // values[0]
      number,   // lies in [low, high]
      opaque,   // some relation that is only known by its text
    } kind;
    bool holds;
    std::string key;  // the operand
    std::vector<std::string> values;
    double low = 0, high = 0;
  };
  using Facts = std::vector<Fact>;
  struct State;

  // The ways in which it holds (or does not), each a list of facts. False when there are too many.
  bool expand(const Expression& condition, bool holds, std::vector<Facts>& out);
  bool expand_all(const Expression& condition, bool holds, std::vector<Facts>& out);
  bool expand_any(const Expression& condition, bool holds, std::vector<Facts>& out);
  Fact compared(const Expression& condition, bool holds);
  Fact valued(const Expression& operand, bool holds);
  std::string key(const Expression& operand);
  bool consistent(const Facts& facts);
  bool settle(std::map<std::string, State>& states);

  bool patterns_part_ = false;
  std::string datatype_;
  std::map<std::string, std::string> within_;  // an operand, and the one that is valued wherever it is
};

}  // namespace yilian::mapping
