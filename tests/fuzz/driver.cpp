// Runs a fuzz target without libFuzzer: every file of its corpus, then mutations of them for a bounded time, always the
// same ones for the same seed. In a build with YILIAN_COVERAGE what went a new way through the code joins the corpus.
// The time is the processor's, so that a program that was stopped or had to wait does not count it.

#include <sys/time.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "coverage.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using yilian::fuzz::begin_input;
using yilian::fuzz::found_new_way;
using yilian::fuzz::steps_seen;

constexpr std::size_t kLongest = 65536;
constexpr std::size_t kMostKept = 256u << 20;  // bytes of the corpus
constexpr int kMostSeconds = 20;               // for one input: more is a hang
constexpr double kTold = 600;                  // seconds from one line about how it goes to the next

using Corpus = std::vector<std::string>;

std::size_t pick(std::mt19937& random, std::size_t n) { return n == 0 ? 0 : random() % n; }

// Some line of the text, with its end.
std::string_view line_of(const std::string& text, std::mt19937& random) {
  const std::size_t at = pick(random, text.size() + 1);
  const std::size_t before = at == 0 ? std::string::npos : text.find_last_of("\r\n", at - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = text.find_first_of("\r\n", begin);
  return std::string_view(text).substr(begin, end == std::string::npos ? std::string::npos : end - begin + 1);
}

void mutate(std::string& text, std::mt19937& random, const Corpus& corpus) {
  const auto place = [&] { return pick(random, text.size()); };
  const auto gap = [&] { return pick(random, text.size() + 1); };
  const auto any = [&]() -> const std::string& { return corpus[pick(random, corpus.size())]; };
  switch (random() % 10) {
    case 0:
      if (!text.empty()) text[place()] = static_cast<char>(random());
      break;
    case 1:
      text.insert(gap(), 1, "|^~\\&\r\n\x0B\x1C\"{}[],:0\xFF"[random() % 18]);
      break;
    case 2:
      if (!text.empty()) text.erase(place(), 1 + random() % 8);
      break;
    case 3: {
      const std::size_t at = gap();
      text.insert(at, text.substr(at, 1 + random() % 40));
      break;
    }
    case 4: {
      const std::string& other = any();
      text = text.substr(0, gap()) + other.substr(pick(random, other.size() + 1));
      break;
    }
    case 5:
      text.resize(gap());
      break;
    case 6: {  // a line of another one before one of these
      const std::string line(line_of(any(), random));
      text.insert(static_cast<std::size_t>(line_of(text, random).data() - text.data()), line);
      break;
    }
    case 7: {  // a line less
      const std::string_view line = line_of(text, random);
      text.erase(static_cast<std::size_t>(line.data() - text.data()), line.size());
      break;
    }
    case 8: {  // a piece of another one over a piece of this one
      const std::string& other = any();
      const std::size_t from = pick(random, other.size() + 1);
      text.replace(gap(), random() % 24, other.substr(from, 1 + random() % 24));
      break;
    }
    default:
      if (!text.empty()) text[place()] = static_cast<char>(text[place()] ^ (1 << random() % 8));
      break;
  }
  if (text.size() > kLongest) text.resize(kLongest);
}

// What is being tried; a broken promise, or a hang, leaves it in the file `fuzz-failed`.
const std::string* tried = nullptr;

void keep_tried(int signal) {
  std::signal(signal, SIG_DFL);
  if (FILE* file = tried == nullptr ? nullptr : std::fopen("fuzz-failed", "wb")) {
    std::fwrite(tried->data(), 1, tried->size(), file);
    std::fclose(file);
    std::fprintf(stderr, "the input is in the file fuzz-failed\n");
  }
  std::raise(signal);
}

double seconds_used() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void run(const std::string& text) {
  tried = &text;
  const itimerval most{{0, 0}, {kMostSeconds, 0}};
  ::setitimer(ITIMER_PROF, &most, nullptr);
  begin_input();
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

struct Run {
  Corpus corpus{""};
  std::size_t given = 0, bytes = 0;
  std::uint64_t inputs = 0;
  double slowest = 0;

  bool take(const std::string& text) {
    const double begin = seconds_used();
    run(text);
    ++inputs;
    slowest = std::max(slowest, seconds_used() - begin);
    return found_new_way();
  }
  void tell() const {
    std::printf("%llu inputs in %.0f s, the slowest %.2f s; steps from block to block %zu; corpus %zu, found %zu of them\n",
                static_cast<unsigned long long>(inputs), seconds_used(), slowest, steps_seen(), corpus.size(),
                corpus.size() - given);
    std::fflush(stdout);
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s CORPUS-FOLDER SECONDS [SEED]\n", arguments[0]);
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGPROF}) std::signal(signal, keep_tried);
  Run all;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1], error)) {
    std::ifstream in(entry.path(), std::ios::binary);
    all.corpus.emplace_back((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }
  all.given = all.corpus.size();
  for (const auto& text : all.corpus) all.take(text);
  std::mt19937 random(count > 3 ? static_cast<unsigned>(std::atol(arguments[3])) : 20261124);
  const double end = std::atof(arguments[2]);
  for (double told = 0; seconds_used() < end;) {
    std::string text = all.corpus[random() % all.corpus.size()];
    for (unsigned n = 1 + random() % 8; n > 0; --n) mutate(text, random, all.corpus);
    if (all.take(text) && all.bytes + text.size() <= kMostKept) {
      all.bytes += text.size();
      all.corpus.push_back(std::move(text));
    }
    if (seconds_used() - told < kTold) continue;
    told = seconds_used();
    all.tell();
  }
  all.tell();
  return 0;
}
