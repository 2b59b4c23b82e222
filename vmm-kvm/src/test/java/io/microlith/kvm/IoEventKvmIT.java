// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static io.microlith.kvm.testkit.TinyGuest.MMIO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guest writes that ring notifiers, and guest writes that are collected. */
@RequiresKvm
class IoEventKvmIT {
    /** With the capability, and without it. */
    enum Host {
        COMPLETE,
        LACKING;

        KvmHypervisor open(KvmCap... capabilities) {
            return KvmHypervisor.open(KvmHypervisor.DEVICE, this == LACKING ? Set.of(capabilities) : Set.<KvmCap>of());
        }
    }

    @ParameterizedTest
    @EnumSource
    void bind_portWithMatch_ringsForThatValueOnly(Host host) {
        // b0 05  mov al, 5
        // e6 10  out 0x10, al
        // b0 06  mov al, 6
        // e6 10  out 0x10, al
        try (KvmHypervisor kvm = host.open(KvmCap.KVM_CAP_IOEVENTFD);
                TinyGuest guest = new TinyGuest(kvm);
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(IoEvent.pio(0x10, 1).matching(5), notifier)) {
            guest.user("b0 05 e6 10 b0 06 e6 10");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            assertThat(guest.vcpu().exit().data(0)).isEqualTo(6);
            assertThat(notifier.drain()).isTrue();
            assertThat(bound).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void bind_memory_ringsForAnyValueOfThatSize(Host host) {
        // 66 89 03  mov [rbx], ax
        // 89 03     mov [rbx], eax
        try (KvmHypervisor kvm = host.open(KvmCap.KVM_CAP_IOEVENTFD);
                TinyGuest guest = new TinyGuest(kvm);
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(IoEvent.mmio(MMIO, 2), notifier)) {
            guest.user("66 89 03 89 03");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.MMIO);

            assertThat(guest.vcpu().exit().size()).isEqualTo(4);
            assertThat(notifier.drain()).isTrue();
            assertThat(bound).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_ofBinding_givesTheWriteBackToTheCaller(Host host) {
        // e6 10  out 0x10, al
        try (KvmHypervisor kvm = host.open(KvmCap.KVM_CAP_IOEVENTFD);
                TinyGuest guest = new TinyGuest(kvm);
                Notifier notifier = Notifier.create()) {
            guest.user("e6 10");
            Registration bound = guest.vm().bind(IoEvent.pio(0x10, 1), notifier);
            bound.close();
            bound.close();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            assertThat(notifier.drain()).isFalse();
        }
    }

    @Test
    void bind_manyWrites_leaveNoExitToUserSpaceInTheStatistics() {
        // b9 e8 03 00 00  mov ecx, 1000
        // 89 03           mov [rbx], eax
        // ff c9           dec ecx
        // 75 fa           jnz -6
        // e6 10           out 0x10, al
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(IoEvent.mmio(MMIO, 4), notifier);
                KvmStatistics statistics = guest.vcpu().statistics().orElseThrow()) {
            guest.user("b9 e8 03 00 00 89 03 ff c9 75 fa e6 10");
            long exitsBefore = statistics.value("exits");
            long toUserBefore = statistics.value("mmio_exits");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            // The processor leaves guest mode for every write; this process is not asked for any.
            assertThat(statistics.value("exits") - exitsBefore).isGreaterThanOrEqualTo(1000);
            assertThat(statistics.value("mmio_exits") - toUserBefore).isZero();
            assertThat(notifier.drain()).isTrue();
            assertThat(bound).isNotNull();
        }
    }

    @Test
    void bind_sameEventTwice_isRefused() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(IoEvent.pio(0x10, 1), notifier)) {
            assertThatThrownBy(() -> guest.vm().bind(IoEvent.pio(0x10, 1), notifier))
                    .hasMessageContaining("EEXIST");
            assertThat(bound).isNotNull();
        }
    }

    @Test
    void drainCoalesced_writesToMemoryAndPort_areThereInOrder() {
        // b8 22 11 00 00  mov eax, 0x1122
        // 89 03           mov [rbx], eax
        // 66 e7 10        out 0x10, ax
        // 88 43 04        mov [rbx+4], al
        // e6 20           out 0x20, al
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                Registration memory = guest.vm().coalesce(IoEvent.Space.MMIO, new AddressRange(MMIO, 8));
                Registration port = guest.vm().coalesce(IoEvent.Space.PIO, new AddressRange(0x10, 2))) {
            guest.user("b8 22 11 00 00 89 03 66 e7 10 88 43 04 e6 20");
            List<String> writes = new ArrayList<>();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            assertThat(guest.vcpu().exit().address()).isEqualTo(0x20);
            assertThat(guest.vcpu()
                            .drainCoalesced((space, address, size, data) -> writes.add(space + " "
                                    + Long.toHexString(address) + "/" + size + "=" + Long.toHexString(data))))
                    .isEqualTo(3);
            assertThat(writes).containsExactly("MMIO d0000000/4=1122", "PIO 10/2=1122", "MMIO d0000004/1=22");
            assertThat(guest.vcpu().drainCoalesced((_, _, _, _) -> {})).isZero();
            assertThat(List.of(memory, port)).hasSize(2);
        }
    }

    @Test
    void drainCoalesced_moreWritesThanTheRingHolds_losesNone() {
        // b9 2c 01 00 00  mov ecx, 300
        // 89 0b           mov [rbx], ecx
        // ff c9           dec ecx
        // 75 fa           jnz -6
        // e6 20           out 0x20, al
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                Registration zone = guest.vm().coalesce(IoEvent.Space.MMIO, new AddressRange(MMIO, 4))) {
            guest.user("b9 2c 01 00 00 89 0b ff c9 75 fa e6 20");
            List<Long> seen = new ArrayList<>();

            ExitReason reason = guest.vcpu().run();
            while (reason == ExitReason.MMIO || seen.isEmpty()) {
                var _ = guest.vcpu().drainCoalesced((_, _, _, data) -> seen.add(data));
                if (reason == ExitReason.MMIO) {
                    seen.add(guest.vcpu().exit().data(0));
                    reason = guest.vcpu().run();
                }
            }
            var _ = guest.vcpu().drainCoalesced((_, _, _, data) -> seen.add(data));

            assertThat(reason).isEqualTo(ExitReason.PIO);
            assertThat(seen).hasSize(300).startsWith(300L, 299L).endsWith(2L, 1L);
            assertThat(zone).isNotNull();
        }
    }

    @Test
    void coalesce_hostWithoutIt_everyWriteIsAnExit() {
        // 89 03  mov [rbx], eax
        try (KvmHypervisor kvm = Host.LACKING.open(KvmCap.KVM_CAP_COALESCED_MMIO, KvmCap.KVM_CAP_COALESCED_PIO);
                TinyGuest guest = new TinyGuest(kvm);
                Registration zone = guest.vm().coalesce(IoEvent.Space.MMIO, new AddressRange(MMIO, 4))) {
            guest.user("89 03");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.MMIO);

            assertThat(guest.vcpu().drainCoalesced((_, _, _, _) -> {})).isZero();
            assertThat(zone).isNotNull();
        }
    }
}
