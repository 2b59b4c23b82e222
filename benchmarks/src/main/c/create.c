// SPDX-License-Identifier: Apache-2.0

// How long a VMM in C takes to a guest's first instruction: a VM with one vCPU on a thread of its own, and memory.
//
// usage: create PROGRAM PROCESSOR MEBIBYTES
// Prints "ready", then answers each line of its input by one line: the nanoseconds from nothing to the guest's first
// exit, which its first instructions make, and the nanoseconds to give everything back. Ends with the input.

#include "machine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct host host;
static struct program program;
static int processor;

static void *vcpu_main(void *argument)
{
	struct machine *machine = argument;
	static uint64_t first_exit;
	machine_power_on(machine, &host, processor);
	machine_run(machine);
	first_exit = now();
	if (machine->run->exit_reason != KVM_EXIT_IO) {
		fprintf(stderr, "create: the guest left with reason %u\n", machine->run->exit_reason);
		exit(2);
	}
	return &first_exit;
}

static void once(size_t memory_size)
{
	struct machine machine;
	pthread_t thread;
	void *first_exit;
	uint64_t started = now();
	machine_create(&machine, &host, memory_size);
	machine_load(&machine, &program);
	if (pthread_create(&thread, NULL, vcpu_main, &machine) != 0)
		die("pthread_create");
	if (pthread_join(thread, &first_exit) != 0)
		die("pthread_join");
	uint64_t created = *(uint64_t *)first_exit - started;
	started = now();
	machine_close(&machine);
	printf("%lu %lu\n", created, now() - started);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char line[64];
	if (argc != 4) {
		fprintf(stderr, "usage: create PROGRAM PROCESSOR MEBIBYTES\n");
		return 2;
	}
	program_read(&program, argv[1]);
	processor = atoi(argv[2]);
	host_open(&host);
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		once((size_t)atoi(argv[3]) << 20);
	return 0;
}
