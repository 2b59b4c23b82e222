// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CPUID_ENTRIES 256

// Three pages that KVM keeps to itself on Intel hosts, and its identity map.
#define TSS_ADDRESS 0xfffbd000ul
#define IDENTITY_MAP_ADDRESS 0xfffbc000ul

// Six pages: a top table, one of 1 GiB entries, four of 2 MiB entries.
#define PAGE_TABLES 0x9000ul
#define PAGE_ENTRIES 512ul
#define PAGE_PRESENT (1u << 0)
#define PAGE_WRITABLE (1u << 1)
#define PAGE_USER (1u << 2)
#define PAGE_LARGE (1u << 7)

#define PROGRAM_LIMIT (1u << 20)

#define CR0_PE (1u << 0)
#define CR0_MP (1u << 1)
#define CR0_ET (1u << 4)
#define CR0_NE (1u << 5)
#define CR0_WP (1u << 16)
#define CR0_PG (1u << 31)
#define CR4_PAE (1u << 5)
#define CR4_OSFXSR (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)
#define RFLAGS_FIXED (1u << 1)
#define RFLAGS_IOPL3 (3u << 12)

void die(const char *what)
{
	fprintf(stderr, "baseline: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long check(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

void host_open(struct host *host)
{
	host->kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "open /dev/kvm");
	host->run_size = check(ioctl(host->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	host->cpuid = calloc(1, sizeof(*host->cpuid) + CPUID_ENTRIES * sizeof(host->cpuid->entries[0]));
	if (!host->cpuid)
		die("calloc");
	host->cpuid->nent = CPUID_ENTRIES;
	check(ioctl(host->kvm, KVM_GET_SUPPORTED_CPUID, host->cpuid), "KVM_GET_SUPPORTED_CPUID");
}

static void memory_map(struct machine *machine, size_t size)
{
	machine->memory_size = size;
	machine->memory_file = check(memfd_create("baseline", MFD_CLOEXEC), "memfd_create");
	check(ftruncate(machine->memory_file, size), "ftruncate");
	machine->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, machine->memory_file, 0);
	if (machine->memory == MAP_FAILED)
		die("mmap of guest memory");
	struct kvm_userspace_memory_region region = {
		.slot = 0,
		.guest_phys_addr = 0,
		.memory_size = size,
		.userspace_addr = (uintptr_t)machine->memory,
	};
	check(ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
}

static void interrupt_controllers_create(struct machine *machine)
{
	uint64_t identity_map = IDENTITY_MAP_ADDRESS;
	struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };
	check(ioctl(machine->vm, KVM_SET_TSS_ADDR, TSS_ADDRESS), "KVM_SET_TSS_ADDR");
	check(ioctl(machine->vm, KVM_SET_IDENTITY_MAP_ADDR, &identity_map), "KVM_SET_IDENTITY_MAP_ADDR");
	check(ioctl(machine->vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
	check(ioctl(machine->vm, KVM_CREATE_PIT2, &pit), "KVM_CREATE_PIT2");
}

static void vcpu_create(struct machine *machine, const struct host *host)
{
	machine->vcpu = check(ioctl(machine->vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	machine->run_size = host->run_size;
	machine->run = mmap(NULL, host->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, machine->vcpu, 0);
	if (machine->run == MAP_FAILED)
		die("mmap of kvm_run");
	check(ioctl(machine->vcpu, KVM_SET_CPUID2, host->cpuid), "KVM_SET_CPUID2");
}

void machine_create(struct machine *machine, const struct host *host, size_t memory_size)
{
	machine->vm = check(ioctl(host->kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	memory_map(machine, memory_size);
	interrupt_controllers_create(machine);
	vcpu_create(machine, host);
}

static struct kvm_segment segment(uint16_t selector, uint8_t type, uint8_t code)
{
	return (struct kvm_segment){
		.limit = 0xffffffff,
		.selector = selector,
		.type = type,
		.present = 1,
		.dpl = 3,
		.s = 1,
		.l = code,
		.db = !code,
		.g = 1,
	};
}

// Maps the first 4 GiB onto themselves in 2 MiB pages, for any privilege level.
static void page_tables_write(struct machine *machine)
{
	uint64_t *top = (uint64_t *)(machine->memory + PAGE_TABLES);
	uint64_t *pointers = top + PAGE_ENTRIES;
	uint64_t *directories = pointers + PAGE_ENTRIES;
	top[0] = (PAGE_TABLES + 0x1000) | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER;
	for (uint64_t i = 0; i < 4; i++)
		pointers[i] = (PAGE_TABLES + 0x2000 + i * 0x1000) | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER;
	for (uint64_t i = 0; i < 4 * PAGE_ENTRIES; i++)
		directories[i] = (i << 21) | PAGE_LARGE | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER;
}

// 64-bit mode, ring 3, port I/O allowed.
static void registers_set(struct machine *machine)
{
	struct kvm_sregs sregs;
	check(ioctl(machine->vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs = segment(0x33, 11, 1);
	sregs.ss = segment(0x3b, 3, 0);
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss;
	sregs.cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
	sregs.cr3 = PAGE_TABLES;
	sregs.cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT;
	sregs.efer = EFER_LME | EFER_LMA;
	check(ioctl(machine->vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");

	struct kvm_regs regs = { .rip = PROGRAM_BASE, .rflags = RFLAGS_FIXED | RFLAGS_IOPL3 };
	check(ioctl(machine->vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

void machine_load(struct machine *machine, const struct program *program)
{
	memcpy(machine->memory + PROGRAM_BASE, program->code, program->size);
	page_tables_write(machine);
	registers_set(machine);
}

void machine_close(struct machine *machine)
{
	munmap(machine->run, machine->run_size);
	close(machine->vcpu);
	close(machine->vm);
	munmap(machine->memory, machine->memory_size);
	close(machine->memory_file);
}

void machine_run(struct machine *machine)
{
	while (ioctl(machine->vcpu, KVM_RUN, 0) < 0) {
		if (errno != EINTR && errno != EAGAIN)
			die("KVM_RUN");
	}
}

void program_read(struct program *program, const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		die(path);
	program->code = malloc(PROGRAM_LIMIT);
	if (!program->code)
		die("malloc");
	program->size = fread(program->code, 1, PROGRAM_LIMIT, file);
	if (ferror(file) || program->size == 0)
		die(path);
	fclose(file);
}

void pin(int processor)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	check(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

static uint64_t clock_nanos(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t now(void)
{
	return clock_nanos(CLOCK_MONOTONIC);
}

uint64_t now_thread(void)
{
	return clock_nanos(CLOCK_THREAD_CPUTIME_ID);
}
