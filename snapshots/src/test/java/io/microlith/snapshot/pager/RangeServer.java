// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of an HTTP server as ranges of one file need; it can be told to misbehave. */
final class RangeServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("range: bytes=([0-9]+)-([0-9]+)", Pattern.CASE_INSENSITIVE);

    private final byte[] content;
    private final ServerSocket socket;
    private final Thread server;

    volatile int status = 206;

    /** How often it is too busy to answer otherwise than with its status, and this. */
    final AtomicInteger busy = new AtomicInteger();

    volatile String busyAnswer = "503 .";

    /** How many bytes of each answer are missing, though its length says otherwise. */
    volatile int missing;

    /** By how much each answer is of another range. */
    volatile int shift;

    /** No answer at all. */
    volatile boolean mute;

    RangeServer(byte[] content) throws IOException {
        this.content = content;
        socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        server = Thread.ofPlatform().daemon().name("range-server").start(this::run);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/memory");
    }

    private void run() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            OutputStream out = client.getOutputStream();
            int from = 0;
            int to = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Matcher range = RANGE.matcher(line);
                if (range.matches()) {
                    from = Integer.parseInt(range.group(1));
                    to = Integer.parseInt(range.group(2)) + 1;
                } else if (line.isEmpty() && busy.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    out.write(("HTTP/1.1 " + busyAnswer + "\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                } else if (line.isEmpty() && !mute) {
                    out.write(("HTTP/1.1 " + status + " .\r\nContent-Length: " + (to - from)
                                    + "\r\nContent-Range: bytes " + (from + shift) + "-" + (to - 1 + shift) + "/"
                                    + content.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    out.write(content, from, to - from - missing);
                    out.flush();
                    if (missing > 0) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    /** Nobody is served any more when this returns. */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            server.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
