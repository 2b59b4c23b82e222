// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Snippets;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EchoDeviceTest {
    private static final Path SOURCE = Path.of("src/main/java/io/microlith/examples/echo/EchoDevice.java");
    private static final Path README = Path.of("../devices-virtio/README.md");

    @Test
    void request_bytes_comeBack() {
        try (FakeDeviceContext machine = new FakeDeviceContext("echo");
                Device _ = new EchoDevice.Factory().create(VirtioSetup.DEFAULT, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1);
            SplitDriverQueue queue = driver.setUpQueue(0, 8);
            driver.ready();
            long answer = driver.heap().take(8, 16);
            int id = queue.add(
                    GuestBuffer.readable(driver.heap().put((byte) 1, (byte) 2, (byte) 3), 3),
                    GuestBuffer.writable(answer, 8));
            driver.kick(0);
            assertThat(queue.poll()).contains(new UsedBuffer(id, 3));
            assertThat(machine.memory().getInt(answer)).isEqualTo(0x0003_0201);
        }
    }

    /** All but the package, which a class of somebody else's would not have. */
    @Test
    void source_readme_showsIt() throws IOException {
        String source = Files.readString(SOURCE);
        assertThat(Snippets.of(README, "java")).contains(source.substring(source.indexOf("import ")));
    }
}
