#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/mappings.h"
#include "engine/daemon/settings.h"
#include "engine/hl7v2/message.h"
#include "engine/mapping/difference.h"
#include "engine/mapping/guide.h"
#include "engine/mapping/outbound/outbound.h"

namespace yilian::daemon {
namespace {

namespace fs = std::filesystem;
using mapping::Difference;

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
  Diff(const mapping::Mapping& before, const mapping::Mapping& after) : before_(before), after_(after) {}

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
  const mapping::Context context_ = plain_context("diff");
  std::size_t messages_ = 0, unread_ = 0, differ_ = 0, newly_ = 0, no_longer_ = 0;
};

// Codes that the guide's concept maps have, and our table of that name neither has nor leaves out with a reason.
void add_unmapped_codes(const std::string& folder, const mapping::Library& library, std::vector<Issue>& out) {
  if (!fs::exists(folder + "/guide.tsv")) return;  // rules of one's own need not follow it
  const auto coverage = mapping::guide_coverage(folder, library);
  if (!coverage) return out.push_back(coverage.error());
  for (const auto& row : coverage->rows) {
    if (row.kind != "table" || row.state != mapping::GuideRow::State::open) continue;
    out.push_back({Code::bad_config, Severity::warning, "tables/" + row.map + ".yaml", "the guide maps the code '" + row.code + "', and this table does not",
                   "add it, or list it in deviations.yaml with a reason"});
  }
}

// The rules to HL7 v2, where they stand beside: all that is wrong in them is found when they are loaded.
bool check_way_back(const std::string& given) {
  const std::string folder = rules_to_hl7v2(given);
  if (folder == rules_to_fhir(given) || !fs::is_directory(folder)) return true;
  const auto library = mapping::outbound::Library::load(folder);
  if (!library) tell(library.error());
  return library.has_value();
}

}  // namespace

int map_check(const std::string& given, bool strict) {
  const std::string folder = rules_to_fhir(given);
  const auto library = mapping::Library::load(folder);
  if (!library) {
    tell(library.error());
    return 1;
  }
  if (!check_way_back(given)) return 1;
  auto found = library->lints();
  add_unmapped_codes(folder, *library, found);
  for (Issue issue : found) {
    if (issue.severity < Severity::error) issue.what.insert(0, "warning: ");
    tell({issue});
  }
  const auto errors = static_cast<std::size_t>(std::count_if(found.begin(), found.end(), [](const Issue& issue) { return issue.severity >= Severity::error; }));
  if (errors == 0) std::printf("%s: every rule is right.\n", folder.c_str());
  if (!found.empty()) std::printf("%zu errors, %zu warnings\n", errors, found.size() - errors);
  return errors > 0 || (strict && !found.empty()) ? 1 : 0;
}

int map_test(const std::string& folder) {
  const auto library = mapping::Library::load(rules_to_fhir(folder));
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
  const auto old_mapping = load_mapping(before), new_mapping = load_mapping(after);
  for (const auto* mapping : {&old_mapping, &new_mapping}) {
    if (*mapping) continue;
    tell(mapping->error());
    return 2;
  }
  Diff diff(**old_mapping, **new_mapping);
  const bool read = for_each_message(files_of(files), [&](const std::string& place, std::string_view raw) {
    diff.add(place, raw);
    return true;
  });
  diff.sum_up();
  return !read ? 2 : diff.same() ? 0 : 1;
}

}  // namespace yilian::daemon
