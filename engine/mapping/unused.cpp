#include "engine/mapping/unused.h"

#include <algorithm>

#include "engine/hl7v2/grammar.h"

namespace yilian::mapping {
namespace {

constexpr std::size_t kMostParts = 10'000;

// Spans in order, those that touch or overlap as one.
class Marked {
 public:
  explicit Marked(std::vector<Span> spans) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    for (const Span& span : spans) {
      if (spans_.empty() || span.begin > spans_.back().end) {
        spans_.push_back(span);
      } else {
        spans_.back().end = std::max(spans_.back().end, span.end);
      }
    }
  }
  bool meets(const Span& part) const {
    const auto at = first(part.begin);
    return at != spans_.end() && at->begin < part.end;
  }
  bool holds(const Span& part) const {
    const auto at = first(part.begin);
    return at != spans_.end() && at->begin <= part.begin && at->end >= part.end;
  }

 private:
  std::vector<Span>::const_iterator first(std::size_t begin) const {  // that ends behind it
    return std::upper_bound(spans_.begin(), spans_.end(), begin,
                            [](std::size_t at, const Span& span) { return at < span.end; });
  }
  std::vector<Span> spans_;
};

bool of_the_engine(std::string_view segment, unsigned field) {
  if (segment != "MSH") return false;
  return field <= 2 || field == 9 || field == 10 || field == 12 || field == 18;
}

class Search {
 public:
  Search(const hl7v2::Message& message, const Mapped& traced)
      : message_(message),
        used_(traced.used),
        asked_(traced.asked),
        levels_{message.delimiters().repetition, message.delimiters().component, message.delimiters().subcomponent} {}

  UnusedParts go() {
    for (std::size_t segment = 0; segment < message_.segment_count(); ++segment) {
      segment_ = segment;
      const std::string_view id = message_.segment_id(segment);
      for (unsigned field = 1; field <= message_.field_count(segment); ++field) {
        if (of_the_engine(id, field)) continue;
        const hl7v2::FieldFacts* const facts = hl7v2::field_facts(id, field);
        set_id_ = field == 1 && facts != nullptr && facts->datatype == "SI";
        look(message_.field(segment, field), std::string(id) + "-" + std::to_string(field), 0);
      }
    }
    return std::move(out_);
  }

 private:
  bool told(std::string_view part) const {
    return std::any_of(part.begin(), part.end(), [&](char c) {
      return static_cast<unsigned char>(c) > ' ' &&
             std::find(std::begin(levels_), std::end(levels_), c) == std::end(levels_);
    });
  }

  // Level 0: a field; 1: a repetition; 2: a component; 3: a subcomponent.
  void look(std::string_view part, const std::string& name, std::size_t level) {
    if (!told(part)) return;
    const std::size_t begin = message_.offset(part);
    const Span bytes{begin, begin + part.size()};
    const bool used = used_.meets(bytes), asked = asked_.meets(bytes);
    if (used_.holds(bytes)) return;
    // Where nothing is used and all or nothing is asked, the parts have nothing more to tell.
    const bool divided = level < std::size(levels_) && part.find_first_of(rest(level)) != std::string_view::npos;
    if (!divided || (!used && (!asked || asked_.holds(bytes)))) {
      if (!used) add(name, bytes, asked);
      return;
    }
    const char delimiter = levels_[level];
    for (unsigned number = 1;; ++number) {
      const auto end = part.find(delimiter);
      look(part.substr(0, end), below(name, level, number), level + 1);
      if (end == std::string_view::npos) return;
      part.remove_prefix(end + 1);
    }
  }

  static std::string below(const std::string& name, std::size_t level, unsigned number) {
    if (level == 0) return number == 1 ? name : name + "(" + std::to_string(number) + ")";
    return name + "." + std::to_string(number);
  }
  std::string rest(std::size_t level) const { return {std::begin(levels_) + level, std::end(levels_)}; }

  void add(const std::string& name, const Span& bytes, bool asked) {
    if (out_.parts.size() == kMostParts) {
      ++out_.left_off;
      return;
    }
    const auto why = set_id_ ? Unused::Why::set_id : asked ? Unused::Why::asked : Unused::Why::never;
    out_.parts.push_back({why, segment_, name, bytes});
  }

  const hl7v2::Message& message_;
  const Marked used_, asked_;
  const char levels_[3];
  std::size_t segment_ = 0;
  bool set_id_ = false;
  UnusedParts out_;
};

}  // namespace

std::string_view name(Unused::Why why) {
  switch (why) {
    case Unused::Why::never:
      return "never";
    case Unused::Why::asked:
      return "asked";
    case Unused::Why::set_id:
      return "set_id";
  }
  return {};
}

UnusedParts unused(const hl7v2::Message& message, const Mapped& traced) { return Search(message, traced).go(); }

}  // namespace yilian::mapping
