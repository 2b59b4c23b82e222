// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The size and manner of a VM, apart from its devices.
 *
 * @param id the VM's name, for threads, logs and errors: up to 64 letters, digits and {@code . _ : -}
 * @param memory the guest's RAM
 * @param pages the host's pages behind it
 * @param overcommit whether it may be more than the host's
 * @param tracking how it is noted which pages are written
 * @param vcpus the number of vCPUs
 * @param onReset what to do when the guest asks for a reset
 * @param processors the host processor of each vCPU's thread, or empty to leave them to the scheduler
 * @param excluded RAM whose content no snapshot and no fork has, in ascending order; it reads as zero there
 */
public record VmConfig(
        String id,
        Size memory,
        PageBacking pages,
        Overcommit overcommit,
        WriteTracking tracking,
        int vcpus,
        OnReset onReset,
        List<Integer> processors,
        List<AddressRange> excluded) {
    private static final long PAGE = 4096;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /** Refuses what no host can run. */
    public VmConfig {
        processors = List.copyOf(processors);
        excluded = excluded.stream().sorted().toList();
        if (!ID.matcher(id).matches()) {
            throw new ConfigException("id", "a name has 1 to 64 letters, digits and . _ : -");
        }
        if (memory.bytes() == 0) {
            throw new ConfigException("memory", "a VM needs some: at least " + Size.bytes(PAGE));
        }
        if (memory.bytes() % PAGE != 0) {
            throw new ConfigException("memory", memory + " is not a multiple of the page size, " + Size.bytes(PAGE));
        }
        if (vcpus < 1) {
            throw new ConfigException("vcpus", vcpus + " is too few: at least 1");
        }
        if (!processors.isEmpty() && processors.size() != vcpus) {
            throw new ConfigException(
                    "pin", processors.size() + " processors given for " + vcpus + " vCPUs: one for each");
        }
        checkExcluded(excluded);
    }

    private static void checkExcluded(List<AddressRange> rising) {
        for (int i = 0; i < rising.size(); i++) {
            AddressRange range = rising.get(i);
            if (range.base() % PAGE != 0 || range.size() % PAGE != 0) {
                throw new ConfigException("excludeFromSnapshots", range + " is not whole pages of " + PAGE + " bytes");
            }
            if (i > 0 && rising.get(i - 1).overlaps(range)) {
                throw new ConfigException("excludeFromSnapshots", rising.get(i - 1) + " and " + range + " overlap");
            }
        }
    }

    /** A VM with everything else as it is by default: see {@link VmBuilder}, which has a method for each setting. */
    public static VmConfig of(String id, Size memory, int vcpus) {
        return new VmConfig(
                id,
                memory,
                PageBacking.SMALL,
                Overcommit.REFUSE,
                WriteTracking.NONE,
                vcpus,
                OnReset.RESTART,
                List.of(),
                List.of());
    }
}
