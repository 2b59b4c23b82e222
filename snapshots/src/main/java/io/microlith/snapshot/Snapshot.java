// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.PackedPages;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StatePart;
import io.microlith.vmm.state.StateReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A machine at one moment, in a directory: its state in {@value #STATE_FILE}, its memory in {@value #MEMORY_FILE}.
 * Immutable; any thread. The memory file is used by machines that were restored from it.
 */
public final class Snapshot {
    /** The name of the file with the state. */
    public static final String STATE_FILE = "state";

    /** The name of the file with the memory. */
    public static final String MEMORY_FILE = "memory";

    /** On how many others a snapshot may stand, one on the other: each makes the machine a little slower to restore. */
    public static final int MOST_LAYERS = 32;

    private static final StateCheck CHECK = StateCheck.of("snapshot");

    private final Path directory;
    private final StateFile.Content content;
    private final UUID id;
    private final MachineSection machine;
    private final VmConfig config;
    private final MemoryImage memory;
    private final List<AddressRange> left;
    private final Optional<Snapshot> base;
    private final MachineState state;
    private final Fingerprint fingerprint;
    private final Duration opened;

    /**
     * Makes one of what its state file says.
     *
     * @param below the one whose pages it has, if its own are not all
     * @param begin when somebody began to read that, by {@link System#nanoTime}
     */
    Snapshot(Path directory, StateFile.Content content, byte[] encoded, Optional<Snapshot> below, long begin) {
        this.directory = directory;
        this.content = content;
        fingerprint = Fingerprint.of(content.id(), encoded);
        id = content.id();
        CHECK.require(
                "architecture",
                content.architecture(),
                content.architecture() == StateFile.X86_64,
                "machines here are x86-64, which is " + StateFile.X86_64);
        machine = MachineSection.read(only(SectionType.MACHINE, content.sections()));
        MemorySection where = MemorySection.read(only(SectionType.MEMORY, content.sections()));
        config = machine.checked(where.excluded());
        left = where.left();
        long size = where.ranges().stream().mapToLong(AddressRange::size).sum();
        CHECK.require("memory", size, size == machine.memory(), "the size of the machine's")
                .inRange("memory", size, MemoryImage.PAGE, MemoryImage.LARGEST);
        base = below;
        memory = image(content.sections(), where.ranges(), size);
        state = MachineState.of(content.sections().stream()
                .filter(section -> section.type() == SectionType.PART.number())
                .map(Snapshot::part)
                .toList());
        opened = Duration.ofNanos(System.nanoTime() - begin);
    }

    private MemoryImage image(List<Section> sections, List<AddressRange> ranges, long size) {
        Path file = directory.resolve(MEMORY_FILE);
        Optional<PackedPages> pages = changes(sections).map(changes -> changes.pagesOf(size));
        long own = pages.map(PackedPages::size).orElse(size);
        Optional<FrameTable> frames =
                atMostOne(SectionType.FRAMES, sections).map(reader -> FrameTable.read(reader, own));
        Optional<MemorySums> sums = atMostOne(SectionType.SUMS, sections).map(reader -> MemorySums.read(reader, own));
        CHECK.require("sums", "frames", sums.isEmpty() || frames.isEmpty(), "of a file that is not compressed");
        ImageLayer layer = new ImageLayer(file, pages, own, frames, sums);
        CHECK.require("base", "missing", base.isPresent() == pages.isPresent(), "what has changes stands on another");
        if (base.isEmpty()) {
            return MemoryImage.of(ranges, layer);
        }
        MemoryImage below = base.get().memory;
        CHECK.require("memory", ranges, ranges.equals(below.ranges()), "that of the snapshot below: " + below.ranges());
        return below.with(layer);
    }

    private static Optional<ChangesSection> changes(List<Section> sections) {
        return atMostOne(SectionType.CHANGES, sections).map(ChangesSection::read);
    }

    private static Optional<StateReader> atMostOne(SectionType type, List<Section> sections) {
        List<Section> found = sections.stream()
                .filter(section -> section.type() == type.number())
                .toList();
        CHECK.require(type.name(), found.size() + " sections", found.size() <= 1, "at most one");
        return found.stream()
                .findFirst()
                .map(section -> StateCodec.reader(section.content().toByteArray()));
    }

    private static StateReader only(SectionType type, List<Section> sections) {
        Optional<StateReader> found = atMostOne(type, sections);
        CHECK.require(type.name(), "no section", found.isPresent(), "exactly one");
        return found.get();
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
        return write(machine, directory, SnapshotSettings.DEFAULT);
    }

    /**
     * The same with settings.
     *
     * @throws ConfigException if memory is to be left out that the machine does not have
     */
    public static Snapshot write(FrozenVm machine, Path directory, SnapshotSettings settings) {
        return new MachineWriter(machine, new SnapshotWriter(directory), settings).writeAll();
    }

    /**
     * Writes a frozen machine whose memory is that of another snapshot, but for some pages: only these are written. If
     * the machine was restored from that snapshot, or was the one that it was written of, it may know which pages these
     * can be (see {@link io.microlith.vmm.WriteTracking}); if not, all are compared.
     *
     * @param base stays as it is as long as the new one is used
     * @param directory is made beside that of {@code base}
     * @return the snapshot
     * @throws ConfigException if {@code base} is not beside it, stands on {@value #MOST_LAYERS} others already, or is
     *     of a machine with other memory
     * @throws SnapshotException if it cannot be written, or {@code base} cannot be read; nothing is left behind
     * @throws io.microlith.vmm.error.VmmException if the machine cannot be saved
     */
    public static Snapshot writeChanges(FrozenVm machine, Snapshot base, Path directory, SnapshotSettings settings) {
        return new MachineWriter(machine, new SnapshotWriter(directory), settings).writeChanges(base);
    }

    /** The same by the usual settings. */
    public static Snapshot writeChanges(FrozenVm machine, Snapshot base, Path directory) {
        return writeChanges(machine, base, directory, SnapshotSettings.DEFAULT);
    }

    /**
     * Writes the same machine at the same moment with all of its memory in one file: what stood on other snapshots
     * stands alone then, and what was compressed is so if the settings say it. Its id stays, for it is the same moment;
     * a working set is not taken over.
     *
     * @param directory is made; anywhere
     * @throws ConfigException if the settings leave memory out, which is for who writes a machine
     * @throws SnapshotException if it cannot be written, or a file cannot be read; nothing is left behind
     */
    public Snapshot merge(Path directory, SnapshotSettings settings) {
        return merge(new SnapshotWriter(directory), settings);
    }

    Snapshot merge(SnapshotWriter writer, SnapshotSettings settings) {
        if (!settings.left().isEmpty()) {
            throw new ConfigException("without", "to merge is to keep all that is there");
        }
        List<Section> sections = content.sections().stream()
                .filter(section -> !SectionType.isOfFile(section.type()))
                .toList();
        return write(id, sections, writer, settings, new MergedPages(memory, settings.progress()), Optional.empty());
    }

    /** Writes what there is to say, and pages. */
    static Snapshot write(
            UUID id,
            List<Section> sections,
            SnapshotWriter writer,
            SnapshotSettings settings,
            PageFlow pages,
            Optional<Snapshot> base) {
        byte[] encoded = writer.write(
                pages,
                settings,
                more -> StateFile.encode(StateFile.Content.of(
                        id, Stream.concat(sections.stream(), more.stream()).toList())));
        long begin = System.nanoTime();
        return new Snapshot(writer.directory(), StateFile.decode(encoded), encoded, base, begin);
    }

    /**
     * Finds a snapshot. Its memory is not read.
     *
     * @throws SnapshotException if its files cannot be read
     * @throws InvalidStateException if they are damaged, or not a snapshot
     */
    public static Snapshot open(Path directory) {
        return open(directory, MOST_LAYERS);
    }

    private static Snapshot open(Path directory, int layers) {
        long begin = System.nanoTime();
        byte[] encoded = stateOf(directory);
        StateFile.Content content = StateFile.decode(encoded);
        Optional<Snapshot> base = changes(content.sections()).map(changes -> openBase(directory, changes, layers));
        Snapshot snapshot = new Snapshot(directory, content, encoded, base, begin);
        snapshot.checkSize();
        return snapshot;
    }

    private static Snapshot openBase(Path directory, ChangesSection changes, int layers) {
        CHECK.require("layers", "more", layers > 0, "at most " + MOST_LAYERS + " below");
        Path place = beside(directory, changes.directory());
        Snapshot base = open(place, layers - 1);
        CHECK.require(
                "base",
                base.fingerprint(),
                base.fingerprint().equals(changes.base()),
                "what was in " + place + " when this was written: " + changes.base());
        return base;
    }

    private static Path beside(Path directory, String name) {
        try {
            return directory.toAbsolutePath().normalize().resolveSibling(name);
        } catch (InvalidPathException e) {
            throw new InvalidStateException("snapshot.base", name, "a name that this host can have: " + e.getReason());
        }
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

    private void checkSize() {
        try {
            long size = Files.size(memory.file());
            long right = memory.layers().getLast().fileSize();
            CHECK.require("memory", size + " bytes", size == right, "the machine's " + right);
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /**
     * Reads all of its memory, with what it stands on, and holds it against the checksums that were taken when it was
     * written; and the pages of its working set, if it has one, against the memory's. Nobody else does: to restore a
     * machine is not to wait for this.
     *
     * @param progress hears how far it is
     * @return how many bytes there is no checksum of, for they were written by a program that took none
     * @throws InvalidStateException if something is not as it was written, with the file and the place
     * @throws SnapshotException if a file cannot be read, or unpacked
     */
    public long checkMemory(SnapshotProgress progress) {
        return MemoryCheck.run(this, progress);
    }

    /** The one it stands on, if it has only what has changed since. */
    public Optional<Snapshot> base() {
        return base;
    }

    /** How many pages it has itself: all of the machine's, or those that changed. */
    public int ownPages() {
        return Math.toIntExact(memory.layers().getLast().size() / MemoryImage.PAGE);
    }

    /** The memory whose content was left out when it was written, and reads as zero. */
    public List<AddressRange> left() {
        return left;
    }

    /** Where it is. */
    public Path directory() {
        return directory;
    }

    /** The moment's own name, different from that of any other. */
    public UUID id() {
        return id;
    }

    /** The size and manner of the machine. */
    public VmConfig config() {
        return config;
    }

    /** How long it took to read and check its state, with that of those it stands on. */
    public Duration opened() {
        return opened;
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

    /** What a snapshot that stands on it finds it by. */
    String name() {
        return directory.toAbsolutePath().normalize().getFileName().toString();
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
        if (!hasWorkingSet()) {
            return Optional.empty();
        }
        try (WorkingSetReader reader = WorkingSetReader.open(this)) {
            return Optional.of(reader.set());
        }
    }

    /** Whether there is a file of these, of whatever content. */
    public boolean hasWorkingSet() {
        return Files.exists(directory.resolve(WorkingSet.FILE));
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
        public Optional<UUID> moment() {
            return Optional.of(snapshot.id);
        }

        @Override
        public Duration opened() {
            return snapshot.opened;
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
