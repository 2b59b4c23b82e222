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
#define MSR_ENTRIES 512
#define SAVED_MSRS 44
#define XSAVE_SIZE 65536

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

// What a reset puts back.
struct power_on {
	struct kvm_irqchip chips[3];
	struct kvm_pit_state2 pit;
	struct kvm_mp_state mp_state;
	struct kvm_sregs2 sregs;
	struct kvm_regs regs;
	struct kvm_xcrs xcrs;
	struct kvm_debugregs debugregs;
	struct kvm_lapic_state lapic;
	struct kvm_vcpu_events events;
	struct kvm_msrs *msrs;
	uint8_t xsave[XSAVE_SIZE];
};

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

static struct kvm_msr_list *msr_list_read(int kvm)
{
	struct kvm_msr_list *list = allocate(sizeof(*list) + MSR_ENTRIES * sizeof(list->indices[0]));
	list->nmsrs = MSR_ENTRIES;
	check(ioctl(kvm, KVM_GET_MSR_INDEX_LIST, list), "KVM_GET_MSR_INDEX_LIST");
	return list;
}

// Those of the host's MSRs that the SDK saves: KVM stops at the first one that a vCPU lacks, so this host's are tried.
static struct kvm_msrs *msrs_find(int kvm)
{
	struct kvm_msr_list *list = msr_list_read(kvm);
	struct kvm_msrs *msrs = allocate(sizeof(*msrs) + MSR_ENTRIES * sizeof(msrs->entries[0]));
	struct kvm_msrs *one = allocate(sizeof(*one) + sizeof(one->entries[0]));
	int vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	int vcpu = check(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	for (uint32_t i = 0; i < list->nmsrs && msrs->nmsrs < SAVED_MSRS; i++) {
		one->nmsrs = 1;
		one->entries[0].index = list->indices[i];
		if (ioctl(vcpu, KVM_GET_MSRS, one) == 1)
			msrs->entries[msrs->nmsrs++].index = list->indices[i];
	}
	close(vcpu);
	close(vm);
	free(one);
	free(list);
	return msrs;
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
	host->msrs = msrs_find(host->kvm);
}

static void memory_map(struct machine *machine, size_t size)
{
	machine->memory_size = size;
	machine->memory_file = check(memfd_create("baseline", MFD_CLOEXEC), "memfd_create");
	check(ftruncate(machine->memory_file, size), "ftruncate");
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

static void chips_save(struct machine *machine)
{
	struct power_on *state = machine->power_on;
	for (uint32_t i = 0; i < 3; i++) {
		state->chips[i].chip_id = i;
		check(ioctl(machine->vm, KVM_GET_IRQCHIP, &state->chips[i]), "KVM_GET_IRQCHIP");
	}
	check(ioctl(machine->vm, KVM_GET_PIT2, &state->pit), "KVM_GET_PIT2");
}

static void chips_reset(struct machine *machine)
{
	struct power_on *state = machine->power_on;
	for (uint32_t i = 0; i < 3; i++)
		check(ioctl(machine->vm, KVM_SET_IRQCHIP, &state->chips[i]), "KVM_SET_IRQCHIP");
	check(ioctl(machine->vm, KVM_SET_PIT2, &state->pit), "KVM_SET_PIT2");
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
	machine->power_on = allocate(sizeof(*machine->power_on));
	memory_map(machine, memory_size);
	machine->vm = check(ioctl(host->kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	memory_attach(machine);
	event_loop_create(machine);
	interrupt_controllers_create(machine);
	chips_save(machine);
	vcpu_create(machine, host);
	chips_reset(machine);
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

static void pin(int processor)
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

static void vcpu_save(struct machine *machine, const struct host *host)
{
	struct power_on *state = machine->power_on;
	size_t size = sizeof(*host->msrs) + host->msrs->nmsrs * sizeof(host->msrs->entries[0]);
	state->msrs = allocate(size);
	memcpy(state->msrs, host->msrs, size);
	check(ioctl(machine->vcpu, KVM_GET_MP_STATE, &state->mp_state), "KVM_GET_MP_STATE");
	check(ioctl(machine->vcpu, KVM_GET_SREGS2, &state->sregs), "KVM_GET_SREGS2");
	check(ioctl(machine->vcpu, KVM_GET_REGS, &state->regs), "KVM_GET_REGS");
	check(ioctl(machine->vcpu, KVM_GET_XCRS, &state->xcrs), "KVM_GET_XCRS");
	check(ioctl(machine->vcpu, KVM_GET_XSAVE2, state->xsave), "KVM_GET_XSAVE2");
	check(ioctl(machine->vcpu, KVM_GET_DEBUGREGS, &state->debugregs), "KVM_GET_DEBUGREGS");
	check(ioctl(machine->vcpu, KVM_GET_LAPIC, &state->lapic), "KVM_GET_LAPIC");
	check(ioctl(machine->vcpu, KVM_GET_VCPU_EVENTS, &state->events), "KVM_GET_VCPU_EVENTS");
	check(ioctl(machine->vcpu, KVM_GET_MSRS, state->msrs), "KVM_GET_MSRS");
}

void machine_power_on(struct machine *machine, const struct host *host, int processor)
{
	pin(processor);
	kicks_prepare(machine);
	check(ioctl(machine->vcpu, KVM_SET_CPUID2, host->cpuid), "KVM_SET_CPUID2");
	vcpu_save(machine, host);
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
	free(machine->power_on->msrs);
	free(machine->power_on);
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
