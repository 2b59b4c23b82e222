// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The SDK's share of an exit: the loop of a vCPU's thread in a machine as {@link VmBuilder} makes it, with a vCPU that
 * leaves a guest there is not. An operation is one exit, from the question whether to enter the guest to the device's
 * return.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExitDispatchBenchmark {
    /** So many that the hand-over from JMH's thread and back does not count. */
    public static final int EXITS = 1_000_000;

    private static final int PORT = 0xe10;
    private static final long MEMORY = 0xd000_0000L;
    private static final long WINDOW = 0x1000;

    /** The kind of access. */
    @Param({"PIO", "MMIO"})
    public ExitReason kind = ExitReason.PIO;

    private final SumDevice device = new SumDevice();
    private @Nullable Vm vm;
    private @Nullable ScriptedVcpu vcpu;

    /** Starts the machine. */
    @Setup
    public void start() {
        ScriptedExit exit = kind == ExitReason.PIO ? new ScriptedExit(PORT, 1) : new ScriptedExit(MEMORY, 4);
        ScriptedVcpu scripted = new ScriptedVcpu(exit, kind);
        ScriptedHost host = new ScriptedHost(scripted);
        vcpu = scripted;
        vm = VmBuilder.on(host)
                .board(host)
                .memory(Size.mebibytes(2))
                .pio(PORT, 1, device)
                .mmio(MEMORY, WINDOW, device)
                .build();
        vm.start();
    }

    /** Ends it. */
    @TearDown
    public void stop() {
        if (vm != null) {
            vm.close();
        }
    }

    ScriptedVcpu vcpu() {
        return Objects.requireNonNull(vcpu, "start first");
    }

    /** How often the guest wrote to the device: each write adds one. */
    long deviceWrites() {
        return device.sum();
    }

    /** Exits to a device. */
    @Benchmark
    @OperationsPerInvocation(EXITS)
    public void exits() {
        vcpu().make(EXITS);
    }
}
