// SPDX-License-Identifier: Apache-2.0
//
// What the programs that load a device say of it; each is one file with this.
#ifndef LOAD_H
#define LOAD_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void die(const char *what) {
    printf("load failed %s: %s\n", what, strerror(errno));
    exit(1);
}

// Always as long: the console takes exits for each character, and they are to be the same for each answer.
static void report(uint64_t done, uint64_t took) {
    printf("load done %015llu %012llu\n", (unsigned long long)done, (unsigned long long)took);
}

static uint64_t micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

#endif
