// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.VcpuExit;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FakeVcpuTest {
    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final FakeHypervisorVm vm = (FakeHypervisorVm) hypervisor.createVm("vm");
    private final FakeVcpu vcpu = (FakeVcpu) vm.createVcpu(0);

    private void bindAndStart(FakeExit... exits) {
        vcpu.bindToThread();
        vcpu.start(List.of(exits).iterator());
    }

    @Test
    void run_program_makesItsExitsInOrder() {
        bindAndStart(FakeExit.out(0x80, 2, 0xfffe), FakeExit.load(0x1000, 4), FakeExit.of(ExitReason.HALTED));
        VcpuExit exit = vcpu.exit();
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
        assertThat(exit.copy()).isEqualTo(new VcpuExit.Snapshot(true, 0x80, 2, List.of(0xfffeL)));
        assertThat(vcpu.isComplete()).isFalse();
        assertThat(vcpu.run()).isEqualTo(ExitReason.MMIO);
        assertThat(exit.copy()).isEqualTo(new VcpuExit.Snapshot(false, 0x1000, 4, List.of(0L)));
        exit.respond(0, -1);
        assertThat(vcpu.answers()).containsExactly(0xffff_ffffL);
        assertThat(vcpu.run()).isEqualTo(ExitReason.HALTED);
        assertThat(vcpu.fault().reason()).isEqualTo("FAKE_EXIT_HALTED");
        assertThat(vcpu.runs()).isEqualTo(3);
        assertThat(hypervisor.violations()).isEmpty();
    }

    @Test
    void run_kickedBefore_returnsInterruptedOnce() {
        bindAndStart(FakeExit.out(0x80, 1, 0));
        vcpu.kick();
        assertThat(vcpu.run()).isEqualTo(ExitReason.INTERRUPTED);
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
    }

    @Test
    void run_programIsOver_waitsForAKickOrAnotherExit() {
        CompletableFuture<ExitReason> first = new CompletableFuture<>();
        CompletableFuture<ExitReason> second = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            bindAndStart();
            first.complete(vcpu.run());
            second.complete(vcpu.run());
        });
        vcpu.awaitIdle();
        assertThat(vcpu.isInGuest()).isTrue();
        vcpu.kick();
        assertThat(first.join()).isEqualTo(ExitReason.INTERRUPTED);
        vcpu.awaitIdle();
        vcpu.inject(FakeExit.in(0x80, 1));
        assertThat(second.join()).isEqualTo(ExitReason.PIO);
        assertThat(vcpu.isInGuest()).isFalse();
    }

    @Test
    void repeating_program_neverEnds() {
        Iterator<FakeExit> program = FakeGuest.idle()
                .repeating(1, FakeExit.in(1, 1), FakeExit.in(2, 1))
                .program(1);
        for (int i = 0; i < 10; i++) {
            assertThat(program.next().address()).isEqualTo(1 + i % 2);
        }
        assertThat(FakeGuest.idle().program(0)).isExhausted();
    }

    @Test
    void contract_broken_isAViolation() {
        assertViolation("run on a thread that is not bound", vcpu::run);
        vcpu.bindToThread();
        assertViolation("run of a vCPU that was not powered on after its platform", vcpu::run);
        assertViolation("bindToThread of a vCPU that is bound", vcpu::bindToThread);
        assertViolation("close of a vCPU that is bound to a thread", vcpu::close);
        vcpu.start(List.of(FakeExit.out(0x80, 1, 0)).iterator());
        vcpu.run();
        assertViolation("an answer to no question", () -> vcpu.exit().respond(0, 1));
        assertViolation(
                "power-on of a vCPU with an access half done",
                () -> vcpu.start(List.<FakeExit>of().iterator()));
        assertViolation("a VM was closed before its vCPUs", vm::close);
        vcpu.unbindFromThread();
        vcpu.close();
        assertViolation("kick of a closed vCPU", vcpu::kick);
        assertViolation("run of a closed vCPU", vcpu::run);
        assertThatThrownBy(hypervisor::assertClean)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("contracts were violated");
    }

    private void assertViolation(String text, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(AssertionError.class).hasMessage(text);
        assertThat(hypervisor.violations()).last().asString().startsWith(text);
    }

    @Test
    void assertClean_vmStillOpen_namesIt() {
        assertThatThrownBy(hypervisor::assertClean).hasMessage("VMs were not closed: [vm]");
        vcpu.close();
        vm.close();
        hypervisor.assertClean();
        assertThat(hypervisor.violations()).isEmpty();
    }
}
