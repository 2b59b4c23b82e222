// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecordingTest {
    private static final FakeExit UNMAPPED = FakeExit.in(0x60, 1);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();

    private VmBuilder builder(String id) {
        return VmBuilder.on(hypervisor).id(id).board(new FakeBoard()).memory(Size.mebibytes(1));
    }

    @Test
    void recording_wholeLife_hasItsEvents(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("vm.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.microlith.VcpuExits").withPeriod(Duration.ofMillis(20));
            recording.start();
            RecordingListener listener = new RecordingListener();
            try (Vm vm = builder("recorded").listener(listener).build()) {
                FakeVcpu vcpu = hypervisor.vm().vcpu(0);
                vm.start();
                for (int i = 0; i < 4; i++) {
                    vcpu.inject(UNMAPPED);
                }
                vcpu.awaitIdle();
                vm.responded();
                vm.responded();
                vm.pause();
                vm.resume();
                vm.reset();
                vcpu.awaitIdle();
                vcpu.inject(FakeExit.of(ExitReason.TRIPLE_FAULT));
                assertThat(vm.outcome().toCompletableFuture().join().exitStatus())
                        .isEqualTo(1);
            }
            assertThat(listener.heardToTheEnd()).endsWith("CLOSED");
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(of(events, "VmState").map(event -> event.getString("state")))
                .containsExactly("RUNNING", "PAUSED", "RUNNING", "RESET", "ENDED", "CLOSED");
        assertThat(of(events, "VmStart")).singleElement().satisfies(event -> {
            assertThat(event.getString("vm")).isEqualTo("recorded");
            assertThat(event.getDuration("start")).isPositive();
            assertThat(event.getDuration("open")).isZero();
        });
        assertThat(of(events, "VmResponse")).singleElement().satisfies(event -> {
            assertThat(event.getString("vm")).isEqualTo("recorded");
            assertThat(event.getDuration("response")).isPositive();
            assertThat(event.getDuration("workingSet")).isZero();
        });
        assertThat(of(events, "VmEnd")).singleElement().satisfies(event -> {
            assertThat(event.getString("vm")).isEqualTo("recorded");
            assertThat(event.getString("outcome")).isEqualTo("TripleFault");
            assertThat(event.getInt("exitStatus")).isEqualTo(1);
        });
        assertThat(of(events, "VcpuFailure"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("reason")).isEqualTo("FAKE_EXIT_TRIPLE_FAULT"));
        assertThat(of(events, "UnmappedAccess").map(event -> event.getLong("count")))
                .containsExactly(1L, 2L, 4L);
    }

    /** How long each phase of it took, which for one that is restored are more. */
    @Test
    void recording_restoredMachine_hasItsPhases(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("vm.jfr");
        PrefetchedMachine saved = PrefetchedMachine.of(builder("saved"), new AtomicInteger());
        try (Recording recording = new Recording()) {
            recording.start();
            try (Vm vm = VmBuilder.on(hypervisor)
                    .id("restored")
                    .board(new FakeBoard())
                    .restore(saved)
                    .build()) {
                vm.start();
                hypervisor.vm().vcpu(0).awaitIdle();
                vm.responded();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(of(events, "VmStart")).singleElement().satisfies(event -> {
            assertThat(event.getString("vm")).isEqualTo("restored");
            assertThat(event.getDuration("open")).isEqualTo(PrefetchedMachine.OPEN);
            assertThat(event.getDuration("workingSet")).isEqualTo(PrefetchedMachine.WORKING_SET);
            assertThat(event.getDuration("start")).isPositive();
        });
        assertThat(of(events, "VmResponse")).singleElement().satisfies(event -> {
            assertThat(event.getDuration("workingSet")).isEqualTo(PrefetchedMachine.WORKING_SET);
            assertThat(event.getDuration("response")).isPositive();
        });
    }

    private static Stream<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.microlith." + name))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime));
    }

    /** The VM is older than the recording: it notices within some exits. */
    @Test
    void exits_recordingBeginsLater_areSampledByReason() throws Exception {
        try (Vm vm = builder("sampled")
                .vcpus(2)
                .boot(FakeGuest.idle().repeating(1, UNMAPPED))
                .build()) {
            vm.start();
            CompletableFuture<RecordedEvent> sample = new CompletableFuture<>();
            try (RecordingStream stream = new RecordingStream()) {
                stream.setReuse(false);
                stream.enable("io.microlith.VcpuExits").withPeriod(Duration.ofMillis(20));
                stream.onEvent("io.microlith.VcpuExits", event -> {
                    if (event.getString("vm").equals("sampled")
                            && event.getString("reason").equals("PIO")) {
                        sample.complete(event);
                    }
                });
                stream.startAsync();
                assertThat(sample.get().getInt("vcpu")).isEqualTo(1);
                assertThat(sample.get().getLong("count")).isPositive();
            }
        }
        hypervisor.assertClean();
    }
}
