/* Preloaded into a server, makes its disk fail: while the file FAULT_SYNC exists, every fsync and fdatasync below
 * FAULT_DIR fails with EIO. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int armed(const char *name) {
    const char *file = getenv(name);
    return file && access(file, F_OK) == 0;
}

static int is_ours(int fd) {
    char link[64], path[PATH_MAX];
    const char *dir = getenv("FAULT_DIR");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!dir || length < 0) return 0;
    path[length] = 0;
    return strncmp(path, dir, strlen(dir)) == 0;
}

static int fails(int fd) {
    if (!armed("FAULT_SYNC") || !is_ours(fd)) return 0;
    errno = EIO;
    return 1;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = dlsym(RTLD_NEXT, #name)

int fsync(int fd) { REAL(fsync); return fails(fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails(fd) ? -1 : real(fd); }
