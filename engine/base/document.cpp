#include "engine/base/document.h"

#include <yaml.h>

#include <algorithm>
#include <new>
#include <unordered_map>
#include <utility>

namespace yilian::config {
namespace {

constexpr std::size_t kMostDepth = 64;
constexpr std::uint64_t kMostValues = 2'000'000;
constexpr std::size_t kMostTagDirectives = 100;

struct Parser {
  yaml_parser_t yaml;
  Parser() {
    if (yaml_parser_initialize(&yaml) == 0) throw std::bad_alloc();
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&yaml); }
};

struct Event {
  yaml_event_t yaml{};
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&yaml); }
  int line() const { return static_cast<int>(yaml.start_mark.line) + 1; }
};

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

bool is_null(std::string_view plain) {
  return plain.empty() || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL";
}

// The parser compares each %TAG line with all before it, so a file of them alone would keep it busy for an hour. Texts
// in UTF-16 have them with zeros between.
bool has_many_tag_directives(std::string_view text) {
  std::size_t found = 0;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    std::string_view wanted = "TAG";
    for (std::size_t i = at + 1; i < text.size() && !wanted.empty(); ++i) {
      if (text[i] == '\0') continue;
      if (text[i] != wanted.front()) break;
      wanted.remove_prefix(1);
    }
    if (wanted.empty() && ++found > kMostTagDirectives) return true;
  }
  return false;
}

// Events of the parser to values. Nothing here calls itself: how deep a file nests costs no stack.
class Builder {
 public:
  Builder(std::string_view text, std::string file) : source_(text), document_(std::make_shared<Document>()) {
    document_->file = std::move(file);
    document_->text.reserve(text.size());
    yaml_parser_set_input_string(&parser_.yaml, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }

  Result<std::shared_ptr<const Document>> build() {
    bool begun = false;
    while (true) {
      Event event;
      if (yaml_parser_parse(&parser_.yaml, &event.yaml) == 0) return broken();
      if (event.yaml.type == YAML_STREAM_END_EVENT) break;
      if (event.yaml.type == YAML_DOCUMENT_START_EVENT && std::exchange(begun, true))
        return bad("a second document begins here", event.line(), "a file holds one: take the `---` out");
      YL_CHECK(take(event));
    }
    // A file without any value is one null.
    if (document_->values.empty()) add({0, 0, 1, Document::Kind::null, false}, {});
    document_->values.shrink_to_fit();
    document_->links.shrink_to_fit();
    document_->text.shrink_to_fit();
    return std::shared_ptr<const Document>(std::move(document_));
  }

 private:
  struct Named {
    std::uint32_t value = 0;
    std::uint64_t count = 1;  // of the values in it and itself: what an alias to it costs
    std::size_t height = 0;
    bool ended = true;
  };
  // A list or a map that has not ended.
  struct Open {
    std::uint32_t value;
    std::size_t first;       // of its links in `pending_`
    std::uint64_t before;    // values when it began
    Named* named;            // when it has an anchor
    std::size_t height = 0;  // how deep it nests
  };

  Failure bad(std::string what, int line, std::string cure, Code code = Code::bad_config) const {
    return fail(code, std::move(what), document_->file + ":" + std::to_string(line), std::move(cure));
  }

  Failure broken() const {
    const yaml_parser_t& yaml = parser_.yaml;
    std::string what = "cannot be read as YAML: ";
    if (yaml.error == YAML_READER_ERROR) {
      const auto end = source_.begin() + static_cast<std::ptrdiff_t>(std::min(yaml.problem_offset, source_.size()));
      return bad(what + yaml.problem, 1 + static_cast<int>(std::count(source_.begin(), end, '\n')),
                 "save the file as UTF-8, without control characters");
    }
    const std::string_view problem = yaml.problem == nullptr ? "there is no memory" : yaml.problem;
    // What the parser says where a map or a list has ended and yet more follows.
    what += problem == "did not find expected <document start>" ? "this line goes on with nothing above it" : problem;
    if (yaml.context != nullptr) what.append(" ").append(yaml.context);
    if (yaml.context != nullptr && yaml.context_mark.line != yaml.problem_mark.line)
      what += " (begun in line " + std::to_string(yaml.context_mark.line + 1) + ")";
    return bad(std::move(what), static_cast<int>(yaml.problem_mark.line) + 1,
               "mind the indentation, and quote values that begin with a special character, such as '::1'");
  }

  Result<void> take(const Event& event) {
    switch (event.yaml.type) {
      case YAML_SCALAR_EVENT:
        return take_scalar(event);
      case YAML_ALIAS_EVENT:
        return take_alias(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(event, Document::Kind::list, view(event.yaml.data.sequence_start.anchor));
      case YAML_MAPPING_START_EVENT:
        return open(event, Document::Kind::map, view(event.yaml.data.mapping_start.anchor));
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close();
      default:
        return {};
    }
  }

  Result<void> take_scalar(const Event& event) {
    const auto& scalar = event.yaml.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    YL_CHECK(make_room(1, 0, event));
    Document::Value value;
    value.line = event.line();
    if (!plain || scalar.tag != nullptr || !is_null(text)) {
      value.kind = Document::Kind::scalar;
      value.quoted = !plain;
      value.first = static_cast<std::uint32_t>(document_->text.size());
      value.count = static_cast<std::uint32_t>(text.size());
      document_->text.append(text);
    }
    add(value, view(scalar.anchor));
    return {};
  }

  Result<void> take_alias(const Event& event) {
    const std::string anchor(view(event.yaml.data.alias.anchor));
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      return bad("*" + anchor + " names nothing: no &" + anchor + " stands before it", event.line(),
                 "name a value so, or quote a text that begins with *");
    const Named& named = found->second;
    if (!named.ended)
      return bad("*" + anchor + " stands within the value that it names", event.line(), "write the value out");
    const Document::Kind kind = document_->values[named.value].kind;
    if (kind == Document::Kind::list || kind == Document::Kind::map) YL_CHECK(no_key(event));
    YL_CHECK(make_room(named.count, named.height, event));
    pending_.push_back(named.value);
    return {};
  }

  Result<void> open(const Event& event, Document::Kind kind, std::string_view anchor) {
    YL_CHECK(no_key(event));
    YL_CHECK(make_room(1, 0, event));
    const std::uint64_t before = values_ - 1;
    Named* named = add({0, 0, event.line(), kind, false}, anchor);
    if (named != nullptr) named->ended = false;
    open_.push_back({static_cast<std::uint32_t>(document_->values.size() - 1), pending_.size(), before, named});
    return {};
  }

  // A name that stands twice in a map would hide one of its two values.
  Result<void> no_name_twice(std::size_t first) {
    names_.clear();
    for (std::size_t i = first; i < pending_.size(); i += 2) names_.emplace_back(text_of(pending_[i]), pending_[i]);
    std::sort(names_.begin(), names_.end());
    for (std::size_t i = 1; i < names_.size(); ++i) {
      const auto& [name, value] = names_[i];
      if (name != names_[i - 1].first) continue;
      return bad("'" + std::string(name) + "' stands twice, first in line " +
                     std::to_string(document_->values[names_[i - 1].second].line),
                 document_->values[value].line, "take one of the two out");
    }
    return {};
  }
  std::string_view text_of(std::uint32_t scalar) const {
    const Document::Value& value = document_->values[scalar];
    return std::string_view(document_->text).substr(value.first, value.count);
  }

  Result<void> close() {
    const Open closed = open_.back();
    open_.pop_back();
    Document::Value& value = document_->values[closed.value];
    if (value.kind == Document::Kind::map) YL_CHECK(no_name_twice(closed.first));
    const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(closed.first);
    value.first = static_cast<std::uint32_t>(document_->links.size());
    value.count = static_cast<std::uint32_t>(pending_.end() - first);
    if (value.kind == Document::Kind::map) value.count /= 2;
    document_->links.insert(document_->links.end(), first, pending_.end());
    pending_.erase(first, pending_.end());
    if (!open_.empty()) open_.back().height = std::max(open_.back().height, closed.height + 1);
    // A later value of the same name may have taken the name over.
    if (closed.named != nullptr && closed.named->value == closed.value)
      *closed.named = {closed.value, values_ - closed.before, closed.height, true};
    return {};
  }

  // The value joins what is open. Null when it has no anchor.
  Named* add(const Document::Value& value, std::string_view anchor) {
    const auto made = static_cast<std::uint32_t>(document_->values.size());
    document_->values.push_back(value);
    pending_.push_back(made);
    if (anchor.empty()) return nullptr;
    Named& named = anchors_[std::string(anchor)];
    named = {made, 1, 0, true};
    return &named;
  }

  Result<void> no_key(const Event& event) const {
    if (open_.empty() || document_->values[open_.back().value].kind != Document::Kind::map) return {};
    if ((pending_.size() - open_.back().first) % 2 != 0) return {};
    return bad("a list or a map stands where a name is wanted", event.line(), "quote a name that begins with { or [");
  }

  // Aliases can make a huge document of a small file, so they count as what they stand for.
  Result<void> make_room(std::uint64_t count, std::size_t height, const Event& event) {
    if (open_.size() + height > kMostDepth)
      return bad("nested deeper than " + std::to_string(kMostDepth) + " levels", event.line(), "split it up",
                 Code::too_deep);
    values_ += count;
    if (values_ > kMostValues)
      return bad("more than " + std::to_string(kMostValues) + " values, each alias counted as what it stands for",
                 event.line(), "split the file, or use fewer aliases", Code::too_large);
    if (!open_.empty()) open_.back().height = std::max(open_.back().height, height + 1);
    return {};
  }

  std::string_view source_;
  Parser parser_;
  std::shared_ptr<Document> document_;
  std::uint64_t values_ = 0;
  std::vector<Open> open_;
  std::vector<std::uint32_t> pending_;  // what stands in `open_`
  std::vector<std::pair<std::string_view, std::uint32_t>> names_;
  std::unordered_map<std::string, Named> anchors_;
};

}  // namespace

Result<std::shared_ptr<const Document>> read_document(std::string_view text, std::string file) {
  if (text.size() > kMostBytes) return fail(Code::too_large, "larger than 16 MB", std::move(file));
  if (has_many_tag_directives(text))
    return fail(Code::too_large, "more than " + std::to_string(kMostTagDirectives) + " %TAG lines", std::move(file),
                "take them out: no tags are needed here");
  return Builder(text, std::move(file)).build();
}

}  // namespace yilian::config
