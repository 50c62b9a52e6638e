#include "engine/base/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <numeric>

#include "engine/base/document.h"

namespace yilian::config {

namespace {

using Kind = Document::Kind;

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (const std::size_t distance = edits(word, candidate); distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return std::string(best);
}

Node::Node(std::shared_ptr<const Document> document, std::uint32_t value, int line)
    : document_(std::move(document)), value_(value), line_(line) {}

// A node that was moved from has no document.
Node::operator bool() const { return document_ && value_ != kMissing && document_->values[value_].kind != Kind::null; }
bool Node::is_map() const { return *this && document_->values[value_].kind == Kind::map; }
bool Node::is_list() const { return *this && document_->values[value_].kind == Kind::list; }
bool Node::is_scalar() const { return *this && document_->values[value_].kind == Kind::scalar; }
int Node::line() const { return line_; }

const std::string& Node::file() const {
  static const std::string none;
  return document_ ? document_->file : none;
}

std::string Node::place() const { return document_ ? file() + ":" + std::to_string(line()) : std::string(); }

Node Node::at(std::uint32_t value) const { return {document_, value, document_->values[value].line}; }

Node Node::operator[](std::string_view key) const {
  if (is_map()) {
    const Document::Value& map = document_->values[value_];
    const std::uint32_t* link = document_->links.data() + map.first;
    for (const std::uint32_t* end = link + 2 * map.count; link != end; link += 2) {
      const Document::Value& name = document_->values[*link];
      if (name.kind == Kind::scalar && document_->text_of(name) == key) return at(link[1]);
    }
  }
  return {document_, kMissing, line_};
}

std::vector<Node> Node::items() const {
  std::vector<Node> nodes;
  if (is_scalar()) nodes.push_back(*this);
  if (!is_list()) return nodes;
  const Document::Value& list = document_->values[value_];
  nodes.reserve(list.count);
  for (std::uint32_t i = 0; i < list.count; ++i) nodes.push_back(at(document_->links[list.first + i]));
  return nodes;
}

std::vector<std::pair<std::string, Node>> Node::members() const {
  std::vector<std::pair<std::string, Node>> pairs;
  if (!is_map()) return pairs;
  const Document::Value& map = document_->values[value_];
  pairs.reserve(map.count);
  for (std::uint32_t i = 0; i < map.count; ++i) {
    const std::uint32_t* link = document_->links.data() + map.first + 2 * i;
    pairs.emplace_back(document_->text_of(document_->values[link[0]]), at(link[1]));
  }
  return pairs;
}

bool Node::quoted() const { return is_scalar() && document_->values[value_].quoted; }

std::optional<std::string> Node::text() const {
  if (!is_scalar()) return std::nullopt;
  return std::string(document_->text_of(document_->values[value_]));
}

std::string Node::text_or(std::string_view fallback) const { return text().value_or(std::string(fallback)); }

Failure Node::fail(std::string what, std::string cure) const {
  return yilian::fail(Code::bad_config, std::move(what), place(), std::move(cure));
}

Result<std::string> Node::need_text() const {
  if (auto value = text()) return *value;
  return fail(*this ? "a single value is wanted here, not a list or a map" : "a value is missing here");
}

Result<std::int64_t> Node::need_integer(std::int64_t least, std::int64_t most) const {
  YL_TRY(const std::string value, need_text());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least || number > most) {
    return fail("'" + value + "' is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

Result<bool> Node::need_boolean() const {
  YL_TRY(const std::string value, need_text());
  if (value == "true" || value == "yes" || value == "on") return true;
  if (value == "false" || value == "no" || value == "off") return false;
  return fail("'" + value + "' is neither true nor false");
}

Result<std::uint64_t> Node::need_bytes() const {
  YL_TRY(const std::string value, need_text());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(value.data() + value.size() - end));
  int shift = -1;
  if (unit.empty() || unit == "B") shift = 0;
  if (unit == "KB") shift = 10;
  if (unit == "MB") shift = 20;
  if (unit == "GB") shift = 30;
  if (error != std::errc() || shift < 0 || number > (std::uint64_t{1} << 50 >> shift)) {
    return fail("'" + value + "' is no size", "write it like 512KB, 64MB or 1GB");
  }
  return number << shift;
}

Result<std::int64_t> Node::need_duration() const {
  YL_TRY(const std::string value, need_text());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(value.data() + value.size() - end));
  std::int64_t factor = 0;
  if (unit == "ms") factor = 1000;
  if (unit == "s") factor = 1'000'000;
  if (unit == "m") factor = 60'000'000;
  if (unit == "h") factor = 3'600'000'000;
  if (unit == "d") factor = 86'400'000'000;
  if (error != std::errc() || factor == 0 || number < 0 || number > 100'000'000) {
    return fail("'" + value + "' is no duration", "write it like 300ms, 30s, 5m, 2h or 7d");
  }
  return number * factor;
}

Result<void> Node::only(std::initializer_list<std::string_view> known) const {
  if (!*this) return {};
  if (!is_map()) return fail("settings are wanted here, as 'name: value' lines");
  const Document::Value& map = document_->values[value_];
  const std::uint32_t* link = document_->links.data() + map.first;
  for (const std::uint32_t* end = link + 2 * map.count; link != end; link += 2) {
    const std::string_view key = document_->text_of(document_->values[*link]);
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string cure = nearest(key, known);
    if (!cure.empty()) {
      cure = "did you mean '" + cure + "'?";
    } else {
      for (const auto name : known) cure.append(cure.empty() ? "known here: " : ", ").append(name);
    }
    return at(link[1]).fail("unknown setting '" + std::string(key) + "'", std::move(cure));
  }
  return {};
}

Result<Node> read_text(std::string_view text, std::string file) {
  YL_TRY(auto document, read_document(text, std::move(file)));
  const int line = document->values.front().line;
  return Node(std::move(document), 0, line);
}

Result<std::string> read_bytes(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(Code::bad_config, "cannot be opened", path, "does it exist, and may this user read it?");
  struct stat facts {};
  // One byte more than the file says it has, so that its end shows without another buffer.
  const std::size_t told = ::fstat(file, &facts) == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
  std::string bytes(std::min(told, kMostBytes) + 1, '\0');
  std::size_t size = 0;
  ssize_t got = 0;
  do {
    if (size == bytes.size()) bytes.resize(std::min(2 * size + 4096, kMostBytes + 1));
    got = ::read(file, bytes.data() + size, bytes.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  } while ((got > 0 && size <= kMostBytes) || (got < 0 && errno == EINTR));
  ::close(file);
  if (got < 0) return fail(Code::bad_config, "cannot be read", path, "is it a file?");
  bytes.resize(size);
  return bytes;
}

Result<Node> read_file(const std::string& path) {
  YL_TRY(const std::string bytes, read_bytes(path));
  return read_text(bytes, path);
}

}  // namespace yilian::config
