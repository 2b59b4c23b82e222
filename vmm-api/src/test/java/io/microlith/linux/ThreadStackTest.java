// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "os.arch", matches = "amd64", disabledReason = "it is not known how elsewhere")
class ThreadStackTest {
    /** Of what a thread touched that has begun, and looked at that. */
    private record Resident(long before, long after) {}

    @Test
    void trim_threadThatHasBegun_givesMostOfItsStackBack() {
        CompletableFuture<Resident> found = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                // Once before, so that the second time is no deeper.
                long before = residentKib(ThreadStack.pointer());
                ThreadStack.trim();
                found.complete(new Resident(before, residentKib(ThreadStack.pointer())));
            } catch (IOException | RuntimeException | AssertionError e) {
                found.completeExceptionally(e);
            }
        });

        Resident resident = found.join();

        assertThat(resident.after()).isBetween(4L, resident.before() - 40);
    }

    /** Whatever a thread has on its stack is as it was. */
    @Test
    void trim_deepInCalls_leavesThemAlone() {
        assertThat(deepWithTrims(300)).isEqualTo(45_150);
    }

    private static int deepWithTrims(int levels) {
        if (levels % 50 == 0) {
            ThreadStack.trim();
        }
        return levels == 0 ? 0 : levels + deepWithTrims(levels - 1);
    }

    private static long residentKib(long address) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        boolean inside = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] ends = line.substring(0, line.indexOf(' ')).split("-", 2);
                inside = Long.parseLong(ends[0], 16) <= address && address < Long.parseLong(ends[1], 16);
            } else if (inside && line.startsWith("Rss:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("no mapping with " + Long.toHexString(address));
    }
}
