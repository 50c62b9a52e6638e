// Tries mapping files by hand: loads a folder, tells all problems, runs the inline tests, and writes one transaction
// bundle a message.
//   map_try FOLDER [--hospital FILE] [--trace] [--bench N] [MESSAGE-FILE…]      FILE: a YAML file with a `mapping:`
//   node

#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>

#include "engine/hl7v2/batch.h"
#include "engine/mapping/mapping.h"

namespace {

using namespace yilian;

struct Options {
  std::string folder, hospital;
  bool trace = false;
  int bench = 0;
  std::vector<std::string> files;
};

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--trace") {
      options.trace = true;
    } else if (word == "--hospital" && i + 1 < count) {
      options.hospital = words[++i];
    } else if (word == "--bench" && i + 1 < count) {
      options.bench = std::stoi(words[++i]);
    } else if (options.folder.empty()) {
      options.folder = word;
    } else {
      options.files.push_back(word);
    }
  }
  return options;
}

int tell(const std::vector<Issue>& issues) {
  for (const Issue& issue : issues) std::cerr << issue.line() << '\n';
  std::cerr << issues.size() << " problems\n";
  return 1;
}

std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void bench(const std::string& raw, const mapping::Mapping& mapping, const mapping::Context& context, int times) {
  // Processor time: the machine may have other things to do.
  std::size_t bytes = 0;
  std::clock_t map_only = 0;
  const std::clock_t begin = std::clock();
  for (int i = 0; i < times; ++i) {
    auto read = hl7v2::read(raw, std::nullopt);
    const std::clock_t middle = std::clock();
    auto mapped = mapping.run(read->message, context);
    map_only += std::clock() - middle;
    bytes += mapping::transaction_bundle(*mapped).size();
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const double mapping_seconds = static_cast<double>(map_only) / CLOCKS_PER_SEC;
  std::cerr << times / seconds << " messages/s, " << seconds / times * 1e6 << " us a message, of these mapping "
            << mapping_seconds / times * 1e6 << " us, " << bytes / static_cast<std::size_t>(times)
            << " bytes a bundle\n";
}

bool convert(std::string_view raw, const std::string& name, const mapping::Mapping& mapping,
             const mapping::Context& context) {
  auto read = hl7v2::read(raw, std::nullopt);
  if (!read) {
    std::cerr << name << ": " << read.error().line() << '\n';
    return false;
  }
  auto mapped = mapping.run(read->message, context);
  if (!mapped) {
    std::cerr << name << ": " << mapped.error().line() << '\n';
    return false;
  }
  for (const auto& notice : mapped->notices)
    std::cerr << name << ": notice: " << notice.where << ": " << notice.what << " (" << notice.rule << ")\n";
  for (const auto& made : mapped->resources) {
    for (const auto& path : made.cleared) std::cerr << name << ": cleared: " << made.type << '.' << path << '\n';
  }
  for (const auto& origin : mapped->origins) {
    std::cerr << mapped->resources[origin.resource].type << '.' << origin.element << " <- " << origin.field << " ["
              << origin.begin << ',' << origin.end << ") " << origin.rule << ' ' << origin.via << ' '
              << origin.rule_place << '\n';
  }
  std::cout << mapping::transaction_bundle(*mapped) << '\n';
  return true;
}

}  // namespace

int main(int count, char** words) {
  const Options options = read_options(count, words);
  if (options.folder.empty()) {
    std::cerr << "map_try FOLDER [--hospital FILE] [--trace] [--bench N] [MESSAGE-FILE…]\n";
    return 2;
  }
  auto library = mapping::Library::load(options.folder);
  if (!library) return tell(library.error());
  config::Node hospital;
  if (!options.hospital.empty()) {
    auto node = config::read_file(options.hospital);
    if (!node) return tell({node.error()});
    hospital = (*node)["mapping"];
  }
  auto mapping = library->compile(hospital);
  if (!mapping) return tell(mapping.error());
  const auto failures = library->run_tests();
  for (const Issue& issue : failures) std::cerr << issue.line() << '\n';
  std::size_t rows = 0;
  for (const auto& entry : library->rows()) rows += entry.second.size();
  std::cerr << "loaded; " << rows << " rows of the guide, " << failures.size() << " inline tests failed\n";
  mapping::Context context;
  context.hospital = "try";
  context.feed = "try";
  context.space = Uuid::named(root_space(), context.hospital);
  context.trace = options.trace;
  bool all = failures.empty();
  for (const std::string& file : options.files) {
    const std::string raw = read_bytes(file);
    const auto batch = hl7v2::split(raw);
    for (const auto message : batch.messages) {
      all = convert(message, file, **mapping, context) && all;
      if (options.bench > 0) bench(std::string(message), **mapping, context, options.bench);
    }
  }
  return all ? 0 : 1;
}
