// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.linux.Pollable;
import io.microlith.virtio.console.PortBackend;
import io.microlith.virtio.console.PortBuffer;
import io.microlith.virtio.console.PortLink;
import io.microlith.virtio.console.StreamPort;
import io.microlith.vmm.event.EventLoop;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A terminal as the host's end of the guest's virtio console. */
final class KeyboardPort implements PortBackend {
    private final Pollable terminal;
    private final Runnable quit;
    private final StreamPort output;
    private @Nullable Keyboard keyboard;

    KeyboardPort(Pollable terminal, OutputStream output, Runnable quit) {
        this.terminal = terminal;
        this.quit = quit;
        this.output = StreamPort.to(output);
    }

    @Override
    public void start(PortLink link, EventLoop loop) {
        Keyboard started = new Keyboard(terminal, new EscapeFilter(quit), new Keyboard.Owner() {
            @Override
            public void onTyped() {
                link.inputReady();
            }

            @Override
            public void onFailure(Exception cause) {
                link.failed(cause);
            }
        });
        keyboard = started;
        started.start(loop);
        output.start(link, loop);
    }

    @Override
    public long read(PortBuffer into) {
        Keyboard typed = keyboard;
        return typed == null
                ? 0
                : typed.deliver((bytes, offset, length) -> {
                    int given = (int) Math.min(length, into.size());
                    into.put(0, bytes, offset, given);
                    return given;
                });
    }

    @Override
    public long write(PortBuffer from) {
        return output.write(from);
    }

    @Override
    public void drain() {
        output.drain();
    }

    @Override
    public void close() {
        if (keyboard != null) {
            keyboard.close();
        }
        output.close();
    }
}
