// Validates resources in files, and prints what is found: a line a file, with its findings below it.
//
// validation_try [--profiles FOLDER] [--profile CANONICAL] [--quiet] FILE|FOLDER...
// --quiet: only files with errors, and the count at the end. The exit status is 1 when a file has an error.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/validation/validator.h"

namespace {

using namespace yilian;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The JSON files of a folder, or the file itself.
std::vector<std::string> files_of(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::string> files;
  for (const auto& each : std::filesystem::directory_iterator(path)) {
    if (each.path().extension() == ".json" && each.path().filename() != "package.json")
      files.push_back(each.path().string());
  }
  std::ranges::sort(files);
  return files;
}

// Whether it is valid.
bool try_file(const std::string& path, const validation::Validator& validator, const validation::Options& options,
              bool quiet) {
  fhir::Arena arena;
  const auto read = fhir::read_json(read_file(path), arena);
  if (!read) {
    std::printf("%s: %s\n", path.c_str(), read.error().line().c_str());
    return false;
  }
  const auto findings = validator.validate(**read, options);
  const bool valid = !validation::has_error(findings);
  if (quiet && valid) return true;
  std::printf("%s: %s\n", path.c_str(), valid ? "valid" : "not valid");
  for (const validation::Finding& each : findings) {
    if (quiet && !validation::is_error(each)) continue;
    std::printf("  %s %s %s %s: %s%s%s\n", std::string(name(each.severity)).c_str(), std::string(each.type).c_str(),
                each.where.c_str(), each.key.c_str(), each.text.c_str(), each.profile.empty() ? "" : " | ",
                each.profile.c_str());
  }
  return valid;
}

}  // namespace

int main(int argc, char** argv) {
  validation::ProfileSet profiles;
  validation::Options options;
  bool quiet = false;
  std::size_t files = 0, valid = 0;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--profiles" && i + 1 < arguments.size()) {
      for (const Issue& issue : profiles.load(arguments[++i])) std::printf("%s\n", issue.line().c_str());
    } else if (arguments[i] == "--profile" && i + 1 < arguments.size()) {
      options.profiles.push_back(arguments[++i]);
    } else if (arguments[i] == "--quiet") {
      quiet = true;
    } else {
      for (const std::string& file : files_of(arguments[i])) {
        ++files;
        if (try_file(file, validation::Validator(&profiles), options, quiet)) ++valid;
      }
    }
  }
  std::printf("%zu of %zu files are valid; %zu profiles were known\n", valid, files, profiles.size());
  return valid == files ? 0 : 1;
}
