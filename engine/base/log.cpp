#include "engine/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "engine/base/time.h"

namespace yilian::log {
namespace {

spdlog::logger& sink() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("yilian", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

constexpr std::string_view level_name(Level level) {
  constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<int>(level)];
}

void quote(std::string_view text, std::string& out) {
  constexpr char hex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (u < 0x20 || u == 0x7F) {
      out.append("\\u00").push_back(hex[u >> 4]);
      out.push_back(hex[u & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace

void write(Level level, std::string_view component, std::string_view event, std::initializer_list<Field> fields) {
  auto& logger = sink();
  if (!logger.should_log(level_of(level))) return;
  std::string line = "{\"time\":\"" + fhir_instant(now()) + "\",\"level\":\"";
  line.append(level_name(level)).append("\",\"in\":");
  quote(component, line);
  line.append(",\"event\":");
  quote(event, line);
  for (const Field& field : fields) {
    line.push_back(',');
    quote(field.key, line);
    line.push_back(':');
    if (field.number) {
      line.append(field.value);
    } else {
      quote(field.value, line);
    }
  }
  line.push_back('}');
  logger.log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

bool wants(Level level) { return sink().should_log(level_of(level)); }
void set_level(Level least) { sink().set_level(level_of(least)); }
void flush() { sink().flush(); }

}  // namespace yilian::log
