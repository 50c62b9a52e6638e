// One core, from bytes to a bundle: reading (decoded, parsed, indexed) alone, and the whole way to a serialised FHIR
// bundle, with and without explanations. usage: convert_bench MAPPINGS [COUNT]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "engine/hl7v2/message.h"
#include "engine/mapping/mapping.h"
#include "lab_messages.h"

using namespace yilian;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 7;

// Seconds of the quickest round: what else runs on the machine only ever adds.
template <class Work>
double best(const Work& work) {
  double least = 1e9;
  for (int i = 0; i < kRounds; ++i) {
    const auto begin = Clock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return least;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: %s MAPPINGS [COUNT]\n", arguments[0]);
    return 2;
  }
  const auto library = mapping::Library::load(std::string(arguments[1]) + "/hl7v2");
  if (!library) return std::fprintf(stderr, "%s\n", library.error().front().line().c_str()), 1;
  const auto mapping = library->compile(config::Node());
  if (!mapping) return std::fprintf(stderr, "%s\n", mapping.error().front().line().c_str()), 1;
  std::vector<std::string> messages;
  std::size_t bytes = 0;
  for (long i = 0; i < (count > 2 ? std::atol(arguments[2]) : 5000); ++i) {
    messages.push_back(bench::report(i));
    bytes += messages.back().size();
  }
  const double number = static_cast<double>(messages.size()), size = static_cast<double>(bytes);
  std::size_t sink = 0;

  std::vector<char> copy(bytes);
  const double copied = best([&] {
    std::size_t at = 0;
    for (const std::string& each : messages) std::memcpy(copy.data() + at, each.data(), each.size()), at += each.size();
    sink += static_cast<std::size_t>(copy[at / 2]);
  });
  const double read = best([&] {
    for (const std::string& each : messages) sink += hl7v2::read(each, std::nullopt)->message.segment_count();
  });
  std::printf("read and index: %.0f MB/s, %.2f us a message of %.0f B (goal 500 MB/s; copying the bytes alone: %.0f MB/s)\n",
              size / read / 1e6, read / number * 1e6, size / number, size / copied / 1e6);

  mapping::Context context;
  context.hospital = "first";
  context.feed = "lis";
  context.space = Uuid::named(root_space(), context.hospital);
  const auto convert = [&](bool trace, std::size_t part) {
    context.trace = trace;
    for (std::size_t i = 0; i < messages.size() / part; ++i) {
      const auto message = hl7v2::read(messages[i], std::nullopt);
      const auto mapped = (*mapping)->run(message->message, context);
      if (!mapped) std::fprintf(stderr, "%s\n", mapped.error().line().c_str()), std::exit(1);
      sink += mapping::transaction_bundle(*mapped).size();
    }
  };
  const double converted = best([&] { convert(false, 1); }), traced = best([&] { convert(true, 10); }) * 10;
  std::printf("bytes to bundle: %.0f messages/s, %.1f us each (goal 20000/s); reading is %.0f %% of it\n",
              number / converted, converted / number * 1e6, 100 * read / converted);
  std::printf("the same, explained: %.0f messages/s\n", number / traced);
  return sink == 1;
}
