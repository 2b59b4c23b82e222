// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.event.Uninterruptibly;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the memory of a snapshot to other hosts, where {@link io.microlith.snapshot.pager.HttpPages} asks for it: by
 * HTTP, in ranges of whole pages (RFC 9110, section 14). Pages of snapshots below, and packed ones, are served as those
 * of one file. The path has the snapshot's id, so nobody is given pages of another moment.
 *
 * <p>It asks nobody who he is: guest memory is for networks that are trusted with it. An answer may take a minute, then
 * it ends; there are 64 at once, and who waits for longer than ten seconds is answered 503. How many may connect, and
 * how long they may take to ask, is a matter of the JDK's server, which leaves both open unless the system properties
 * {@code jdk.httpserver.maxConnections} and {@code sun.net.httpserver.maxReqTime} say otherwise.
 */
public final class PageServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PageServer.class);
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})");
    private static final int CHUNK = 256 << 10;

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int NO_BODY = -1;

    private final long size;
    private final String path;
    private final ImageReader reader;
    private final HttpServer server;
    private final Limits limits;
    private final Semaphore room;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("page-server-clock").unstarted(task));

    /** What clients may take of it. */
    record Limits(int atOnce, Duration waiting, Duration answer) {
        static final Limits USUAL = new Limits(64, Duration.ofSeconds(10), Duration.ofMinutes(1));
    }

    private PageServer(Snapshot snapshot, ImageReader reader, HttpServer server, Limits limits) {
        this.reader = reader;
        this.server = server;
        this.limits = limits;
        room = new Semaphore(limits.atOnce());
        size = snapshot.memory().size();
        path = path(snapshot);
        server.createContext(path, this::serve);
        server.setExecutor(threads);
        server.start();
    }

    /**
     * Begins to serve.
     *
     * @param snapshot its files are there until this is closed
     * @param address where; with port 0, at one that is free
     * @throws SnapshotException if a file cannot be read
     * @throws IOException if nobody can be served there
     */
    public static PageServer start(Snapshot snapshot, InetSocketAddress address) throws IOException {
        return start(snapshot, address, Limits.USUAL);
    }

    static PageServer start(Snapshot snapshot, InetSocketAddress address, Limits limits) throws IOException {
        ImageReader reader = open(snapshot);
        boolean started = false;
        try {
            PageServer pages = new PageServer(snapshot, reader, HttpServer.create(address, 0), limits);
            started = true;
            return pages;
        } finally {
            if (!started) {
                reader.close();
            }
        }
    }

    private static ImageReader open(Snapshot snapshot) {
        try {
            return ImageReader.open(snapshot.memory());
        } catch (SystemCallException | IOException e) {
            throw snapshot.memory().unreadable(e);
        }
    }

    private static String path(Snapshot snapshot) {
        return "/" + snapshot.id() + "/" + Snapshot.MEMORY_FILE;
    }

    /** Where this serves. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * Where a server has the memory of a snapshot, if it has it.
     *
     * @param server its scheme, host and port, such as {@code http://10.0.0.7:4096}
     */
    public static URI uri(URI server, Snapshot snapshot) {
        return server.resolve(path(snapshot));
    }

    private void serve(HttpExchange exchange) throws IOException {
        // To close the exchange would be to wait for what the client may still have to say; an interrupt closes the
        // channel that this thread waits for, whichever way.
        Thread handler = Thread.currentThread();
        Duration longest = limits.waiting().plus(limits.answer());
        Future<?> end = clock.schedule(handler::interrupt, longest.toMillis(), TimeUnit.MILLISECONDS);
        boolean admitted = false;
        try (exchange) {
            admitted = room.tryAcquire(limits.waiting().toMillis(), TimeUnit.MILLISECONDS);
            answer(exchange, admitted);
        } catch (IOException e) {
            LOGGER.debug("{} was not given its pages: {}", exchange.getRemoteAddress(), e.getMessage());
            throw e;
        } catch (InterruptedException e) {
            handler.interrupt();
            throw new InterruptedIOException("the server closes");
        } finally {
            end.cancel(false);
            if (admitted) {
                room.release();
            }
        }
    }

    private void answer(HttpExchange exchange, boolean admitted) throws IOException {
        String wanted = exchange.getRequestHeaders().getFirst("Range");
        Optional<Range> range = wanted == null ? Optional.of(new Range(0, size)) : range(wanted);
        if (!admitted) {
            exchange.sendResponseHeaders(SERVICE_UNAVAILABLE, NO_BODY);
        } else if (!exchange.getRequestURI().getPath().equals(path)) {
            exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
        } else if (!exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET");
            exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, NO_BODY);
        } else if (range.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
            exchange.sendResponseHeaders(RANGE_NOT_SATISFIABLE, NO_BODY);
        } else {
            give(exchange, range.get(), wanted == null ? OK : PARTIAL_CONTENT);
        }
    }

    /** Pages from one place up to another, in bytes. */
    private record Range(long begin, long end) {}

    private Optional<Range> range(String wanted) {
        Matcher range = RANGE.matcher(wanted);
        if (!range.matches()) {
            return Optional.empty();
        }
        long begin = Long.parseLong(range.group(1));
        long end = Long.parseLong(range.group(2)) + 1;
        boolean pages = begin % MemoryImage.PAGE == 0 && end % MemoryImage.PAGE == 0;
        return pages && begin < end && end <= size ? Optional.of(new Range(begin, end)) : Optional.empty();
    }

    private void give(HttpExchange exchange, Range range, int status) throws IOException {
        exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        if (status == PARTIAL_CONTENT) {
            String given = "bytes " + range.begin() + "-" + (range.end() - 1) + "/" + size;
            exchange.getResponseHeaders().set("Content-Range", given);
        }
        exchange.sendResponseHeaders(status, range.end() - range.begin());
        byte[] bytes = new byte[(int) Math.min(CHUNK, range.end() - range.begin())];
        try (Arena arena = Arena.ofConfined();
                OutputStream out = exchange.getResponseBody()) {
            MemorySegment chunk = arena.allocate(bytes.length, MemoryImage.PAGE);
            for (long place = range.begin(); place < range.end(); place += bytes.length) {
                int length = (int) Math.min(bytes.length, range.end() - place);
                reader.read(place, chunk.asSlice(0, length));
                MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
                out.write(bytes, 0, length);
            }
        }
    }

    /**
     * Serves nobody any more; answers that are under way end. A read of a file that the host does not end is waited for
     * ten seconds; the files stay open then.
     */
    @Override
    public void close() {
        server.stop(0);
        clock.shutdownNow();
        threads.shutdownNow();
        Uninterruptibly.run(() -> {
            var _ = threads.awaitTermination(limits.waiting().toMillis(), TimeUnit.MILLISECONDS);
        });
        if (threads.isTerminated()) {
            reader.close();
        } else {
            LOGGER.warn("files of {} stay open, for a read of one does not end", path);
        }
    }
}
