/* A power cut: preloaded into the program, it keeps beside a folder what of it is surely on the disk.
 *
 *   ATELIER_CUT_FOLDER  the folder
 *   ATELIER_CUT_KEPT    where that is kept: the bytes of each file as they were flushed last, and the names in each
 *                       folder as they were when that was flushed last, both under what the file system calls them
 *
 * A file is called by its number and the time of its making, because numbers are used again.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long copies;

/* What a file is called; 0 if it cannot be found. */
static int called(int folder, const char *path, int flags, char *name, size_t room, int *is_folder) {
    struct statx found;
    if (statx(folder, path, flags, STATX_INO | STATX_BTIME | STATX_TYPE, &found) != 0)
        return 0;
    *is_folder = S_ISDIR(found.stx_mode);
    snprintf(name, room, "%llu-%lld-%u", (unsigned long long)found.stx_ino, (long long)found.stx_btime.tv_sec,
             found.stx_btime.tv_nsec);
    return 1;
}

static void keep_names(int file, FILE *to) {
    int again = openat(file, ".", O_RDONLY | O_DIRECTORY);
    DIR *folder = again < 0 ? NULL : fdopendir(again);
    if (!folder)
        return;
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        char name[128];
        int is_folder;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (called(dirfd(folder), entry->d_name, AT_SYMLINK_NOFOLLOW, name, sizeof name, &is_folder))
            fprintf(to, "%s %s %s\n", is_folder ? "folder" : "file", name, entry->d_name);
    }
    closedir(folder);
}

static void keep_bytes(int file, FILE *to) {
    char link[64], bytes[1 << 16];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    /* A place of its own to read from. */
    int again = open(link, O_RDONLY);
    ssize_t count;
    while (again >= 0 && (count = read(again, bytes, sizeof bytes)) > 0)
        fwrite(bytes, 1, (size_t)count, to);
    if (again >= 0)
        close(again);
}

static void keep(int file) {
    const char *folder = getenv("ATELIER_CUT_FOLDER"), *kept = getenv("ATELIER_CUT_KEPT");
    char link[64], path[PATH_MAX], name[128], part[PATH_MAX], whole[PATH_MAX];
    int is_folder;
    if (!folder || !kept)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0 || !called(file, "", AT_EMPTY_PATH, name, sizeof name, &is_folder))
        return;
    snprintf(part, sizeof part, "%s/part-%ld", kept, atomic_fetch_add(&copies, 1));
    snprintf(whole, sizeof whole, "%s/%s", kept, name);
    FILE *to = fopen(part, "w");
    if (!to)
        return;
    if (is_folder)
        keep_names(file, to);
    else
        keep_bytes(file, to);
    fclose(to);
    rename(part, whole);
}

int fsync(int file) {
    int done = REAL(fsync)(file);
    if (done == 0)
        keep(file);
    return done;
}
int fdatasync(int file) {
    int done = REAL(fdatasync)(file);
    if (done == 0)
        keep(file);
    return done;
}
