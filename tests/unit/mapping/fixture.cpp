#include "tests/unit/mapping/fixture.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace yilian::mapping::test {

namespace fs = std::filesystem;

std::string maps_folder() { return YILIAN_SOURCE_DIR "/tests/unit/mapping/maps"; }

Folder::Folder(bool copy) {
  static int number = 0;
  path_ = (fs::temp_directory_path() / ("yilian-maps-" + std::to_string(::getpid()) + "-" + std::to_string(++number)))
              .string();
  fs::create_directories(path_);
  if (copy) fs::copy(maps_folder(), path_, fs::copy_options::recursive);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& text) const {
  const fs::path path = fs::path(path_) / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

void Folder::replace(const std::string& name, const std::string& from, const std::string& to) const {
  std::ifstream in(fs::path(path_) / name);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << name << " has no " << from;
  write(name, text.replace(at, from.size(), to));
}

void Folder::append(const std::string& name, const std::string& text) const {
  std::ofstream(fs::path(path_) / name, std::ios::app) << text;
}

std::string Folder::problems() const {
  const auto library = Library::load(path_);
  std::string all;
  if (!library) {
    for (const Issue& issue : library.error()) all += issue.line() + "\n";
  }
  return all;
}

std::shared_ptr<const Mapping> Folder::mapping(const std::string& hospital) const {
  auto library = Library::load(path_);
  EXPECT_TRUE(library) << problems();
  if (!library) return nullptr;
  config::Node node;
  if (!hospital.empty()) node = (*config::read_text(hospital, "hospital.yaml"))["mapping"];
  auto mapping = library->compile(node);
  EXPECT_TRUE(mapping) << (mapping ? "" : mapping.error().front().line());
  return mapping ? *mapping : nullptr;
}

std::shared_ptr<const Mapping> shared_mapping() {
  static const auto mapping = Folder(true).mapping();
  return mapping;
}

Context context() {
  Context made;
  made.hospital = "xinghe";
  made.feed = "lis";
  made.space = Uuid::named(root_space(), made.hospital);
  return made;
}

std::string adt(const std::string& segments, const std::string& event) {
  return "MSH|^~\\&|HIS|A|||20260102080000||ADT^" + event + "|17|P|2.5.1\n" + segments;
}

std::string oru(const std::string& segments) {
  return "MSH|^~\\&|LIS|A|||20260102080000||ORU^R01|17|P|2.5.1\n" + segments;
}

std::vector<const Made*> Done::all(std::string_view type) const {
  std::vector<const Made*> found;
  for (const Made& made : mapped.resources) {
    if (made.type == type) found.push_back(&made);
  }
  return found;
}

const Made& Done::one(std::string_view type) const {
  const auto found = all(type);
  EXPECT_EQ(found.size(), 1u) << type;
  static const Made none{};
  return found.empty() ? none : *found.front();
}

std::string Done::json(std::string_view type) const {
  const Made& made = one(type);
  return made.resource == nullptr ? std::string() : fhir::write_json(*made.resource);
}

bool Done::noticed(std::string_view part) const {
  for (const Notice& notice : mapped.notices) {
    if ((notice.where + ": " + notice.what).find(part) != std::string::npos) return true;
  }
  return false;
}

Done run(const Mapping& mapping, const std::string& text, const Context& how) {
  Done done;
  auto message = hl7v2::Message::parse(text);
  EXPECT_TRUE(message) << text;
  done.text = std::string(message->text());
  auto mapped = mapping.run(*message, how);
  EXPECT_TRUE(mapped) << (mapped ? "" : mapped.error().line());
  if (mapped) done.mapped = std::move(*mapped);
  expect_no_dangling(done.mapped);
  return done;
}

Done run(const std::string& message) { return run(*shared_mapping(), message); }

std::vector<std::string> references(const fhir::Json& json) {
  std::vector<std::string> found;
  const auto add = [&found](const fhir::Json& below) {
    for (auto& each : references(below)) found.push_back(std::move(each));
  };
  if (json.is_array()) {
    for (const fhir::Json& item : json.items()) add(item);
  }
  if (json.is_object()) {
    for (const fhir::Member& member : json.members()) {
      if (member.name == "reference") found.emplace_back(member.value.text());
      add(member.value);
    }
  }
  return found;
}

void expect_no_dangling(const Mapped& mapped) {
  std::map<std::string, int> known;
  for (const Made& made : mapped.resources) {
    EXPECT_EQ(made.id.size(), 36u);
    EXPECT_EQ(++known[std::string(made.type) + "/" + std::string(made.id)], 1) << "made twice: " << made.type;
  }
  for (const Made& made : mapped.resources) {
    for (const auto& reference : references(*made.resource))
      EXPECT_TRUE(known.count(reference)) << made.type << " refers to " << reference;
  }
}

}  // namespace yilian::mapping::test
