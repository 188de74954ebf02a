/* A disk that fails: preloaded into the program, it lets one call on files below a folder fail.
 *
 *   ATELIER_FAULT_FOLDER  the folder
 *   ATELIER_FAULT_AT      which of the calls fails, from 1 on; 0 for none
 *   ATELIER_FAULT_LAST    up to which call they all fail
 *   ATELIER_FAULT_ERRNO   how
 *   ATELIER_FAULT_COUNT   file that is told, when the program ends, how many calls there were
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

/* Whether this call is to fail; sets errno if so. */
static int fails(const char *path) {
    const char *folder = getenv("ATELIER_FAULT_FOLDER");
    if (!folder || !path || strncmp(path, folder, strlen(folder)) != 0)
        return 0;
    long call = atomic_fetch_add(&calls, 1) + 1;
    long at = number("ATELIER_FAULT_AT"), last = number("ATELIER_FAULT_LAST");
    if (at == 0 || call < at || call > (last > at ? last : at))
        return 0;
    errno = (int)number("ATELIER_FAULT_ERRNO");
    return 1;
}

static int fails_open_file(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return fails(path);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("ATELIER_FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", atomic_load(&calls));
        fclose(file);
    }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t count) {
    return fails_open_file(file) ? -1 : REAL(write)(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    return fails_open_file(file) ? -1 : REAL(pwrite)(file, bytes, count, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return fails_open_file(file) ? -1 : REAL(pwrite64)(file, bytes, count, at);
}
int fsync(int file) { return fails_open_file(file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return fails_open_file(file) ? -1 : REAL(fdatasync)(file); }
int ftruncate(int file, off_t length) { return fails_open_file(file) ? -1 : REAL(ftruncate)(file, length); }
int ftruncate64(int file, off64_t length) { return fails_open_file(file) ? -1 : REAL(ftruncate64)(file, length); }
int rename(const char *from, const char *to) { return fails(to) ? -1 : REAL(rename)(from, to); }
int mkdir(const char *path, mode_t mode) { return fails(path) ? -1 : REAL(mkdir)(path, mode); }
int unlink(const char *path) { return fails(path) ? -1 : REAL(unlink)(path); }

/* Only files that are opened to be written count. */
#define OPEN(name, path, flags, ...)                                                                                   \
    mode_t mode = 0;                                                                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                               \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }                                                                                                                  \
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && fails(path))                                                        \
        return -1;                                                                                                     \
    return REAL(name)(__VA_ARGS__, mode);

int open(const char *path, int flags, ...) { OPEN(open, path, flags, path, flags) }
int open64(const char *path, int flags, ...) { OPEN(open64, path, flags, path, flags) }
int openat(int folder, const char *path, int flags, ...) { OPEN(openat, path, flags, folder, path, flags) }
int openat64(int folder, const char *path, int flags, ...) { OPEN(openat64, path, flags, folder, path, flags) }
