#pragma once
// Waits for something to happen in a folder: a file finished there, a word from another thread, or the time.

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "adapters/file/folder.h"

namespace yilian::file {

class Watch {
 public:
  Watch();
  // (Re)attaches to the folder; false when the system has no watch for it: then looking now and then must do.
  bool attach(const std::string& path, std::uint64_t inode);
  // Waits; adds the names of files that were closed after writing or moved in. Before it returns it has emptied what
  // has come.
  void wait(std::chrono::milliseconds most, std::unordered_set<std::string>& finished);
  void wake();  // any thread

 private:
  Descriptor events_;
  Descriptor wake_;
  int watched_ = -1;
  std::uint64_t inode_ = 0;
};

}  // namespace yilian::file
