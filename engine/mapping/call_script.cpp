// Calls of the hospital's script from expressions.

#include "engine/mapping/run.h"

namespace yilian::mapping {

// What goes wrong in a script is a notice, and the value is absent. It may be asked for again by another rule, which is
// then told again.
std::string_view Run::call_script(const Expr& expr, const Scope& scope) {
  std::array<std::string_view, 20> arguments;
  for (std::uint32_t i = 0; i < expr.count; ++i) arguments[i] = evaluate(argument(expr, i), scope);
  const auto result = script::call(*program_.script, expr.index, {arguments.data(), expr.count}, script_allowance_);
  if (result) return arena_->copy(*result);
  std::string place;
  for (std::uint32_t i = 0; i < expr.count && place.empty(); ++i) {
    const Expr& each = program_.exprs[argument(expr, i)];
    if (each.op == Expr::Op::selector) place = where(select(program_.selectors[each.index], scope));
  }
  note(Notice::Kind::bad_value, std::move(place), result.error().line(), scope.rule);
  return {};
}

}  // namespace yilian::mapping
