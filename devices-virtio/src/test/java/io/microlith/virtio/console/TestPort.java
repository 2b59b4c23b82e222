// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.event.EventLoop;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The host's end of a port, in the hands of a test. */
final class TestPort implements PortBackend {
    private final byte[] chunk = new byte[1 << 16];
    private byte[] input = {};
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private long room = Long.MAX_VALUE;
    private @Nullable PortLink link;

    final List<String> calls = new ArrayList<>();
    long failure;
    boolean openAtStart;

    @Override
    public void start(PortLink toTell, EventLoop loop) {
        link = toTell;
        calls.add("start");
        if (openAtStart) {
            toTell.hostOpened();
        }
    }

    /** What the backend tells its port. */
    PortLink link() {
        PortLink known = link;
        if (known == null) {
            throw new AssertionError("the device did not start the port");
        }
        return known;
    }

    /** The host sends a text. */
    void send(String text) {
        input = (new String(input, StandardCharsets.ISO_8859_1) + text).getBytes(StandardCharsets.ISO_8859_1);
        link().inputReady();
    }

    /** The host takes so many bytes more, and then none. */
    void room(long bytes) {
        room = bytes;
        if (link != null && bytes > 0) {
            link.outputReady();
        }
    }

    /** What the host got. */
    String received() {
        return output.toString(StandardCharsets.ISO_8859_1);
    }

    /** The bytes that the guest did not take. */
    int unread() {
        return input.length;
    }

    @Override
    public long read(PortBuffer into) {
        int given = (int) Math.min(input.length, into.size());
        into.put(0, input, 0, given);
        input = new String(input, StandardCharsets.ISO_8859_1).substring(given).getBytes(StandardCharsets.ISO_8859_1);
        return given;
    }

    @Override
    public long write(PortBuffer from) {
        if (failure != 0) {
            return failure;
        }
        int taken = (int) Math.min(room, from.size());
        from.get(0, chunk, 0, taken);
        output.write(chunk, 0, taken);
        room -= taken;
        return taken;
    }

    @Override
    public void drain() {
        calls.add("drain");
    }

    @Override
    public void close() {
        calls.add("close");
    }
}
