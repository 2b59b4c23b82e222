// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.legacy.SerialEvents;
import io.microlith.board.legacy.SerialInput;
import io.microlith.board.legacy.SerialSource;
import io.microlith.linux.Pollable;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Registration;

/**
 * Feeds a serial port from a terminal, on the VM's event loop.
 *
 * @param terminal the terminal
 * @param quit run when the user typed what ends the guest
 */
record KeyboardSource(Pollable terminal, Runnable quit) implements SerialSource {
    @Override
    public Registration connect(SerialInput input, EventLoop loop, SerialEvents events) {
        Feed feed = new Feed(terminal, new EscapeFilter(quit), input, events);
        input.onRoom(() -> loop.execute(feed::onTyped));
        feed.keyboard.start(loop);
        return feed.keyboard::close;
    }

    private static final class Feed implements Keyboard.Owner {
        private final Keyboard keyboard;
        private final SerialInput input;
        private final SerialEvents events;

        Feed(Pollable terminal, EscapeFilter filter, SerialInput input, SerialEvents events) {
            this.input = input;
            this.events = events;
            keyboard = new Keyboard(terminal, filter, this);
        }

        @Override
        public void onTyped() {
            keyboard.deliver(input::push);
        }

        @Override
        public void onFailure(Exception cause) {
            events.onInputFailed(cause);
        }
    }
}
