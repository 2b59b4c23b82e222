// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.ChainServer;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The two queues of control messages (VIRTIO 1.2, 5.3.6.2). On the device's loop. */
final class PortControl {
    private final List<Port> ports;
    private final TerminalSize size;
    private final DescriptorChain chain;
    private final ConsoleEvents events;
    private final byte[] message = new byte[ConsoleLayout.MESSAGE_SIZE];
    private final ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    private final ChainServer hearer = this::hear;
    private final ChainServer teller = this::tell;

    PortControl(List<Port> ports, TerminalSize size, DescriptorChain chain, ConsoleEvents events) {
        this.ports = ports;
        this.size = size;
        this.chain = chain;
        this.events = events;
    }

    /** Reads what the driver says. */
    void hear(VirtioContext context) {
        context.serve(ConsoleLayout.CONTROL_OUTPUT, chain, hearer);
    }

    private boolean hear(VirtQueue queue, DescriptorChain said) {
        if (!said.read(0, message, 0, message.length) || !understand()) {
            events.onRefused();
        }
        queue.addUsed(said.head(), 0);
        return true;
    }

    private boolean understand() {
        int port = fields.getInt(0);
        int event = Short.toUnsignedInt(fields.getShort(ConsoleLayout.EVENT_OFFSET));
        int value = Short.toUnsignedInt(fields.getShort(ConsoleLayout.VALUE_OFFSET));
        if (event == ConsoleLayout.DEVICE_READY) {
            if (value == 1) {
                ports.forEach(Port::deviceReady);
            }
            return true;
        }
        return port >= 0 && port < ports.size() && ports.get(port).hear(event, value);
    }

    /** Tells the driver what it does not know, as far as it has given buffers for that. */
    void tell(VirtioContext context) {
        context.serve(ConsoleLayout.CONTROL_INPUT, chain, teller);
    }

    private boolean tell(VirtQueue queue, DescriptorChain free) {
        byte[] next = nextMessage();
        if (next == null) {
            queue.undoPop();
            return false;
        }
        if (free.write(0, next, 0, next.length)) {
            queue.addUsed(free.head(), next.length);
        } else {
            // Too short for it, which Linux's, of a page, are not.
            events.onRefused();
            queue.addUsed(free.head(), 0);
        }
        return true;
    }

    private byte @Nullable [] nextMessage() {
        for (int i = 0; i < ports.size(); i++) {
            byte[] next = ports.get(i).nextMessage(size.cells());
            if (next != null) {
                return next;
            }
        }
        return null;
    }
}
