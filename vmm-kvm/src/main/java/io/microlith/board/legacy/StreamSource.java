// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.stream.InputPump;
import java.io.InputStream;

/**
 * Feeds a serial port from a stream, on a thread of its own.
 *
 * @param stream the stream, which stays its owner's
 */
record StreamSource(InputStream stream) implements SerialSource {
    @Override
    public Registration connect(SerialInput input, EventLoop loop, SerialEvents events) {
        InputPump pump = new InputPump("serial", stream, new InputPump.Owner() {
            @Override
            public int take(byte[] bytes, int offset, int length) {
                return input.push(bytes, offset, length);
            }

            @Override
            public void onEnd() {}

            @Override
            public void onFailure(Exception cause) {
                events.onInputFailed(cause);
            }
        });
        input.onRoom(pump::resume);
        pump.start();
        return pump::close;
    }
}
