// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StatePart;
import io.microlith.vmm.state.StateReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A machine at one moment, in a directory: its state in {@value #STATE_FILE}, its memory in {@value #MEMORY_FILE}.
 * Immutable; any thread. The memory file is used by machines that were restored from it.
 */
public final class Snapshot {
    /** The name of the file with the state. */
    public static final String STATE_FILE = "state";

    /** The name of the file with the memory. */
    public static final String MEMORY_FILE = "memory";

    private static final StateCheck CHECK = StateCheck.of("snapshot");

    private final Path directory;
    private final UUID id;
    private final MachineSection machine;
    private final VmConfig config;
    private final MemoryImage memory;
    private final MachineState state;
    private final Fingerprint fingerprint;

    Snapshot(Path directory, StateFile.Content content, byte[] encoded) {
        this.directory = directory;
        fingerprint = Fingerprint.of(content.id(), encoded);
        id = content.id();
        CHECK.require(
                "architecture",
                content.architecture(),
                content.architecture() == StateFile.X86_64,
                "machines here are x86-64, which is " + StateFile.X86_64);
        machine = MachineSection.read(only(SectionType.MACHINE, content.sections()));
        config = machine.checked();
        MemorySection where = MemorySection.read(only(SectionType.MEMORY, content.sections()));
        memory = new MemoryImage(directory.resolve(MEMORY_FILE), where.ranges());
        CHECK.require("memory", memory.size(), memory.size() == machine.memory(), "the size of the machine's");
        state = MachineState.of(content.sections().stream()
                .filter(section -> section.type() == SectionType.PART.number())
                .map(Snapshot::part)
                .toList());
    }

    private static StateReader only(SectionType type, List<Section> sections) {
        List<Section> found = sections.stream()
                .filter(section -> section.type() == type.number())
                .toList();
        CHECK.require(type.name(), found.size() + " sections", found.size() == 1, "exactly one");
        return StateCodec.reader(found.getFirst().content().toByteArray());
    }

    private static StatePart part(Section section) {
        try {
            return new StatePart(section.name(), section.content());
        } catch (IllegalArgumentException e) {
            throw new InvalidStateException("snapshot.part", section.name(), e.getMessage());
        }
    }

    /**
     * Writes a frozen machine. The machine may go on when this returns.
     *
     * @param directory is made, with access for its owner alone; its parent is there
     * @return the snapshot
     * @throws SnapshotException if it cannot be written, or there is something of that name; nothing is left behind
     * @throws io.microlith.vmm.error.VmmException if the machine cannot be saved
     */
    public static Snapshot write(FrozenVm machine, Path directory) {
        StateFile.Content content = StateFile.Content.of(UUID.randomUUID(), sections(machine));
        byte[] encoded = StateFile.encode(content);
        new SnapshotWriter(directory).write(encoded, machine.memory());
        return new Snapshot(directory, content, encoded);
    }

    private static List<Section> sections(FrozenVm machine) {
        List<AddressRange> ranges =
                machine.memory().regions().stream().map(GuestRegion::range).toList();
        MachineSection what = MachineSection.of(machine.vm().config(), System.currentTimeMillis());
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(SectionType.MACHINE.number(), "", ByteString.of(StateCodec.encode(what))));
        sections.add(new Section(
                SectionType.MEMORY.number(), "", ByteString.of(StateCodec.encode(new MemorySection(ranges)))));
        machine.save()
                .parts()
                .forEach(part -> sections.add(new Section(SectionType.PART.number(), part.name(), part.state())));
        return sections;
    }

    /**
     * Finds a snapshot. Its memory is not read.
     *
     * @throws SnapshotException if its files cannot be read
     * @throws InvalidStateException if they are damaged, or not a snapshot
     */
    public static Snapshot open(Path directory) {
        byte[] encoded = stateOf(directory);
        Snapshot snapshot = new Snapshot(directory, StateFile.decode(encoded), encoded);
        snapshot.checkMemory();
        return snapshot;
    }

    /**
     * Looks at a snapshot of any format, of a newer program's too, without its memory.
     *
     * @throws SnapshotException if its files cannot be read
     * @throws InvalidStateException if they are damaged, or not a snapshot
     */
    public static SnapshotOutline outline(Path directory) {
        return SnapshotOutline.of(StateFile.decodeAny(stateOf(directory)));
    }

    private static byte[] stateOf(Path directory) {
        try (InputStream in = Files.newInputStream(directory.resolve(STATE_FILE))) {
            byte[] bytes = in.readNBytes(StateFile.MAX_SIZE + 1);
            CHECK.require(
                    "size", "more", bytes.length <= StateFile.MAX_SIZE, "at most " + StateFile.MAX_SIZE + " bytes");
            return bytes;
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static SnapshotException unreadable(Path directory, IOException e) {
        String problem = e instanceof NoSuchFileException
                ? "there is no file " + e.getMessage() + "; is it a snapshot?"
                : e.getMessage();
        return new SnapshotException(directory, "it cannot be read: " + problem, e);
    }

    private void checkMemory() {
        try {
            long size = Files.size(memory.file());
            CHECK.require("memory", size + " bytes", size == memory.size(), "the machine's " + memory.size());
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Where it is. */
    public Path directory() {
        return directory;
    }

    /** Its own name, different from that of any other. */
    public UUID id() {
        return id;
    }

    /** The size and manner of the machine. */
    public VmConfig config() {
        return config;
    }

    /** When it was written. */
    public Instant savedAt() {
        return Instant.ofEpochMilli(machine.savedAt());
    }

    /** What the machine was. */
    public MachineState state() {
        return state;
    }

    /**
     * What keeps the machine from going on on a host: nothing if it can. Restoring it asks the same, and is refused
     * with these. For a board of one's own, ask {@link io.microlith.vmm.Board#differences}.
     *
     * @param hypervisor the host
     * @throws InvalidStateException if the state is malformed
     * @throws io.microlith.vmm.error.VmmException if the host has no board, or fails
     */
    public List<HostDifference> differences(Hypervisor hypervisor) {
        return hypervisor.defaultBoard().differences(hypervisor, state);
    }

    /** Its memory. */
    public MemoryImage memory() {
        return memory;
    }

    /** What its working set names it by. */
    Fingerprint fingerprint() {
        return fingerprint;
    }

    /**
     * The pages that machines which were restored from this wanted.
     *
     * @return nothing, if no {@link Recording} was saved
     * @throws SnapshotException if it cannot be read
     * @throws InvalidStateException if it is damaged, or another snapshot's
     */
    public Optional<WorkingSet> workingSet() {
        if (!Files.exists(directory.resolve(WorkingSet.FILE))) {
            return Optional.empty();
        }
        try (WorkingSetReader reader = WorkingSetReader.open(this)) {
            return Optional.of(reader.set());
        }
    }

    /** A machine like it, by {@link RestoreStrategy#BEST}. */
    public Restoration restoration() {
        return restoration(RestoreStrategy.BEST);
    }

    /** A machine like it, for {@link io.microlith.vmm.VmBuilder#restore}. */
    public Restoration restoration(RestoreStrategy strategy) {
        return new FromSnapshot(this, strategy);
    }

    private record FromSnapshot(Snapshot snapshot, RestoreStrategy strategy) implements Restoration {
        @Override
        public VmConfig config() {
            return snapshot.config;
        }

        @Override
        public MachineState state() {
            return snapshot.state;
        }

        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            CHECK.require(
                    "memory",
                    snapshot.memory.ranges(),
                    ranges.equals(snapshot.memory.ranges()),
                    "the board has RAM at " + ranges);
            return (name, _, backing) -> strategy.map(snapshot, name, backing);
        }
    }
}
