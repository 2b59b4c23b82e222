// SPDX-License-Identifier: Apache-2.0
package io.microlith.nativeaccess;

import io.microlith.linux.EventFd;
import io.microlith.linux.Fd;
import io.microlith.linux.HostMemory;
import io.microlith.linux.MemFd;
import io.microlith.linux.NativeAccessException;
import io.microlith.linux.NativeThread;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.nio.file.Path;
import java.util.List;

/** The main class of a JVM without native access: tries every way in twice and prints what comes of it. */
public final class NativeAccessProbe {
    private static final List<Runnable> ALL = List.of(
            () -> EventFd.create().close(),
            () -> Fd.open(Path.of("/dev/null"), Fd.O_RDONLY).close(),
            () -> MemFd.create("probe", 4096).close(),
            HostMemory::total,
            NativeThread::currentId,
            () -> EventLoop.create().close(),
            () -> MappedMemory.map("probe", List.of(new AddressRange(0, 4096)), PageBacking.SMALL)
                    .close());

    /** How many lines are printed. */
    public static final int WAYS = 2 * ALL.size();

    private NativeAccessProbe() {}

    /** Prints a line for each try. */
    public static void main(String[] arguments) {
        for (int i = 0; i < WAYS; i++) {
            try {
                ALL.get(i / 2).run();
                System.out.println("fine");
            } catch (NativeAccessException e) {
                System.out.println(e);
            }
        }
    }
}
