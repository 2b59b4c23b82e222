// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.linux.EventFd;
import io.microlith.linux.Fd;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that change, on their way to a vCPU. */
@RequiresKvm
class MsiRouteKvmIT {
    private static final long APIC_0 = 0xfee0_0000L;
    /** There is no local APIC with the id 7. */
    private static final long APIC_7 = 0xfee0_7000L;

    private static final int APIC_ON = 1 << 8;

    /** How KVM does it. */
    enum Host {
        IRQFD,
        RELAY;

        KvmHypervisor open() {
            Set<KvmCap> hidden = this == RELAY ? Set.of(KvmCap.KVM_CAP_IRQFD) : Set.of();
            return KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
        }
    }

    private static TinyGuest withIrqchip(KvmHypervisor kvm) {
        TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip);
        KvmLapic apic = new KvmLapic().load(guest.vcpu());
        apic.register(KvmLapic.SPURIOUS, apic.register(KvmLapic.SPURIOUS) | APIC_ON)
                .store(guest.vcpu());
        return guest;
    }

    private static boolean isRequested(TinyGuest guest, int vector) {
        return new KvmLapic().load(guest.vcpu()).isRequested(vector);
    }

    private static void assertRequested(TinyGuest guest, int vector) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!isRequested(guest, vector)) {
            assertThat(System.nanoTime()).as("vector 0x%x", vector).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void signal_unmasked_requestsTheVector(Host host) {
        try (KvmHypervisor kvm = host.open();
                TinyGuest guest = withIrqchip(kvm);
                MsiRoute route = guest.vm().msiRoute()) {
            route.set(APIC_0, 0x41);
            route.unmask();
            route.signal();
            assertRequested(guest, 0x41);

            route.set(APIC_0, 0x42);
            route.signal();
            assertRequested(guest, 0x42);
            assertThat(route.isPending()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void signal_masked_isKeptUntilUnmasked(Host host) {
        try (KvmHypervisor kvm = host.open();
                TinyGuest guest = withIrqchip(kvm);
                MsiRoute route = guest.vm().msiRoute()) {
            route.set(APIC_0, 0x41);
            route.unmask();
            route.mask();
            route.notifier().signal();
            assertThat(route.isPending()).isTrue();
            assertThat(route.isPending()).isTrue();
            assertThat(isRequested(guest, 0x41)).isFalse();

            route.set(APIC_0, 0x43);
            route.unmask();
            assertRequested(guest, 0x43);
            assertThat(isRequested(guest, 0x41)).isFalse();
            assertThat(route.isPending()).isFalse();

            route.mask();
            assertThat(route.isPending()).isFalse();
            route.signal();
            route.clearPending();
            assertThat(route.isPending()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void set_messageThatReachesNobody_isHarmless(Host host) {
        try (KvmHypervisor kvm = host.open();
                TinyGuest guest = withIrqchip(kvm);
                MsiRoute route = guest.vm().msiRoute();
                MsiRoute other = guest.vm().msiRoute()) {
            route.unmask();
            for (long address : new long[] {0, -1, APIC_7, 0x1000, 1L << 32 | APIC_0, 0xfedf_ffffL, 0xfef0_0000L}) {
                route.set(address, -1);
                route.signal();
            }
            other.set(APIC_0, 0x44);
            other.unmask();
            other.signal();
            assertRequested(guest, 0x44);
        }
    }

    @Test
    void signal_manyMessagesWhileOneChanges_noneIsLost() throws InterruptedException {
        try (KvmHypervisor kvm = Host.IRQFD.open();
                TinyGuest guest = withIrqchip(kvm);
                MsiRoute changing = guest.vm().msiRoute();
                MsiRoute steady = guest.vm().msiRoute()) {
            steady.set(APIC_0, 0x50);
            steady.unmask();
            Thread changer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    changing.set(APIC_0, 0x60 + i % 16);
                    changing.mask();
                    changing.unmask();
                }
            });
            for (int i = 0; i < 200; i++) {
                changing.signal();
                steady.signal();
            }
            changer.join();
            changing.set(APIC_0, 0x80);
            changing.signal();
            assertRequested(guest, 0x50);
            assertRequested(guest, 0x80);
        }
    }

    @Test
    void setRoutes_withMessagesThere_leavesThemAlone() {
        try (KvmHypervisor kvm = Host.IRQFD.open();
                TinyGuest guest = withIrqchip(kvm);
                MsiRoute route = guest.vm().msiRoute()) {
            route.set(APIC_0, 0x41);
            route.unmask();
            guest.vm().setRoutes(List.of(new IrqRoute.Msi(30, APIC_0, 0x55)));
            route.signal();
            assertRequested(guest, 0x41);
            assertThatThrownBy(() -> guest.vm().setRoutes(List.of(new IrqRoute.Msi(24, APIC_0, 0x41))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has the number of a message-signalled interrupt");
        }
    }

    @Test
    void msiRoute_pinsKeepTheirRoutes() {
        try (KvmHypervisor kvm = Host.IRQFD.open();
                TinyGuest guest = withIrqchip(kvm);
                MsiRoute route = guest.vm().msiRoute();
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(30, notifier)) {
            guest.vm().setRoutes(List.of(new IrqRoute.Msi(30, APIC_0, 0x55)));
            route.set(APIC_0, 0x41);
            route.unmask();
            notifier.signal();
            assertRequested(guest, 0x55);
            assertThat(bound).isNotNull();
        }
    }

    @Test
    void msiRoute_manyOpenedAndClosed_numbersComeBack() {
        try (KvmHypervisor kvm = Host.IRQFD.open();
                TinyGuest guest = withIrqchip(kvm)) {
            for (int round = 0; round < 3; round++) {
                List<MsiRoute> many = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    MsiRoute route = guest.vm().msiRoute();
                    many.add(route);
                    route.set(APIC_0, 0x41);
                    route.unmask();
                }
                many.getLast().signal();
                assertRequested(guest, 0x41);
                many.forEach(MsiRoute::close);
            }
        }
    }

    @Test
    void msiRoute_noRoutesLeft_isAnError() {
        try (EventFd noVm = EventFd.create()) {
            KvmRoutes routes = new KvmRoutes(new KvmFile(Fd.own(noVm.fd())), 2);
            assertThat(List.of(routes.take(), routes.take())).containsExactly(24, 25);
            assertThatThrownBy(routes::take)
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageContaining("2 interrupt routes");
            routes.release(24);
            assertThat(routes.take()).isEqualTo(24);
        }
    }

    @Test
    void close_twice_signalsGoNowhere() {
        try (KvmHypervisor kvm = Host.IRQFD.open();
                TinyGuest guest = withIrqchip(kvm)) {
            MsiRoute route = guest.vm().msiRoute();
            route.set(APIC_0, 0x41);
            route.unmask();
            route.close();
            route.close();
            route.signal();
            route.unmask();
            assertThat(isRequested(guest, 0x41)).isFalse();
        }
    }
}
