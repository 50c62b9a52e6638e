#include "engine/mapping/guide.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/base/config.h"

namespace yilian::mapping {
namespace {

using config::Node;
using State = GuideRow::State;

// A row, or a code of a table: (map, line or code). An empty second part is the whole map.
using Key = std::pair<std::string, std::string>;

Key key_of(const GuideRow& row) { return {row.map, row.kind == "table" ? row.code : row.line}; }

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<GuideRow> read_rows(std::string_view text) {
  std::vector<GuideRow> rows;
  bool head = true;
  for (const std::string_view line : split(text, '\n')) {
    const auto parts = split(line, '\t');
    if (!head && parts.size() >= 5) {
      GuideRow row;
      row.kind = parts[0];
      row.map = parts[1];
      row.line = parts[2];
      row.usable = parts[3];
      row.code = parts[4];
      rows.push_back(std::move(row));
    }
    head = false;
  }
  return rows;
}

struct Said {
  std::string reason;
  Node node;
};

// What deviations.yaml says under one of its heads.
struct Listed {
  std::map<Key, Said> rows;
  std::map<std::string, Said> classes;
  const Said* find(const Key& key) const {
    auto found = rows.find(key);
    if (found == rows.end()) found = rows.find({key.first, {}});
    return found == rows.end() ? nullptr : &found->second;
  }
};

class Reader {
 public:
  explicit Reader(Coverage& coverage) : out_(coverage) {
    for (const GuideRow& row : coverage.rows) {
      known_.insert(key_of(row));
      maps_.insert(row.map);
      if (row.kind == "table") tables_.insert(row.map);
    }
  }

  bool is_row(const Key& key) const { return known_.count(key) > 0; }
  bool is_map(const std::string& name) const { return maps_.count(name) > 0; }
  bool is_table(const std::string& name) const { return tables_.count(name) > 0; }

  Listed read(const Node& entries) {
    Listed listed;
    for (const Node& entry : entries.items()) {
      const Said said{entry["reason"].text_or(""), entry};
      if (said.reason.empty()) problem(entry, "gives no reason", "add `reason:`");
      if (entry["class"]) {
        listed.classes.emplace(entry["class"].text_or(""), said);
      } else {
        read_parts(entry["rows"].text_or(""), said, listed);
      }
    }
    return listed;
  }

  void problem(const Node& node, std::string what, std::string cure) {
    out_.problems.push_back(node.fail(std::move(what), std::move(cure)).value());
  }

 private:
  // "MAP" is the whole map; "MAP#3, #5-7" are lines of it; of a table the part after # is a code.
  void read_parts(std::string_view text, const Said& said, Listed& listed) {
    std::string map;
    while (!text.empty()) {
      const auto end = text.find(", ");
      std::string_view part = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
      const auto sign = part.find('#');
      if (sign != 0) map = part.substr(0, sign);
      if (!is_map(map)) {
        problem(said.node, "names " + std::string(part) + ", which is no map of the guide",
                "take it out, or mend the name");
      } else if (sign == std::string_view::npos) {
        listed.rows.emplace(Key{map, {}}, said);
      } else {
        add_lines(map, part.substr(sign + 1), said, listed);
      }
    }
  }

  void add_lines(const std::string& map, std::string_view what, const Said& said, Listed& listed) {
    int first = 0, last = 0;
    const char* const end = what.data() + what.size();
    auto read = std::from_chars(what.data(), end, first);
    const bool span = !is_table(map) && read.ec == std::errc() && read.ptr != end && *read.ptr == '-';
    if (span) read = std::from_chars(read.ptr + 1, end, last);
    bool any = false;
    if (!span) {
      any = is_row({map, std::string(what)});
      listed.rows.emplace(Key{map, what}, said);
    }
    for (int line = first; span && line <= last; ++line) {
      const Key key{map, std::to_string(line)};
      if (!is_row(key)) continue;
      any = true;
      listed.rows.emplace(key, said);
    }
    if (!any)
      problem(said.node, "names " + map + "#" + std::string(what) + ", which is no row of the guide",
              "take it out, or mend the number");
  }

  Coverage& out_;
  std::set<Key> known_;
  std::set<std::string> maps_, tables_;
};

std::string shown(const Key& key) { return key.second.empty() ? key.first : key.first + "#" + key.second; }

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::done:
      return "done";
    case State::elsewhere:
      return "elsewhere";
    case State::listed:
      return "listed";
    case State::open:
      return "open";
  }
  return {};
}

Result<Coverage> guide_coverage(const std::string& folder, const Library& library) {
  Coverage out;
  YL_TRY(const auto text, config::read_bytes(folder + "/guide.tsv"));
  out.rows = read_rows(text);
  YL_TRY(const auto deviations_text, config::read_bytes(folder + "/deviations.yaml"));
  YL_TRY(const auto deviations, config::read_text(deviations_text, "deviations.yaml"));

  Reader reader(out);
  const Listed left_out = reader.read(deviations["left-out"]), elsewhere = reader.read(deviations["elsewhere"]),
               changed = reader.read(deviations["changed"]);

  std::map<Key, RuleName> done;
  std::set<std::string> with_rules;
  for (const auto& [map, rules] : library.rows()) {
    for (const auto& [row, rule] : rules) {
      const Key key{map, std::to_string(row)};
      done.emplace(key, rule);
      with_rules.insert(map);
      if (reader.is_map(map) && !reader.is_row(key))
        out.problems.push_back({Code::bad_config, Severity::error, rule.place,
                                "`ig` names " + shown(key) + ", which is no row of the guide",
                                "mend the number, or leave `ig` out of a rule of our own"});
    }
  }
  for (const auto& [table, codes] : library.codes()) {
    for (const auto& [code, place] : codes) done.emplace(Key{table, code}, RuleName{{}, place});
  }

  for (const Listed* none : {&left_out, &elsewhere}) {
    for (const auto& [key, said] : none->rows) {
      const auto rule = done.find(key);
      if (!key.second.empty() && rule != done.end())
        reader.problem(said.node, "lists " + shown(key) + " as no rule, but it is one at " + rule->second.place,
                       "take it out of the list");
      if (key.second.empty() && with_rules.count(key.first) > 0)
        reader.problem(said.node, "lists the whole of " + key.first + " as no rules, but it has some",
                       "list the rows that are left");
    }
  }

  for (GuideRow& row : out.rows) {
    const Key key = key_of(row);
    if (const Said* said = changed.find(key)) row.reason = said->reason;
    if (const auto rule = done.find(key); rule != done.end()) {
      row.state = State::done;
      row.rule = rule->second.id;
      row.place = rule->second.place;
    } else if (const Said* other = elsewhere.find(key)) {
      row.state = State::elsewhere;
      row.reason = other->reason;
    } else if (const Said* out_of_it = left_out.find(key)) {
      row.state = State::listed;
      row.reason = out_of_it->reason;
    } else if (!row.reason.empty()) {
      row.state = State::listed;
    } else if (const auto of_class = left_out.classes.find(row.usable); of_class != left_out.classes.end()) {
      row.state = State::listed;
      row.reason = of_class->second.reason;
    }
  }
  return out;
}

}  // namespace yilian::mapping
