#include "engine/records/body.h"

#include <zstd.h>

#include <memory>
#include <stdexcept>

namespace yilian::embedded {
std::string_view record_dictionary_1();
}

namespace yilian::records {
namespace {

constexpr int kLevel = 1;  // level 3 saves 4 % more and takes a quarter longer and 360 KB of tables
constexpr std::size_t kMostBody = 256u << 20;
constexpr auto kForceAttachDictionary = static_cast<ZSTD_cParameter>(1001);  // ZSTD_c_forceAttachDict

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};

const ZSTD_CDict* to_compress() {
  static const std::unique_ptr<ZSTD_CDict, Free> made = [] {
    const std::string_view bytes = embedded::record_dictionary_1();
    return std::unique_ptr<ZSTD_CDict, Free>(ZSTD_createCDict(bytes.data(), bytes.size(), kLevel));
  }();
  return made.get();
}

const ZSTD_DDict* to_decompress() {
  static const std::unique_ptr<ZSTD_DDict, Free> made = [] {
    const std::string_view bytes = embedded::record_dictionary_1();
    return std::unique_ptr<ZSTD_DDict, Free>(ZSTD_createDDict(bytes.data(), bytes.size()));
  }();
  return made.get();
}

ZSTD_CCtx* compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> made = [] {
    std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
    if (context == nullptr) throw std::bad_alloc();
    // The dictionary's number is in the row, the size is needed to unpack.
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_dictIDFlag, 0);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 1);
    // A bit that turned on the disk mostly still unpacks, to another text: the checksum tells.
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    // From 8 KB on zstd would copy the dictionary's tables for each body, which takes a third longer (26 µs for 12 KB
    // instead of 20). A library that does not know this parameter does just that.
    ZSTD_CCtx_setParameter(context.get(), kForceAttachDictionary, 1);
    ZSTD_CCtx_refCDict(context.get(), to_compress());
    return context;
  }();
  return made.get();
}

Failure damaged(std::string what) {
  return fail(Code::storage, std::move(what), "records",
              "Check the disk, restore the database from its backup");
}

}  // namespace

std::string compress(std::string_view body) {
  char few[32 * 1024];  // enough for what most messages make
  std::string many;
  const std::size_t bound = ZSTD_compressBound(body.size());
  if (bound > sizeof few) many.resize(bound);
  char* out = bound > sizeof few ? many.data() : few;
  const std::size_t size = ZSTD_compress2(compressor(), out, bound, body.data(), body.size());
  if (ZSTD_isError(size)) throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(size));
  return std::string(out, size);
}

Result<std::string> decompress(std::string_view packed, std::int64_t dictionary) {
  if (dictionary != kDictionary)
    return damaged("a body needs dictionary " + std::to_string(dictionary) + ", which this program has not");
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMostBody)
    return damaged("a stored body is damaged");
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string out(static_cast<std::size_t>(size), '\0');
  const std::size_t got =
      ZSTD_decompress_usingDDict(context.get(), out.data(), out.size(), packed.data(), packed.size(), to_decompress());
  if (ZSTD_isError(got) || got != out.size()) return damaged("a stored body is damaged");
  return out;
}

std::string serve(std::string_view type, std::string_view id, std::int64_t version, Instant updated,
                  std::string_view body) {
  constexpr std::string_view kMeta = R"({"meta":{)";
  std::string out;
  out.reserve(body.size() + type.size() + id.size() + 128);
  out.append(R"({"resourceType":")").append(type).append(R"(","id":")").append(id);
  out.append(R"(","meta":{"versionId":")").append(std::to_string(version));
  out.append(R"(","lastUpdated":")").append(fhir_instant(updated)).append(1, '"');
  if (body.starts_with(kMeta)) {
    out.append(1, ',').append(body.substr(kMeta.size()));  // a meta that is empty is not stored
  } else {
    out.append(1, '}');
    if (body.size() > 2) out.append(1, ',');
    out.append(body.substr(1));
  }
  return out;
}

}  // namespace yilian::records
