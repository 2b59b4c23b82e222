// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The golden files: a snapshot of the same machine in each format that is read, written by the program whose format it
 * was. {@code main} writes the one of the present format; docs/snapshots.md says when.
 */
final class Golden {
    static final String VM = "golden";
    static final Size MEMORY = Size.bytes(64 << 10);
    static final int VCPUS = 2;

    /** Neither the first page nor the last: both ends of the memory file are holes. */
    static final long PLACE = 5 * 4096 + 7;

    static final byte[] TEXT = "golden pages".getBytes(StandardCharsets.US_ASCII);

    static final long CHANGED_PLACE = 9 * 4096;
    static final byte[] CHANGED = "changed".getBytes(StandardCharsets.US_ASCII);

    private Golden() {}

    /** Where the golden files of a format are. */
    static Path of(int format) throws URISyntaxException {
        return of(Integer.toString(format));
    }

    /** What all directories of golden files are called. */
    static List<String> names() throws IOException, URISyntaxException {
        try (Stream<Path> all =
                Files.list(Objects.requireNonNull(of(StateFile.FORMAT).getParent()))) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** Where those of a name are. */
    static Path of(String directory) throws URISyntaxException {
        String name = "/golden/" + directory;
        URL found = Golden.class.getResource(name + "/" + Snapshot.STATE_FILE);
        return Path.of(Objects.requireNonNull(found, () -> "there are no golden files src/test/resources" + name)
                        .toURI())
                .getParent();
    }

    static void fill(GuestMemory memory) {
        memory.write(PLACE, TEXT, 0, TEXT.length);
    }

    /** Writes them, into a directory that is there: a whole snapshot, one of changes, and one that is compressed. */
    public static void main(String[] arguments) {
        Path all = Path.of(arguments[0]);
        String format = Integer.toString(StateFile.FORMAT);
        try (FakeHypervisor host = FakeHypervisor.with();
                Vm vm = VmBuilder.on(host)
                        .board(new FakeBoard())
                        .id(VM)
                        .memory(MEMORY)
                        .vcpus(VCPUS)
                        .build()) {
            vm.start();
            fill(vm.memory());
            try (FrozenVm frozen = vm.freeze()) {
                Snapshot whole = Snapshot.write(frozen, all.resolve(format));
                Snapshot.write(frozen, all.resolve(format + "-compressed"), SnapshotSettings.DEFAULT.compressed());
                change(vm.memory());
                Snapshot.writeChanges(frozen, whole, all.resolve(format + "-changes"));
            }
        }
    }

    /** What the one of changes has beside {@link #fill}. */
    static void change(GuestMemory memory) {
        memory.write(CHANGED_PLACE, CHANGED, 0, CHANGED.length);
    }
}
