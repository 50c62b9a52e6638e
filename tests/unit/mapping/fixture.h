#pragma once
// Small mappings (maps/) and messages for the tests of engine/mapping.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mapping/mapping.h"

namespace yilian::mapping::test {

std::string maps_folder();

// A folder of mapping files that goes away with the object; it begins as a copy of maps/, or empty.
class Folder {
 public:
  explicit Folder(bool copy);
  ~Folder();
  void write(const std::string& name, const std::string& text) const;  // "segments/PID[Patient].yaml"
  void replace(const std::string& name, const std::string& from, const std::string& to) const;
  void append(const std::string& name, const std::string& text) const;
  const std::string& path() const { return path_; }
  // The problems of the folder, one a line.
  std::string problems() const;
  std::shared_ptr<const Mapping> mapping(const std::string& hospital = {}) const;

 private:
  std::string path_;
};

std::shared_ptr<const Mapping> shared_mapping();  // of maps/
Context context();

// Segments with LF; MSH is put before them.
std::string adt(const std::string& segments, const std::string& event = "A01");
std::string oru(const std::string& segments);

struct Done {
  Mapped mapped;
  std::string text;

  std::vector<const Made*> all(std::string_view type) const;
  // The JSON of the only resource of that type.
  std::string json(std::string_view type) const;
  const Made& one(std::string_view type) const;
  bool noticed(std::string_view part) const;
};
Done run(const Mapping& mapping, const std::string& message, const Context& how = context());
Done run(const std::string& message);

// Every Reference points to a resource that was made.
void expect_no_dangling(const Mapped& mapped);
// fhir::check finds nothing, where the definitions are there.
std::vector<std::string> references(const fhir::Json& json);

}  // namespace yilian::mapping::test
