// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.GuestWatcher;
import io.microlith.vmm.memory.GuestMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes a script for {@link HostileGuest} of what a guest does to the only device of a machine. */
final class GuestSeed implements GuestWatcher {
    private final FakeDeviceContext machine;
    private final SeedWriter writer = new SeedWriter();
    private final byte[] before = new byte[GuestStep.HEAP_SIZE];
    private final byte[] now = new byte[GuestStep.HEAP_SIZE];
    private @Nullable GuestPlaces places;
    private int steps;

    GuestSeed(FakeDeviceContext machine) {
        this.machine = machine;
    }

    SeedWriter script() {
        return writer;
    }

    @Override
    public void onLoad(long address, int size) {
        access(GuestStep.LOAD, address, size, 0);
    }

    @Override
    public void onStore(long address, int size, long value) {
        writeMemory();
        access(value >= 0 && value <= 0xff ? GuestStep.POST : GuestStep.STORE, address, size, value);
    }

    @Override
    public void onConfigWrite(int device, int offset, int size, int value) {
        if (isRoom()) {
            begin(GuestStep.CONFIG).number(offset, 0, 0xff);
            width(size).wholeInt(value);
        }
    }

    private void access(GuestStep step, long address, int size, long value) {
        GuestPlaces known = places;
        if (known == null) {
            known = GuestPlaces.in(machine);
            places = known;
        }
        int place = known.number(address);
        if (place < 0 || !GuestStep.WIDTHS.contains(size) || !isRoom()) {
            return;
        }
        begin(step).number(place, 0, GuestPlaces.LAST);
        width(size);
        switch (step) {
            case STORE -> writer.wholeLong(value);
            case POST -> writer.number(value, 0, 0xff);
            default -> {
                // The others take no value.
            }
        }
    }

    /**
     * Writes what has changed in the memory of queues since the last time, but of a pattern no more than how it begins:
     * rings have none, and what is sent to devices may be anything.
     */
    private void writeMemory() {
        GuestMemory memory = machine.memory();
        memory.read(GuestStep.HEAP, now, 0, GuestStep.HEAP_SIZE);
        for (int at = nextChange(0); at < GuestStep.HEAP_SIZE && isRoom(); at = nextChange(at + Long.BYTES)) {
            long value = memory.getLong(GuestStep.HEAP + at);
            boolean goesOn = value != 0 && at > 0 && value == memory.getLong(GuestStep.HEAP + at - Long.BYTES);
            if (!goesOn) {
                begin(GuestStep.LONG).number(at, 0, GuestStep.HEAP_SIZE - 1).wholeLong(value);
            }
        }
        System.arraycopy(now, 0, before, 0, GuestStep.HEAP_SIZE);
    }

    /** Where the next eight bytes are that have changed, or the end. */
    private int nextChange(int from) {
        int next = Arrays.mismatch(now, from, now.length, before, from, before.length);
        return next < 0 ? now.length : from + next & -Long.BYTES;
    }

    private boolean isRoom() {
        return steps < GuestStep.MOST;
    }

    private SeedWriter begin(GuestStep step) {
        steps++;
        return writer.number(step.number(), 0, GuestStep.LAST);
    }

    private SeedWriter width(int size) {
        return writer.number(GuestStep.WIDTHS.indexOf(size), 0, GuestStep.WIDTHS.size() - 1);
    }
}
