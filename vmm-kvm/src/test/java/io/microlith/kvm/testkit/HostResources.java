// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds of its host.
 *
 * @param descriptors open files
 * @param mappings pieces of its address space
 * @param threads threads
 */
public record HostResources(long descriptors, long mappings, long threads) {
    /** A mapping for each of a test's VMs would be many more; the JVM itself may map a few. */
    private static final int SLACK = 50;

    /** Counts. */
    public static HostResources now() {
        return new HostResources(entries("/proc/self/fd"), lines("/proc/self/maps"), entries("/proc/self/task"));
    }

    /** Fails if there is now more than there was, by more than the JVM itself may have added. */
    public void expectUnchanged() {
        HostResources after = now();
        assertThat(after.descriptors).as("descriptors").isCloseTo(descriptors, within(3L));
        assertThat(after.mappings).as("mappings").isLessThan(mappings + SLACK);
        assertThat(after.threads).as("threads").isLessThan(threads + 5);
    }

    private static long entries(String directory) {
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
