// What the rules cost at start and at SIGHUP: reading them, checking and compiling them, compiling them anew for a
// hospital with changes of its own, and the rules of the way back. Beside it what no reader can do without: the bytes
// of all files, and the YAML parser over them with nothing kept. Processor time of one thread, of several rounds the
// middle one.
//
// load_bench [MAPPINGS-FOLDER] [ROUNDS]

#include <yaml.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/mapping/mapping.h"
#include "engine/mapping/outbound/outbound.h"

namespace {

using namespace yilian;
namespace fs = std::filesystem;

constexpr double kGoal = 100;  // ms, for the rules of both ways

double cpu_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// What `work` gives is thrown away untimed: a daemon keeps it.
template <class Work>
double median(int rounds, const Work& work) {
  std::vector<double> used;
  for (int round = 0; round < rounds; ++round) {
    const double start = cpu_milliseconds();
    [[maybe_unused]] const auto made = work();
    used.push_back(cpu_milliseconds() - start);
  }
  std::sort(used.begin(), used.end());
  return used[used.size() / 2];
}

template <class T>
T must(tl::expected<T, std::vector<Issue>> made) {
  if (!made) throw std::runtime_error(made.error().front().line());
  return std::move(*made);
}

std::vector<std::string> read_all(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::string& text = texts.emplace_back(fs::file_size(path), '\0');
    std::ifstream(path, std::ios::binary).read(text.data(), static_cast<std::streamsize>(text.size()));
  }
  return texts;
}

// How many events the parser sees in the texts.
std::size_t parse_all(const std::vector<std::string>& texts) {
  std::size_t events = 0;
  for (const std::string& text : texts) {
    yaml_parser_t parser;
    yaml_event_t event;
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    for (bool more = true; more; ++events) {
      if (yaml_parser_parse(&parser, &event) == 0) throw std::runtime_error(parser.problem);
      more = event.type != YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
  }
  return events;
}

void print(const char* what, double used, double limit) {
  std::printf("%-42s %7.1f ms  %6.1f times the limit\n", what, used, used / limit);
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path folder = argc > 1 ? argv[1] : YILIAN_SOURCE_DIR "/mappings";
  const int rounds = std::max(1, argc > 2 ? std::stoi(argv[2]) : 11);
  const std::string there = (folder / "hl7v2").string(), back = (folder / "fhir-to-hl7v2").string();
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  const std::vector<std::string> texts = read_all(paths);
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();

  const double reading = median(rounds, [&] { return read_all(paths); });
  const double parsing = median(rounds, [&] { return parse_all(texts); }), limit = reading + parsing;
  const double load = median(rounds, [&] { return must(mapping::Library::load(there)); });
  const mapping::Library library = must(mapping::Library::load(there));
  const config::Node changes = *config::read_text("systems: {TEST: 'urn:oid:1.2.3'}", "hospital.yaml");
  const double compile = median(rounds, [&] { return must(library.compile(changes)); });
  const double load_back = median(rounds, [&] { return must(mapping::outbound::Library::load(back)); });

  std::printf("%zu rule files, %.0f KB\n", paths.size(), static_cast<double>(bytes) / 1e3);
  print("reading the bytes", reading, limit);
  print("the YAML parser alone", parsing, limit);
  print("Library::load, of which", load, limit);
  print("  files to sources", load - compile, limit);
  print("  compiling (again for a hospital)", compile, limit);
  print("outbound::Library::load", load_back, limit);
  print("rules of both ways", load + load_back, limit);
  std::printf("goal: %.0f ms of one core for both; the limit is what reading and the parser take\n", kGoal);
  return 0;
}
