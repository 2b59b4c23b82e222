// SPDX-License-Identifier: Apache-2.0
//
// Moves bytes between a guest and its host, for `bench net` and `bench vsock`; linked statically. One program for both ends:
//
//   streamload peer PLACE     the host's end: serves whoever comes
//   streamload PLACE          the guest's: reads orders from standard input, a line each, and answers each with a line
//
//   KIND KIBIBYTES MILLIS     load done WORK MICROS
//
// KIND is send or receive (towards the host or from it; WORK is bytes), rr (a byte there and a byte back; WORK is how
// often), or nothing, which is done at once. A place is tcp:ADDRESS:PORT, vsock:CID:PORT, unix:PATH, where a peer
// listens, unixto:PATH, where it connects to somebody who listens, or file:PATH.
//
// What is moved has no end, for a serial port has none: the guest says what it wants in a header, KIBIBYTES are moved, the
// host answers the last of those it got with a byte, and so on until the time is over.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "load.h"

#define CHUNK (64 << 10)
#define TRIES 300
#define TRY_MICROS 100000

struct header {
    char kind;
    uint8_t unused[7];
    uint64_t bytes;
};

static char buffer[CHUNK];

// ---- places ---------------------------------------------------------------------------------------------------------

union address {
    struct sockaddr any;
    struct sockaddr_in tcp;
    struct sockaddr_vm vsock;
    struct sockaddr_un local;
};

// The part after the last colon, which is cut off.
static unsigned cut_number(char *place) {
    char *colon = strrchr(place, ':');
    if (colon == NULL)
        die(place);
    *colon = '\0';
    return (unsigned)strtoul(colon + 1, NULL, 10);
}

static socklen_t find(const char *text, union address *address) {
    char place[128];
    snprintf(place, sizeof place, "%s", text);
    memset(address, 0, sizeof *address);
    if (strncmp(place, "tcp:", 4) == 0) {
        address->tcp.sin_family = AF_INET;
        address->tcp.sin_port = htons((uint16_t)cut_number(place));
        inet_pton(AF_INET, place + 4, &address->tcp.sin_addr);
        return sizeof address->tcp;
    }
    if (strncmp(place, "vsock:", 6) == 0) {
        address->vsock.svm_family = AF_VSOCK;
        address->vsock.svm_port = cut_number(place);
        address->vsock.svm_cid = (unsigned)strtoul(place + 6, NULL, 10);
        return sizeof address->vsock;
    }
    address->local.sun_family = AF_UNIX;
    snprintf(address->local.sun_path, sizeof address->local.sun_path, "%s", strchr(place, ':') + 1);
    return sizeof address->local;
}

static int new_socket(const union address *address) {
    int fd = socket(address->any.sa_family, SOCK_STREAM, 0);
    int yes = 1;
    if (fd < 0)
        die("socket");
    if (address->any.sa_family == AF_INET) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    return fd;
}

// Whoever is to answer may still be on its way.
static int connect_to(const char *place) {
    if (strncmp(place, "file:", 5) == 0) {
        int fd = open(place + 5, O_RDWR);
        if (fd < 0)
            die(place);
        return fd;
    }
    union address address;
    socklen_t length = find(place, &address);
    for (int i = 0; i < TRIES; i++) {
        int fd = new_socket(&address);
        if (connect(fd, &address.any, length) == 0)
            return fd;
        close(fd);
        usleep(TRY_MICROS);
    }
    die(place);
    return -1;
}

static int listen_at(const char *place) {
    union address address;
    socklen_t length = find(place, &address);
    int fd = new_socket(&address);
    if (bind(fd, &address.any, length) < 0 || listen(fd, 4) < 0)
        die(place);
    return fd;
}

// ---- bytes ----------------------------------------------------------------------------------------------------------

// Returns 0 at the end of the stream.
static int take(int fd, void *into, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t count = read(fd, (char *)into + done, length - done);
        if (count == 0 || (count < 0 && errno != EINTR))
            return 0;
        if (count > 0)
            done += (size_t)count;
    }
    return 1;
}

static int give(int fd, const void *from, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t count = write(fd, (const char *)from + done, length - done);
        if (count < 0 && errno != EINTR)
            return 0;
        if (count > 0)
            done += (size_t)count;
    }
    return 1;
}

static int take_all(int fd, uint64_t bytes) {
    while (bytes > 0) {
        ssize_t count = read(fd, buffer, bytes < CHUNK ? bytes : CHUNK);
        if (count == 0 || (count < 0 && errno != EINTR))
            return 0;
        if (count > 0)
            bytes -= (uint64_t)count;
    }
    return 1;
}

static int give_all(int fd, uint64_t bytes) {
    for (uint64_t part; bytes > 0; bytes -= part) {
        part = bytes < CHUNK ? bytes : CHUNK;
        if (!give(fd, buffer, part))
            return 0;
    }
    return 1;
}

// ---- the host's end -------------------------------------------------------------------------------------------------

static int answer(int fd, const struct header *header) {
    switch (header->kind) {
        case 's':
            return take_all(fd, header->bytes) && give(fd, "", 1);
        case 'r':
            return give_all(fd, header->bytes);
        default:
            return give(fd, "", 1);
    }
}

static void serve(int fd) {
    struct header header;
    // A round trip is one byte, and a header the rest.
    while (take(fd, &header.kind, 1)) {
        if (header.kind != '.' && !take(fd, (char *)&header + 1, sizeof header - 1))
            break;
        if (!answer(fd, &header))
            break;
    }
    close(fd);
}

static void peer(const char *place) {
    if (strncmp(place, "unixto:", 7) == 0) {
        serve(connect_to(place));
        return;
    }
    int listener = listen_at(place);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        int yes = 1;
        if (fd < 0)
            die("accept");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        serve(fd);
    }
}

// ---- the guest's ----------------------------------------------------------------------------------------------------

// Does one piece of work. Returns how much it was, or 0.
static uint64_t work(int fd, char kind, uint64_t bytes) {
    char byte = '.';
    if (kind == '.')
        return give(fd, &byte, 1) && take(fd, &byte, 1);
    struct header header = {.kind = kind, .bytes = bytes};
    if (!give(fd, &header, sizeof header))
        return 0;
    if (kind == 's')
        return give_all(fd, bytes) && take(fd, &byte, 1) ? bytes : 0;
    return take_all(fd, bytes) ? bytes : 0;
}

static void load(const char *place) {
    int fd = connect_to(place);
    struct termios raw;
    if (tcgetattr(fd, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(fd, TCSANOW, &raw);
    }
    printf("load ready\n");
    char kind[16], line[128];
    unsigned kibibytes, millis;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%15s %u %u", kind, &kibibytes, &millis) != 3) {
            printf("load failed order %s", line);
            continue;
        }
        if (strcmp(kind, "nothing") == 0) {
            report(1000, 1000000);
            continue;
        }
        char letter = strcmp(kind, "rr") == 0 ? '.' : kind[0];
        uint64_t begin = micros(), end = begin + (uint64_t)millis * 1000, now, done = 0;
        do {
            uint64_t part = work(fd, letter, (uint64_t)kibibytes << 10);
            if (part == 0)
                die(kind);
            done += part;
            now = micros();
        } while (now < end);
        report(done, now - begin);
    }
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    memset(buffer, 0x5a, sizeof buffer);
    if (argc == 3 && strcmp(argv[1], "peer") == 0)
        peer(argv[2]);
    else if (argc == 2)
        load(argv[1]);
    else
        return 2;
    return 0;
}
