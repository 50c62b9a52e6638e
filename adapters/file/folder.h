#pragma once
// What is done with the files of one folder. Every name is looked up in the open folder itself, so nothing leads out of
// it.

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::file {

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// What tells one state of a file from another.
struct Stamp {
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed = 0;  // nanoseconds since 1970
  bool operator==(const Stamp&) const = default;
  static Stamp of(const struct stat& from);
};

struct Found {
  std::string name;
  Stamp stamp;
};

struct Listing {
  std::vector<Found> files;          // regular files with one of the suffixes; hidden ones are not listed
  std::vector<std::string> refused;  // symbolic links and other things with one of the suffixes
};

class Folder {
 public:
  // bad_config when it is missing or no folder.
  static Result<Folder> open(const std::string& path);

  std::uint64_t inode() const { return inode_; }
  Result<Listing> list(const std::vector<std::string>& suffixes) const;
  // The bytes, at most `most` of them, and the stamp the file had before and after; conflict when it changed meanwhile;
  // not_found when it is gone, forbidden when it may not be read, storage for what may pass.
  Result<std::string> read(const std::string& name, const Stamp& stamp, std::size_t most) const;
  // Makes the sub-folder when it is missing.
  Result<void> need(const std::string& sub) const;
  // Moves a file into the sub-folder; when the name is taken there, as name.1, name.2, … Gives the name it has got.
  Result<std::string> move(const std::string& name, const std::string& sub) const;
  // Writes under a hidden name, syncs, renames (never over another file: false then), syncs the folder.
  Result<bool> write(const std::string& name, std::string_view bytes) const;

 private:
  Folder(Descriptor self, std::string path, std::uint64_t inode)
      : self_(std::move(self)), path_(std::move(path)), inode_(inode) {}
  Descriptor self_;
  std::string path_;
  std::uint64_t inode_;
};

}  // namespace yilian::file
