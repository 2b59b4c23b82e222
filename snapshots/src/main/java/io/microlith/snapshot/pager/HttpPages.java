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

/**
 * Pages of a memory file that an HTTP server has: any that serves ranges (RFC 9110, section 14), so another host's file
 * server too. Who it is, and that he is who he says, is a matter of the URI and of the client's TLS.
 */
public final class HttpPages implements PageSource {
    private static final int PARTIAL_CONTENT = 206;

    private final URI memory;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * Takes pages from a URI, with a client of its own that closes with this.
     *
     * @param memory where the memory file is
     * @param timeout how long an answer may take to begin; less than {@link io.microlith.snapshot.Paging#patience}, so
     *     that it is this that says what is wrong
     */
    public HttpPages(URI memory, Duration timeout) {
        this.memory = memory;
        this.timeout = timeout;
        client = HttpClient.newBuilder().connectTimeout(timeout).build();
    }

    @Override
    public void read(long offset, MemorySegment into) throws IOException {
        long last = offset + into.byteSize() - 1;
        HttpRequest request = HttpRequest.newBuilder(memory)
                .timeout(timeout)
                .header("Range", "bytes=" + offset + "-" + last)
                .build();
        HttpResponse<InputStream> response = send(request);
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

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + memory + " was asked");
        }
    }

    /** Ends requests that are under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
