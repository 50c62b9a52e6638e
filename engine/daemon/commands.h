#pragma once
// The sub-commands. Each gives the process's exit code.

#include <string>
#include <vector>

namespace yilian::daemon {

int run(const std::string& config, const std::string& data);
int check(const std::string& config);
// Runs the route tests beside the configuration. Exit 1 when one fails, or cannot be read.
int test(const std::string& config);

struct ConvertOptions {
  std::string config, feed;      // optional: a hospital's feed ("hospital/feed", or the feed's name when only one has it)
  std::string mappings;          // folder, when there is no configuration
  std::string from = "hl7v2";
  std::string to = "fhir";       // "hl7v2": the other way, by a receiver's profile
  std::string profile, message;  // of that way: the profile's file; "ORU^R01" instead of what the resources ask for
  bool explain = false, explain_json = false;
  std::vector<std::string> files;  // "-": standard input
};
int convert(const ConvertOptions& options);
int convert_to_hl7v2(const ConvertOptions& options);

struct SendOptions {
  std::string address;           // mllp://host:port
  std::vector<std::string> files;
  int timeout_seconds = 30;
};
int send(const SendOptions& options);

// Of the mappings in a folder; empty: this installation's.
// `strict`: warnings fail the check too.
int map_check(const std::string& folder, bool strict);
int map_test(const std::string& folder);
struct CoverageOptions {
  std::string mappings;
  bool list = false;  // the rows, instead of their numbers
  std::string map;    // of this map only
  bool json = false;
};
// Exit 0: every row of the guide is accounted for; 1: not, or a deviation no longer holds; 2: no such map.
int map_coverage(const CoverageOptions& options);
// What another folder would make of these messages (files, or folders of them). Exit 0: the same; 1: not; 2: something
// could not be read.
int map_diff(const std::string& before, const std::string& after, const std::vector<std::string>& files);

// The database of a configuration. Exit 0: it went well; 1: not, and why.
int store_rehearse(const std::string& config, const std::string& data);
int store_backup(const std::string& config, const std::string& data, const std::string& file);
// `file`: the new database; of one on PostgreSQL empty.
int store_reindex(const std::string& config, const std::string& data, const std::string& file);

int token(const std::string& config, const std::string& user);
int version();

extern const char* const kVersion;

}  // namespace yilian::daemon
