#include "engine/records/rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/fhir/member_table.h"
#include "engine/records/index/key.h"
#include "engine/records/strings.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using fhir::Json;

// Calls `visit` for each interval.
template <class Visit>
void intervals_in(const fhir::Type& type, const Json& value, const Visit& visit) {
  if (type.name == "Period") {
    const auto start = read_interval(value.text_at("start"));
    const auto end = read_interval(value.text_at("end"));
    if (start || end) visit(Interval{start ? start->low : kOpenLow, end ? end->high : kOpenHigh});
  } else if (type.name == "Timing") {
    if (const Json* events = value.find("event"); events != nullptr && events->is_array()) {
      for (const Json& event : events->items()) {
        if (const auto interval = read_interval(event.text())) visit(*interval);
      }
    }
    if (const Json* repeat = value.find("repeat"); repeat != nullptr) {
      static const fhir::Type& period = *fhir::type("Period");
      if (const Json* bounds = repeat->find("boundsPeriod"); bounds != nullptr) intervals_in(period, *bounds, visit);
    }
  } else if (const auto interval = read_interval(value.text())) {
    visit(*interval);
  }
}

std::string_view normal(std::string_view reference) {
  if (reference.empty() || reference.front() == '#') return {};
  constexpr std::string_view kVersion = "/_history/";
  return reference.substr(0, reference.find(kVersion));
}

// Empty when it is none, or goes to another type than the path asks for.
std::string_view reference_at(const Path& path, const Json& value) {
  const std::string_view reference = normal(value.is_object() ? value.text_at("reference") : value.text());
  const std::string_view target = path.target;
  if (!target.empty() &&
      !(reference.size() > target.size() && reference.starts_with(target) && reference[target.size()] == '/'))
    return {};
  return reference;
}

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

  Rows sorted() {
    for (Row& row : rows_) row.head = head_of(text(row));
    std::sort(rows_.begin(), rows_.end(),
              [this](const Row& a, const Row& b) { return a.head != b.head ? a.head < b.head : text(a) < text(b); });
    Rows out;
    out.reserve(rows_.size(), bytes_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (i == 0 || text(rows_[i]) != text(rows_[i - 1])) out.add(text(rows_[i]));
    }
    return out;
  }

 private:
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
  void end(std::int64_t extra) {
    append_extra(bytes_, extra);
    const std::uint32_t begin = rows_.empty() ? 0 : rows_.back().begin + rows_.back().size;
    rows_.push_back({0, begin, static_cast<std::uint32_t>(bytes_.size()) - begin});
  }

  std::string bytes_;
  std::vector<Row> rows_;
};

class Extractor {
 public:
  Extractor(const Plan& plan, Found& found) : plan_(plan), found_(found) {}

  Extracted run(const Json& resource) {
    found_.add(row_number(plan_.type, kEveryCode), 0, 0);
    const fhir::MemberName* before = nullptr;
    for (const fhir::Member& member : resource.members()) {
      const fhir::MemberName* name = plan_.members->find(member.name, before);
      if (name == nullptr) continue;
      before = name;
      for (const Way& way : plan_.ways[plan_.members->order(*name)]) {
        walk_on(*way.path, member.value, [&](const Json& value) { extract(*way.parameter, *way.path, value); });
      }
    }
    return {found_.sorted(), happened_};
  }

 private:
  void extract(const Indexed& parameter, const Path& path, const Json& value) {
    switch (parameter.kind) {
      case Kind::date:
        intervals_in(*path.leaf, value, [&](const Interval& interval) { add_date(parameter.number, interval); });
        break;
      case Kind::reference:
        if (const std::string_view reference = reference_at(path, value); !reference.empty())
          add_reference(parameter.number, reference);
        break;
      case Kind::token:
        add_token(parameter.number, path, value);
        break;
      case Kind::string:
        search_strings(*path.leaf, parameter.code, value,
                       [&](std::string_view text) { found_.add(parameter.number, text); });
        break;
      default:
        break;
    }
  }

  void add_date(std::uint32_t number, const Interval& interval) {
    const bool open = interval.low == kOpenLow || interval.high == kOpenHigh;
    const bool wide = open || interval.high - interval.low > kWide;
    const std::int64_t length = interval.high == kOpenHigh ? -1 : interval.high - interval.low;
    found_.add(wide ? number | 1U : number, interval.low, length);
    // The date by which the type is ordered may be an alias: its rows have the number of the one that it shares them
    // with.
    if (plan_.happened != nullptr && plan_.happened->number == number && (!happened_ || interval.low < *happened_))
      happened_ = interval.low;
  }

  void add_reference(std::uint32_t number, std::string_view reference) {
    const std::size_t slash = reference.find('/');
    const std::uint8_t type =
        slash == std::string_view::npos ? std::uint8_t{0} : type_number(reference.substr(0, slash));
    found_.add(number, hash(reference), type);
  }

  void add_code(std::uint32_t number, std::string_view code, std::string_view system) {
    if (!code.empty()) found_.add(number, hash(code), system_key(system));
  }

  void add_token(std::uint32_t number, const Path& path, const Json& value) {
    const std::string_view type = path.leaf->name;
    if (type == "CodeableConcept") {
      if (const Json* codings = value.find("coding"); codings != nullptr && codings->is_array()) {
        for (const Json& coding : codings->items()) add_code(number, coding.text_at("code"), coding.text_at("system"));
      }
    } else if (type == "Coding") {
      add_code(number, value.text_at("code"), value.text_at("system"));
    } else if (type == "Identifier") {
      add_code(number, value.text_at("value"), value.text_at("system"));
    } else if (type == "ContactPoint") {
      add_code(number, value.text_at("value"), value.text_at("system"));
    } else if (path.leaf->kind == fhir::Type::Kind::primitive) {
      // The system of a plain code is the one that its binding names.
      add_code(number, value.text(),
               path.element->systems.size() == 1 ? path.element->systems.front() : std::string_view());
    }
  }

  const Plan& plan_;
  Found& found_;
  std::optional<std::int64_t> happened_;
};

}  // namespace

std::int64_t system_key(std::string_view system) {
  if (system.empty()) return 0;
  return static_cast<std::int32_t>(static_cast<std::uint64_t>(hash(system)) >> 32) | 1;  // never 0
}

Extracted extract(const Plan& plan, const Json& resource) {
  thread_local Found found;
  found.clear();  // whatever was thrown the last time
  Extracted out = Extractor(plan, found).run(resource);
  found.clear();
  return out;
}

Rows rows_of(const Plan& plan, const Json& resource) { return extract(plan, resource).rows; }

std::string updated_row(std::uint8_t type, std::int64_t updated_microseconds, std::uint32_t code) {
  std::string row = number_key(row_number(type, code), updated_microseconds / 1000);
  append_extra(row, 1);
  return row;
}

std::vector<Interval> intervals_of(const Indexed& parameter, const Json& resource) {
  std::vector<Interval> out;
  for (const Path& path : parameter.paths) {
    walk(path, resource, [&](const Json& value) {
      intervals_in(*path.leaf, value, [&](const Interval& interval) { out.push_back(interval); });
    });
  }
  return out;
}

std::string normal_reference(std::string_view reference) { return std::string(normal(reference)); }

std::vector<std::string> references_of(const std::vector<Path>& paths, const Json& resource) {
  std::vector<std::string> out;
  for (const Path& path : paths) {
    walk(path, resource, [&](const Json& value) {
      if (const std::string_view reference = reference_at(path, value); !reference.empty()) out.emplace_back(reference);
    });
  }
  return out;
}

std::vector<std::string> sort_texts(const Indexed& parameter, const Json& resource) {
  std::vector<std::string> out;
  for (const Path& path : parameter.paths) {
    walk(path, resource, [&](const Json& value) {
      if (parameter.kind == Kind::string) {
        out.push_back(sort_string(*path.leaf, parameter.code, value));
      } else if (value.is_object()) {
        const Json* codings = value.find("coding");
        const Json* first =
            codings != nullptr && codings->is_array() && codings->size() > 0 ? &codings->items().front() : &value;
        const std::string_view code = first->text_at("code");
        out.emplace_back(code.empty() ? first->text_at("value") : code);
      } else {
        out.emplace_back(value.text());
      }
    });
  }
  return out;
}

std::vector<std::string> raw_strings(const Indexed& parameter, const Json& resource) {
  std::vector<std::string> out;
  for (const Path& path : parameter.paths) {
    walk(path, resource, [&](const Json& value) { exact_strings(*path.leaf, value, out); });
  }
  return out;
}

}  // namespace yilian::records
