// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.util.List;
import java.util.UUID;

/**
 * What a state file says without any knowledge of what it means: its header and the table of its sections, which are
 * the same in every format.
 *
 * @param format the number of its format
 * @param architecture the processors' kind, as ELF numbers it
 * @param id the snapshot's own name
 * @param sections what is in it, in order; their checksums fit
 */
public record SnapshotOutline(int format, int architecture, UUID id, List<Section> sections) {
    /** Copies the list. */
    public SnapshotOutline {
        sections = List.copyOf(sections);
    }

    static SnapshotOutline of(StateFile.Content content) {
        return new SnapshotOutline(content.format(), content.architecture(), content.id(), content.sections());
    }

    /** Whether this program can open such a snapshot, as far as format and architecture say. */
    public boolean isReadable() {
        return StateFile.isReadable(format) && architecture == StateFile.X86_64;
    }
}
