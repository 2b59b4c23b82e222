// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Pages of a memory file that an HTTP server has: any that serves ranges (RFC 9110, section 14), so another host's file
 * server too. Who it is, and that he is who he says, is a matter of the URI and of the client's TLS.
 *
 * <p>A server that says that it is busy (503 or 429) is asked again after the seconds that it names in Retry-After, but
 * one at most, as long as there is time.
 */
public final class HttpPages implements PageSource {
    private static final int PARTIAL_CONTENT = 206;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    /** How long to wait before a server that is busy is asked again, if it does not say. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** The same, whatever it says: a guest waits. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private final URI memory;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * Takes pages from a URI, with a client of its own that closes with this.
     *
     * @param memory where the memory file is
     * @param timeout how long an answer may take to begin, however often it has to be asked for; less than
     *     {@link io.microlith.snapshot.Paging#patience}, so that it is this that says what is wrong
     */
    public HttpPages(URI memory, Duration timeout) {
        this.memory = memory;
        this.timeout = timeout;
        client = HttpClient.newBuilder().connectTimeout(timeout).build();
    }

    @Override
    public void read(long offset, MemorySegment into) throws IOException {
        long last = offset + into.byteSize() - 1;
        HttpResponse<InputStream> response = ask("bytes=" + offset + "-" + last);
        // Never more than was asked for, whatever the server sends.
        try (InputStream body = response.body()) {
            if (response.statusCode() != PARTIAL_CONTENT) {
                throw new IOException(memory + " answered " + response.statusCode() + " to a range");
            }
            String range = response.headers().firstValue("Content-Range").orElse("none");
            if (!range.startsWith("bytes " + offset + "-" + last + "/")) {
                throw new IOException(
                        memory + " answered the range '" + range + "' and not bytes " + offset + "-" + last);
            }
            byte[] bytes = body.readNBytes(Math.toIntExact(into.byteSize()));
            if (bytes.length < into.byteSize()) {
                throw new IOException(memory + " ended after " + bytes.length + " of " + into.byteSize() + " bytes");
            }
            MemorySegment.copy(bytes, 0, into, JAVA_BYTE, 0, bytes.length);
        }
    }

    /** Asks until there is an answer that is not to ask again, or there is no time for that. */
    private HttpResponse<InputStream> ask(String range) throws IOException {
        long begin = System.nanoTime();
        Duration left = timeout;
        try {
            while (true) {
                HttpResponse<InputStream> response = client.send(request(range, left), BodyHandlers.ofInputStream());
                if (!isBusy(response)) {
                    return response;
                }
                response.body().close();
                Duration pause = pause(response);
                left = timeout.minusNanos(System.nanoTime() - begin).minus(pause);
                if (left.compareTo(PAUSE) < 0) {
                    throw new IOException(memory + " answered " + response.statusCode() + " to a range for "
                            + timeout.toMillis() + " ms");
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + memory + " was asked");
        }
    }

    private HttpRequest request(String range, Duration left) {
        return HttpRequest.newBuilder(memory)
                .timeout(left)
                .header("Range", range)
                .build();
    }

    private static boolean isBusy(HttpResponse<?> response) {
        return response.statusCode() == SERVICE_UNAVAILABLE || response.statusCode() == TOO_MANY_REQUESTS;
    }

    private static Duration pause(HttpResponse<?> response) {
        // A date, which it may name as well, is as good as nothing: who knows its clock.
        Duration wanted = response.headers()
                .firstValue("Retry-After")
                .filter(value -> SECONDS.matcher(value).matches())
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(PAUSE);
        return Collections.max(List.of(PAUSE, Collections.min(List.of(LONGEST_PAUSE, wanted))));
    }

    /** Ends requests that are under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
