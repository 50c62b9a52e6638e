// Reports for the programs of others to read, on standard output. usage: lab_reports COUNT

#include <cstdio>
#include <cstdlib>

#include "lab_messages.h"

int main(int count, char** arguments) {
  if (count != 2) return std::fprintf(stderr, "usage: %s COUNT\n", arguments[0]), 2;
  for (long i = 0; i < std::atol(arguments[1]); ++i) std::fputs(yilian::bench::report(i).c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
