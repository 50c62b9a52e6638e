#include "engine/daemon/files.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace yilian::daemon {

namespace {
constexpr std::size_t kMost = std::size_t{1} << 30;
}

Result<std::string> read_whole(const std::string& file) {
  std::error_code error;
  if (file != "-" && std::filesystem::is_directory(file, error)) return fail(Code::bad_value, "is a folder", file, "name the files in it");
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(file == "-" ? stdin : std::fopen(file.c_str(), "rb"), [](std::FILE* f) { return f == stdin ? 0 : std::fclose(f); });
  if (!in) return fail(Code::not_found, "cannot be opened", file);
  std::string text;
  char buffer[1 << 16];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, in.get())) > 0;) {
    if (text.size() + n > kMost) return fail(Code::too_large, "is larger than 1 GB", file, "split it");
    text.append(buffer, n);
  }
  if (std::ferror(in.get()) != 0) return fail(Code::storage, "cannot be read", file);
  return text;
}

std::string default_mappings() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("YILIAN_MAPPINGS"); named != nullptr && *named != '\0') return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const char* relative : {"../../../mappings/hl7v2", "../share/yilian/mappings/hl7v2"}) {
    const fs::path folder = (program.parent_path() / relative).lexically_normal();
    if (fs::is_directory(folder, error)) return folder.string();
  }
  return "mappings/hl7v2";
}

}  // namespace yilian::daemon
