/* Preloaded into the server: writes down, in order, everything it does to files below RECORD_UNDER,
   so that afterwards a power cut can be played at any place. The record goes to RECORD_TO.

   One entry: a header, then `na` bytes (a path, or what was written), then `nb` (a second path). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct __attribute__((packed)) head { char what; uint32_t na, nb; uint64_t inode, at; };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *under;
static int to = -1;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("RECORD_TO");
  under = getenv("RECORD_UNDER");
  if (path && under) to = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void note(char what, uint64_t inode, uint64_t at, const void *a, size_t na, const void *b, size_t nb) {
  struct head head = {what, (uint32_t)na, (uint32_t)nb, inode, at};
  struct iovec parts[3] = {{&head, sizeof head}, {(void *)a, na}, {(void *)b, nb}};
  syscall(SYS_writev, to, parts, 3);
}

static int is_ours(const char *path) { return to >= 0 && path && !strncmp(path, under, strlen(under)); }

static int path_of(int fd, char *path) {
  char link[64];
  if (to < 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_MAX - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return is_ours(path);
}

static void join(int folder, const char *name, char *path) {
  if (name[0] == '/' || folder == AT_FDCWD || !path_of(folder, path)) snprintf(path, PATH_MAX, "%s", name);
  else snprintf(path + strlen(path), PATH_MAX - strlen(path), "/%s", name);
}

static uint64_t inode_of(int fd) {
  struct stat s;
  return fstat(fd, &s) ? 0 : s.st_ino;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define LOCK pthread_mutex_lock(&turn)
#define UNLOCK pthread_mutex_unlock(&turn)

static int opened(int fd, const char *path, int flags, int was_there) {
  if (fd >= 0 && (!was_there || (flags & O_TRUNC)))
    note(was_there ? 't' : 'c', inode_of(fd), 0, path, strlen(path), "", 0);
  return fd;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours(path)) return real(path, flags, mode); \
    LOCK; int was_there = !access(path, F_OK); int fd = opened(real(path, flags, mode), path, flags, was_there); UNLOCK; \
    return fd; \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int folder, const char *given, int flags, ...) { \
    REAL(name); va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    char path[PATH_MAX]; join(folder, given, path); \
    if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours(path)) return real(folder, given, flags, mode); \
    LOCK; int was_there = !access(path, F_OK); int fd = opened(real(folder, given, flags, mode), path, flags, was_there); UNLOCK; \
    return fd; \
  }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *data, size_t n) {
  REAL(write); char path[PATH_MAX];
  if (!path_of(fd, path)) return real(fd, data, n);
  LOCK; ssize_t done = real(fd, data, n);
  if (done > 0) note('w', inode_of(fd), (uint64_t)(lseek(fd, 0, SEEK_CUR) - done), data, (size_t)done, "", 0);
  UNLOCK; return done;
}

#define PWRITE(name, offset) \
  ssize_t name(int fd, const void *data, size_t n, offset at) { \
    REAL(name); char path[PATH_MAX]; \
    if (!path_of(fd, path)) return real(fd, data, n, at); \
    LOCK; ssize_t done = real(fd, data, n, at); \
    if (done > 0) note('w', inode_of(fd), (uint64_t)at, data, (size_t)done, "", 0); \
    UNLOCK; return done; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset) \
  int name(int fd, offset size) { \
    REAL(name); char path[PATH_MAX]; \
    if (!path_of(fd, path)) return real(fd, size); \
    LOCK; int failed = real(fd, size); if (!failed) note('s', inode_of(fd), (uint64_t)size, "", 0, "", 0); \
    UNLOCK; return failed; \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name) \
  int name(int fd) { \
    REAL(name); char path[PATH_MAX]; \
    if (!path_of(fd, path)) return real(fd); \
    LOCK; int failed = real(fd); if (!failed) note('f', inode_of(fd), 0, path, strlen(path), "", 0); \
    UNLOCK; return failed; \
  }
SYNC(fsync)
SYNC(fdatasync)

#define ONE(name, what) \
  int name(const char *path) { \
    REAL(name); if (!is_ours(path)) return real(path); \
    LOCK; int failed = real(path); if (!failed) note(what, 0, 0, path, strlen(path), "", 0); UNLOCK; return failed; \
  }
ONE(unlink, 'u')
ONE(rmdir, 'u')

int unlinkat(int folder, const char *name, int flags) {
  REAL(unlinkat); char path[PATH_MAX]; join(folder, name, path);
  if (!is_ours(path)) return real(folder, name, flags);
  LOCK; int failed = real(folder, name, flags); if (!failed) note('u', 0, 0, path, strlen(path), "", 0);
  UNLOCK; return failed;
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir); if (!is_ours(path)) return real(path, mode);
  LOCK; int failed = real(path, mode); if (!failed) note('d', 0, 0, path, strlen(path), "", 0); UNLOCK; return failed;
}

#define TWO(name, what) \
  int name(const char *from, const char *into) { \
    REAL(name); if (!is_ours(from)) return real(from, into); \
    LOCK; int failed = real(from, into); if (!failed) note(what, 0, 0, from, strlen(from), into, strlen(into)); \
    UNLOCK; return failed; \
  }
TWO(rename, 'r')
TWO(link, 'l')

int linkat(int of, const char *from, int in, const char *into, int flags) {
  REAL(linkat); char a[PATH_MAX], b[PATH_MAX]; join(of, from, a); join(in, into, b);
  if (!is_ours(a)) return real(of, from, in, into, flags);
  LOCK; int failed = real(of, from, in, into, flags); if (!failed) note('l', 0, 0, a, strlen(a), b, strlen(b));
  UNLOCK; return failed;
}

int renameat(int of, const char *from, int in, const char *into) {
  REAL(renameat); char a[PATH_MAX], b[PATH_MAX]; join(of, from, a); join(in, into, b);
  if (!is_ours(a)) return real(of, from, in, into);
  LOCK; int failed = real(of, from, in, into); if (!failed) note('r', 0, 0, a, strlen(a), b, strlen(b));
  UNLOCK; return failed;
}
