#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/settings.h"
#include "engine/hl7v2/batch.h"
#include "engine/hl7v2/message.h"
#include "engine/mapping/difference.h"

namespace yilian::daemon {
namespace {

namespace fs = std::filesystem;
using mapping::Difference;

// The folder itself, or the one above it.
std::string rules_below(const std::string& folder) { return fs::is_directory(folder + "/hl7v2") ? folder + "/hl7v2" : folder; }

std::string folder_or_default(const std::string& folder) { return folder.empty() ? default_mappings() : rules_below(folder); }

std::shared_ptr<const mapping::Mapping> compiled(const std::string& folder) {
  auto library = mapping::Library::load(folder);
  if (!library) {
    tell(library.error());
    return nullptr;
  }
  auto made = library->compile(config::Node());
  if (!made) {
    tell(made.error());
    return nullptr;
  }
  return *made;
}

// Files as they are given; of folders all that is in them, in the order of the names.
std::vector<std::string> files_of(const std::vector<std::string>& given) {
  std::vector<std::string> out;
  for (const std::string& each : given) {
    if (!fs::is_directory(each)) {
      out.push_back(each);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::recursive_directory_iterator(each)) {
      if (entry.is_regular_file()) inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

void print(const Difference& difference) {
  const std::string where = difference.resource + (difference.element.empty() ? "" : " " + difference.element);
  switch (difference.kind) {
    case Difference::Kind::added:
      std::printf("  + %s %s\n", where.c_str(), difference.after.c_str());
      break;
    case Difference::Kind::removed:
      std::printf("  - %s %s\n", where.c_str(), difference.before.c_str());
      break;
    case Difference::Kind::changed:
      std::printf("  ~ %s %s -> %s\n", where.c_str(), difference.before.c_str(), difference.after.c_str());
      break;
  }
}

class Diff {
 public:
  Diff(const mapping::Mapping& before, const mapping::Mapping& after) : before_(before), after_(after) {
    context_.hospital = "local";
    context_.feed = "diff";
    context_.space = Uuid::named(root_space(), context_.hospital);
  }

  void add(const std::string& place, std::string_view raw) {
    ++messages_;
    const auto read = hl7v2::read(raw, std::nullopt);
    if (!read) {
      ++unread_;
      return;
    }
    const auto before = before_.run(read->message, context_), after = after_.run(read->message, context_);
    const std::string what = place + " (" + std::string(read->message.type()) + "^" + std::string(read->message.event()) + ")";
    if (before && after) {
      const auto found = mapping::differences(*before, *after);
      if (found.empty()) return;
      ++differ_;
      std::printf("%s\n", what.c_str());
      for (const Difference& difference : found) print(difference);
    } else if (before || after) {
      ++(after ? newly_ : no_longer_);
      std::printf("%s\n  %s%s\n", what.c_str(), after ? "converted now; before: " : "no longer converted: ",
                  (after ? before : after).error().line().c_str());
    } else if (before.error().line() != after.error().line()) {
      ++differ_;
      std::printf("%s\n  refused before: %s\n  refused now: %s\n", what.c_str(), before.error().line().c_str(), after.error().line().c_str());
    }
  }

  bool same() const { return differ_ + newly_ + no_longer_ == 0; }
  void sum_up() const {
    std::printf("%zu messages: %zu differ, %zu are no longer converted, %zu are converted now, %zu the same", messages_, differ_, no_longer_, newly_,
                messages_ - differ_ - no_longer_ - newly_ - unread_);
    if (unread_ > 0) std::printf(", %zu cannot be read", unread_);
    std::printf("\n");
  }

 private:
  const mapping::Mapping& before_;
  const mapping::Mapping& after_;
  mapping::Context context_;
  std::size_t messages_ = 0, unread_ = 0, differ_ = 0, newly_ = 0, no_longer_ = 0;
};

}  // namespace

int map_check(const std::string& folder) {
  const std::string from = folder_or_default(folder);
  if (compiled(from) == nullptr) return 1;
  std::printf("%s: every rule is right.\n", from.c_str());
  return 0;
}

int map_test(const std::string& folder) {
  const std::string from = folder_or_default(folder);
  const auto library = mapping::Library::load(from);
  if (!library) {
    tell(library.error());
    return 1;
  }
  const auto failures = library->run_tests();
  tell(failures);
  const std::size_t all = library->tests();
  std::printf("%zu passed, %zu failed\n", all - std::min(all, failures.size()), failures.size());
  return failures.empty() ? 0 : 1;
}

int map_diff(const std::string& before, const std::string& after, const std::vector<std::string>& files) {
  const auto old_mapping = compiled(rules_below(before)), new_mapping = compiled(rules_below(after));
  if (old_mapping == nullptr || new_mapping == nullptr) return 2;
  Diff diff(*old_mapping, *new_mapping);
  bool all = true;
  for (const std::string& file : files_of(files)) {
    const auto raw = read_whole(file);
    if (!raw) {
      tell({raw.error()});
      all = false;
      continue;
    }
    const hl7v2::Batch batch = hl7v2::split(*raw);
    for (std::size_t i = 0; i < batch.messages.size(); ++i) diff.add(file + " message " + std::to_string(i + 1), batch.messages[i]);
  }
  diff.sum_up();
  return !all ? 2 : diff.same() ? 0 : 1;
}

}  // namespace yilian::daemon
