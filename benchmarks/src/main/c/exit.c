// SPDX-License-Identifier: Apache-2.0

// The exit loop of a VMM in C: enter the guest, look at why it left, find the device, call it, enter again.
//
// usage: exit PROGRAM PROCESSOR
// Prints "ready", then answers each line "pio N" or "mmio N" of its input by one line with the nanoseconds that N exits
// took, and the nanoseconds of processor time. Ends with the input.

#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL_PORT 0xe00u
#define MEASURED_PORT 0xe10u
#define MEASURED_MEMORY 0xd0000000u
#define MEMORY_SIZE (128u << 20)
#define MMIO_BATCH (1u << 31)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// What a device's methods get: itself, where in its range, how wide, and for writes what.
struct device {
	uint64_t base;
	uint64_t size;
	uint64_t (*read)(struct device *device, uint64_t offset, int size);
	void (*write)(struct device *device, uint64_t offset, int size, uint64_t value);
	uint64_t writes;
	uint64_t sum;
};

// Devices by address, and the last one that was found.
struct bus {
	struct device *devices;
	size_t count;
	struct device *last;
};

static uint64_t batch_started;
static uint64_t batch_started_thread;

static uint64_t ignore_read(struct device *device, uint64_t offset, int size)
{
	(void)device;
	(void)offset;
	(void)size;
	return ~0ull;
}

static void ignore_write(struct device *device, uint64_t offset, int size, uint64_t value)
{
	(void)device;
	(void)offset;
	(void)size;
	(void)value;
}

static void count_write(struct device *device, uint64_t offset, int size, uint64_t value)
{
	(void)offset;
	(void)size;
	device->writes++;
	device->sum += value;
}

static uint64_t next_batch(void)
{
	char line[64];
	uint32_t count;
	if (!fgets(line, sizeof(line), stdin))
		exit(0);
	if (sscanf(line, "pio %u", &count) == 1)
		return count & ~MMIO_BATCH;
	if (sscanf(line, "mmio %u", &count) == 1)
		return count | MMIO_BATCH;
	fprintf(stderr, "exit: not a command: %s", line);
	exit(2);
}

// The guest asks for work: it has finished what it had.
static uint64_t control_read(struct device *device, uint64_t offset, int size)
{
	(void)device;
	(void)offset;
	(void)size;
	uint64_t ended = now();
	uint64_t ended_thread = now_thread();
	if (batch_started)
		printf("%lu %lu\n", ended - batch_started, ended_thread - batch_started_thread);
	else
		printf("ready\n");
	fflush(stdout);
	uint64_t batch = next_batch();
	batch_started_thread = now_thread();
	batch_started = now();
	return batch;
}

// Where a PC has its ports; only the last two answer here.
static struct device ports[] = {
	{ .base = 0x20, .size = 2, .read = ignore_read, .write = ignore_write },
	{ .base = 0x40, .size = 4, .read = ignore_read, .write = ignore_write },
	{ .base = 0x60, .size = 5, .read = ignore_read, .write = ignore_write },
	{ .base = 0x70, .size = 2, .read = ignore_read, .write = ignore_write },
	{ .base = 0x3f8, .size = 8, .read = ignore_read, .write = ignore_write },
	{ .base = 0xcf8, .size = 8, .read = ignore_read, .write = ignore_write },
	{ .base = CONTROL_PORT, .size = 4, .read = control_read, .write = ignore_write },
	{ .base = MEASURED_PORT, .size = 1, .read = ignore_read, .write = count_write },
};

static struct device memory[] = {
	{ .base = 0xc0000000, .size = 0x1000, .read = ignore_read, .write = ignore_write },
	{ .base = MEASURED_MEMORY, .size = 0x1000, .read = ignore_read, .write = count_write },
	{ .base = 0xe0000000, .size = 0x10000000, .read = ignore_read, .write = ignore_write },
};

static struct bus port_bus = { ports, COUNT(ports), ports };
static struct bus memory_bus = { memory, COUNT(memory), memory };

static int has(const struct device *device, uint64_t address, int size)
{
	return address >= device->base && address - device->base + size <= device->size;
}

static struct device *find(struct bus *bus, uint64_t address, int size)
{
	if (has(bus->last, address, size))
		return bus->last;
	size_t low = 0;
	size_t high = bus->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		struct device *device = &bus->devices[middle];
		if (has(device, address, size))
			return bus->last = device;
		if (address < device->base)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void handle_pio(struct kvm_run *run)
{
	int size = run->io.size;
	uint8_t *data = (uint8_t *)run + run->io.data_offset;
	struct device *device = find(&port_bus, run->io.port, size);
	for (uint32_t i = 0; i < run->io.count; i++, data += size) {
		uint64_t value = ~0ull;
		if (run->io.direction == KVM_EXIT_IO_OUT) {
			value = 0;
			memcpy(&value, data, size);
			if (device)
				device->write(device, run->io.port - device->base, size, value);
		} else {
			if (device)
				value = device->read(device, run->io.port - device->base, size);
			memcpy(data, &value, size);
		}
	}
}

static void handle_mmio(struct kvm_run *run)
{
	int size = run->mmio.len;
	uint64_t value = ~0ull;
	struct device *device = find(&memory_bus, run->mmio.phys_addr, size);
	if (run->mmio.is_write) {
		value = 0;
		memcpy(&value, run->mmio.data, size);
		if (device)
			device->write(device, run->mmio.phys_addr - device->base, size, value);
	} else {
		if (device)
			value = device->read(device, run->mmio.phys_addr - device->base, size);
		memcpy(run->mmio.data, &value, size);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: exit PROGRAM PROCESSOR\n");
		return 2;
	}
	struct host host;
	struct machine machine;
	struct program program;
	program_read(&program, argv[1]);
	host_open(&host);
	machine_create(&machine, &host, MEMORY_SIZE);
	machine_load(&machine, &program);
	machine_power_on(&machine, &host, atoi(argv[2]));
	for (;;) {
		machine_run(&machine);
		switch (machine.run->exit_reason) {
		case KVM_EXIT_IO:
			handle_pio(machine.run);
			break;
		case KVM_EXIT_MMIO:
			handle_mmio(machine.run);
			break;
		case KVM_EXIT_INTR:
			break;
		default:
			fprintf(stderr, "exit: the guest left with reason %u\n", machine.run->exit_reason);
			return 2;
		}
	}
}
