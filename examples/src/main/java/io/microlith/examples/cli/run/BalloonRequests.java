// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.balloon.BalloonDevice;
import io.microlith.virtio.balloon.BalloonStatistics.Figure;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmState;
import io.microlith.vmm.memory.Size;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What other programs may ask of a guest's balloon. Answers are names and values in turns, with spaces between them;
 * sizes are in bytes. Any thread.
 */
final class BalloonRequests {
    /** Many times what a guest takes to say which of its pages are free; one that never does is not waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final BalloonControl control;
    private final Size memory;

    /**
     * Of a balloon.
     *
     * @param memory the guest's RAM, of which a balloon has no more
     */
    BalloonRequests(BalloonControl control, Size memory) {
        this.control = control;
        this.memory = memory;
    }

    /**
     * Finds a machine's balloon, the first one if there are several.
     *
     * @throws CommandException if there is none, or the machine has ended
     */
    static BalloonRequests to(Vm vm) {
        if (vm.state() == VmState.ENDED || vm.state() == VmState.CLOSED) {
            throw new CommandException("the machine has ended");
        }
        return vm.devices().stream()
                .filter(BalloonDevice.class::isInstance)
                .map(BalloonDevice.class::cast)
                .findFirst()
                .map(balloon ->
                        new BalloonRequests(balloon.control(), vm.config().memory()))
                .orElseThrow(() -> new CommandException("the guest has none: 'run --balloon' gives it one"));
    }

    /** How large it is and is to be, and what the guest said last of its memory. */
    String describe() {
        StringBuilder text = new StringBuilder("size ")
                .append(control.actual().bytes())
                .append(" target ")
                .append(control.target().bytes());
        control.statistics().ifPresent(said -> {
            text.append(" time ").append(said.time());
            for (Figure figure : Figure.values()) {
                said.get(figure)
                        .ifPresent(value -> text.append(' ')
                                .append(name(figure))
                                .append(' ')
                                .append(Long.toUnsignedString(value)));
            }
        });
        return text.toString();
    }

    private static String name(Figure figure) {
        return figure.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Says how large it is to be, which the guest then sees to.
     *
     * @param bytes a number
     * @throws CommandException if it is none, or more than the guest's memory
     */
    String setTarget(String bytes) {
        Size target = size(bytes);
        if (target.compareTo(memory) > 0) {
            throw new CommandException("a target of " + target + " is more than the guest's memory, " + memory);
        }
        control.setTarget(target);
        return "target " + control.target().bytes();
    }

    private static Size size(String bytes) {
        try {
            return Size.bytes(Long.parseUnsignedLong(bytes));
        } catch (IllegalArgumentException e) {
            throw new CommandException("'" + bytes + "' is no number of bytes", e);
        }
    }

    /**
     * Has the guest say which of its pages are free, and waits for that.
     *
     * @throws CommandException if it does not
     */
    String hint() {
        try {
            Size hinted = control.hint().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return "hinted " + hinted.bytes();
        } catch (ExecutionException e) {
            throw new CommandException(
                    "the guest gives no hints: that takes the option 'hinting', and a driver that has taken it up", e);
        } catch (TimeoutException e) {
            throw new CommandException("the guest gave no hints for " + PATIENCE.toSeconds() + " seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("it ended meanwhile", e);
        }
    }
}
