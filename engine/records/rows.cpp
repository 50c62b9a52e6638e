#include "engine/records/rows.h"

#include <algorithm>

#include "engine/records/index/key.h"
#include "engine/records/strings.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using fhir::Json;

void add_interval(std::string_view type, const Json& value, std::vector<Interval>& out) {
  if (type == "Period") {
    const auto start = read_interval(value.text_at("start"));
    const auto end = read_interval(value.text_at("end"));
    if (start || end) out.push_back({start ? start->low : kOpenLow, end ? end->high : kOpenHigh});
  } else if (type == "Timing") {
    if (const Json* events = value.find("event"); events != nullptr && events->is_array()) {
      for (const Json& event : events->items()) add_interval("dateTime", event, out);
    }
    if (const Json* repeat = value.find("repeat"); repeat != nullptr) {
      if (const Json* bounds = repeat->find("boundsPeriod"); bounds != nullptr) add_interval("Period", *bounds, out);
    }
  } else if (const auto interval = read_interval(value.text())) {
    out.push_back(*interval);
  }
}

// Empty when it is none, or goes to another type than the path asks for.
std::string reference_at(const Path& path, const Json& value) {
  std::string reference = normal_reference(value.is_object() ? value.text_at("reference") : value.text());
  const std::string_view target = path.target;
  if (!target.empty() &&
      !(reference.size() > target.size() && reference.starts_with(target) && reference[target.size()] == '/'))
    return {};
  return reference;
}

class Extractor {
 public:
  Extractor(const Plan& plan, const Json& resource) : plan_(plan), resource_(resource) {}

  Rows run() {
    add(row_number(plan_.type, kEveryCode), 0, 0);
    for (const fhir::Member& member : resource_.members()) {
      const auto found = plan_.ways.find(member.name);
      if (found == plan_.ways.end()) continue;
      for (const Way& way : found->second) {
        walk_on(*way.path, member.value, [&](const Json& value) { extract(*way.parameter, *way.path, value); });
      }
    }
    return sorted();
  }

 private:
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

  void end(std::int64_t extra) {
    append_extra(bytes_, extra);
    ends_.push_back(bytes_.size());
  }

  Rows sorted() const {
    std::vector<std::string_view> found;
    found.reserve(ends_.size());
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      found.emplace_back(bytes_.data() + begin, end - begin);
      begin = end;
    }
    std::sort(found.begin(), found.end());
    Rows out;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i == 0 || found[i] != found[i - 1]) out.add(found[i]);
    }
    return out;
  }

  void extract(const Indexed& parameter, const Path& path, const Json& value) {
    switch (parameter.kind) {
      case Kind::date: {
        std::vector<Interval> intervals;
        add_interval(path.leaf->name, value, intervals);
        for (const Interval& interval : intervals) add_date(parameter.number, interval);
        break;
      }
      case Kind::reference:
        if (const std::string reference = reference_at(path, value); !reference.empty())
          add_reference(parameter.number, reference);
        break;
      case Kind::token:
        add_token(parameter.number, path, value);
        break;
      case Kind::string:
        for (const std::string& text : search_strings(*path.leaf, parameter.code, value)) add(parameter.number, text);
        break;
      default:
        break;
    }
  }

  void add_date(std::uint32_t number, const Interval& interval) {
    const bool open = interval.low == kOpenLow || interval.high == kOpenHigh;
    const bool wide = open || interval.high - interval.low > kWide;
    add(wide ? number | 1U : number, interval.low, interval.high == kOpenHigh ? -1 : interval.high - interval.low);
  }

  void add_reference(std::uint32_t number, const std::string& reference) {
    const std::size_t slash = reference.find('/');
    const std::uint8_t type =
        slash == std::string::npos ? std::uint8_t{0} : type_number(std::string_view(reference).substr(0, slash));
    add(number, hash(reference), type);
  }

  void add_code(std::uint32_t number, std::string_view code, std::string_view system) {
    if (!code.empty()) add(number, hash(code), system_key(system));
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
  const Json& resource_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace

std::int64_t system_key(std::string_view system) {
  if (system.empty()) return 0;
  return static_cast<std::int32_t>(static_cast<std::uint64_t>(hash(system)) >> 32) | 1;  // never 0
}

Rows rows_of(const Plan& plan, const Json& resource) { return Extractor(plan, resource).run(); }

std::string updated_row(std::uint8_t type, std::int64_t updated_microseconds, std::uint32_t code) {
  std::string row = number_key(row_number(type, code), updated_microseconds / 1000);
  append_extra(row, 1);
  return row;
}

std::vector<Interval> intervals_of(const Indexed& parameter, const Json& resource) {
  std::vector<Interval> out;
  for (const Path& path : parameter.paths) {
    walk(path, resource, [&](const Json& value) { add_interval(path.leaf->name, value, out); });
  }
  return out;
}

std::string normal_reference(std::string_view reference) {
  if (reference.empty() || reference.front() == '#') return {};
  if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos)
    reference = reference.substr(0, version);
  return std::string(reference);
}

std::vector<std::string> references_of(const std::vector<Path>& paths, const Json& resource) {
  std::vector<std::string> out;
  for (const Path& path : paths) {
    walk(path, resource, [&](const Json& value) {
      if (std::string reference = reference_at(path, value); !reference.empty()) out.push_back(std::move(reference));
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

std::optional<std::int64_t> happened(const Plan& plan, const Json& resource) {
  if (plan.happened == nullptr) return std::nullopt;
  std::optional<std::int64_t> least;
  for (const Interval& interval : intervals_of(*plan.happened, resource)) {
    if (!least || interval.low < *least) least = interval.low;
  }
  return least;
}

}  // namespace yilian::records
