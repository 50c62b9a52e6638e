// FHIRPath 2.0, 5.6.8 to 5.6.10: texts and regular expressions.

#include <re2/re2.h>

#include <vector>

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/pattern.h"
#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {

std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern, std::string& error) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      text += pattern.substr(at++, 2);
      continue;
    }
    const std::string_view rest = pattern.substr(at);
    const bool named = rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!';
    if (named) {
      text += "(?P<";
      at += 2;
    } else {
      text += pattern[at];
    }
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(256 * 1024);
  auto made = std::make_shared<const re2::RE2>(text, options);
  if (made->ok()) return made;
  error = made->error();
  return nullptr;
}

namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

struct Matched {
  std::string_view text;
  std::shared_ptr<const re2::RE2> pattern;  // nullptr: nothing to match, or the call has failed
};

constexpr std::uint64_t kStepsOfCompiling = 5000;  // up to a millisecond

// At worst each byte of the text is held against each instruction of the pattern.
Matched charged(Call& call, Matched made) {
  const auto size = static_cast<std::uint64_t>(made.pattern->ProgramSize());
  if (!call.run.spend(made.text.size() / 16 * (1 + size / 32))) made.pattern = nullptr;
  return made;
}

Matched prepare(Call& call) {
  Matched made;
  std::string_view pattern;
  if (!call.run.single_text(call.step, call.input, made.text)) return made;
  if (!call.run.single_text(call.step, call.argument(0), pattern)) return made;
  made.pattern = call.step.pattern;
  if (made.pattern) return charged(call, std::move(made));
  if (!call.run.spend(kStepsOfCompiling)) return made;
  std::string error;
  made.pattern = compile_pattern(pattern, error);
  if (!made.pattern) {
    call.fail("The regular expression cannot be used: " + error,
              "Patterns are those of RE2: no look-ahead, no references back");
    return made;
  }
  return charged(call, std::move(made));
}

Collection matches(Call& call) {
  const Matched made = prepare(call);
  return made.pattern ? call.run.one(re2::RE2::PartialMatch(piece(made.text), *made.pattern)) : Collection();
}

Collection matches_full(Call& call) {
  const Matched made = prepare(call);
  return made.pattern ? call.run.one(re2::RE2::FullMatch(piece(made.text), *made.pattern)) : Collection();
}

// What "$1", "${1}" and "${name}" stand for, and "\$" for a "$", in the text that takes a match's place.
class Substitution {
 public:
  Substitution(const re2::RE2& pattern, std::string_view by) {
    const auto& names = pattern.NamedCapturingGroups();
    std::string plain;
    for (std::size_t at = 0; at < by.size(); ++at) {
      std::size_t size = 0;
      int group = -1;
      if (by[at] == '\\' && at + 1 < by.size() && (by[at + 1] == '$' || by[at + 1] == '\\')) {
        plain += by[++at];
        continue;
      }
      if (by[at] == '$') group = group_at(by.substr(at), names, size);
      if (group < 0 || group > pattern.NumberOfCapturingGroups()) {
        plain += by[at];
        continue;
      }
      parts_.push_back({std::exchange(plain, {}), group});
      at += size - 1;
    }
    rest_ = std::move(plain);
  }

  void put(const std::vector<re2::StringPiece>& groups, std::string& out) const {
    for (const Part& part : parts_) {
      out += part.before;
      const auto& group = groups[static_cast<std::size_t>(part.group)];
      out.append(group.data() ? group.data() : "", group.size());
    }
    out += rest_;
  }

 private:
  struct Part {
    std::string before;
    int group;
  };

  static int group_at(std::string_view text, const std::map<std::string, int>& names, std::size_t& size) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() > 1 && is_digit(text[1])) {
      size = 2;
      return text[1] - '0';
    }
    const std::size_t end = text.find('}');
    if (!text.starts_with("${") || end == std::string_view::npos) return -1;
    size = end + 1;
    const std::string name(text.substr(2, end - 2));
    if (name.size() == 1 && is_digit(name[0])) return name[0] - '0';
    const auto found = names.find(name);
    return found == names.end() ? -1 : found->second;
  }

  std::vector<Part> parts_;
  std::string rest_;
};

Collection replace_matches(Call& call) {
  const Matched made = prepare(call);
  std::string_view by;
  if (!made.pattern || !call.run.single_text(call.step, call.argument(1), by)) return {};
  if (made.pattern->pattern().empty()) return call.run.view(made.text);
  const Substitution substitution(*made.pattern, by);
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(made.pattern->NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t at = 0;
  while (at <= made.text.size() && out.size() <= call.run.context().limits.text_bytes) {
    if (!call.run.spend(4)) return {};
    const bool found = made.pattern->Match(piece(made.text), at, made.text.size(), re2::RE2::UNANCHORED, groups.data(),
                                           static_cast<int>(groups.size()));
    if (!found) break;
    const std::size_t begin = static_cast<std::size_t>(groups[0].data() - made.text.data());
    out += made.text.substr(at, begin - at);
    substitution.put(groups, out);
    at = begin + groups[0].size();
    if (groups[0].empty()) {  // one character on, or it would be found again
      std::size_t next = at + 1;
      while (next < made.text.size() && (made.text[next] & 0xC0) == 0x80) ++next;
      if (at < made.text.size()) out += made.text.substr(at, next - at);
      at = next;
    }
  }
  if (at < made.text.size()) out += made.text.substr(at);
  return call.run.text(call.step, out);
}

constexpr Function kFunctions[]{
    {"matches", 1, 1, Gives::boolean, kNever, false, matches},
    {"matchesFull", 1, 1, Gives::boolean, kNever, false, matches_full},
    {"replaceMatches", 2, 2, Gives::string, kNever, false, replace_matches},
};

}  // namespace

std::span<const Function> pattern_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
