// Runs a fuzz target without libFuzzer: every file of its corpus, then mutations of them for a bounded time, always the same ones for the same seed.
// The same targets build with clang's -fsanitize=fuzzer for long runs (see README.md).

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void mutate(std::string& text, std::mt19937& random, const std::vector<std::string>& corpus) {
  const auto pick = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  switch (random() % 7) {
    case 0: if (!text.empty()) text[pick(text.size())] = static_cast<char>(random()); break;
    case 1: text.insert(pick(text.size() + 1), 1, "|^~\\&\r\n\x0B\x1C\"{}[],:0\xFF"[random() % 18]); break;
    case 2: if (!text.empty()) text.erase(pick(text.size()), 1 + random() % 8); break;
    case 3: { const std::size_t at = pick(text.size()); text.insert(at, text.substr(at, 1 + random() % 40)); break; }
    case 4: { const std::string& other = corpus[pick(corpus.size())]; text = text.substr(0, pick(text.size() + 1)) + other.substr(pick(other.size() + 1)); break; }
    case 5: text.resize(pick(text.size() + 1)); break;
    default: if (!text.empty()) text[pick(text.size())] = static_cast<char>(text[pick(text.size())] ^ (1 << random() % 8)); break;
  }
  if (text.size() > 65536) text.resize(65536);
}

// What is being tried; a broken promise leaves it in the file `fuzz-failed`.
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

void run(const std::string& text) {
  tried = &text;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s CORPUS-FOLDER SECONDS\n", arguments[0]);
    return 2;
  }
  std::signal(SIGABRT, keep_tried);
  std::signal(SIGSEGV, keep_tried);
  std::vector<std::string> corpus{""};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1], error)) {
    std::ifstream in(entry.path(), std::ios::binary);
    corpus.emplace_back((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }
  for (const auto& text : corpus) run(text);
  std::mt19937 random(20261124);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(arguments[2]));
  std::uint64_t inputs = corpus.size();
  while (std::chrono::steady_clock::now() < end) {
    std::string text = corpus[random() % corpus.size()];
    for (unsigned n = 1 + random() % 8; n > 0; --n) mutate(text, random, corpus);
    run(text);
    ++inputs;
  }
  std::printf("%llu inputs\n", static_cast<unsigned long long>(inputs));
  return 0;
}
