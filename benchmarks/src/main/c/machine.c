// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CPUID_ENTRIES 256

// The signal that gets a vCPU out of the guest.
#define KICK_SIGNAL 40

// Three pages that KVM keeps to itself on Intel hosts, and its identity map.
#define TSS_ADDRESS 0xfeffd000ul
#define IDENTITY_MAP_ADDRESS 0xfeffc000ul

// Six pages: a top table, one of 1 GiB entries, four of 2 MiB entries.
#define PAGE_TABLES 0x9000ul
#define PAGE_ENTRIES 512ul
#define PAGE_PRESENT (1u << 0)
#define PAGE_WRITABLE (1u << 1)
#define PAGE_USER (1u << 2)
#define PAGE_LARGE (1u << 7)

#define PROGRAM_LIMIT (1u << 20)

#define MSR_TSC 0x10
#define MSR_MISC_ENABLE 0x1a0
#define MSR_MTRR_DEF_TYPE 0x2ff
#define MISC_ENABLE_FAST_STRING 1
#define MTRR_ENABLED_WRITE_BACK 0x806
#define LAPIC_LINT0 0x350
#define LAPIC_LINT1 0x360
#define LAPIC_DELIVERY_EXTINT 0x700
#define LAPIC_DELIVERY_NMI 0x400

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

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);
	if (!memory)
		die("calloc");
	return memory;
}

static struct kvm_cpuid2 *cpuid_read(int kvm)
{
	struct kvm_cpuid2 *cpuid = allocate(sizeof(*cpuid) + CPUID_ENTRIES * sizeof(cpuid->entries[0]));
	cpuid->nent = CPUID_ENTRIES;
	check(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
	return cpuid;
}

void host_open(struct host *host)
{
	host->kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "open /dev/kvm");
	host->run_size = check(ioctl(host->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	host->cpuid = cpuid_read(host->kvm);
}

static void memory_map(struct machine *machine, size_t size)
{
	machine->memory_size = size;
	machine->memory_file = check(memfd_create("baseline", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create");
	check(ftruncate(machine->memory_file, size), "ftruncate");
	check(fcntl(machine->memory_file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW), "F_ADD_SEALS");
	machine->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, machine->memory_file, 0);
	if (machine->memory == MAP_FAILED)
		die("mmap of guest memory");
}

static void memory_attach(struct machine *machine)
{
	struct kvm_userspace_memory_region region = {
		.slot = 0,
		.guest_phys_addr = 0,
		.memory_size = machine->memory_size,
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

// The loop that devices would use.
static void event_loop_create(struct machine *machine)
{
	struct epoll_event event = { .events = EPOLLIN };
	machine->events = check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
	machine->event_loop = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
	check(epoll_ctl(machine->event_loop, EPOLL_CTL_ADD, machine->events, &event), "epoll_ctl");
}

static void vcpu_create(struct machine *machine, const struct host *host)
{
	machine->vcpu = check(ioctl(machine->vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	machine->run_size = host->run_size;
	machine->run = mmap(NULL, host->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, machine->vcpu, 0);
	if (machine->run == MAP_FAILED)
		die("mmap of kvm_run");
}

void machine_create(struct machine *machine, const struct host *host, size_t memory_size)
{
	memory_map(machine, memory_size);
	machine->vm = check(ioctl(host->kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	memory_attach(machine);
	event_loop_create(machine);
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
}

void pin(int processor)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	check(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

// The signal stays blocked but for the length of KVM_RUN.
static void kicks_prepare(struct machine *machine)
{
	struct {
		struct kvm_signal_mask head;
		uint64_t signals;
	} __attribute__((packed)) mask = { .head = { .len = sizeof(uint64_t) } };
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, KICK_SIGNAL);
	if (pthread_sigmask(SIG_BLOCK, &blocked, NULL) != 0)
		die("pthread_sigmask");
	check(ioctl(machine->vcpu, KVM_SET_SIGNAL_MASK, &mask), "KVM_SET_SIGNAL_MASK");
}

// What firmware leaves behind: the clock at zero, memory types on and write-back, and the 8259As wired to this vCPU.
static void firmware_state_set(struct machine *machine)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entries[3];
	} msrs = {
		.head = { .nmsrs = 3 },
		.entries = {
			{ .index = MSR_TSC, .data = 0 },
			{ .index = MSR_MISC_ENABLE, .data = MISC_ENABLE_FAST_STRING },
			{ .index = MSR_MTRR_DEF_TYPE, .data = MTRR_ENABLED_WRITE_BACK },
		},
	};
	struct kvm_lapic_state lapic;
	check(ioctl(machine->vcpu, KVM_SET_MSRS, &msrs), "KVM_SET_MSRS");
	check(ioctl(machine->vcpu, KVM_GET_LAPIC, &lapic), "KVM_GET_LAPIC");
	*(uint32_t *)(lapic.regs + LAPIC_LINT0) = LAPIC_DELIVERY_EXTINT;
	*(uint32_t *)(lapic.regs + LAPIC_LINT1) = LAPIC_DELIVERY_NMI;
	check(ioctl(machine->vcpu, KVM_SET_LAPIC, &lapic), "KVM_SET_LAPIC");
}

void machine_power_on(struct machine *machine, const struct host *host, int processor)
{
	pin(processor);
	kicks_prepare(machine);
	check(ioctl(machine->vcpu, KVM_SET_CPUID2, host->cpuid), "KVM_SET_CPUID2");
	firmware_state_set(machine);
	registers_set(machine);
}

void machine_close(struct machine *machine)
{
	munmap(machine->run, machine->run_size);
	close(machine->vcpu);
	close(machine->vm);
	close(machine->event_loop);
	close(machine->events);
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
