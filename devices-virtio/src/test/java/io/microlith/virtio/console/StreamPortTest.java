// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Fd;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.UnixSocket;
import io.microlith.testkit.Eventually;
import io.microlith.testkit.FailingStream;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.StuckStream;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ports on streams, files and descriptors. */
@Timeout(120)
class StreamPortTest {
    private final FakeDeviceContext machine = new FakeDeviceContext("console");
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    @AfterEach
    void close() {
        machine.close();
    }

    private Device console(Supplier<PortBackend> backend) {
        ConsoleEvents recorder = new ConsoleEvents() {
            @Override
            public void onFailed(String port, Exception cause) {
                failure.set(cause);
            }
        };
        return new ConsoleFactory().create(ConsoleConfig.of(backend).events(recorder), machine);
    }

    private ConsoleGuest live() {
        ConsoleGuest guest = new ConsoleGuest(machine);
        guest.begin(0, 2);
        return guest;
    }

    /** What a guest reads that gives buffers until it has so much. */
    private String read(ConsoleGuest guest, int length) {
        StringBuilder text = new StringBuilder();
        Eventually.holds("the guest has read it all", () -> {
            machine.eventLoop().poll(1_000_000);
            guest.postIfItCan(0);
            text.append(guest.text(0));
            return text.length() >= length;
        });
        return text.toString();
    }

    @Test
    void stream_input_isReadToItsEnd() {
        String text = "The quick brown fox. ".repeat(3000);
        try (Device _ = console(() -> StreamPort.between(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), OutputStream.nullOutputStream()))) {
            assertThat(read(live(), text.length())).isEqualTo(text);
        }
    }

    @Test
    void stream_guestDoesNotRead_isReadNoMore() {
        AtomicInteger read = new AtomicInteger();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return read.getAndIncrement() & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                read.addAndGet(length);
                return length;
            }
        };
        try (Device _ = console(() -> StreamPort.between(endless, OutputStream.nullOutputStream()))) {
            ConsoleGuest guest = live();
            machine.eventLoop().poll(0);
            Eventually.holds("the pump has what it holds", () -> read.get() >= 16 << 10);
            int held = read.get();
            assertThat(held).isLessThanOrEqualTo(20 << 10);
            assertThat(read(guest, 32 << 10)).hasSizeGreaterThanOrEqualTo(32 << 10);
            assertThat(read.get()).isGreaterThan(held);
        }
    }

    @Test
    void stream_inputFails_isTold() {
        IOException broken = new IOException("broken");
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw broken;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw broken;
            }
        };
        try (Device _ = console(() -> StreamPort.between(failing, OutputStream.nullOutputStream()))) {
            live();
            Eventually.holds("the failure is told", () -> broken.equals(failure.get()));
        }
    }

    @Test
    void stream_output_isWrittenWhenItIsDrained() {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (Device device = console(() -> StreamPort.to(sink))) {
            ConsoleGuest guest = live();
            guest.send(1, "hello");
            device.drain();
            assertThat(sink.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        }
    }

    @Test
    void stream_outputStuck_holdsTheGuestBackAndNotTheLoop() throws Exception {
        StuckStream stuck = new StuckStream();
        try (Device _ = console(() -> StreamPort.to(stuck))) {
            ConsoleGuest guest = live();
            guest.send(1, "first");
            stuck.awaitWrite();
            String text = "x".repeat(16 << 10);
            int sent = 0;
            while (guest.queue(1).poll().isPresent()) {
                guest.send(1, text);
                sent++;
            }
            assertThat(sent).isBetween(3, 5);
            stuck.release();
            Eventually.holds("the guest goes on", () -> {
                machine.eventLoop().poll(1_000_000);
                return guest.queue(1).poll().isPresent();
            });
        }
        assertThat(stuck.written()).isGreaterThan(64 << 10);
    }

    @Test
    void stream_outputFails_isToldAndTheGuestGoesOn() {
        IOException broken = new IOException("broken");
        try (Device device = console(() -> StreamPort.to(new FailingStream(broken)))) {
            ConsoleGuest guest = live();
            guest.send(1, "first");
            device.drain();
            Eventually.holds("the failure is told", () -> broken.equals(failure.get()));
            guest.send(1, "second");
            assertThat(guest.queue(1).poll()).isPresent();
            assertThat(guest.queue(1).poll()).isPresent();
        }
    }

    @Test
    void file_output_isInIt(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("log"), "what was there before");
        try (Device _ = console(() -> FilePort.create(file))) {
            ConsoleGuest guest = live();
            guest.send(1, "one ");
            guest.send(1, "two");
            guest.post(0);
            assertThat(guest.text(0)).isEmpty();
        }
        assertThat(file).hasContent("one two");
    }

    @Test
    void file_notOne_isRefused(@TempDir Path directory) {
        assertThatThrownBy(() -> FilePort.create(directory)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> FilePort.create(directory.resolve("no/such"))).isInstanceOf(ConfigException.class);
    }

    @Test
    void file_full_losesOutputAndGoesOn() {
        try (Fd full = Fd.open(Path.of("/dev/full"), Fd.O_RDWR);
                Device _ = console(() -> FilePort.on(full))) {
            ConsoleGuest guest = live();
            guest.send(1, "lost");
            assertThat(guest.queue(1).poll()).isPresent();
        }
    }

    @Test
    void descriptor_input_isReadAsTheGuestWants() {
        List<UnixSocket> pair = UnixSocket.pair();
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (UnixSocket here = pair.get(0);
                UnixSocket there = pair.get(1);
                Device device = console(() -> DescriptorPort.between(there, sink))) {
            ConsoleGuest guest = live();
            guest.post(0);
            assertThat(guest.text(0)).isEmpty();
            byte[] text = "typed ahead".getBytes(StandardCharsets.US_ASCII);
            assertThat(PosixIo.write(here, text, 0, text.length)).isEqualTo(text.length);
            assertThat(guest.text(0)).isEqualTo("typed ahead");
            assertThat(PosixIo.write(here, text, 0, text.length)).isEqualTo(text.length);
            assertThat(machine.eventLoop().poll(0)).isZero();
            assertThat(read(guest, text.length)).isEqualTo("typed ahead");
            guest.send(1, "hello");
            device.drain();
            assertThat(sink.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
            here.shutdownOutput();
            guest.post(0);
            guest.driver().settle();
            assertThat(guest.text(0)).isEmpty();
            assertThat(failure).hasNullValue();
        }
    }

    @Test
    void descriptor_file_isReadToItsEnd(@TempDir Path directory) throws IOException {
        String text = "a line of a file\n".repeat(500);
        Path file = Files.writeString(directory.resolve("input"), text);
        try (Fd input = Fd.open(file, Fd.O_RDONLY);
                Device _ = console(() -> DescriptorPort.between(input, OutputStream.nullOutputStream()))) {
            assertThat(read(live(), text.length())).isEqualTo(text);
        }
    }

    @Test
    void descriptor_closed_failsAndTheGuestGoesOn() {
        Pollable closed = () -> -1;
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (Device device = console(() -> DescriptorPort.between(closed, sink))) {
            ConsoleGuest guest = live();
            assertThat(failure.get()).isNotNull();
            guest.send(1, "hello");
            device.drain();
            assertThat(sink.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        }
    }
}
