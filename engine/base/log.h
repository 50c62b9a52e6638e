#pragma once
// Structured logging: one JSON line an event on standard error. Patient data is never logged.

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace yilian::log {

enum class Level { debug, info, warning, error };

struct Field {
  Field(std::string_view key_, std::string_view value_) : key(key_), value(value_) {}
  Field(std::string_view key_, const char* value_) : key(key_), value(value_) {}
  Field(std::string_view key_, const std::string& value_) : key(key_), value(value_) {}
  template <class N>
    requires std::is_arithmetic_v<N>
  Field(std::string_view key_, N value_) : key(key_), value(std::to_string(value_)), number(true) {}
  std::string_view key;
  std::string value;
  bool number = false;
};

// write(Level::info, "mllp", "listening", {{"feed", name}, {"port", 2575}})
void write(Level level, std::string_view component, std::string_view event, std::initializer_list<Field> fields = {});
void set_level(Level least);
// Whether such a line would be written: asked where making its fields costs something.
bool wants(Level level);
void flush();

inline void debug(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, component, event, fields);
}

inline void info(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, component, event, fields);
}
inline void warning(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warning, component, event, fields);
}
inline void error(std::string_view component, std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, component, event, fields);
}

}  // namespace yilian::log
