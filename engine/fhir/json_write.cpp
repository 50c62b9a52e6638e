#include <utility>

#include "engine/fhir/json.h"
#include "engine/fhir/json_output.h"

namespace yilian::fhir {
namespace {

void write(const Json& value, JsonOutput& out) {
  if (const std::string_view text = value.sealed_text(); !text.empty()) return out.put(text);
  switch (value.kind()) {
    case Json::Kind::null:
      out.put("null");
      break;
    case Json::Kind::boolean:
    case Json::Kind::number:
      out.put(value.text());
      break;
    case Json::Kind::string:
      out.string(value.text());
      break;
    case Json::Kind::array: {
      char before = '[';
      for (const Json& item : value.items()) {
        out.put(std::exchange(before, ','));
        write(item, out);
      }
      out.put(before == '[' ? std::string_view("[]") : std::string_view("]"));
      break;
    }
    case Json::Kind::object: {
      char before = '{';
      for (const Member& member : value.members()) {
        out.put(std::exchange(before, ','));
        out.string(member.name, ':');
        write(member.value, out);
      }
      out.put(before == '{' ? std::string_view("{}") : std::string_view("}"));
      break;
    }
  }
}

void write_pretty(const Json& value, JsonOutput& out, std::size_t level) {
  if (value.size() == 0 || (!value.is_array() && !value.is_object())) return write(value, out);
  char before = value.is_array() ? '[' : '{';
  for (const Json& item : value.items()) {
    out.put(std::exchange(before, ','));
    out.indent(level + 1);
    write_pretty(item, out, level + 1);
  }
  for (const Member& member : value.members()) {
    out.put(std::exchange(before, ','));
    out.indent(level + 1);
    out.string(member.name, ':');
    out.put(' ');
    write_pretty(member.value, out, level + 1);
  }
  out.indent(level);
  out.put(value.is_array() ? ']' : '}');
}

}  // namespace

void write_json(const Json& value, std::string& out) {
  JsonOutput output(out);
  write(value, output);
}

std::string write_json(const Json& value) {
  std::string text;
  write_json(value, text);
  return text;
}

std::string pretty_json(const Json& value) {
  std::string text;
  {
    JsonOutput output(text);
    write_pretty(value, output, 0);
  }
  return text;
}

void write_json_string(std::string_view text, std::string& out) { JsonOutput(out, text.size() + 3).string(text); }

}  // namespace yilian::fhir
