// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusCursor;
import io.microlith.vmm.bus.CowBus;
import io.microlith.vmm.bus.PioDevice;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Finding the device behind a port: the same again, another one each time, and none. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BusLookupBenchmark {
    private static final int SPACING = 0x20;

    /** A board has eight to twelve; the large number is a machine with many devices. */
    @Param({"10", "200"})
    public int devices;

    private BusCursor<PioDevice> cursor = new CowBus<PioDevice>("empty").cursor();
    private int port;

    /** Fills the bus. */
    @Setup
    public void fill() {
        CowBus<PioDevice> bus = new CowBus<>("pio");
        for (int i = 0; i < devices; i++) {
            bus.add(new AddressRange((long) i * SPACING, SPACING / 2), new SumDevice());
        }
        cursor = bus.cursor();
    }

    /** The device of the last exit. */
    @Benchmark
    public long sameDevice() {
        return cursor.seek(SPACING + 1, 1) ? cursor.offset() : -1;
    }

    /** Another device than the last exit's. */
    @Benchmark
    public long otherDevice() {
        port = port + SPACING < devices * SPACING ? port + SPACING : 0;
        return cursor.seek(port, 1) ? cursor.offset() : -1;
    }

    /** A port without a device. */
    @Benchmark
    public long noDevice() {
        return cursor.seek(SPACING - 1, 1) ? cursor.offset() : -1;
    }
}
