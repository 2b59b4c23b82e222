// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    @Test
    void total_anyHost_isMemTotalOfMeminfo() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(candidate -> candidate.startsWith("MemTotal:"))
                .findFirst()
                .orElseThrow();
        long kibibytes = Long.parseLong(line.replaceAll("\\D", ""));
        assertThat(HostMemory.total() >> 10).isEqualTo(kibibytes);
    }
}
