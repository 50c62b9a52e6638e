#include "adapters/file/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace yilian::file {
namespace {

constexpr int kMostCopies = 1'000'000;

bool has_suffix(std::string_view name, const std::vector<std::string>& suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](const std::string& suffix) {
    return name.size() > suffix.size() &&
           strncasecmp(name.data() + name.size() - suffix.size(), suffix.data(), suffix.size()) == 0;
  });
}

Failure system_failure(const std::string& path, const char* what, int error) {
  const Code code = error == ENOENT                                       ? Code::not_found
                    : error == EACCES || error == EPERM || error == ELOOP ? Code::forbidden
                                                                          : Code::storage;
  return fail(code, std::string(what) + ": " + std::strerror(error), path);
}

// Renames, but not over another file. 0, or the error; EEXIST when the name is taken.
int rename_new(int from, const std::string& name, int to, const std::string& target) {
  if (renameat2(from, name.c_str(), to, target.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // Some network file systems cannot promise it in one step. This folder's files are moved by this process alone, so
  // looking first will do.
  struct stat there;
  if (fstatat(to, target.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  return renameat(from, name.c_str(), to, target.c_str()) == 0 ? 0 : errno;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Stamp Stamp::of(const struct stat& from) {
  return {from.st_ino, from.st_size, from.st_mtim.tv_sec * 1'000'000'000 + from.st_mtim.tv_nsec};
}

Result<Folder> Folder::open(const std::string& path) {
  Descriptor self(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat about;
  if (!self || fstat(self.get(), &about) != 0)
    return fail(Code::bad_config, std::string("cannot open the folder: ") + std::strerror(errno), path,
                "Make the folder, and let the service's user read and write it");
  return Folder(std::move(self), path, about.st_ino);
}

Result<Listing> Folder::list(const std::vector<std::string>& suffixes) const {
  const int again = openat(self_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(again < 0 ? nullptr : fdopendir(again), closedir);
  if (!folder) {
    const int error = errno;
    if (again >= 0) ::close(again);
    return system_failure(path_, "cannot list the folder", error);
  }
  Listing out;
  errno = 0;
  while (const auto* entry = readdir(folder.get())) {
    const std::string_view name(entry->d_name);
    struct stat about;
    if (name.front() != '.' && has_suffix(name, suffixes) &&
        fstatat(self_.get(), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0) {
      if (S_ISREG(about.st_mode))
        out.files.push_back({std::string(name), Stamp::of(about)});
      else if (!S_ISDIR(about.st_mode))
        out.refused.emplace_back(name);
    }
    errno = 0;
  }
  if (errno != 0) return system_failure(path_, "cannot list the folder", errno);
  return out;
}

Result<std::string> Folder::read(const std::string& name, const Stamp& stamp, std::size_t most) const {
  const auto path = path_ + "/" + name;
  // O_NOFOLLOW and O_NONBLOCK: the name may since have become a link out of the folder, or a pipe that would never
  // answer.
  const Descriptor file(openat(self_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return system_failure(path, "cannot read the file", errno);
  struct stat about;
  if (fstat(file.get(), &about) != 0) return system_failure(path, "cannot read the file", errno);
  if (!S_ISREG(about.st_mode) || Stamp::of(about) != stamp) return fail(Code::conflict, "the file has changed", path);
  std::string out(std::min(most, static_cast<std::size_t>(about.st_size)), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const auto count = ::read(file.get(), out.data() + have, out.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path, "cannot read the file", errno);
    if (count == 0) return fail(Code::conflict, "the file has become shorter", path);
    have += static_cast<std::size_t>(count);
  }
  if (fstat(file.get(), &about) != 0 || Stamp::of(about) != stamp)
    return fail(Code::conflict, "the file has changed", path);
  return out;
}

Result<void> Folder::need(const std::string& sub) const {
  if (mkdirat(self_.get(), sub.c_str(), 0750) == 0 || errno == EEXIST) return {};
  return fail(Code::bad_config, std::string("cannot make the folder: ") + std::strerror(errno), path_ + "/" + sub,
              "Let the service's user write into the folder");
}

Result<std::string> Folder::move(const std::string& name, const std::string& sub) const {
  YL_CHECK(need(sub));
  const Descriptor to(openat(self_.get(), sub.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!to) return system_failure(path_ + "/" + sub, "cannot open the folder", errno);
  int error = EEXIST;
  std::string target = name;
  for (int copy = 0; error == EEXIST && copy < kMostCopies; ++copy) {
    target = copy == 0 ? name : name + "." + std::to_string(copy);
    error = rename_new(self_.get(), name, to.get(), target);
  }
  if (error != 0) return system_failure(path_ + "/" + name, "cannot move the file", error);
  return target;
}

Result<bool> Folder::write(const std::string& name, std::string_view bytes) const {
  const auto hidden = "." + name + ".tmp";
  const auto cannot = [&](int error) {
    unlinkat(self_.get(), hidden.c_str(), 0);
    return fail(Code::storage, std::string("cannot write the file: ") + std::strerror(error), path_ + "/" + name);
  };
  {
    const Descriptor file(
        openat(self_.get(), hidden.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640));
    if (!file || !write_all(file.get(), bytes) || fsync(file.get()) != 0) return cannot(errno);
  }
  const int error = rename_new(self_.get(), hidden, self_.get(), name);
  if (error == EEXIST) {
    unlinkat(self_.get(), hidden.c_str(), 0);
    return false;
  }
  if (error != 0) return cannot(error);
  if (fsync(self_.get()) != 0)
    return fail(Code::storage, std::string("cannot sync the folder: ") + std::strerror(errno), path_);
  return true;
}

}  // namespace yilian::file
