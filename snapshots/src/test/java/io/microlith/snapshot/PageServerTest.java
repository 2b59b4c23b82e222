// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.snapshot.pager.HttpPages;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A compressed snapshot of changes on a whole one, served to others. */
@Timeout(120)
class PageServerTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final FakeHypervisor host = FakeHypervisor.with();
    private final Random random = new Random(9);
    private final HttpClient client = HttpClient.newHttpClient();
    private byte[] memory;
    private Snapshot snapshot;
    private PageServer server;

    @BeforeEach
    void serve() throws IOException {
        try (Vm vm = builder().memory(Size.bytes(PAGES * PAGE)).build()) {
            vm.start();
            for (int page = 0; page < PAGES; page += 3) {
                Contents.scramble(vm.memory(), page, random);
            }
            try (FrozenVm still = vm.freeze()) {
                Snapshot base = Snapshot.write(still, directory.resolve("base"));
                Contents.scramble(vm.memory(), 7, random);
                Contents.scramble(vm.memory(), 9, random);
                snapshot = Snapshot.writeChanges(
                        still, base, directory.resolve("changes"), SnapshotSettings.DEFAULT.compressed());
            }
            memory = Contents.of(vm.memory());
        }
        server = PageServer.start(snapshot, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        host.assertClean();
    }

    private VmBuilder builder() {
        return VmBuilder.on(host).board(new FakeBoard());
    }

    private URI root() {
        return root(server);
    }

    private static URI root(PageServer of) {
        return URI.create("http://127.0.0.1:" + of.address().getPort());
    }

    /** One that has room for a single client, for a second. */
    private PageServer small() throws IOException {
        return PageServer.start(
                snapshot,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new PageServer.Limits(1, Duration.ofMillis(200), Duration.ofSeconds(1)));
    }

    /** Asks for all, and says that more is to come, which does not; reads so many bytes of the answer. */
    private Socket stalled(PageServer of, int read) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(PAGE);
        socket.connect(of.address());
        String request = "GET " + PageServer.uri(root(of), snapshot).getPath()
                + " HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(read)).hasSize(read);
        return socket;
    }

    private int statusOf(PageServer of) throws IOException, InterruptedException {
        return ask(PageServer.uri(root(of), snapshot), "bytes=0-4095").statusCode();
    }

    private HttpResponse<byte[]> ask(URI uri, String range) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> ask(String range) throws IOException, InterruptedException {
        return ask(PageServer.uri(root(), snapshot), range);
    }

    /** Each try waits for room itself. */
    private void awaitRoom(PageServer of) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int status = statusOf(of);
        while (status != 206 && System.nanoTime() < end) {
            status = statusOf(of);
        }
        assertThat(status).isEqualTo(206);
    }

    @Test
    void get_ranges_arePagesOfEitherFile() throws IOException, InterruptedException {
        for (int page : new int[] {0, 1, 6, 7, 8, 9, PAGES - 4}) {
            HttpResponse<byte[]> answer = ask("bytes=" + page * PAGE + "-" + ((page + 4) * PAGE - 1));

            assertThat(answer.statusCode()).isEqualTo(206);
            assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(memory, page * PAGE, (page + 4) * PAGE));
        }
    }

    @Test
    void get_noRange_isAllOfIt() throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = ask("");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(memory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=1-4096",
                "bytes=0-4095,8192-12287",
                "bytes=4096-4095",
                "bytes=-4096",
                "bytes=0-",
                "bytes=1044480-1052671",
                "bytes=0-999999999999999999",
                "bytes=99999999999999999999-199999999999999999999",
                "pages=0-4095",
                "bytes",
            })
    void get_rangeThatIsNone_isRefused(String range) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = ask(range);

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(answer.headers().firstValue("Content-Range")).hasValue("bytes */" + PAGES * PAGE);
    }

    @Test
    void get_anotherSnapshot_isNotThere() throws IOException, InterruptedException {
        URI other = PageServer.uri(root(), Snapshot.open(directory.resolve("base")));

        assertThat(ask(other, "bytes=0-4095").statusCode()).isEqualTo(404);
        assertThat(ask(root().resolve(PageServer.uri(root(), snapshot).getPath() + "s"), "")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void put_isRefused() throws IOException, InterruptedException {
        HttpRequest put = HttpRequest.newBuilder(PageServer.uri(root(), snapshot))
                .PUT(HttpRequest.BodyPublishers.ofString("pages"))
                .build();

        assertThat(client.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(405);
    }

    @Test
    void get_someLeaveInTheMiddle_othersAreServed() throws IOException, InterruptedException {
        String request = "GET " + PageServer.uri(root(), snapshot).getPath() + " HTTP/1.1\r\nHost: here\r\n\r\n";
        for (int i = 0; i < 100; i++) {
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), server.address().getPort())) {
                OutputStream out = socket.getOutputStream();
                out.write(request.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                assertThat(socket.getInputStream().read()).isNotNegative();
            }
        }

        assertThat(ask("").body()).isEqualTo(memory);
    }

    /** Those who read nothing, and those who read all and owe the rest of their request. */
    @ParameterizedTest
    @ValueSource(ints = {1, PAGES * PAGE})
    void get_clientStalls_othersAreServedAfterItsTime(int read) throws IOException, InterruptedException {
        try (PageServer one = small();
                Socket first = stalled(one, read)) {
            assertThat(first.isConnected()).isTrue();
            assertThat(statusOf(one)).isEqualTo(503);
            awaitRoom(one);
            try (Socket second = stalled(one, read)) {
                assertThat(second.isConnected()).isTrue();
                awaitRoom(one);
            }
        }
    }

    @Test
    void close_clientReadsNothing_doesNotWaitForIt() throws IOException {
        String request = "GET " + PageServer.uri(root(), snapshot).getPath() + " HTTP/1.1\r\nHost: here\r\n\r\n";
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(PAGE);
            socket.connect(server.address());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isNotNegative();
            long begun = System.nanoTime();

            server.close();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        }
    }

    @Test
    @RequiresUserFaultFd
    void restore_pagesOfAnotherHost_hasThem() throws IOException {
        // What is sent ahead is the state: the memory file is as large, and has nothing in it.
        Path there = Files.createDirectory(directory.resolve("there"));
        Snapshot merged = snapshot.merge(directory.resolve("merged"), SnapshotSettings.DEFAULT);
        Files.copy(merged.directory().resolve(Snapshot.STATE_FILE), there.resolve(Snapshot.STATE_FILE));
        try (SeekableByteChannel file =
                Files.newByteChannel(Files.createFile(there.resolve(Snapshot.MEMORY_FILE)), StandardOpenOption.WRITE)) {
            file.position(memory.length - 1).write(ByteBuffer.allocate(1));
        }
        RestoreStrategy lazy =
                RestoreStrategy.LAZY.source(found -> new HttpPages(PageServer.uri(root(), found), PATIENCE));

        try (Vm vm = builder().restore(Snapshot.open(there).restoration(lazy)).build()) {
            assertThat(Contents.of(vm.memory())).isEqualTo(memory);
        }
    }

    @Test
    void start_fileIsGone_isRefused() throws IOException {
        Files.delete(directory.resolve("base").resolve(Snapshot.MEMORY_FILE));

        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(
                        () -> PageServer.start(snapshot, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }
}
