// SPDX-License-Identifier: Apache-2.0

// How long the kernel takes to make a VM and a vCPU, and nothing else.
//
// usage: shell PROCESSOR
// Prints "ready", then answers each line of its input by one line: the nanoseconds for both. Ends with the input.

#include "machine.h"

#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct host host;

static void once(void)
{
	uint64_t started = now();
	int vm = ioctl(host.kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		die("KVM_CREATE_VM");
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		die("KVM_CREATE_VCPU");
	uint64_t made = now();
	close(vcpu);
	close(vm);
	printf("%lu\n", made - started);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char line[64];
	if (argc != 2) {
		fprintf(stderr, "usage: shell PROCESSOR\n");
		return 2;
	}
	pin(atoi(argv[1]));
	host_open(&host);
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		once();
	return 0;
}
