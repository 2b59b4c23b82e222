// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Fd;
import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.error.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SerialSourceTest {
    private static final OutputStream NOWHERE = OutputStream.nullOutputStream();
    private static final String THREAD = "serial-input";

    /** More than the wire and a FIFO hold. */
    private static final String LONG_TEXT = "The quick brown fox. ".repeat(1000);

    private final FakeDeviceContext machine = new FakeDeviceContext("serial");

    @AfterEach
    void close() {
        machine.close();
    }

    /** Makes the port, and lets its guest read until it has as much as is expected. */
    private String readThrough(DeviceSpec<SerialConfig> spec, int expected) {
        Device port = spec.create(machine);
        SerialGuest guest = new SerialGuest(machine);
        guest.open();
        Eventually.holds("the guest has read it all", () -> {
            machine.eventLoop().poll(1_000_000);
            guest.handleInterrupts();
            return guest.received().length() >= expected;
        });
        port.close();
        return guest.received();
    }

    private static long inputThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(THREAD))
                .count();
    }

    @Test
    void console_stream_isReadWithBackPressure() {
        InputStream stream = new ByteArrayInputStream(LONG_TEXT.getBytes(StandardCharsets.US_ASCII));

        assertThat(readThrough(Serial.console(stream, NOWHERE), LONG_TEXT.length()))
                .isEqualTo(LONG_TEXT);
        assertThat(inputThreads()).isZero();
    }

    @Test
    void console_streamOfStandardInput_leavesNoThread() throws IOException {
        InputStream before = System.in;
        try (PipedOutputStream writer = new PipedOutputStream()) {
            System.setIn(new PipedInputStream(writer));
            writer.write("typed".getBytes(StandardCharsets.US_ASCII));

            assertThat(readThrough(Serial.console(System.in, NOWHERE), 5)).isEqualTo("typed");
            assertThat(inputThreads()).isZero();
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void close_streamInInterruptibleRead_leavesNoThread() throws IOException {
        try (PipedOutputStream writer = new PipedOutputStream();
                PipedInputStream silent = new PipedInputStream(writer)) {
            Device port = Serial.console(silent, NOWHERE).create(machine);
            assertThat(inputThreads()).isEqualTo(1);
            port.close();

            assertThat(inputThreads()).isZero();
        }
    }

    @Test
    void close_streamInUninterruptibleRead_threadEndsWithTheRead() throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        InputStream stubborn = new InputStream() {
            @Override
            public int read() {
                reading.countDown();
                while (released.getCount() > 0) {
                    Thread.onSpinWait();
                }
                return 'x';
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                into[offset] = (byte) read();
                return 1;
            }
        };
        Device port = Serial.console(stubborn, NOWHERE).create(machine);
        reading.await();
        port.close();
        released.countDown();

        Eventually.holds("its thread has ended", () -> inputThreads() == 0);
        assertThat(machine.line(4).triggers()).isZero();
    }

    @Test
    void console_streamFails_tellsOnce() throws InterruptedException {
        IOException broken = new IOException("gone");
        CountDownLatch told = new CountDownLatch(1);
        AtomicReference<Exception> failure = new AtomicReference<>();
        SerialEvents events = new SerialEvents() {
            @Override
            public void onInputFailed(Exception cause) {
                failure.set(cause);
                told.countDown();
            }
        };
        InputStream stream = new InputStream() {
            @Override
            public int read() throws IOException {
                throw broken;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw broken;
            }
        };
        Device port = Serial.with(SerialConfig.to(NOWHERE)
                        .source(new StreamSource(stream))
                        .events(events))
                .create(machine);
        told.await();

        assertThat(failure).hasValue(broken);
        port.close();
    }

    @Test
    void console_regularFile_isReadWithBackPressure(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("script"), LONG_TEXT);
        try (Fd fd = Fd.open(file, Fd.O_RDONLY)) {
            assertThat(readThrough(Serial.console(fd, NOWHERE), LONG_TEXT.length()))
                    .isEqualTo(LONG_TEXT);
        }
    }

    @Test
    void console_pipe_isReadWithBackPressure(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = Thread.ofPlatform().start(() -> write(pipe));
        try (Fd fd = Fd.open(pipe, Fd.O_RDONLY)) {
            assertThat(readThrough(Serial.console(fd, NOWHERE), LONG_TEXT.length()))
                    .isEqualTo(LONG_TEXT);
        }
        writer.join();
        assertThat(inputThreads()).isZero();
    }

    private static void write(Path pipe) {
        try (OutputStream stream = Files.newOutputStream(pipe)) {
            stream.write(LONG_TEXT.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void console_pipeAtItsEnd_isNotPolledForEver(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (Fd fd = Fd.open(pipe, Fd.O_RDWR | Fd.O_NONBLOCK)) {
            Device port = Serial.console(fd, NOWHERE).create(machine);
            try (Fd reader = Fd.open(pipe, Fd.O_RDONLY | Fd.O_NONBLOCK)) {
                assertThat(reader.fd()).isNotEqualTo(fd.fd());
            }
            assertThat(machine.eventLoop().poll(0)).isZero();
            port.close();
        }
    }

    @Test
    void console_closedDescriptor_isRefused() {
        Fd closed = Fd.open(Path.of("/dev/zero"), Fd.O_RDONLY);
        closed.close();

        assertThatThrownBy(() -> Serial.console(closed, NOWHERE).create(machine))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("serial.input");
    }

    @Test
    void close_descriptor_isReadNoMore(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("script"), LONG_TEXT);
        try (Fd fd = Fd.open(file, Fd.O_RDONLY)) {
            SerialInput wire = new SerialInput();
            Device port = Serial.with(SerialConfig.to(NOWHERE).input(wire).source(new DescriptorSource(fd)))
                    .create(machine);
            port.close();
            machine.eventLoop().poll(0);

            assertThat(wire.room()).isEqualTo(SerialInput.CAPACITY);
        }
    }
}
