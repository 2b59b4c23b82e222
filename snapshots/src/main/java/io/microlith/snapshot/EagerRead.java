// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;

/** {@link RestoreStrategy#EAGER}. */
final class EagerRead implements RestoreStrategy {
    @Override
    public MachineMemory map(Snapshot snapshot, String name, PageBacking backing) {
        MemoryImage image = snapshot.memory();
        MappedMemory memory = MappedMemory.map(name, image.ranges(), backing);
        boolean read = false;
        try (ImageReader reader = ImageReader.open(image)) {
            reader.readAll(
                    memory.memory().regions().stream().map(GuestRegion::segment).toList());
            read = true;
            return memory;
        } catch (SystemCallException | IOException e) {
            throw image.unreadable(e);
        } finally {
            if (!read) {
                memory.close();
            }
        }
    }

    /** {@code eager}. */
    @Override
    public String toString() {
        return "eager";
    }
}
