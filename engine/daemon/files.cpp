#include "engine/daemon/files.h"

#include <cstdio>
#include <filesystem>
#include <memory>

#include "engine/daemon/settings.h"
#include "engine/hl7v2/batch.h"

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

bool for_each_file(const std::vector<std::string>& files, const Visit& visit) {
  bool all = true;
  for (const std::string& file : files) {
    const auto text = read_whole(file);
    if (!text) {
      tell({text.error()});
      all = false;
    } else if (!visit(file, *text)) {
      break;
    }
  }
  return all;
}

bool for_each_message(const std::vector<std::string>& files, const Visit& visit) {
  bool all = true;
  const bool read = for_each_file(files, [&](const std::string& file, std::string_view text) {
    const hl7v2::Batch batch = hl7v2::split(text);
    for (const auto& notice : batch.notices) std::fprintf(stderr, "%s: note: %s: %s\n", file.c_str(), notice.where.c_str(), notice.what.c_str());
    if (batch.messages.empty()) {
      std::fprintf(stderr, "%s: no message in it\n", file.c_str());
      all = false;
    }
    for (std::size_t i = 0; i < batch.messages.size(); ++i) {
      if (!visit(file + " message " + std::to_string(i + 1), batch.messages[i])) return false;
    }
    return true;
  });
  return read && all;
}

bool put(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return true;
  std::fprintf(stderr, "standard output cannot be written\n");
  return false;
}

}  // namespace yilian::daemon
