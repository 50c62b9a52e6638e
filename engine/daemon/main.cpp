// The `yilian` command: which sub-commands there are and what they take.

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

#include "engine/daemon/commands.h"
#include "engine/daemon/operator/operator.h"

int main(int argc, char** argv) {
  using namespace yilian::daemon;
  CLI::App app{"Yilian: takes what hospitals' systems send, turns it into FHIR R4, and keeps it in one record store."};
  app.require_subcommand(1);
  app.footer(
      "First steps:\n"
      "  yilian check --config config/quickstart/yilian.yaml\n"
      "  yilian run --config config/quickstart/yilian.yaml\n"
      "  yilian send mllp://127.0.0.1:2575 message.hl7\n"
      "  yilian status\n"
      "`yilian COMMAND --help` tells more of each.");
  int exit_code = 0;

  std::string config, data;
  auto* run_command = app.add_subcommand("run", "The daemon, in the foreground. SIGTERM drains and stops it, SIGHUP reads the configuration again.");
  run_command->add_option("--config", config, "The main configuration file")->required()->check(CLI::ExistingFile);
  run_command->add_option("--data", data, "The data folder (instead of the configuration's)");
  run_command->callback([&] { exit_code = run(config, data); });

  auto* check_command = app.add_subcommand("check", "Proves a configuration, its hospitals, routes and mappings. Says what is wrong, with file, line and cure, and exits 1 then; and what is hardly meant.");
  check_command->add_option("--config", config, "The main configuration file")->required();
  check_command->callback([&] { exit_code = check(config); });

  auto* test_command = app.add_subcommand("test", "Runs the route tests beside a configuration: given this message, expect these deliveries. Nothing is sent or stored. Exit 1 when one fails.");
  test_command->add_option("--config", config, "The main configuration file")->required();
  test_command->footer("They are YAML files in a folder `tests` beside the hospitals' files: docs/route-tests.md");
  test_command->callback([&] { exit_code = test(config); });

  ConvertOptions convert_options;
  auto* convert_command = app.add_subcommand("convert", "Converts messages: one FHIR transaction Bundle a message, one a line, on standard output.");
  convert_command->add_option("FILE", convert_options.files, "Files with one or many messages (MLLP frames, FHS/BHS batches, one MSH after another); - is standard input")->required();
  convert_command->add_option("--config", convert_options.config, "Use this configuration's mappings, and a feed of it");
  convert_command->add_option("--feed", convert_options.feed, "The feed: hospital/feed")->needs("--config");
  convert_command->add_option("--mappings", convert_options.mappings, "The folder of the mappings, without a configuration");
  convert_command->add_option("--from", convert_options.from, "What the files are")->check(CLI::IsMember({"hl7v2", "cda", "dicom"}))->capture_default_str();
  convert_command->add_option("--to", convert_options.to, "What to make: FHIR Bundles of messages, or HL7 v2 messages of Bundles (one in a file, or one a line)")->check(CLI::IsMember({"fhir", "hl7v2"}))->capture_default_str();
  convert_command->add_option("--profile", convert_options.profile, "With --to hl7v2: the receiver's profile (docs/fhir-to-hl7v2.md)")->check(CLI::ExistingFile);
  convert_command->add_option("--message", convert_options.message, "With --to hl7v2: the message to make, like ORU^R01, instead of what the resources ask for");
  convert_command->add_flag("--explain", convert_options.explain, "On standard error, for each element: rule, its file and line, source field, byte range, value; then what of the message no rule used, and where a rule fell back (a code without an entry, a default, a value that does not convert)");
  convert_command->add_flag("--json", convert_options.explain_json, "With --explain: as one JSON object a message, one a line")->needs("--explain");
  convert_command->footer("Problems go to standard error, each with file and message number. Exit 0 when all were converted, 1 when some were not.");
  convert_command->callback([&] { exit_code = convert_options.to == "hl7v2" ? convert_to_hl7v2(convert_options) : convert(convert_options); });

  SendOptions send_options;
  auto* send_command = app.add_subcommand("send", "Sends files and prints each answer.");
  send_command->add_option("ADDRESS", send_options.address, "mllp://host:port")->required();
  send_command->add_option("FILE", send_options.files, "Files with one or many messages; - is standard input")->required();
  send_command->add_option("--timeout", send_options.timeout_seconds, "Seconds to wait for an answer")->capture_default_str()->check(CLI::Range(1, 3600));
  send_command->footer("Exit 0 when every answer accepts (AA or CA), 1 when one does not, 2 when the line fails.");
  send_command->callback([&] { exit_code = send(send_options); });

  auto* store_command = app.add_subcommand("store", "The database of a configuration: a rehearsal before a new version, a backup, a new index.");
  store_command->require_subcommand(1);
  std::string copy;
  auto* rehearse_command = store_command->add_subcommand("rehearse", "Brings the database up as the start of this program would, and changes nothing: on a copy beside the file, which needs as much space; on PostgreSQL in a transaction that is rolled back, with all daemons stopped. Says from which version to which, and how long it took.");
  rehearse_command->add_option("--config", config, "The main configuration file")->required()->check(CLI::ExistingFile);
  rehearse_command->add_option("--data", data, "The data folder (instead of the configuration's)");
  rehearse_command->callback([&] { exit_code = store_rehearse(config, data); });
  auto* backup_command = store_command->add_subcommand("backup", "A copy of the embedded store as of one moment, checked, while the daemon runs. To put it back: docs/hospital-it.md.");
  backup_command->add_option("FILE", copy, "The copy; it must not be there yet")->required();
  backup_command->add_option("--config", config, "The main configuration file")->required()->check(CLI::ExistingFile);
  backup_command->add_option("--data", data, "The data folder (instead of the configuration's)");
  backup_command->callback([&] { exit_code = store_backup(config, data, copy); });

  auto* reindex_command = store_command->add_subcommand("reindex", "Makes what searches go by anew, with all daemons stopped: for when the disk has damaged that alone. The embedded store becomes a new file, all of it but the index has to be whole; on PostgreSQL it is done where it is. See docs/hospital-it.md.");
  reindex_command->add_option("FILE", copy, "The new database of the embedded store; it must not be there yet");
  reindex_command->add_option("--config", config, "The main configuration file")->required()->check(CLI::ExistingFile);
  reindex_command->add_option("--data", data, "The data folder (instead of the configuration's)");
  reindex_command->callback([&] { exit_code = store_reindex(config, data, copy); });

  auto* map_command = app.add_subcommand("map", "The mapping rules: check them, run their tests, see what a change of them would change.");
  map_command->require_subcommand(1);
  std::string folder, old_folder, new_folder;
  std::vector<std::string> corpus;
  auto* map_check_command = map_command->add_subcommand("check", "Checks every rule against the HL7 v2 and FHIR definitions, and warns of what is hardly meant: rules that never run, rules that get in each other's way, codes beside a value set, maps and tables that nobody uses. With file, line and cure.");
  map_check_command->add_option("--mappings", folder, "The folder of the mappings (else this installation's)");
  bool strict = false;
  map_check_command->add_flag("--strict", strict, "Warnings fail the check too");
  map_check_command->footer("Exit 1 when a rule is wrong or its condition can never hold; with --strict also when there is a warning.");
  map_check_command->callback([&] { exit_code = map_check(folder, strict); });
  auto* map_test_command = map_command->add_subcommand("test", "Runs the tests that stand beside the rules.");
  map_test_command->add_option("--mappings", folder, "The folder of the mappings (else this installation's)");
  map_test_command->callback([&] { exit_code = map_test(folder); });
  CoverageOptions coverage_options;
  auto* map_coverage_command = map_command->add_subcommand("coverage", "The rows of HL7's V2-to-FHIR guide that the rules do, by map, with totals; and what is done elsewhere, or not, with a reason.");
  map_coverage_command->add_option("--mappings", coverage_options.mappings, "The folder of the mappings (else this installation's)");
  auto* list_option = map_coverage_command->add_option("--list", coverage_options.map, "The rows of one map (PID[Patient], ADT_A01, AdministrativeSex), or of all: the rule's file and line, or the reason")->option_text("[MAP]")->expected(0, 1);
  map_coverage_command->add_flag("--json", coverage_options.json, "As one JSON object");
  map_coverage_command->footer("Exit 0 when every row is a rule or stands in deviations.yaml, 1 when one does not, or when a rule or a deviation names what is not there.");
  map_coverage_command->callback([&] {
    coverage_options.list = list_option->count() > 0;
    exit_code = map_coverage(coverage_options);
  });
  auto* map_diff_command = map_command->add_subcommand("diff", "What other rules would make of the same messages: resources and elements that come, go or change.");
  map_diff_command->add_option("OLD", old_folder, "The folder of the mappings as they are")->required()->check(CLI::ExistingDirectory);
  map_diff_command->add_option("NEW", new_folder, "The folder of the mappings as they would be")->required()->check(CLI::ExistingDirectory);
  map_diff_command->add_option("FILE", corpus, "Files with messages, or folders of them")->required()->check(CLI::ExistingPath);
  map_diff_command->footer("Exit 0 when nothing differs, 1 when something does.\nTry a change before it goes live: copy the folder, change the copy, compare over a day's messages.");
  map_diff_command->callback([&] { exit_code = map_diff(old_folder, new_folder, corpus); });

  add_operator_commands(app, exit_code);

  std::string user;
  auto* token_command = app.add_subcommand("token", "Prints an access token for a user. Until access control exists it prints an empty line.");
  token_command->add_option("--config", config, "The main configuration file")->required()->check(CLI::ExistingFile);
  token_command->add_option("USER", user, "The user")->required();
  token_command->callback([&] { exit_code = token(config, user); });

  app.add_subcommand("version", "Prints the version.")->callback([&] { exit_code = version(); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "yilian: %s\n", error.what());
    return 70;
  }
  return exit_code;
}
