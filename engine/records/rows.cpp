#include "engine/records/rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "engine/fhir/member_table.h"
#include "engine/records/index/key.h"
#include "engine/records/intervals.h"
#include "engine/records/measure.h"
#include "engine/records/parameter_numbers.h"
#include "engine/records/strings.h"
#include "engine/records/types.h"
#include "engine/records/values_of.h"
#include "engine/records/words.h"

namespace yilian::records {
namespace {

using fhir::Json;

constexpr std::int64_t kContained = 0;

std::string_view normal(std::string_view reference) {
  if (reference.empty() || reference.front() == '#') return {};
  constexpr std::string_view kVersion = "/_history/";
  return reference.substr(0, reference.find(kVersion));
}

// Empty when it is none, or goes to another type than the path asks for. A resource within another (Bundle.composition)
// is named by itself, in `own`.
std::string_view reference_at(const Path& path, const Json& value, std::string& own) {
  if (path.leaf->kind == fhir::Type::Kind::resource) {
    own.assign(value.text_at("resourceType")).append("/").append(value.text_at("id"));
    return own.ends_with('/') ? std::string_view() : std::string_view(own);
  }
  const std::string_view reference = normal(value.is_object() ? value.text_at("reference") : value.text());
  const std::string_view target = path.target;
  if (!target.empty() &&
      !(reference.size() > target.size() && reference.starts_with(target) && reference[target.size()] == '/'))
    return {};
  return reference;
}

// Folding is dear beside the other rows, and the names of tests and wards come with every message.
class FoldedTexts {
 public:
  const std::string& key_of(std::string_view text) {
    Kept& kept = kept_[static_cast<std::uint64_t>(hash(text)) % kept_.size()];
    if (kept.text != text) {
      if (text.size() > kMostText) return longer_ = string_key(text);
      kept.text = text;
      kept.key = string_key(text);
    }
    return kept.key;
  }

 private:
  static constexpr std::size_t kMostText = 128;
  struct Kept {
    std::string text, key;
  };
  std::array<Kept, 512> kept_;
  std::string longer_;
};

// Rows as they are found, in no order. One a thread, so that what it grew to is used again.
class Found {
 public:
  void clear() {
    // After a resource that is larger than nearly all, the thread does not hold on to so much.
    if (bytes_.capacity() > kMostBytes) *this = {};
    bytes_.clear();
    rows_.clear();
  }
  void add(std::uint32_t number, std::int64_t value, std::int64_t extra) {
    append_parameter(bytes_, number);
    append_number(bytes_, value);
    end(extra);
  }
  void add(std::uint32_t number, std::string_view text) {
    append_parameter(bytes_, number);
    append_text(bytes_, text);
    end(0);
  }
  void add(std::uint32_t number, const Measure& measure) {
    append_parameter(bytes_, measure.span.point() ? number : number | 1U);
    append_measure(measure);
    end(0);
  }
  void add(std::uint32_t number, std::int64_t code, std::int64_t system, const Measure& measure) {
    append_parameter(bytes_, measure.span.point() ? number : number | 1U);
    append_number(bytes_, code);
    append_measure(measure);
    end(system);
  }

  Rows sorted() {
    sort();
    Rows out;
    out.reserve(rows_.size(), bytes_.size());
    add_before({}, out);
    return out;
  }
  // With the words, which are in order already, each kind under its number.
  Rows sorted(const ResourceWords& words, std::uint32_t narrative, std::uint32_t content) {
    sort();
    Rows out;
    out.reserve(rows_.size() + words.size(), bytes_.size() + words.bytes() + words.size() * kParameterBytes);
    add_words(words, 0, words.narrative_end(), narrative, out);
    add_words(words, words.narrative_end(), words.size(), content, out);
    add_before({}, out);
    return out;
  }

 private:
  void sort() {
    for (Row& row : rows_) row.head = head_of(text(row));
    std::sort(rows_.begin(), rows_.end(),
              [this](const Row& a, const Row& b) { return a.head != b.head ? a.head < b.head : text(a) < text(b); });
    next_ = 0;
  }
  // The next rows, each once, that come before this one; empty: all that are left.
  void add_before(std::string_view row, Rows& out) {
    for (; next_ < rows_.size() && (row.empty() || text(rows_[next_]) < row); ++next_) {
      if (next_ == 0 || text(rows_[next_]) != text(rows_[next_ - 1])) out.add(text(rows_[next_]));
    }
  }
  void add_words(const ResourceWords& words, std::size_t begin, std::size_t end, std::uint32_t number, Rows& out) {
    const std::string parameter = parameter_key(number);
    add_before(parameter, out);
    for (std::size_t i = begin; i < end; ++i) out.add(parameter, words[i]);
  }

  static constexpr std::size_t kMostBytes = 1U << 20;
  struct Row {
    std::uint64_t head;  // its first eight bytes, as a number that sorts as they do: mostly enough
    std::uint32_t begin, size;
  };
  std::string_view text(const Row& row) const { return {bytes_.data() + row.begin, row.size}; }
  static std::uint64_t head_of(std::string_view row) {
    std::uint64_t head = 0;
    std::memcpy(&head, row.data(), std::min(row.size(), sizeof head));
    return std::endian::native == std::endian::little ? __builtin_bswap64(head) : head;
  }
  void append_measure(const Measure& measure) {
    append_text(bytes_, unit_key(measure.unit));
    append_number(bytes_, ordered(measure.span.low));
    if (!measure.span.point()) append_number(bytes_, ordered(measure.span.high));
  }
  void end(std::int64_t extra) {
    append_extra(bytes_, extra);
    const std::uint32_t begin = rows_.empty() ? 0 : rows_.back().begin + rows_.back().size;
    rows_.push_back({0, begin, static_cast<std::uint32_t>(bytes_.size()) - begin});
  }

  std::string bytes_;
  std::vector<Row> rows_;
  std::size_t next_ = 0;  // of those that are sorted, to be given
};

class Extractor {
 public:
  Extractor(Found& found, const Indexed* happened) : found_(found), happened_by_(happened) {}

  std::optional<std::int64_t> happened() const { return happened_; }

  void all(const Plan& plan, const Json& resource) {
    found_.add(row_number(plan.type, kEveryCode), 0, 0);
    const fhir::MemberName* before = nullptr;
    for (const fhir::Member& member : resource.members()) {
      const fhir::MemberName* name = plan.members->find(member.name, before);
      if (name == nullptr) continue;
      before = name;
      for (const Way& way : plan.ways[plan.members->order(*name)]) {
        walk_on(*way.path, member.value, [&](const Json& value) {
          if (way.composite != nullptr) {
            composite(*way.composite, value);
          } else {
            one(*way.parameter, way.parameter->numbers.front(), *way.path, value);
          }
        });
      }
    }
    for (const Composite* whole : plan.whole) composite(*whole, resource);
    for (const Indexed* parameter : plan.computed) {
      for_values(*parameter, resource, [&](const Path& path, const Json& value) {
        one(*parameter, parameter->numbers.front(), path, value);
      });
    }
  }

  // Of a client's parameter.
  void custom(const Indexed& parameter, const Json& resource) {
    for (const Composite& composite : parameter.composites) {
      if (!composite.own) continue;
      for (const Path& base : composite.bases)
        walk(base, resource, [&](const Json& element) { this->composite(composite, element); });
    }
    if (parameter.numbers.empty()) return;
    const std::uint32_t number = parameter.numbers.front();
    const bool evaluated = for_values(
        parameter, resource, [&](const Path& path, const Json& value) { one(parameter, number, path, value); });
    if (!evaluated) found_.add(parameter.failed, 0, 0);
  }

  void one(const Indexed& parameter, std::uint32_t number, const Path& path, const Json& value) {
    switch (parameter.kind) {
      case Kind::date:
        intervals_in(*path.leaf, value, [&](const Interval& interval) { add_date(number, interval); });
        break;
      case Kind::reference:
        add_reference(number, path, value);
        break;
      case Kind::token:
        add_token(number, path, value);
        break;
      case Kind::string:
        if (!search_strings(*path.leaf, parameter.code, value,
                            [&](std::string_view text) { found_.add(number, text); }))
          found_.add(number | 1U, std::string_view());
        break;
      case Kind::number:
      case Kind::quantity:
        if (const auto measure = read_measure(path.leaf->name, value)) found_.add(number, *measure);
        break;
      case Kind::uri:
        if (const std::string_view text = value.text(); !text.empty()) found_.add(number, uri_key(text));
        break;
      case Kind::composite:
      case Kind::special:
        break;
    }
  }

  // A code and a quantity that stand in one element.
  void composite(const Composite& composite, const Json& element) {
    for (const Path& path : composite.components[1].paths) {
      walk(path, element, [&](const Json& value) {
        const auto measure = read_measure(path.leaf->name, value);
        if (!measure) return;
        for (const Path& code_path : composite.components[0].paths) {
          walk(code_path, element, [&](const Json& concept_value) {
            for_codes(code_path, concept_value, [&](std::string_view code, std::string_view system) {
              found_.add(composite.number, hash(code), system_key(system), *measure);
            });
          });
        }
      });
    }
  }

 private:
  void add_date(std::uint32_t number, const Interval& interval) {
    const bool open = interval.low == kOpenLow || interval.high == kOpenHigh;
    const bool wide = open || interval.high - interval.low > kWide;
    const std::int64_t length = interval.high == kOpenHigh ? -1 : interval.high - interval.low;
    found_.add(wide ? number | 1U : number, interval.low, length);
    if (const std::uint32_t ends = wide ? ends_row(number) : 0; ends != 0) found_.add(ends, interval.high, 0);
    // The date by which the type is ordered may share the rows of another.
    if (happened_by_ != nullptr && happened_by_->numbers.front() == number &&
        (!happened_ || interval.low < *happened_))
      happened_ = interval.low;
  }

  void add_reference(std::uint32_t number, const Path& path, const Json& value) {
    std::string own;
    // What is contained is not searched for; that there is a reference counts.
    if (value.is_object() && value.text_at("reference").starts_with("#")) found_.add(number, kContained, 0);
    if (const std::string_view reference = reference_at(path, value, own); !reference.empty()) {
      const std::size_t slash = reference.find('/');
      const std::uint8_t type =
          slash == std::string_view::npos ? std::uint8_t{0} : type_number(reference.substr(0, slash));
      found_.add(number, hash(reference), type);
      // A canonical is found with its version and without.
      if (const std::size_t bar = reference.find('|'); bar != std::string_view::npos)
        found_.add(number, hash(reference.substr(0, bar)), type);
    }
    if (const Json* identifier = value.is_object() ? value.find("identifier") : nullptr; identifier != nullptr)
      add_code(number | 1U, identifier->text_at("value"), identifier->text_at("system"));
  }

  void add_code(std::uint32_t number, std::string_view code, std::string_view system) {
    if (!code.empty()) found_.add(number, hash(code), system_key(system));
  }

  void add_token(std::uint32_t number, const Path& path, const Json& value) {
    for_codes(path, value,
              [&](std::string_view code, std::string_view system) { add_code(number, code, system); });
    const std::string_view type = path.leaf->name;
    if (type == "CodeableConcept") {
      add_text(number, value.text_at("text"));
      for_codings(value, [&](const Json& coding) { add_text(number, coding.text_at("display")); });
    } else if (type == "Coding") {
      add_text(number, value.text_at("display"));
    } else if (type == "Identifier") {
      if (const Json* of = value.find("type"); of != nullptr) add_text(number, of->text_at("text"));
    }
  }

  void add_text(std::uint32_t number, std::string_view text) {
    static thread_local FoldedTexts folded;
    if (!text.empty()) found_.add(number | 1U, folded.key_of(text));
  }

  template <class Visit>
  static void for_codings(const Json& concept_value, const Visit& visit) {
    const Json* codings = concept_value.find("coding");
    if (codings == nullptr || !codings->is_array()) return;
    for (const Json& coding : codings->items()) visit(coding);
  }

  template <class Visit>
  static void for_codes(const Path& path, const Json& value, const Visit& visit) {
    const std::string_view type = path.leaf->name;
    if (type == "CodeableConcept") {
      for_codings(value, [&](const Json& coding) { visit(coding.text_at("code"), coding.text_at("system")); });
    } else if (type == "Coding") {
      visit(value.text_at("code"), value.text_at("system"));
    } else if (type == "Identifier" || type == "ContactPoint") {
      visit(value.text_at("value"), value.text_at("system"));
    } else if (path.leaf->kind == fhir::Type::Kind::primitive) {
      // The system of a plain code is the one that its binding names.
      visit(value.text(), path.element->systems.size() == 1 ? path.element->systems.front() : std::string_view());
    }
  }

  Found& found_;
  const Indexed* happened_by_;
  std::optional<std::int64_t> happened_;
};

// One a thread, so that what it grew to is used again.
Found& found_of_thread() {
  thread_local Found found;
  found.clear();  // whatever was thrown the last time
  return found;
}

// What was found, and the words of the resource's texts.
Rows with_words(Found& found, const Plan& plan, const Json& resource) {
  static const std::uint32_t content_code = parameter_number("_content"), narrative_code = parameter_number("_text");
  const std::uint32_t content = row_number(plan.type, content_code), narrative = row_number(plan.type, narrative_code);
  thread_local ResourceWords words;
  words.read(*fhir::resource_types()[plan.type - 1U], resource);
  if (words.narrative_has_more()) found.add(narrative | 1U, std::string_view());
  if (words.has_more()) found.add(content | 1U, std::string_view());
  return found.sorted(words, narrative, content);
}

}  // namespace

std::int64_t system_key(std::string_view system) {
  if (system.empty()) return 0;
  return static_cast<std::int32_t>(static_cast<std::uint64_t>(hash(system)) >> 32) | 1;  // never 0
}

Extracted extract(const Plan& plan, const Json& resource, std::string_view source) {
  Found& found = found_of_thread();
  Extractor extractor(found, plan.happened);
  if (!source.empty()) found.add(plan.source, uri_key(source));
  extractor.all(plan, resource);
  Extracted out{with_words(found, plan, resource), extractor.happened()};
  found.clear();
  return out;
}

Rows rows_of(const Plan& plan, const Json& resource) { return extract(plan, resource).rows; }

Rows rows_without_words(const Plan& plan, const Json& resource) {
  Found& found = found_of_thread();
  Extractor(found, nullptr).all(plan, resource);
  Rows out = found.sorted();
  found.clear();
  return out;
}

Rows rows_of(const Indexed& parameter, std::uint32_t number, const Json& from) {
  Found& found = found_of_thread();
  Extractor extractor(found, nullptr);
  for_values(parameter, from,
             [&](const Path& path, const Json& value) { extractor.one(parameter, number, path, value); });
  Rows out = found.sorted();
  found.clear();
  return out;
}

Rows rows_of(const std::vector<const Indexed*>& parameters, const Json& resource) {
  Found& found = found_of_thread();
  Extractor extractor(found, nullptr);
  for (const Indexed* parameter : parameters) extractor.custom(*parameter, resource);
  Rows out = found.sorted();
  found.clear();
  return out;
}

Rows united(const Rows& a, const Rows& b) {
  Rows out;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && a[i] <= b[j]);
    if (from_a && j < b.size() && a[i] == b[j]) ++j;
    out.add(from_a ? a[i++] : b[j++]);
  }
  return out;
}

std::string uri_key(std::string_view uri) { return std::string(uri.substr(0, kUriBytes)); }

std::string updated_row(std::uint8_t type, std::int64_t updated_microseconds, std::uint32_t code) {
  std::string row = number_key(row_number(type, code), updated_microseconds / 1000);
  append_extra(row, 1);
  return row;
}

std::string normal_reference(std::string_view reference) { return std::string(normal(reference)); }

std::vector<std::string> references_of(const Indexed& parameter, const Json& resource) {
  std::vector<std::string> out;
  for_values(parameter, resource, [&](const Path& path, const Json& value) {
    std::string own;
    if (const std::string_view reference = reference_at(path, value, own); !reference.empty())
      out.emplace_back(reference);
  });
  return out;
}

}  // namespace yilian::records
