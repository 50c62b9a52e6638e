#include "engine/script/script.h"

#include <algorithm>
#include <atomic>

#include "engine/script/state.h"
#include "engine/text/encoding.h"

namespace yilian::script {
namespace {

struct Kept {
  std::uint64_t serial;
  std::unique_ptr<State> state;
};

// The thread's states, the one used last in front.
std::vector<Kept>& kept() {
  thread_local std::vector<Kept> states;
  return states;
}

// The thread's state of the script; made when there is none.
Result<State*> state_of(const Script& script) {
  auto& states = kept();
  const auto known =
      std::find_if(states.begin(), states.end(), [&](const Kept& each) { return each.serial == script.serial(); });
  if (known != states.end()) {
    std::rotate(states.begin(), known, known + 1);
    return states.front().state.get();
  }
  auto made = std::make_unique<State>(script);
  if (auto opened = made->open(); !opened) return Failure(std::move(opened).error());
  if (states.size() == Bounds::kKeptStates) states.pop_back();
  states.insert(states.begin(), Kept{script.serial(), std::move(made)});
  return states.front().state.get();
}

}  // namespace

std::string Script::place(int line) const {
  return line > 0 ? file_ + ":" + std::to_string(first_line_ - 1 + line) : file_;
}

int Script::find(std::string_view name) const {
  const auto found = std::lower_bound(functions_.begin(), functions_.end(), name,
                                      [](const Function& each, std::string_view wanted) { return each.name < wanted; });
  return found == functions_.end() || found->name != name ? -1 : static_cast<int>(found - functions_.begin());
}

Result<std::shared_ptr<const Script>> Script::read(std::string text, std::string file, int first_line) {
  static std::atomic<std::uint64_t> scripts{0};
  const auto wrong = [&file](std::string what, std::string cure) {
    return yilian::fail(Code::bad_config, std::move(what), file, std::move(cure));
  };
  if (text.size() > Bounds::kLongestScript)
    return wrong("a script of more than " + std::to_string(Bounds::kLongestScript >> 20) + " MB",
                 "tables belong into `tables`");
  if (!text::valid_utf8(text)) return wrong("the script is no UTF-8", "save it as UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::shared_ptr<Script> script(new Script());
  script->text_ = std::move(text);
  script->file_ = std::move(file);
  script->first_line_ = first_line;
  script->serial_ = ++scripts;
  State state(*script);
  const auto told = [](Issue issue) {
    issue.code = Code::bad_config;
    return Failure(std::move(issue));
  };
  if (auto opened = state.open(); !opened) return told(std::move(opened).error());
  auto functions = state.functions();
  if (!functions) return told(std::move(functions).error());
  script->functions_ = std::move(*functions);
  if (script->functions_.empty())
    return yilian::fail(Code::bad_config, "the script makes no function", script->place(0),
                        "write: function name(value) … return text end");
  if (script->functions_.size() >= Bounds::kMostFunctions)
    return yilian::fail(Code::bad_config, "the script makes too many functions", script->place(0),
                        "write `local function` for those that no rule calls");
  std::sort(script->functions_.begin(), script->functions_.end(),
            [](const Function& a, const Function& b) { return a.name < b.name; });
  return std::shared_ptr<const Script>(std::move(script));
}

Result<std::string_view> call(const Script& script, std::size_t function, std::span<const std::string_view> arguments,
                              Allowance& allowance) {
  auto state = state_of(script);
  if (!state) return Failure(std::move(state).error());
  thread_local std::string result;
  auto done = (*state)->call(script.functions()[function], arguments, allowance, result);
  if (!(*state)->fit()) kept().erase(kept().begin());
  if (!done) return Failure(std::move(done).error());
  return std::string_view(result);
}

}  // namespace yilian::script
