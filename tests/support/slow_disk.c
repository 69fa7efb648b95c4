/* A disk on which every flush takes a while: preloaded into the binary under test. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int late(const char *name, int fd) {
  struct timespec while_ = {0, 60 * 1000 * 1000};
  nanosleep(&while_, 0);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return late("fsync", fd); }
int fdatasync(int fd) { return late("fdatasync", fd); }
