// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Writes what {@link StateFileFuzzTest} begins with: the golden files, whole and as sections. */
class StateFileSeedTest {
    private static void save(byte[] input, String method, String golden) throws IOException {
        Path directory = Path.of("target", "test-classes")
                .resolve(StateFileFuzzTest.class.getName().replace('.', '/') + "Inputs")
                .resolve(method);
        Files.createDirectories(directory);
        Files.write(directory.resolve("golden-" + golden), input);
    }

    @Test
    void unpack_packed_isTheSame() throws IOException, URISyntaxException {
        for (String name : Golden.names()) {
            byte[] golden = Files.readAllBytes(Golden.of(name).resolve(Snapshot.STATE_FILE));
            StateFile.Content content = StateFile.decode(golden);
            byte[] sections = StateFileFuzzTest.pack(content.sections());

            assertThat(StateFileFuzzTest.unpack(sections)).isEqualTo(content.sections());
            save(golden, "decode_anyBytes_isRefusedOrDone", name);
            save(sections, "open_anySections_isRefusedOrDone", name);
        }
    }
}
