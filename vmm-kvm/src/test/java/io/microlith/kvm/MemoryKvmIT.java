// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.linux.Errno;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory slots: read-only ones, those that come and go, and what is known of the pages the guest wrote. */
@RequiresKvm
class MemoryKvmIT {
    private static final long EXTRA = 0x4000_0000L;

    /**
     * Writes to pages 0x50 and 0x61, and once more to page 0x61 after the first exit.
     *
     * <pre>
     * c6 04 25 00 00 05 00 01  mov byte ptr [0x50000], 1
     * c6 04 25 00 10 06 00 01  mov byte ptr [0x61000], 1
     * e6 10                    out 0x10, al
     * c6 04 25 00 10 06 00 02  mov byte ptr [0x61000], 2
     * e6 10                    out 0x10, al
     * </pre>
     */
    private static final String WRITER =
            "c6 04 25 00 00 05 00 01 c6 04 25 00 10 06 00 01 e6 10 c6 04 25 00 10 06 00 02 e6 10";

    private static MappedMemory extraMemory(long size) {
        return MappedMemory.map("extra", List.of(new AddressRange(EXTRA, size)), PageBacking.SMALL);
    }

    private static GuestRegion region(MappedMemory memory) {
        return memory.memory().regions().getFirst();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mapReadOnlyMemory_guestReadsItAndItsWriteIsAnExit(boolean complete) {
        // 8b 43 02  mov eax, [rbx+2]
        // e7 10     out 0x10, eax
        // 89 03     mov [rbx], eax
        Set<KvmCap> hidden = complete ? Set.of() : Set.of(KvmCap.KVM_CAP_READONLY_MEM);
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
                MappedMemory rom = extraMemory(4096);
                TinyGuest guest = new TinyGuest(kvm);
                Registration slot = guest.vm().mapReadOnlyMemory(region(rom))) {
            rom.memory().putInt(EXTRA + 2, 0x8122_3344);
            guest.user("8b 43 02 e7 10 89 03").registers(r -> r.rbx(EXTRA));

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            assertThat(guest.vcpu().exit().data(0)).isEqualTo(0x8122_3344L);
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.MMIO);

            assertThat(guest.vcpu().exit().isWrite()).isTrue();
            assertThat(guest.vcpu().exit().address()).isEqualTo(EXTRA);
            assertThat(rom.memory().getInt(EXTRA)).isEqualTo(0x3344_0000);
            assertThat(slot).isNotNull();
        }
    }

    @Test
    void close_ofSlot_takesTheMemoryAwayAndFreesItsNumber() {
        // 8b 03  mov eax, [rbx]
        // 8b 03  mov eax, [rbx]
        try (KvmHypervisor kvm = KvmHypervisor.open();
                MappedMemory memory = extraMemory(4096);
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user("8b 03 e6 10 8b 03").registers(r -> r.rbx(EXTRA));
            KvmMemorySlot slot = guest.vm().addMemory(region(memory));
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            slot.close();
            slot.close();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.MMIO);
            assertThat(guest.vm().memorySlots()).hasSize(1);
            assertThat(guest.vm().addMemory(region(memory)).number()).isEqualTo(slot.number());
        }
    }

    @Test
    void addMemory_overOtherMemory_isRefusedWithItsAddress() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                MappedMemory memory = extraMemory(4096);
                TinyGuest guest = new TinyGuest(kvm)) {
            GuestRegion overlapping =
                    GuestRegion.anonymous(0x1000, region(memory).segment());

            assertThatThrownBy(() -> guest.vm().addMemory(overlapping))
                    .isInstanceOfSatisfying(
                            KvmException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST))
                    .hasMessageStartingWith(
                            "KVM_SET_USER_MEMORY_REGION failed: EEXIST (17) [slot=1 gpa=0x1000 size=0x1000");
            assertThat(guest.vm().memorySlots()).hasSize(1);
        }
    }

    @Test
    void dirtyPages_logSwitchedOn_hasThePagesWrittenSinceTheLastLook() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user(WRITER);
            KvmMemorySlot ram = guest.vm().memorySlots().getFirst();
            ram.changeModes(Set.of(SlotMode.LOG_DIRTY));

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            BitSet first = ram.dirtyPages();
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            BitSet second = ram.dirtyPages();

            assertThat(first.get(0x50)).isTrue();
            assertThat(first.get(0x61)).isTrue();
            assertThat(first.get(0x70)).isFalse();
            assertThat(second.get(0x50)).isFalse();
            assertThat(second.get(0x61)).isTrue();
        }
    }

    @Test
    void dirtyPages_noLog_isRefused() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            KvmMemorySlot ram = guest.vm().memorySlots().getFirst();

            assertThatThrownBy(ram::dirtyPages).hasMessageStartingWith("KVM_GET_DIRTY_LOG failed: ENOENT (2)");
        }
    }

    @Test
    void clearDirty_manualLog_keepsPagesUntilTheyAreCleared() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            assertThat(guest.vm().enableManualDirtyLog()).isTrue();
            guest.user(WRITER);
            KvmMemorySlot ram = guest.vm().memorySlots().getFirst();
            ram.changeModes(Set.of(SlotMode.LOG_DIRTY));
            BitSet all = ram.dirtyPages();
            ram.clearDirty(all);

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            BitSet first = ram.dirtyPages();
            BitSet again = ram.dirtyPages();
            ram.clearDirty(first);
            BitSet cleared = ram.dirtyPages();

            assertThat(all.cardinality()).isEqualTo(512);
            assertThat(first.get(0x50)).isTrue();
            assertThat(first.get(0x70)).isFalse();
            assertThat(again).isEqualTo(first);
            assertThat(cleared.get(0x50)).isFalse();
        }
    }

    @Test
    void enableManualDirtyLog_hostWithoutIt_lookingClearsTheLog() {
        try (KvmHypervisor kvm =
                        KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2));
                TinyGuest guest = new TinyGuest(kvm)) {
            assertThat(guest.vm().enableManualDirtyLog()).isFalse();
            guest.user(WRITER);
            KvmMemorySlot ram = guest.vm().memorySlots().getFirst();
            ram.changeModes(Set.of(SlotMode.LOG_DIRTY));

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            assertThat(ram.dirtyPages().get(0x50)).isTrue();
            assertThat(ram.dirtyPages().get(0x50)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collectDirtyPages_ringsOrLog_saysTheSame(boolean rings) {
        Set<KvmCap> hidden =
                rings ? Set.of() : Set.of(KvmCap.KVM_CAP_DIRTY_LOG_RING, KvmCap.KVM_CAP_DIRTY_LOG_RING_ACQ_REL);
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
                TinyGuest guest = new TinyGuest(
                        kvm, vm -> assertThat(vm.enableDirtyRings(1024)).isEqualTo(rings))) {
            guest.user(WRITER);
            KvmMemorySlot ram = guest.vm().memorySlots().getFirst();
            ram.changeModes(Set.of(SlotMode.LOG_DIRTY));

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            Map<KvmMemorySlot, BitSet> first = guest.vm().collectDirtyPages();
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            Map<KvmMemorySlot, BitSet> second = guest.vm().collectDirtyPages();

            assertThat(first).containsOnlyKeys(ram);
            assertThat(first.get(ram).get(0x50)).isTrue();
            assertThat(first.get(ram).get(0x61)).isTrue();
            assertThat(first.get(ram).get(0x70)).isFalse();
            assertThat(second.get(ram).get(0x50)).isFalse();
            assertThat(second.get(ram).get(0x61)).isTrue();
        }
    }

    @Test
    void run_moreDirtyPagesThanTheRingHolds_leavesUntilTheyAreCollected() {
        // One write to each of 2048 pages from rsi on:
        // c6 06 01              mov byte ptr [rsi], 1
        // 81 c6 00 10 00 00     add esi, 0x1000
        // ff c9                 dec ecx
        // 75 f3                 jnz -13
        // e6 10                 out 0x10, al
        try (KvmHypervisor kvm = KvmHypervisor.open();
                MappedMemory memory = extraMemory(2048 * 4096);
                TinyGuest guest = new TinyGuest(kvm, vm -> vm.enableDirtyRings(1024))) {
            KvmMemorySlot slot = guest.vm().addMemory(region(memory), SlotMode.LOG_DIRTY);
            guest.user("c6 06 01 81 c6 00 10 00 00 ff c9 75 f3 e6 10")
                    .registers(r -> r.rsi(EXTRA).rcx(2048));
            BitSet seen = new BitSet();
            int full = 0;

            ExitReason reason = guest.vcpu().run();
            while (reason == ExitReason.DIRTY_RING_FULL) {
                full++;
                seen.or(guest.vm().collectDirtyPages().get(slot));
                reason = guest.vcpu().run();
            }
            seen.or(guest.vm().collectDirtyPages().get(slot));

            assertThat(reason).isEqualTo(ExitReason.PIO);
            assertThat(full).isPositive();
            assertThat(seen.cardinality()).isEqualTo(2048);
        }
    }
}
