// More data of the same shape: copies of transaction Bundles (one a line), as other patients. UUIDs are minted anew, dates shifted, names made Chinese, always
// the same for the same copy, so what belongs together in one Bundle still does. Copy 0 is the Bundle as it came. A stream, so any number fits in memory.
//   bundle_copies FIRST COUNT < BUNDLES > COPIES

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace {

constexpr std::array<const char*, 40> kFamilies = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
                                                   "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "欧阳"};
constexpr std::array<const char*, 40> kGiven = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
                                                "刚", "桂", "英", "华", "玉", "萍", "红", "建", "国", "志", "文", "斌", "春", "梅", "晓", "海", "波", "宁", "琳", "雪"};

std::uint64_t mixed(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

bool digits(const char* text, int count) {
  for (int i = 0; i < count; ++i)
    if (text[i] < '0' || text[i] > '9') return false;
  return true;
}

int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

bool is_uuid(const char* text) {
  for (int i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : hex(text[i]) < 0) return false;
  }
  return true;
}

class Copier {
 public:
  explicit Copier(std::uint64_t copy) : key_(mixed(copy)), days_(static_cast<std::int64_t>(copy * 97 % 731) - 365) {}

  void write(const std::string& line, std::string& out) const {
    out.clear();
    const char* at = line.data();
    const char* const end = at + line.size();
    while (at < end) {
      const auto* quote = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
      if (quote == nullptr) break;
      out.append(at, quote + 1);
      at = change(quote + 1, end, out);
    }
    out.append(at, end).push_back('\n');
  }

 private:
  // Writes what stands for the text at `at` and gives where to go on; `at` itself when it stays as it is.
  const char* change(const char* at, const char* end, std::string& out) const {
    const auto left = static_cast<std::size_t>(end - at);
    if (left > 9 && std::memcmp(at, "urn:uuid:", 9) == 0 && left > 46) {
      out.append(at, 9);
      return uuid(at + 9, out);
    }
    if (left > 37 && at[8] == '-' && at[36] == '"') return uuid(at, out);
    if (left > 11 && at[4] == '-' && at[7] == '-' && digits(at, 4) && digits(at + 5, 2) && digits(at + 8, 2)) return date(at, out);
    if (left > 11 && std::memcmp(at, "family\":\"", 9) == 0) return name(at, end, "family\":\"", '"', kFamilies[pick(at + 9, end, '"') % kFamilies.size()], out);
    if (left > 10 && std::memcmp(at, "given\":[\"", 9) == 0) {
      const std::uint64_t chosen = pick(at + 9, end, ']');
      const std::string given = std::string(kGiven[chosen % kGiven.size()]) + ((chosen >> 20) % 3 != 0 ? kGiven[(chosen >> 32) % kGiven.size()] : "") + "\"";
      return name(at, end, "given\":[\"", ']', given, out);
    }
    return at;
  }

  std::uint64_t pick(const char* from, const char* end, char stop) const {
    const std::string_view rest(from, static_cast<std::size_t>(end - from));
    return mixed(hash_of(rest.substr(0, rest.find(stop))) ^ key_);
  }

  const char* name(const char* at, const char* end, std::string_view member, char stop, std::string_view value, std::string& out) const {
    out.append(member).append(value);
    const auto* close = static_cast<const char*>(std::memchr(at + member.size(), stop, static_cast<std::size_t>(end - at) - member.size()));
    return close == nullptr ? end : close;
  }

  const char* uuid(const char* at, std::string& out) const {
    if (!is_uuid(at)) return at;
    std::uint64_t key = key_;
    for (int i = 0; i < 36; ++i) {
      // Not the version and the variant, so it stays a UUID of its kind.
      if (at[i] == '-' || i == 14 || i == 19) {
        out.push_back(at[i]);
        continue;
      }
      out.push_back("0123456789abcdef"[static_cast<std::uint64_t>(hex(at[i])) ^ (key & 15)]);
      key = (key >> 4) | (key << 60);
    }
    return at + 36;
  }

  const char* date(const char* at, std::string& out) const {
    const auto day = yilian::civil_from_days(yilian::days_from_civil(std::atoi(at), std::atoi(at + 5), std::atoi(at + 8)) + days_);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
    out.append(text);
    return at + 10;
  }

  const std::uint64_t key_;
  const std::int64_t days_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: %s FIRST COUNT < BUNDLES > COPIES\n", arguments[0]);
    return 2;
  }
  const auto first = std::strtoull(arguments[1], nullptr, 10), copies = std::strtoull(arguments[2], nullptr, 10);
  std::ios::sync_with_stdio(false);
  std::string line, out;
  while (std::getline(std::cin, line)) {
    for (auto copy = first; copy < first + copies; ++copy) {
      if (copy == 0) {
        out = line + '\n';
      } else {
        Copier(copy).write(line, out);
      }
      if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return 1;
    }
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
