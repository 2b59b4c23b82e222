// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import io.microlith.vmm.error.InvalidStateException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * All that a machine is at one moment, but for the content of its memory and of its disks. Immutable.
 *
 * <p>The parts are those of the board, of vCPUs and of devices; what they are called is the business of who made them.
 */
public final class MachineState {
    private final Map<String, StatePart> parts;

    /** What parts were read as, for machines that become this one again and again. */
    private final Map<String, Object> read = new ConcurrentHashMap<>();

    private MachineState(Map<String, StatePart> parts) {
        this.parts = parts;
    }

    /**
     * Of some parts, whose order is kept.
     *
     * @throws InvalidStateException if two have one name
     */
    public static MachineState of(List<StatePart> parts) {
        Map<String, StatePart> byName = new LinkedHashMap<>();
        for (StatePart part : parts) {
            if (byName.put(part.name(), part) != null) {
                throw new InvalidStateException(part.name(), "twice", "each part of a machine is there once");
            }
        }
        return new MachineState(byName);
    }

    /** The parts. */
    public List<StatePart> parts() {
        return List.copyOf(parts.values());
    }

    /** Whether there is such a part. */
    public boolean has(String name) {
        return parts.containsKey(name);
    }

    /** Reads a part that need not be there. */
    public Optional<StateReader> find(String name) {
        return Optional.ofNullable(parts.get(name)).map(StatePart::read);
    }

    /**
     * Reads a part.
     *
     * @throws InvalidStateException if it is not there, or malformed
     */
    public StateReader get(String name) {
        return find(name)
                .orElseThrow(() ->
                        new InvalidStateException(name, "missing", "the machine has this part, and a state of it"));
    }

    /**
     * Reads a part once for all who ask for it in one way.
     *
     * @param as what it is read as: immutable
     * @param reading how; what it throws is not kept
     * @throws InvalidStateException if the part is not there, or malformed
     */
    public <T> T get(String name, Class<T> as, Function<StateReader, T> reading) {
        return as.cast(read.computeIfAbsent(as.getName() + ' ' + name, _ -> reading.apply(get(name))));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MachineState state && parts.equals(state.parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    /** The names of the parts. */
    @Override
    public String toString() {
        return "MachineState" + parts.keySet();
    }
}
