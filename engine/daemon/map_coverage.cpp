#include <array>
#include <cstdio>
#include <map>

#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/mappings.h"
#include "engine/daemon/settings.h"
#include "engine/fhir/json.h"
#include "engine/mapping/guide.h"

namespace yilian::daemon {
namespace {

using mapping::Coverage;
using mapping::GuideRow;

constexpr std::array kStates{GuideRow::State::done, GuideRow::State::elsewhere, GuideRow::State::listed, GuideRow::State::open};
constexpr std::array<const char*, 4> kKinds{"segment", "datatype", "message", "table"};

struct Count {
  std::array<std::size_t, kStates.size()> states{};
  std::size_t all = 0;
  void add(const GuideRow& row) {
    ++states[static_cast<std::size_t>(row.state)];
    ++all;
  }
};

struct Counts {
  std::map<std::string, std::map<std::string, Count>> maps;  // kind -> map
  std::map<std::string, Count> computable, other;            // by kind
  Count total;

  explicit Counts(const Coverage& coverage) {
    for (const GuideRow& row : coverage.rows) {
      maps[row.kind][row.map].add(row);
      (row.computable() ? computable : other)[row.kind].add(row);
      total.add(row);
    }
  }
};

void line(const std::string& what, const Count& count) {
  std::printf("  %-52s %5zu /%5zu   elsewhere %4zu   listed %4zu   open %4zu\n", what.c_str(), count.states[0], count.all, count.states[1], count.states[2], count.states[3]);
}

void print(const Coverage& coverage) {
  Counts counts(coverage);
  for (const char* kind : kKinds) {
    std::printf("%s maps: rows done / all\n", kind);
    for (const auto& [name, count] : counts.maps[kind]) line(name, count);
  }
  std::printf("in all: rows done / all\n");
  for (const char* kind : kKinds) {
    line(std::string(kind) + ", computable", counts.computable[kind]);
    line(std::string(kind) + ", other", counts.other[kind]);
  }
  line("all", counts.total);
}

void print_rows(const std::vector<const GuideRow*>& rows) {
  for (const GuideRow* row : rows) {
    std::string what = row->place;
    if (!row->rule.empty()) what += " " + row->rule;
    if (!row->reason.empty()) what += std::string(what.empty() ? "" : "; done differently: ") + row->reason;
    const std::string code = row->code.empty() ? "" : " " + row->code;
    std::printf("%s#%s%s %s: %s\n", row->map.c_str(), row->line.c_str(), code.c_str(), std::string(name(row->state)).c_str(), what.empty() ? "neither a rule nor listed in deviations.yaml" : what.c_str());
  }
}

void member(std::string& json, const char* name, std::string_view value) {
  json.append(",\"").append(name).append("\":");
  fhir::write_json_string(value, json);
}

void members(std::string& json, const Count& count) {
  json.append(",\"all\":").append(std::to_string(count.all));
  for (const auto state : kStates) json.append(",\"").append(name(state)).append("\":").append(std::to_string(count.states[static_cast<std::size_t>(state)]));
}

std::string as_json(const Coverage& coverage, const std::vector<const GuideRow*>* rows) {
  Counts counts(coverage);
  std::string json = "{\"guide\":\"hl7.fhir.uv.v2mappings 1.0.0\"";
  members(json, counts.total);
  json.append(",\"kinds\":[");
  const char* comma = "";
  for (const char* kind : kKinds) {
    for (const bool computable : {true, false}) {
      json.append(comma).append("{\"computable\":").append(computable ? "true" : "false");
      comma = ",";
      member(json, "kind", kind);
      members(json, (computable ? counts.computable : counts.other)[kind]);
      json.push_back('}');
    }
  }
  json.append("],\"maps\":[");
  comma = "";
  for (const char* kind : kKinds) {
    for (const auto& [map, count] : counts.maps[kind]) {
      json.append(comma).append("{\"kind\":\"").append(kind).push_back('"');
      comma = ",";
      member(json, "map", map);
      members(json, count);
      json.push_back('}');
    }
  }
  json.push_back(']');
  if (rows != nullptr) {
    json.append(",\"rows\":[");
    comma = "";
    for (const GuideRow* row : *rows) {
      json.append(comma).append("{\"kind\":\"").append(row->kind).push_back('"');
      comma = ",";
      member(json, "map", row->map);
      json.append(",\"line\":").append(row->line);
      member(json, "class", row->usable);
      if (!row->code.empty()) member(json, "code", row->code);
      member(json, "state", name(row->state));
      if (!row->rule.empty()) member(json, "rule", row->rule);
      if (!row->place.empty()) member(json, "place", row->place);
      if (!row->reason.empty()) member(json, "reason", row->reason);
      json.push_back('}');
    }
    json.push_back(']');
  }
  json.append(",\"problems\":[");
  comma = "";
  for (const Issue& problem : coverage.problems) {
    json.append(comma);
    comma = ",";
    fhir::write_json_string(problem.line(), json);
  }
  return json.append("]}\n");
}

}  // namespace

int map_coverage(const CoverageOptions& options) {
  const std::string folder = rules_to_fhir(options.mappings);
  const auto library = mapping::Library::load(folder);
  if (!library) {
    tell(library.error());
    return 1;
  }
  const auto coverage = mapping::guide_coverage(folder, *library);
  if (!coverage) {
    tell({coverage.error()});
    return 1;
  }
  std::vector<const GuideRow*> rows;
  std::vector<std::string_view> maps;
  std::size_t open = 0;
  for (const GuideRow& row : coverage->rows) {
    open += row.state == GuideRow::State::open ? 1 : 0;
    if (maps.empty() || maps.back() != row.map) maps.push_back(row.map);
    if (options.map.empty() || row.map == options.map) rows.push_back(&row);
  }
  if (options.list && rows.empty()) {
    const std::string near = config::nearest(options.map, maps);
    tell({Issue{Code::not_found, Severity::error, "--list", "the guide has no map '" + options.map + "'", near.empty() ? "" : "did you mean " + near + "?"}});
    return 2;
  }
  if (options.json) {
    if (!put(as_json(*coverage, options.list ? &rows : nullptr))) return 2;
  } else if (options.list) {
    print_rows(rows);
  } else {
    print(*coverage);
  }
  tell(coverage->problems);
  if (!options.json && !options.list) std::printf("%zu unaccounted rows, %zu problems\n", open, coverage->problems.size());
  return open == 0 && coverage->problems.empty() ? 0 : 1;
}

}  // namespace yilian::daemon
