// What the operators' commands take, and their --help.

#include <CLI/CLI.hpp>

#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

// They live as long as the program: the callbacks run when all has been read.
struct Options {
  Where where;
  TopOptions top;
  MessageFilter filter;
  ShowOptions show;
  double interval = 1;
  std::int64_t before = 0, after = 0, count = 50;
  std::string name, edited;
  std::vector<std::int64_t> numbers;
  bool all = false;
};

void add_where(CLI::App& command, Where& where) {
  command.add_option("--config", where.config, "The daemon of this configuration file (its http.listen); else as YILIAN_CONFIG says");
  command.add_option("--url", where.url, "The daemon at this address; else as YILIAN_URL says, else http://127.0.0.1:8080");
  command.add_flag("--json", where.json, "For programs: JSON, as the admin interface gives it (docs/admin-api.yaml)");
}

void add_filter(CLI::App& command, MessageFilter& filter) {
  command.add_option("--feed", filter.feed, "Of this feed: hospital/feed, or the feed's name");
  command.add_option("--hospital", filter.hospital, "Of this hospital");
  command.add_option("--type", filter.type, "Of this type: ORU, or ORU^R01");
  command.add_option("--content", filter.content, "That say all of this: words and numbers as they stand, Chinese of two characters and more anywhere");
  command.add_option("--state", filter.state, "In this state")->check(CLI::IsMember({"stored", "parked", "refused", "noise", "replaced"}));
}

// What is of use for messages that are there already.
void add_which(CLI::App& command, MessageFilter& filter) {
  command.add_option("--control-id", filter.control_id, "With this MSH-10");
  command.add_option("--from", filter.from, "Received then or later: 2026-11-24, \"2026-11-24 08:30\", today, or 30m, 2h, 3d ago");
  command.add_option("--to", filter.to, "Received before; written the same");
}

CLI::App* leaf(CLI::App& parent, const char* name, const char* help, Where& where) {
  CLI::App* const command = parent.add_subcommand(name, help);
  add_where(*command, where);
  return command;
}

void add_messages(CLI::App& app, Options& o, int& exit_code) {
  auto* messages = app.add_subcommand("messages", "Messages that came: find them, show one with all that became of it, compare two.");
  messages->require_subcommand(1);
  auto* find = leaf(*messages, "find", "The newest that fit, newest first.", o.where);
  add_filter(*find, o.filter);
  find->add_option("--patient", o.filter.patient, "About this patient: the hospital's number, a name, or Patient/ID");
  add_which(*find, o.filter);
  find->add_option("--before", o.filter.before, "Older than this message: the next page")->check(CLI::NonNegativeNumber);
  find->add_option("--count", o.filter.count, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
  find->footer("Times are those of the hospital's clock.");
  find->callback([&] { exit_code = messages_find(o.where, o.filter); });
  auto* show = leaf(*messages, "show", "One message with its stages side by side: as it came, what it became, what was sent and answered.", o.where);
  show->add_option("MESSAGE", o.show.number, "Its number")->required()->check(CLI::PositiveNumber);
  auto* raw = show->add_flag("--raw", o.show.raw, "Only its bytes, as they came: to keep, or to send again with `yilian send mllp://… -`");
  show->add_flag("--bundle", o.show.bundle, "Only the FHIR Bundle that today's rules make of it")->excludes(raw);
  show->footer("What it became and what was sent are made anew from its bytes by today's rules and settings; what was answered is as it came.");
  show->callback([&] { exit_code = messages_show(o.where, o.show); });
  auto* diff = leaf(*messages, "diff", "Two messages, field by field. Exit 1 when they differ.", o.where);
  diff->add_option("BEFORE", o.before, "One message's number")->required()->check(CLI::PositiveNumber);
  diff->add_option("AFTER", o.after, "The other's")->required()->check(CLI::PositiveNumber);
  diff->callback([&] { exit_code = messages_diff(o.where, o.before, o.after); });
}

void add_deadletters(CLI::App& app, Options& o, int& exit_code) {
  auto* letters = app.add_subcommand("deadletters", "Deliveries that were given up: list them, look at one, send them again, or drop them.");
  letters->require_subcommand(1);
  auto* list = leaf(*letters, "list", "Newest first, with why.", o.where);
  list->add_option("DESTINATION", o.name, "Of this destination: hospital/name, or its name");
  list->add_option("--count", o.count, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
  list->callback([&] { exit_code = deadletters_list(o.where, o.name, o.count); });
  auto* show = leaf(*letters, "show", "The message with its stages, what was sent and what was answered.", o.where);
  show->add_option("MESSAGE", o.before, "Its number")->required()->check(CLI::PositiveNumber);
  show->callback([&] { exit_code = deadletters_show(o.where, o.before); });
  auto* retry = leaf(*letters, "retry", "Sends them again, also what waits for its next attempt.", o.where);
  retry->add_option("DESTINATION", o.name, "hospital/name, or its name")->required();
  auto* numbers = retry->add_option("MESSAGE", o.numbers, "Their numbers")->check(CLI::PositiveNumber);
  retry->add_flag("--all", o.all, "All of the destination")->excludes(numbers);
  retry->callback([&] {
    if (!o.all && o.numbers.empty()) throw CLI::RequiredError("MESSAGE or --all");
    exit_code = deadletters_retry(o.where, o.name, o.numbers, o.all);
  });
  auto* drop = leaf(*letters, "drop", "They are not sent any more. The messages stay in the journal.", o.where);
  drop->add_option("DESTINATION", o.name, "hospital/name, or its name")->required();
  drop->add_option("MESSAGE", o.numbers, "Their numbers")->required()->check(CLI::PositiveNumber);
  drop->callback([&] { exit_code = deadletters_drop(o.where, o.name, o.numbers); });
}

void add_replay(CLI::App& app, Options& o, int& exit_code) {
  auto* replay = leaf(app, "replay", "Messages once more, through today's rules and to where today's routes lead: one, or all that fit.", o.where);
  auto* number = replay->add_option("MESSAGE", o.before, "Its number")->check(CLI::PositiveNumber);
  replay->add_option("--edited", o.edited, "With this text instead (UTF-8): `yilian messages show MESSAGE --raw` gives what to edit")->needs(number)->check(CLI::ExistingFile);
  add_filter(*replay, o.filter);
  add_which(*replay, o.filter);
  replay->footer("A replay is a new message. What was parked or refused and is stored now counts as replaced. What is stored already does not change in the store, and goes to its destinations once more.\n"
                 "After a rule was mended: yilian replay --state parked --feed HOSPITAL/FEED");
  replay->callback([&] {
    const MessageFilter& f = o.filter;
    const bool some = !(f.feed + f.hospital + f.type + f.state + f.control_id + f.content + f.from + f.to).empty();
    if (o.before > 0 && some) throw CLI::ExcludesError("MESSAGE", "which ones (--state, --feed, …)");
    if (o.before == 0 && !some) throw CLI::RequiredError("MESSAGE, or which ones (--state, --feed, --content, --from, …)");
    exit_code = o.before > 0 ? replay_one(o.where, o.before, o.edited) : replay_many(o.where, f);
  });
}

void add_switches(CLI::App& app, Options& o, int& exit_code) {
  auto* destinations = app.add_subcommand("destinations", "Where messages go: list, pause, resume.");
  destinations->require_subcommand(1);
  leaf(*destinations, "list", "All, with what waits and why.", o.where)->callback([&] { exit_code = destinations_list(o.where); });
  for (const bool paused : {true, false}) {
    auto* command = leaf(*destinations, paused ? "pause" : "resume", paused ? "Nothing more is sent there, also after a restart; what comes is kept." : "It is sent to again, in order.", o.where);
    command->add_option("DESTINATION", o.name, "hospital/name, or its name")->required();
    command->callback([&, paused] { exit_code = destinations_pause(o.where, o.name, paused); });
  }
  auto* feeds = app.add_subcommand("feeds", "Where messages come from: list, stop, start.");
  feeds->require_subcommand(1);
  leaf(*feeds, "list", "All, with what came and when.", o.where)->callback([&] { exit_code = feeds_list(o.where); });
  for (const bool stopped : {true, false}) {
    auto* command = leaf(*feeds, stopped ? "stop" : "start", stopped ? "It takes no more messages, also after a restart." : "It takes messages again.", o.where);
    command->add_option("FEED", o.name, "hospital/feed, or its name")->required();
    if (stopped) command->footer("A port whose feeds are all stopped is closed. On a port that others use, this feed's senders are answered AE (enhanced mode: CE), nothing of theirs is kept, and they send again.");
    command->callback([&, stopped] { exit_code = feeds_stop(o.where, o.name, stopped); });
  }
}

}  // namespace

void add_operator_commands(CLI::App& app, int& exit_code) {
  static Options o;
  auto* status_command = leaf(app, "status", "What is stuck, since when, why, and what to do; then all feeds and destinations.", o.where);
  status_command->footer("Exit 0 when nothing is wrong, 1 when something is, 2 when no daemon answers.");
  status_command->callback([&] { exit_code = status(o.where); });

  auto* top_command = leaf(app, "top", "Rates, times and queues of each feed and destination, refreshed until it is stopped.", o.where);
  top_command->add_option("--interval", o.top.interval_seconds, "Seconds between two looks")->check(CLI::Range(0.1, 3600.0))->capture_default_str();
  top_command->add_option("--rounds", o.top.rounds, "Ends after so many; 0: never")->check(CLI::NonNegativeNumber)->capture_default_str();
  top_command->callback([&] { exit_code = top(o.where, o.top); });

  auto* tail_command = leaf(app, "tail", "New messages as they come, one a line.", o.where);
  add_filter(*tail_command, o.filter);
  tail_command->add_option("--count", o.filter.count, "First so many that were there already")->check(CLI::Range(0, 1000))->capture_default_str();
  tail_command->add_option("--interval", o.interval, "Seconds between two looks")->check(CLI::Range(0.1, 3600.0))->capture_default_str();
  tail_command->callback([&] { exit_code = tail(o.where, o.filter, o.interval); });

  add_messages(app, o, exit_code);
  add_deadletters(app, o, exit_code);
  add_replay(app, o, exit_code);
  add_switches(app, o, exit_code);
}

}  // namespace yilian::daemon
