/* A machine whose clock is set while programs run: preloaded into the real binary.
 *
 * CLOCK_FILE names a file with eight bytes: by how many seconds the wall clock is wrong.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *wrong;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("CLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *at = mmap(0, sizeof *wrong, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (at != MAP_FAILED) wrong = at;
}

typedef int (*gettime_f)(clockid_t, struct timespec *);

int clock_gettime(clockid_t clock, struct timespec *at) {
    static gettime_f real;
    if (!real) real = (gettime_f)dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(clock, at);
    if (answer == 0 && clock == CLOCK_REALTIME && wrong) at->tv_sec += *wrong;
    return answer;
}
