// SPDX-License-Identifier: Apache-2.0

// A machine as small as a VMM in C gets: what the benchmarks compare the SDK with.

#ifndef MICROLITH_MACHINE_H
#define MICROLITH_MACHINE_H

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

// Where the guest program is in guest-physical memory; it starts with its first byte.
#define PROGRAM_BASE 0x100000u

// One virtual machine with one vCPU.
struct machine {
	int vm;
	int vcpu;
	int events;
	int event_loop;
	int memory_file;
	uint8_t *memory;
	size_t memory_size;
	struct kvm_run *run;
	size_t run_size;
};

// What one host has to offer, asked for once.
struct host {
	int kvm;
	size_t run_size;
	struct kvm_cpuid2 *cpuid;
};

// A guest program.
struct program {
	uint8_t *code;
	size_t size;
};

// All of these end the process with one line on stderr and status 2 if the host refuses.

void host_open(struct host *host);
void program_read(struct program *program, const char *path);

// Makes the system calls that the SDK makes for a machine with its default board, in the same order.
void machine_create(struct machine *machine, const struct host *host, size_t memory_size);

// Loads a program.
void machine_load(struct machine *machine, const struct program *program);

// Has the vCPU start with the program, in ring 3. On the vCPU's thread, which it ties to a processor.
void machine_power_on(struct machine *machine, const struct host *host, int processor);

void machine_close(struct machine *machine);

// Enters the guest; returns at its next exit.
void machine_run(struct machine *machine);

// Ties the calling thread to a processor.
void pin(int processor);

// Nanoseconds since some point in the past.
uint64_t now(void);

// Nanoseconds this thread has spent on a processor, in the guest or outside.
uint64_t now_thread(void);

_Noreturn void die(const char *what);

#endif
