#pragma once
// What those who run it do every day, over the daemon's admin interface. Each gives the process's exit code: 0; 1 what was asked is wrong or refused; 2 there is no daemon.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/daemon/operator/console.h"

namespace CLI {
class App;
}

namespace yilian::daemon {

// Adds all of them to the command line.
void add_operator_commands(CLI::App& app, int& exit_code);

// Exit 1 when something is wrong.
int status(const Where& where);

struct TopOptions {
  double interval_seconds = 2;
  std::int64_t rounds = 0;  // 0: until it is stopped
};
int top(const Where& where, const TopOptions& options);

struct MessageFilter {
  std::string hospital, feed, patient, type, state, control_id, content, from, to;
  std::int64_t before = 0;
  std::int64_t count = 20;
};
int tail(const Where& where, const MessageFilter& filter, double interval_seconds);
int messages_find(const Where& where, const MessageFilter& filter);
struct ShowOptions {
  std::int64_t number = 0;
  bool raw = false;     // nothing but the bytes
  bool bundle = false;  // nothing but the Bundle
};
int messages_show(const Where& where, const ShowOptions& options);
// Exit 1 when they differ.
int messages_diff(const Where& where, std::int64_t before, std::int64_t after);

// `destination`: "hospital/name", or the name alone where only one hospital has it.
int deadletters_list(const Where& where, const std::string& destination, std::int64_t count);
int deadletters_show(const Where& where, std::int64_t number);
int deadletters_retry(const Where& where, const std::string& destination, const std::vector<std::int64_t>& numbers, bool all);
int deadletters_drop(const Where& where, const std::string& destination, const std::vector<std::int64_t>& numbers);

// Through today's rules and routes; `edited`: a file with the text that it shall have. Exit 1 when it is not stored.
int replay_one(const Where& where, std::int64_t number, const std::string& edited);
int replay_many(const Where& where, const MessageFilter& filter);

int destinations_list(const Where& where);
int destinations_pause(const Where& where, const std::string& destination, bool paused);
int feeds_list(const Where& where);
int feeds_stop(const Where& where, const std::string& feed, bool stopped);

// What several of them show.
std::string feeds_table(const Console& console, const fhir::Json& feeds);
std::string destinations_table(const Console& console, const fhir::Json& destinations);
// The parameters of GET messages. Errors: bad_value in a moment.
Result<std::vector<std::pair<std::string, std::string>>> message_parameters(const Console& console, const MessageFilter& filter);

}  // namespace yilian::daemon
