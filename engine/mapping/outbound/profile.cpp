#include "engine/mapping/outbound/profile.h"

#include "engine/hl7v2/grammar.h"

namespace yilian::mapping::outbound {
namespace {

constexpr std::string_view kHeader[] = {"sending-application", "sending-facility", "receiving-application", "receiving-facility",
                                        "processing-id", "accept-acknowledgement", "application-acknowledgement", "country"};

// Items of a list of names; a scalar is a list of one.
std::vector<std::string> names(const config::Node& node, std::vector<Issue>& issues) {
  std::vector<std::string> out;
  if (!node) return out;
  for (const auto& item : node.items()) {
    auto text = item.need_text();
    if (text) {
      out.push_back(std::move(*text));
    } else {
      issues.push_back(text.error());
    }
  }
  return out;
}

void read_unwanted(const config::Node& node, Profile& profile, std::vector<Issue>& issues) {
  for (const auto& name : names(node, issues)) {
    const auto dash = name.find('-');
    const std::string segment = name.substr(0, dash);
    const bool known = segment.starts_with('Z') || hl7v2::is_segment(segment);
    const bool field = dash == std::string::npos ||
                       (name.find_first_not_of("0123456789", dash + 1) == std::string::npos && dash + 1 < name.size() && name.size() < dash + 5 &&
                        hl7v2::field_facts(segment, static_cast<unsigned>(std::stoul(name.substr(dash + 1)))) != nullptr);
    if (!known || !field) issues.push_back(node.fail("HL7 has no " + name, "name segments (NTE) or fields (PID-19)").value());
    profile.unwanted.insert(name);
  }
}

void read_options(const config::Node& node, const Sources& sources, Profile& profile, std::vector<Issue>& issues) {
  for (const auto& [name, option] : sources.options) profile.options[name] = option.values.empty() ? "" : option.values.front();
  std::vector<std::string_view> known;
  for (const auto& [name, option] : sources.options) known.push_back(name);
  for (const auto& [name, value] : node.members()) {
    const auto found = sources.options.find(name);
    if (found == sources.options.end()) {
      const std::string near = config::nearest(name, known);
      issues.push_back(value.fail("no option '" + name + "'", near.empty() ? "options.yaml lists them" : "did you mean " + near + "?").value());
      continue;
    }
    const std::string text = value.text_or("");
    std::string all;
    bool one = false;
    for (const auto& each : found->second.values) {
      one |= each == text;
      all += (all.empty() ? "" : ", ") + each;
    }
    if (!one) issues.push_back(value.fail("'" + text + "' is no value of " + name, "one of: " + all).value());
    profile.options[name] = text;
  }
}

}  // namespace

Profile read_profile(const config::Node& node, const Sources& sources, std::vector<Issue>& issues) {
  Profile profile;
  profile.names.shared = sources.systems;
  profile.names.oids = sources.oids;
  const auto problem = [&](const Result<void>& result) {
    if (!result) issues.push_back(result.error());
  };
  if (node) {
    problem(node.only({"version", "charset", "sending-application", "sending-facility", "receiving-application", "receiving-facility",
                       "processing-id", "accept-acknowledgement", "application-acknowledgement", "country", "messages", "unwanted", "options",
                       "prefer", "systems", "tables", "zone", "offsets", "beyond-version", "apart"}));
  }
  profile.version = node["version"].text_or(profile.version);
  if (!hl7v2::is_version(profile.version)) {
    issues.push_back(node["version"].fail("'" + profile.version + "' is no version of HL7 v2", "2.1 to 2.9, in quotes: \"2.5.1\"").value());
    profile.version = "2.5.1";
  }
  if (const auto charset = node["charset"]; charset) {
    if (const auto found = text::charset_named(charset.text_or("")); found) {
      profile.charset = *found;
    } else {
      issues.push_back(charset.fail("no charset '" + charset.text_or("") + "'", "UTF-8, GB18030, …").value());
    }
  }
  for (const auto name : kHeader) {
    if (node[name]) profile.header[std::string(name)] = node[name].text_or("");
  }
  for (const auto& name : names(node["messages"], issues)) profile.messages.insert(name);
  read_unwanted(node["unwanted"], profile, issues);
  read_options(node["options"], sources, profile, issues);
  profile.prefer = names(node["prefer"], issues);
  for (const auto& [uri, name] : node["systems"].members()) profile.names.own[uri] = name.text_or("");
  for (const auto& [name, table] : node["tables"].members()) {
    if (!sources.tables.contains(name)) {
      std::vector<std::string_view> known;
      for (const auto& [each, unused] : sources.tables) known.push_back(each);
      issues.push_back(table.fail("no table '" + name + "'", "did you mean " + config::nearest(name, known) + "?").value());
      continue;
    }
    profile.tables.emplace(name, table);
  }
  if (const auto zone = node["zone"]; zone) {
    profile.clock.zone = Zone::find(zone.text_or(""));
    if (!profile.clock.zone) issues.push_back(zone.fail("no time zone '" + zone.text_or("") + "'", "Asia/Shanghai, or +08:00").value());
  }
  const auto flag = [&](const char* name, bool& into) {
    if (!node[name]) return;
    if (const auto read = node[name].need_boolean(); read) {
      into = *read;
    } else {
      issues.push_back(read.error());
    }
  };
  flag("offsets", profile.clock.offsets);
  flag("beyond-version", profile.beyond_version);
  flag("apart", profile.apart);
  if (!profile.clock.offsets && !profile.clock.zone) profile.clock.zone = Zone::shanghai();
  return profile;
}

}  // namespace yilian::mapping::outbound
