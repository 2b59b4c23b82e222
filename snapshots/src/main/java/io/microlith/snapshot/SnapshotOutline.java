// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.state.ByteString;
import java.util.List;
import java.util.UUID;

/**
 * What a state file says without any knowledge of what it means: its header and the table of its sections, which are
 * the same in every format.
 *
 * @param format the number of its format
 * @param architecture the processors' kind, as ELF numbers it
 * @param id the snapshot's own name
 * @param sections what is in it, in order
 */
public record SnapshotOutline(int format, int architecture, UUID id, List<Entry> sections) {
    /** Copies the list. */
    public SnapshotOutline {
        sections = List.copyOf(sections);
    }

    /**
     * A section, whose checksum fits.
     *
     * @param type the number of its type
     * @param name whose it is; empty where there is only one of the type
     * @param content its bytes
     */
    public record Entry(int type, String name, ByteString content) {}

    static SnapshotOutline of(StateFile.Content content) {
        return new SnapshotOutline(
                content.format(),
                content.architecture(),
                content.id(),
                content.sections().stream()
                        .map(section -> new Entry(section.type(), section.name(), section.content()))
                        .toList());
    }

    /** Whether this program can open such a snapshot, as far as format and architecture say. */
    public boolean isReadable() {
        return StateFile.isReadable(format) && architecture == StateFile.X86_64;
    }
}
