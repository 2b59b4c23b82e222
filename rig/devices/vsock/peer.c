// SPDX-License-Identifier: Apache-2.0
// One end of streams between guest and host, on either side:
//
//   vsock-peer serve SINK ECHO    listens at two addresses: a sink, which takes what comes to the end and answers with what
//                                 it was, and one that sends everything back; until it is killed
//   vsock-peer send ADDRESS BYTES sends to a sink, shuts its own direction down, and compares the answer
//   vsock-peer many ADDRESS COUNT opens so many connections to an echo, and has them all open when the first is used
//   vsock-peer hold ADDRESS       opens a connection to an echo and uses it now and then, until it breaks
//   vsock-peer wait ADDRESS       listens until somebody has come
//   vsock-peer knock ADDRESS      connects, and that is all
//
// An address is vsock:PORT (of the host, or to listen at in the guest), unix:PATH, or via:PATH:PORT, the guest's port behind
// the Unix socket of a VMM. Status 3 if nobody is there, 1 if something went wrong, which stderr then says.
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

enum { FAILED = 1, WRONG_USAGE = 2, NOBODY = 3, WORDS = 8192, LINE = 64, BACKLOG = 16, MOST = 1024, PAUSE = 250000 };

static void die(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("vsock-peer: ", stderr);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, ": %s\n", strerror(errno));
  va_end(arguments);
  exit(status);
}

// ---- addresses ------------------------------------------------------------------------------------------------------

union address {
  struct sockaddr any;
  struct sockaddr_un unix_path;
  struct sockaddr_vm vsock;
};

static socklen_t vsock_address(union address *to, unsigned cid, const char *port) {
  memset(to, 0, sizeof *to);
  to->vsock.svm_family = AF_VSOCK;
  to->vsock.svm_cid = cid;
  to->vsock.svm_port = (unsigned)strtoul(port, NULL, 10);
  return sizeof to->vsock;
}

static socklen_t unix_address(union address *to, const char *path, size_t length) {
  memset(to, 0, sizeof *to);
  if (length >= sizeof to->unix_path.sun_path) die(WRONG_USAGE, "%s is too long", path);
  to->unix_path.sun_family = AF_UNIX;
  memcpy(to->unix_path.sun_path, path, length);
  return sizeof to->unix_path;
}

static int is(const char *address, const char *kind, const char **rest) {
  size_t length = strlen(kind);
  *rest = address + length;
  return strncmp(address, kind, length) == 0;
}

static int to_address(union address *to, socklen_t length, const char *name) {
  int end = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (end < 0) die(FAILED, "no socket for %s", name);
  if (connect(end, &to->any, length) != 0) die(NOBODY, "cannot connect to %s", name);
  return end;
}

static int through_vmm(const char *path, const char *name) {
  const char *colon = strrchr(path, ':');
  if (colon == NULL) die(WRONG_USAGE, "%s has no port", name);
  union address to;
  int end = to_address(&to, unix_address(&to, path, (size_t)(colon - path)), name);
  char line[LINE];
  int length = snprintf(line, sizeof line, "CONNECT %s\n", colon + 1);
  if (write(end, line, (size_t)length) != length) die(NOBODY, "cannot greet %s", name);
  length = 0;
  do {
    if (length == LINE - 1 || read(end, line + length, 1) != 1) die(NOBODY, "refused by %s", name);
    length++;
  } while (line[length - 1] != '\n');
  line[length] = 0;
  unsigned port;
  if (sscanf(line, "OK %u\n", &port) != 1) die(FAILED, "%s answers %s", name, line);
  return end;
}

static int connect_to(const char *address) {
  union address to;
  const char *rest;
  if (is(address, "vsock:", &rest)) return to_address(&to, vsock_address(&to, VMADDR_CID_HOST, rest), address);
  if (is(address, "unix:", &rest)) return to_address(&to, unix_address(&to, rest, strlen(rest)), address);
  if (is(address, "via:", &rest)) return through_vmm(rest, address);
  die(WRONG_USAGE, "no address: %s", address);
  return -1;
}

static int listen_at(const char *address) {
  union address at;
  const char *rest;
  socklen_t length;
  if (is(address, "vsock:", &rest)) {
    length = vsock_address(&at, VMADDR_CID_ANY, rest);
  } else if (is(address, "unix:", &rest)) {
    length = unix_address(&at, rest, strlen(rest));
  } else {
    die(WRONG_USAGE, "no address to listen at: %s", address);
  }
  int end = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (end < 0 || bind(end, &at.any, length) != 0 || listen(end, BACKLOG) != 0) die(FAILED, "cannot listen at %s", address);
  return end;
}

// ---- bytes ----------------------------------------------------------------------------------------------------------

static void write_all(int end, const void *from, size_t length) {
  const char *next = from;
  while (length > 0) {
    ssize_t written = write(end, next, length);
    if (written <= 0) die(FAILED, "cannot write");
    next += written;
    length -= (size_t)written;
  }
}

// Reads as much as there is room for, or to the end.
static size_t read_all(int end, void *into, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t got = read(end, (char *)into + done, length - done);
    if (got < 0) die(FAILED, "cannot read");
    if (got == 0) break;
    done += (size_t)got;
  }
  return done;
}

// A checksum to which every word and its place matter.
static uint64_t sum_of(uint64_t sum, const uint64_t *words, size_t count) {
  for (size_t i = 0; i < count; i++) sum = (sum ^ words[i]) * 0x100000001b3u;
  return sum;
}

static void take(int end) {
  static uint64_t words[WORDS];
  unsigned long bytes = 0;
  uint64_t sum = 0;
  size_t got;
  do {
    got = read_all(end, words, sizeof words);
    sum = sum_of(sum, words, got / sizeof *words);
    bytes += got;
  } while (got == sizeof words);
  char line[LINE];
  write_all(end, line, (size_t)snprintf(line, sizeof line, "%lu %016lx\n", bytes, (unsigned long)sum));
}

static void echo(int end) {
  static char bytes[4096];
  ssize_t got;
  while ((got = read(end, bytes, sizeof bytes)) > 0) write_all(end, bytes, (size_t)got);
}

static void give(const char *address, unsigned long bytes) {
  static uint64_t words[WORDS];
  int end = connect_to(address);
  uint64_t sum = 0;
  uint64_t next = 0;
  for (unsigned long sent = 0; sent < bytes; sent += sizeof words) {
    for (size_t i = 0; i < WORDS; i++) words[i] = ++next * 0x9e3779b97f4a7c15u;
    write_all(end, words, sizeof words);
    sum = sum_of(sum, words, WORDS);
  }
  if (shutdown(end, SHUT_WR) != 0) die(FAILED, "cannot shut down");
  char wanted[LINE];
  char line[LINE] = "";
  snprintf(wanted, sizeof wanted, "%lu %016lx\n", bytes, (unsigned long)sum);
  read_all(end, line, sizeof line - 1);
  if (strcmp(line, wanted) != 0) die(FAILED, "%s got %s and not %s", address, line, wanted);
  fputs(line, stdout);
}

static void many(const char *address, int count) {
  static int ends[MOST];
  if (count > MOST) die(WRONG_USAGE, "at most %d", MOST);
  for (int i = 0; i < count; i++) ends[i] = connect_to(address);
  for (int i = 0; i < count; i++) write_all(ends[i], &i, sizeof i);
  for (int i = 0; i < count; i++) {
    int back = -1;
    if (read_all(ends[i], &back, sizeof back) != sizeof back || back != i) die(FAILED, "connection %d got %d", i, back);
    shutdown(ends[i], SHUT_WR);
    if (read_all(ends[i], &back, 1) != 0) die(FAILED, "connection %d has more", i);
  }
  printf("%d\n", count);
}

// That it breaks is what it is for, but not before it was of use.
static void hold(const char *address) {
  int end = connect_to(address);
  for (int answers = 0;; answers++) {
    unsigned char said = (unsigned char)answers;
    unsigned char back = 0;
    int broken = write(end, &said, 1) != 1 || read(end, &back, 1) != 1;
    if (broken && answers == 0) die(FAILED, "%s did not answer", address);
    if (broken) return;
    if (back != said) die(FAILED, "%s said %d to %d", address, back, said);
    usleep(PAUSE);
  }
}

// ---- servers --------------------------------------------------------------------------------------------------------

static void serve(int listener, void (*with)(int)) {
  for (;;) {
    int end = accept(listener, NULL, NULL);
    if (end < 0) die(FAILED, "cannot accept");
    if (fork() == 0) {
      with(end);
      exit(0);
    }
    close(end);
  }
}

int main(int count, char **words) {
  const char *what = count > 2 ? words[1] : "";
  signal(SIGPIPE, SIG_IGN);
  if (strcmp(what, "serve") == 0 && count == 4) {
    signal(SIGCHLD, SIG_IGN);
    int sink = listen_at(words[2]);
    int echoing = listen_at(words[3]);
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      serve(echoing, echo);
    }
    serve(sink, take);
  } else if (strcmp(what, "send") == 0 && count == 4) {
    give(words[2], strtoul(words[3], NULL, 10));
  } else if (strcmp(what, "many") == 0 && count == 4) {
    many(words[2], atoi(words[3]));
  } else if (strcmp(what, "hold") == 0 && count == 3) {
    hold(words[2]);
  } else if (strcmp(what, "wait") == 0 && count == 3) {
    if (accept(listen_at(words[2]), NULL, NULL) < 0) die(FAILED, "nobody came");
  } else if (strcmp(what, "knock") == 0 && count == 3) {
    close(connect_to(words[2]));
  } else {
    fputs("usage: vsock-peer serve SINK ECHO | send|many ADDRESS NUMBER | hold|wait|knock ADDRESS\n", stderr);
    return WRONG_USAGE;
  }
  return 0;
}
