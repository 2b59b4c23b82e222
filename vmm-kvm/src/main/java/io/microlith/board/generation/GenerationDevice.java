// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.Snapshotable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The Virtual Machine Generation ID (Microsoft, "Virtual Machine Generation ID"): 16 bytes in guest memory that no
 * other machine has, and an interrupt when they are others than before. Linux mixes them into its random numbers then.
 *
 * <p>They stay what they are when the machine is reset, and when it is saved and goes on as the same.
 *
 * <p>Any thread; one short lock.
 */
public final class GenerationDevice implements Device, Snapshotable<GenerationState> {
    /** The interrupt. Of a PC's inputs the one of the 80287, which no processor of this kind has. */
    public static final Interrupt INTERRUPT = new Interrupt(13, Trigger.EDGE);

    private final DeviceId id;
    private final GuestMemory memory;
    private final InterruptLine interrupt;
    private final long address;
    private final Object lock = new Object();
    private ByteString generation;
    private boolean untold;

    /** Whether memory and interrupt are to be left alone. */
    private boolean waiting = true;

    GenerationDevice(GenerationState state, DeviceContext context) {
        id = context.id();
        memory = context.memory();
        interrupt = context.claim(INTERRUPT);
        address = state.address();
        generation = state.generation();
        untold = state.untold() != 0;
    }

    /** The state of a machine that is new. */
    static GenerationState atPowerOn(GenerationConfig config) {
        return new GenerationState(config.address(), bytes(config.generation().get()), 0);
    }

    /**
     * The state of a clone.
     *
     * @throws ConfigException if its generation is the one that it had
     */
    static GenerationState ofClone(GenerationConfig config, GenerationState state) {
        ByteString other = bytes(config.generation().get());
        if (other.equals(state.generation())) {
            throw new ConfigException(
                    "identity", "the machine that was saved is of this generation: give the clone one of its own");
        }
        return new GenerationState(state.address(), other, 1);
    }

    /** As all of Microsoft's GUIDs are in memory: three little-endian numbers, then bytes. */
    private static ByteString bytes(UUID uuid) {
        long high = uuid.getMostSignificantBits();
        return ByteString.of(ByteBuffer.allocate(GenerationState.SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) (high >>> 32))
                .putShort((short) (high >>> 16))
                .putShort((short) high)
                .putLong(Long.reverseBytes(uuid.getLeastSignificantBits()))
                .array());
    }

    @Override
    public DeviceId id() {
        return id;
    }

    /**
     * Makes the machine one of another generation, and tells its guest: when its disk was put back to an earlier state,
     * say. Any thread.
     *
     * @param other a generation that no other machine has or had
     */
    public void change(UUID other) {
        ByteString bytes = bytes(other);
        synchronized (lock) {
            if (!bytes.equals(generation)) {
                generation = bytes;
                untold = true;
                tell();
            }
        }
    }

    /** Tells the guest, if it is to be told and may be. */
    private void tell() {
        if (untold && !waiting) {
            write();
            interrupt.trigger();
        }
    }

    private void write() {
        memory.write(address, generation.toByteArray());
        untold = false;
    }

    @Override
    public GenerationState save() {
        synchronized (lock) {
            return new GenerationState(address, generation, untold ? 1 : 0);
        }
    }

    @Override
    public void pause() {
        synchronized (lock) {
            waiting = true;
        }
    }

    @Override
    public void resume() {
        synchronized (lock) {
            waiting = false;
            tell();
        }
    }

    /** A guest that starts finds what it is without being told. */
    @Override
    public void reset() {
        synchronized (lock) {
            waiting = false;
            write();
        }
    }

    @Override
    public void close() {
        pause();
    }

    /** {@code vmgenid0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
