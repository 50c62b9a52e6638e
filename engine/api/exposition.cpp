#include "engine/api/exposition.h"

#include <cstdio>

namespace yilian::api {
namespace {

// A label's value escapes backslash, quote and line feed.
void append_label(std::string& out, std::string_view name, std::string_view value) {
  out.append(out.back() == '{' ? "" : ",").append(name).append("=\"");
  for (const char c : value) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') out.append("\\n");
    else out.push_back(c);
  }
  out.push_back('"');
}

std::string in_seconds(std::int64_t microseconds) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", static_cast<double>(microseconds) / 1e6);
  return text;
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view kind, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(kind).append("\n");
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view extra_name, std::string_view extra_value, std::string_view value) {
  text_.append(name_).append(suffix);
  if (labels.size() > 0 || !extra_name.empty()) {
    text_.push_back('{');
    for (const auto& [name, text] : labels) append_label(text_, name, text);
    if (!extra_name.empty()) append_label(text_, extra_name, extra_value);
    text_.push_back('}');
  }
  text_.append(" ").append(value).append("\n");
}

void Exposition::sample(Labels labels, std::int64_t value) { line("", labels, "", "", std::to_string(value)); }
void Exposition::seconds(Labels labels, std::int64_t microseconds) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(microseconds) / 1e6);
  line("", labels, "", "", text);
}

void Exposition::histogram(Labels labels, const Histogram::Snapshot& snapshot) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < Histogram::kEnds.size(); ++i) {
    sum += snapshot.counts[i];
    line("_bucket", labels, "le", in_seconds(Histogram::kEnds[i]), std::to_string(sum));
  }
  line("_bucket", labels, "le", "+Inf", std::to_string(snapshot.total));
  line("_sum", labels, "", "", in_seconds(static_cast<std::int64_t>(snapshot.microseconds)));
  line("_count", labels, "", "", std::to_string(snapshot.total));
}

}  // namespace yilian::api
