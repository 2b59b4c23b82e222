// SPDX-License-Identifier: Apache-2.0
//
// Loads a disk; for the guests of `bench blk`, linked statically. Reads orders from standard input, a line each, and
// answers each with a line:
//
//   KIND DEPTH MILLIS     load done REQUESTS MICROS
//
// KIND is randread, randwrite (4 KiB each), seqread, seqwrite (128 KiB each), or nothing, which is done at once. There are always DEPTH requests under
// way, by Linux's asynchronous I/O (io_submit(2)) with O_DIRECT, past the guest's page cache. What completed together is
// submitted again together.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"

#define MAX_DEPTH 64
#define SMALL 4096
#define LARGE (128 << 10)

struct load {
    int disk;
    uint64_t blocks; // of the load's size, on the disk
    uint64_t next;   // the next block, or the state of the random numbers
    int random;
    unsigned size;
    unsigned depth;
    aio_context_t context;
    struct iocb requests[MAX_DEPTH];
};

static uint64_t next_block(struct load *load) {
    if (!load->random) {
        uint64_t block = load->next;
        load->next = block + 1 == load->blocks ? 0 : block + 1;
        return block;
    }
    // xorshift64
    load->next ^= load->next << 13;
    load->next ^= load->next >> 7;
    load->next ^= load->next << 17;
    return load->next % load->blocks;
}

static void submit(struct load *load, struct iocb **requests, long count) {
    for (long i = 0; i < count; i++)
        requests[i]->aio_offset = (int64_t)(next_block(load) * load->size);
    for (long done = 0; done < count;) {
        long taken = syscall(SYS_io_submit, load->context, count - done, requests + done);
        if (taken <= 0 && errno != EAGAIN && errno != EINTR)
            die("io_submit");
        if (taken > 0)
            done += taken;
    }
}

// Waits for at least one request. Returns how many there are in `completed`.
static long reap(struct load *load, struct iocb **completed) {
    struct io_event events[MAX_DEPTH];
    long count;
    do
        count = syscall(SYS_io_getevents, load->context, 1L, (long)load->depth, events, NULL);
    while (count < 0 && errno == EINTR);
    if (count < 1)
        die("io_getevents");
    for (long i = 0; i < count; i++) {
        if (events[i].res != load->size) {
            errno = events[i].res < 0 ? (int)-events[i].res : EIO;
            die("a request");
        }
        completed[i] = (struct iocb *)(uintptr_t)events[i].obj;
    }
    return count;
}

static void run(struct load *load, int opcode, char *buffers, unsigned millis) {
    struct iocb *free[MAX_DEPTH];
    for (unsigned i = 0; i < load->depth; i++) {
        struct iocb *request = &load->requests[i];
        memset(request, 0, sizeof *request);
        request->aio_lio_opcode = (uint16_t)opcode;
        request->aio_fildes = (uint32_t)load->disk;
        request->aio_buf = (uint64_t)(uintptr_t)(buffers + (size_t)i * LARGE);
        request->aio_nbytes = load->size;
        free[i] = request;
    }
    uint64_t begin = micros(), end = begin + (uint64_t)millis * 1000, now, done = 0;
    long flying = load->depth, count = load->depth;
    submit(load, free, count);
    do {
        count = reap(load, free);
        done += (uint64_t)count;
        now = micros();
        if (now < end)
            submit(load, free, count);
        else
            flying -= count;
    } while (now < end);
    while (flying > 0)
        flying -= reap(load, free);
    report(done, now - begin);
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 2)
        return 2;
    struct load load = {.disk = open(argv[1], O_RDWR | O_DIRECT)};
    uint64_t bytes = 0;
    if (load.disk < 0 || ioctl(load.disk, BLKGETSIZE64, &bytes) < 0)
        die(argv[1]);
    // Huge pages, so that a large request is one piece of memory and not thirty-two.
    size_t room = (size_t)MAX_DEPTH * LARGE;
    char *buffers = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffers == MAP_FAILED)
        die("mmap");
    madvise(buffers, room, MADV_HUGEPAGE);
    memset(buffers, 0x5a, room);
    if (syscall(SYS_io_setup, MAX_DEPTH, &load.context) < 0)
        die("io_setup");
    printf("load ready\n");
    char kind[16], line[128];
    unsigned millis;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%15s %u %u", kind, &load.depth, &millis) != 3 || load.depth < 1 || load.depth > MAX_DEPTH) {
            printf("load failed order %s", line);
            continue;
        }
        if (strcmp(kind, "nothing") == 0) {
            report(1000, 1000000);
            continue;
        }
        load.random = strncmp(kind, "rand", 4) == 0;
        load.size = load.random ? SMALL : LARGE;
        load.blocks = bytes / load.size;
        load.next = load.random ? 0x9e3779b97f4a7c15 : 0;
        run(&load, strstr(kind, "write") != NULL ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD, buffers, millis);
    }
    return 0;
}
