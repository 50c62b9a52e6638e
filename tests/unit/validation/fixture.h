#pragma once
// Resources and profiles as short text: single quotes stand for double ones.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/validation/validator.h"

namespace yilian::validation {

class ValidationTest : public ::testing::Test {
 protected:
  const fhir::Json& read(std::string text) {
    std::ranges::replace(text, '\'', '"');
    const auto made = fhir::read_json(text, arena_);
    EXPECT_TRUE(made) << text << ": " << made.error().line();
    return **made;
  }
  void know(const std::vector<std::string>& resources) {
    std::vector<const fhir::Json*> trees;
    for (const std::string& each : resources) trees.push_back(&read(each));
    for (const Issue& issue : profiles_.add(trees)) ADD_FAILURE() << issue.line();
  }
  // "severity place key: text" of each finding, one a line.
  std::string found(const std::string& resource, const Options& options = {}) {
    std::string lines;
    for (const Finding& each : Validator(&profiles_).validate(read(resource), options)) {
      lines += std::string(name(each.severity)) + ' ' + each.where + (each.key.empty() ? "" : ' ' + each.key) + ": " +
               each.text + '\n';
    }
    return lines;
  }
  // The same, without the texts.
  std::string places(const std::string& resource, const Options& options = {}) {
    std::string lines;
    for (const Finding& each : Validator(&profiles_).validate(read(resource), options)) {
      lines += std::string(name(each.severity)) + ' ' + each.where + (each.key.empty() ? "" : ' ' + each.key) + '\n';
    }
    return lines;
  }

  fhir::Arena arena_;
  ProfileSet profiles_;
};

}  // namespace yilian::validation
