/* A disk that fills up, loses its power, or keeps only what was synced: preloaded into the real binary.
 *
 * It plays tricks with the files below DISK_FOLDER alone:
 *   DISK_FULL_AT=n   from the n-th write on there is no space left
 *   DISK_FULL_WHILE=file  there is none as long as this file exists
 *   DISK_DIES_AT=n   at the n-th write the process is killed
 *   DISK_BAD_AT=n    from the n-th sync on the disk reports an error
 *   DISK_SLOW=n      each sync takes n milliseconds longer
 *   DISK_SYNCED=dir  after each sync the file is copied there: what surely survives a loss of power
 *   DISK_COUNT=file  at the end the number of writes is written there
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long writes, syncs;

static long number(const char *name) {
    const char *said = getenv(name);
    return said ? atol(said) : LONG_MAX;
}

/* The path of an open file when it lies below the folder, else NULL. */
static const char *ours(int fd, char *path) {
    const char *folder = getenv("DISK_FOLDER");
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = folder ? readlink(link, path, PATH_MAX - 1) : -1;
    if (size < 0) return NULL;
    path[size] = 0;
    return strncmp(path, folder, strlen(folder)) == 0 ? path : NULL;
}

static int refused(int fd) {
    char path[PATH_MAX];
    int before = errno;
    if (!ours(fd, path)) {
        errno = before;
        return 0;
    }
    long n = atomic_fetch_add(&writes, 1);
    if (n >= number("DISK_DIES_AT")) kill(getpid(), SIGKILL);
    const char *while_there = getenv("DISK_FULL_WHILE");
    int full = n >= number("DISK_FULL_AT") || (while_there && access(while_there, F_OK) == 0);
    errno = full ? ENOSPC : before;
    return full;
}

#define REAL(name, type) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*write_f)(int, const void *, size_t);
typedef ssize_t (*pwrite_f)(int, const void *, size_t, off64_t);
typedef int (*truncate_f)(int, off64_t);
typedef int (*sync_f)(int);

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL("write", write_f);
    return refused(fd) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    REAL("pwrite64", pwrite_f);
    return refused(fd) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    REAL("pwrite64", pwrite_f);
    return refused(fd) ? -1 : real(fd, bytes, size, at);
}

int ftruncate64(int fd, off64_t size) {
    REAL("ftruncate64", truncate_f);
    char path[PATH_MAX];
    int before = errno;
    /* A file is cut on a full disk too. */
    if (ours(fd, path) && atomic_fetch_add(&writes, 1) >= number("DISK_DIES_AT")) kill(getpid(), SIGKILL);
    errno = before;
    return real(fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* A new name for a file is a write too, for a process that dies. */
static void named(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    if (!folder || strncmp(path, folder, strlen(folder)) != 0) return;
    if (atomic_fetch_add(&writes, 1) >= number("DISK_DIES_AT")) kill(getpid(), SIGKILL);
}

typedef int (*rename_f)(const char *, const char *);
typedef int (*linkat_f)(int, const char *, int, const char *, int);

int rename(const char *from, const char *to) {
    REAL("rename", rename_f);
    named(to);
    return real(from, to);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
    REAL("linkat", linkat_f);
    named(to);
    return real(from_dir, from, to_dir, to, flags);
}

static void keep(int fd) {
    char path[PATH_MAX], copy[PATH_MAX * 2], bytes[65536];
    const char *to = getenv("DISK_SYNCED");
    if (!to || !ours(fd, path)) return;
    const char *name = strrchr(path, '/');
    snprintf(copy, sizeof copy, "%s%s", to, name ? name : "");
    int in = open(path, O_RDONLY | O_CLOEXEC), out = open(copy, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    for (ssize_t size; in >= 0 && out >= 0 && (size = read(in, bytes, sizeof bytes)) > 0;)
        if (write(out, bytes, (size_t)size) != size) break;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
}

static int synced(int fd, sync_f real) {
    char path[PATH_MAX];
    const char *slow = getenv("DISK_SLOW");
    if (slow && ours(fd, path)) usleep((useconds_t)atol(slow) * 1000);
    if (ours(fd, path) && atomic_fetch_add(&syncs, 1) >= number("DISK_BAD_AT")) {
        errno = EIO;
        return -1;
    }
    int answer = real(fd);
    keep(fd);
    return answer;
}

int fsync(int fd) {
    REAL("fsync", sync_f);
    return synced(fd, real);
}

int fdatasync(int fd) {
    REAL("fdatasync", sync_f);
    return synced(fd, real);
}

__attribute__((destructor)) static void count(void) {
    const char *file = getenv("DISK_COUNT");
    FILE *out = file ? fopen(file, "w") : NULL;
    if (!out) return;
    fprintf(out, "%ld %ld\n", (long)writes, (long)syncs);
    fclose(out);
}
