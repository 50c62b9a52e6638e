// What the expressions of rules read from the message.

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/hl7v2/escape.h"
#include "engine/mapping/add_time.h"
#include "engine/mapping/run.h"

namespace yilian::mapping {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
bool compares(Expr::Compare compare, const T& a, const T& b) {
  switch (compare) {
    case Expr::Compare::equal:
      return a == b;
    case Expr::Compare::differs:
      return a != b;
    case Expr::Compare::less:
      return a < b;
    case Expr::Compare::at_most:
      return a <= b;
    case Expr::Compare::more:
      return a > b;
    case Expr::Compare::at_least:
      return a >= b;
  }
  return false;
}

// Codes differ in their first letter more often than not.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || (a.front() == b.front() && a == b));
}

std::string_view count_text(std::size_t count, fhir::Arena& arena) {
  constexpr std::string_view kSmall = "0123456789";
  return count < kSmall.size() ? kSmall.substr(count, 1) : arena.copy(std::to_string(count));
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

bool Run::find_truth(std::uint32_t index, const Scope& scope) {
  const Expr& expr = program_.exprs[index];
  switch (expr.op) {
    case Expr::Op::compare:
      return compare(expr, scope);
    case Expr::Op::among: {
      const std::string_view text = evaluate(argument(expr, 0), scope);
      for (std::uint32_t i = 1; i < expr.count; ++i) {
        const Expr& item = program_.exprs[argument(expr, i)];
        if (same(item.op == Expr::Op::literal ? item.text : evaluate(argument(expr, i), scope), text)) return true;
      }
      return false;
    }
    case Expr::Op::matches:
      return matches(expr.index, evaluate(argument(expr, 0), scope));
    case Expr::Op::selector:
      return valued(select(program_.selectors[expr.index], scope).raw);
    case Expr::Op::exists:
      return resolve(scope.segment, static_cast<std::uint16_t>(expr.index)) != kNone;
    case Expr::Op::made:
      for (std::uint32_t i = 0; i < map_.declared.size(); ++i) {
        if (map_.declared[i].name == expr.text) return find_instance(i, scope.segment) != kNone;
      }
      return false;
    case Expr::Op::count:
    case Expr::Op::count_segments:
    case Expr::Op::length:
      return evaluate(index, scope) != "0";
    default:
      return !evaluate(index, scope).empty();
  }
}

bool Run::matches(std::uint32_t pattern, std::string_view text) {
  const auto ask = [&] {
    const re2::StringPiece whole(text.data(), text.size());
    return program_.patterns[pattern]->Match(whole, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
  };
  if (!Matches::fits(pattern, text)) return ask();
  const Matches::Key key(program_.serial, pattern, text);
  if (const auto known = s_.matches.find(key)) return *known;
  const bool holds = ask();
  s_.matches.keep(key, holds);
  return holds;
}

bool Run::compare(const Expr& expr, const Scope& scope) {
  const Expr& right = program_.exprs[argument(expr, 1)];
  const Expr& left = program_.exprs[argument(expr, 0)];
  if (left.op == Expr::Op::count && right.is_number)
    return compares(expr.compare, static_cast<double>(count(left, scope)), right.number);
  const std::string_view a = evaluate(argument(expr, 0), scope);
  const std::string_view b = right.op == Expr::Op::literal ? right.text : evaluate(argument(expr, 1), scope);
  const bool word = right.op == Expr::Op::literal && !right.is_number;
  if (expr.compare == Expr::Compare::equal && (word || same(a, b))) return same(a, b);
  const auto y = right.op == Expr::Op::literal ? (right.is_number ? std::optional<double>(right.number) : std::nullopt)
                                               : number(b);
  const auto x = y ? number(a) : std::nullopt;
  return x && y ? compares(expr.compare, *x, *y) : compares(expr.compare, a, b);
}

std::string_view Run::evaluate(std::uint32_t index, const Scope& scope) {
  const Expr& expr = program_.exprs[index];
  switch (expr.op) {
    case Expr::Op::selector:
      return selected(expr.index, scope);
    case Expr::Op::literal:
      return expr.text;
    case Expr::Op::coalesce:
      for (std::uint32_t i = 0; i < expr.count; ++i) {
        if (const auto text = evaluate(argument(expr, i), scope); !text.empty()) return text;
      }
      return {};
    case Expr::Op::pick:
      return pick(expr, scope);
    case Expr::Op::script:
      return call_script(expr, scope);
    case Expr::Op::version:
      return message_.version();
    case Expr::Op::feed:
      return context_.feed;
    case Expr::Op::hospital:
      return context_.hospital;
    case Expr::Op::count:
    case Expr::Op::count_segments:
    case Expr::Op::length:
    case Expr::Op::upper:
    case Expr::Op::trim:
    case Expr::Op::digits:
    case Expr::Op::concat:
    case Expr::Op::match:
    case Expr::Op::table:
    case Expr::Op::system:
    case Expr::Op::plus:
      return evaluate_function(expr, scope);
    default:
      return truth(index, scope) ? "true" : "";
  }
}

std::string_view Run::selected(std::uint32_t index, const Scope& scope) {
  const Selector& selector = program_.selectors[index];
  if (selector.base == Selector::Base::value || scope.bound != nullptr || context_.trace) {
    const Part part = select(selector, scope);
    return context_.trace ? read_source(part, selector.read) : text_of(part, selector.read);
  }
  const std::uint32_t segment = resolve(scope.segment, selector.segment);
  if (segment == kNone) return {};
  auto& known = s_.texts[index];
  if (known.segment != segment || known.when != s_.message)
    known = {s_.message, segment, text_of(select(selector, scope), selector.read)};
  return known.what;
}

std::uint32_t Run::count(const Expr& expr, const Scope& scope) {
  const Selector& selector = program_.selectors[expr.index];
  if (selector.base == Selector::Base::value) return valued(select(selector, scope).raw) ? 1 : 0;
  const std::uint32_t segment = resolve(scope.segment, selector.segment);
  if (segment == kNone) return 0;
  // A rule that runs once a repetition asks this once a repetition.
  if (segment != counted_segment_ || selector.field != counted_field_) {
    counted_segment_ = segment;
    counted_field_ = selector.field;
    counted_ =
        static_cast<std::uint32_t>(hl7v2::repetition_count(message_.field(segment, selector.field), delimiters_));
  }
  return counted_;
}

std::string_view Run::evaluate_function(const Expr& expr, const Scope& scope) {
  if (expr.op == Expr::Op::count_segments)
    return count_text(s_.index.count(scope.segment, static_cast<std::uint16_t>(expr.index)), *arena_);
  if (expr.op == Expr::Op::count) return count_text(count(expr, scope), *arena_);
  const std::string_view text = evaluate(argument(expr, 0), scope);
  switch (expr.op) {
    case Expr::Op::length:
      return count_text(characters(text), *arena_);
    case Expr::Op::trim:
      return trimmed(text);
    case Expr::Op::upper: {
      std::string out(text);
      std::transform(out.begin(), out.end(), out.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
      return arena_->copy(out);
    }
    case Expr::Op::digits: {
      std::string out;
      std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
      return arena_->copy(out);
    }
    case Expr::Op::concat: {
      std::string out(text);
      for (std::uint32_t i = 1; i < expr.count; ++i) out += evaluate(argument(expr, i), scope);
      return arena_->copy(out);
    }
    case Expr::Op::match: {
      const re2::RE2& pattern = *program_.patterns[expr.index];
      re2::StringPiece found[2];
      const int groups = pattern.NumberOfCapturingGroups() > 0 ? 2 : 1;
      const re2::StringPiece whole(text.data(), text.size());
      if (!pattern.Match(whole, 0, text.size(), re2::RE2::UNANCHORED, found, groups)) return {};
      return trimmed({found[groups - 1].data(), found[groups - 1].size()});
    }
    case Expr::Op::table: {
      const Table& table = program_.tables[expr.index];
      const std::uint32_t entry = table.find(text);
      return entry == kNone ? std::string_view() : std::string_view(table.codings[entry].code);
    }
    case Expr::Op::plus: {
      const auto made = later(text, evaluate(argument(expr, 1), scope), evaluate(argument(expr, 2), scope));
      return made ? arena_->copy(*made) : std::string_view();
    }
    case Expr::Op::system:
      return program_.systems.of_name(text, context_.hospital, *arena_);
    default:
      return {};
  }
}

std::string_view Run::authority(std::string_view hd, char separator) {
  const auto part = [&](std::size_t n) {
    std::string_view rest = hd;
    for (std::size_t i = 1; i < n; ++i) {
      const auto at = rest.find(separator);
      if (at == std::string_view::npos) return std::string_view();
      rest.remove_prefix(at + 1);
    }
    return decoded(rest.substr(0, rest.find(separator)));
  };
  return program_.systems.of_authority(part(1), part(2), part(3), context_.hospital, *arena_);
}

// The repetition whose type is the first listed one that is there, as `value|authority`; a bar or backslash in them
// keeps its place by a backslash.
std::string_view Run::pick(const Expr& expr, const Scope& scope) {
  const Selector& selector = program_.selectors[expr.index];
  const std::uint32_t segment = resolve(scope.segment, selector.segment);
  if (segment == kNone) return {};
  if (picked_expr_ == &expr && picked_segment_ == segment) return picked_;
  picked_expr_ = &expr;
  picked_segment_ = segment;
  picked_ = {};
  std::string_view best;
  std::uint32_t best_rank = kNone;
  std::string_view rest = message_.field(segment, selector.field);
  while (!rest.empty() && best_rank != 0) {
    const auto end = rest.find(delimiters_.repetition);
    const std::string_view repetition = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (decoded(hl7v2::component(repetition, 1, delimiters_)).empty()) continue;
    const std::string_view type = decoded(hl7v2::component(repetition, 5, delimiters_));
    std::uint32_t rank = expr.pick_first ? expr.count : kNone;
    for (std::uint32_t i = 0; i < expr.count; ++i) {
      if (program_.exprs[argument(expr, i)].text == type) rank = std::min(rank, i);
    }
    if (rank < best_rank) {
      best_rank = rank;
      best = repetition;
    }
  }
  if (best_rank == kNone) return {};
  if (context_.trace) use_picked(segment, selector.field, best);
  std::string out;
  const auto add = [&out](std::string_view text) {
    for (const char c : text) {
      if (c == '|' || c == '\\') out += '\\';
      out += c;
    }
  };
  add(decoded(hl7v2::component(best, 1, delimiters_)));
  out += '|';
  add(authority(hl7v2::component(best, 4, delimiters_), delimiters_.subcomponent));
  return picked_ = arena_->copy(out);
}

std::string_view Run::pieces(const Rule& rule, const Scope& scope) {
  std::string out;
  bool any = false, gap = false;
  for (std::uint32_t i = rule.first_piece; i < rule.first_piece + rule.pieces; ++i) {
    const Piece& piece = program_.pieces[i];
    if (piece.expr != kNone) {
      const auto text = evaluate(piece.expr, scope);
      any = any || !text.empty();
      gap = gap || text.empty();
      out += text;
      continue;
    }
    std::string_view text = piece.text;
    if (gap && (out.empty() || out.back() == ' ')) {
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    }
    gap = false;
    out += text;
  }
  return any ? trimmed(arena_->copy(out)) : std::string_view();
}

}  // namespace yilian::mapping
