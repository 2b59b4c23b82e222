// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.PageNumbers;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Writes one frozen machine: all of it, or what has changed. */
final class MachineWriter {
    private final FrozenVm machine;
    private final SnapshotWriter writer;
    private final SnapshotSettings settings;
    private final List<AddressRange> ranges;
    private final PageNumbers pages;

    /** The pages that are left out this time, and those that always are. */
    private final BitSet left;

    MachineWriter(FrozenVm machine, SnapshotWriter writer, SnapshotSettings settings) {
        this.machine = machine;
        this.writer = writer;
        this.settings = settings;
        ranges = machine.memory().regions().stream().map(GuestRegion::range).toList();
        pages = new PageNumbers(ranges);
        left = left();
    }

    Snapshot writeAll() {
        return write(new AllPages(machine.memory(), left, settings.progress()), Optional.empty());
    }

    Snapshot writeChanges(Snapshot base) {
        requireBase(base);
        BitSet candidates =
                machine.changedSince(base.id()).orElseGet(() -> base.memory().all());
        // There it has zeros, whatever the machine had.
        candidates.or(base.memory().pagesOf(base.left()));
        return write(
                new ChangedPages(machine.memory(), candidates, left, base, settings.progress()), Optional.of(base));
    }

    private void requireBase(Snapshot base) {
        Path place = base.directory().toAbsolutePath().normalize();
        Path target = writer.directory().toAbsolutePath().normalize();
        if (!Objects.equals(place.getParent(), target.getParent())) {
            throw new ConfigException("base", place + " is not beside " + target + ", where it has to be found again");
        }
        if (base.memory().layers().size() > Snapshot.MOST_LAYERS) {
            throw new ConfigException(
                    "base", place + " stands on " + Snapshot.MOST_LAYERS + " others already: merge it first");
        }
        if (!ranges.equals(base.memory().ranges())) {
            throw new ConfigException(
                    "base",
                    "the machine has memory at " + ranges + ", and not at "
                            + base.memory().ranges());
        }
    }

    private Snapshot write(PageFlow flow, Optional<Snapshot> base) {
        UUID id = UUID.randomUUID();
        Snapshot written = Snapshot.write(id, sections(), writer, settings, flow, base);
        machine.mark(id);
        return written;
    }

    private List<Section> sections() {
        MachineSection what = MachineSection.of(machine.vm().config(), System.currentTimeMillis());
        MemorySection where = new MemorySection(ranges, pages.ranges(left), excluded());
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(SectionType.MACHINE.number(), "", ByteString.of(StateCodec.encode(what))));
        sections.add(new Section(SectionType.MEMORY.number(), "", ByteString.of(StateCodec.encode(where))));
        machine.save()
                .parts()
                .forEach(part -> sections.add(new Section(SectionType.PART.number(), part.name(), part.state())));
        return sections;
    }

    private List<AddressRange> excluded() {
        return machine.vm().config().excluded();
    }

    private BitSet left() {
        for (AddressRange range : settings.left()) {
            if (range.base() % MemoryImage.PAGE != 0 || range.size() % MemoryImage.PAGE != 0) {
                throw new ConfigException("without", range + " is not whole pages");
            }
            if (ranges.stream().noneMatch(ram -> ram.contains(range))) {
                throw new ConfigException("without", "the machine has RAM at " + ranges + ", and not at " + range);
            }
        }
        BitSet all = pages.pages(settings.left());
        all.or(pages.pages(excluded()));
        return all;
    }
}
