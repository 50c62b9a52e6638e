#include <cstdio>

#include "engine/daemon/commands.h"
#include "engine/daemon/explain.h"
#include "engine/daemon/files.h"
#include "engine/daemon/mappings.h"
#include "engine/daemon/settings.h"
#include "engine/hl7v2/message.h"
#include "engine/mapping/mapping.h"

namespace yilian::daemon {
namespace {

struct Way {
  std::shared_ptr<const routing::Directory> directory;   // keeps what a configured way points to
  std::shared_ptr<const mapping::Mapping> mapping;
  mapping::Context context;
  std::optional<text::Charset> charset;
};

Failure no_feed(const routing::Directory& directory, const std::string& wanted) {
  std::string known;
  for (const auto& hospital : directory.hospitals()) {
    for (const auto& feed : hospital->feeds) known.append(known.empty() ? "" : ", ").append(hospital->code).append("/").append(feed.name);
  }
  return fail(Code::not_found, wanted.empty() ? "which feed?" : "no feed '" + wanted + "', or several", "--feed", "known: " + known);
}

tl::expected<Way, std::vector<Issue>> configured(const ConvertOptions& options) {
  auto settings = read_settings(options.config, "");
  if (!settings) return tl::unexpected(settings.error());
  Way way;
  way.directory = settings->directory;
  int found = 0;
  for (const auto& hospital : way.directory->hospitals()) {
    for (const auto& feed : hospital->feeds) {
      if (options.feed != hospital->code + "/" + feed.name && options.feed != feed.name) continue;
      ++found;
      way.mapping = hospital->mapping;
      way.context = feed.context;
      way.charset = feed.charset;
    }
  }
  if (found != 1) return tl::unexpected(std::vector<Issue>{no_feed(*way.directory, options.feed).value()});
  return way;
}

tl::expected<Way, std::vector<Issue>> plain(const ConvertOptions& options) {
  auto mapping = load_mapping(options.mappings);
  if (!mapping) return tl::unexpected(mapping.error());
  Way way;
  way.mapping = std::move(*mapping);
  way.context = plain_context("convert");
  return way;
}

Result<std::string> one(std::string_view raw, const Way& way, const std::string& place, const ConvertOptions& options) {
  YL_TRY(const auto read, hl7v2::read(raw, way.charset));
  YL_TRY(const auto mapped, way.mapping->run(read.message, way.context));
  for (const auto& notice : mapped.notices) {
    if (!options.explain_json) std::fprintf(stderr, "%s: note: %s: %s\n", place.c_str(), notice.where.c_str(), notice.what.c_str());
  }
  if (options.explain) {
    const std::string told = options.explain_json ? explained_as_json(place, read.message, mapped) : explained(place, read.message, mapped);
    std::fwrite(told.data(), 1, told.size(), stderr);
  }
  return mapping::transaction_bundle(mapped);
}

}  // namespace

int convert(const ConvertOptions& options) {
  if (options.from != "hl7v2") {
    std::fprintf(stderr, "--from %s: this version converts hl7v2 only\n", options.from.c_str());
    return 1;
  }
  auto way = options.config.empty() ? plain(options) : configured(options);
  if (!way) {
    tell(way.error());
    return 1;
  }
  way->context.trace = options.explain;
  bool all = true;
  const bool read = for_each_message(options.files, [&](const std::string& place, std::string_view raw) {
    auto bundle = one(raw, *way, place, options);
    if (!bundle) {
      std::fprintf(stderr, "%s: not converted: %s\n", place.c_str(), bundle.error().line().c_str());
      all = false;
      return true;
    }
    *bundle += '\n';
    return put(*bundle);
  });
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && read && all ? 0 : 1;
}

}  // namespace yilian::daemon
