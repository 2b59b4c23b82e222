// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.fork;

import io.microlith.board.legacy.Serial;
import io.microlith.examples.output.LineOutput;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.balloon.Balloon;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.blk.Blk;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.FileBackend;
import io.microlith.virtio.net.Net;
import io.microlith.virtio.net.NetBackend;
import io.microlith.virtio.net.NetConfig;
import io.microlith.virtio.rng.Rng;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.vsock.Vsock;
import io.microlith.virtio.vsock.VsockChannel;
import io.microlith.virtio.vsock.VsockConfig;
import io.microlith.virtio.vsock.VsockListener;
import io.microlith.virtio.vsock.VsockPorts;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the host has for one machine of the family: its disk, its console, its network, its ports and its balloon. Its
 * guest says on the console when a round of its work is done, has a port echo what it says, and ends when another
 * answers.
 */
final class Belongings {
    private static final String ROUND = "guest.snapshot.round=";
    private static final int ECHO_PORT = 7010;
    private static final int END_PORT = 7009;
    private static final int PATIENCE_SECONDS = 300;

    private final String name;
    private final Path disk;
    private final Supplier<NetBackend> cable;
    private final VirtioSetup setup;
    private final OutputStream console;
    private final VsockPorts ports = new VsockPorts();
    private final BalloonControl balloon = new BalloonControl();
    private final Semaphore rounds = new Semaphore(0);

    /**
     * Of a machine.
     *
     * @param name what the lines begin with that it writes
     * @param disk its disk
     * @param cable where its network card is plugged in
     * @param out where its lines go
     */
    Belongings(String name, Path disk, Supplier<NetBackend> cable, VirtioTransport transport, OutputStream out) {
        this.name = name;
        this.disk = disk;
        this.cable = cable;
        this.setup = VirtioSetup.DEFAULT.over(transport);
        this.console = new LineOutput(name + ": ", out, this::look);
        VsockListener echo = ports.listen(ECHO_PORT);
        Thread.ofVirtual().name("echo-" + name).start(() -> echo(echo));
    }

    private void look(String line) {
        if (line.startsWith(ROUND)) {
            rounds.release();
        }
    }

    Path disk() {
        return disk;
    }

    /** What the machine is made with; always of the same types, and one of each. */
    List<DeviceSpec<?>> devices() {
        return List.of(
                Serial.to(console),
                Blk.with(BlkConfig.of(() -> FileBackend.open(disk)).setup(setup)),
                Rng.with(RngConfig.fromHost().setup(setup)),
                Net.with(NetConfig.of(cable).setup(setup)),
                Vsock.with(VsockConfig.of().host(() -> ports).setup(setup)),
                Balloon.with(BalloonConfig.of(balloon).setup(setup)));
    }

    /** Of a machine that was another one until now, and has these from then on. */
    CloneIdentity identity() {
        CloneIdentity who = CloneIdentity.fresh();
        for (DeviceSpec<?> device : devices()) {
            who = who.device(device.named(0));
        }
        return who;
    }

    /**
     * Waits until the guest has done so much from now on.
     *
     * @throws IllegalStateException if that takes too long
     */
    void awaitRounds(int count) throws InterruptedException {
        rounds.drainPermits();
        if (!rounds.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " did not work for " + count + " rounds");
        }
    }

    /**
     * Takes memory from the guest.
     *
     * @throws IllegalStateException if that takes too long
     */
    void take(Size memory) throws InterruptedException {
        balloon.setTarget(memory);
        for (int i = 0; i < PATIENCE_SECONDS && !balloon.actual().equals(memory); i++) {
            Thread.sleep(1000);
        }
        if (!balloon.actual().equals(memory)) {
            throw new IllegalStateException(name + " gave " + balloon.actual() + " and not " + memory);
        }
    }

    /** Lets the guest come to its end. */
    void end() {
        var _ = ports.listen(END_PORT);
    }

    /** Says to the guest what it says, on each connection, until the machine is closed. */
    private static void echo(VsockListener listener) {
        try (listener) {
            while (true) {
                VsockChannel channel = listener.accept();
                Thread.ofVirtual().start(() -> echo(channel));
            }
        } catch (IOException _) {
            // The machine is closed, or another one now.
        }
    }

    private static void echo(VsockChannel channel) {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        try (channel) {
            while (channel.read(bytes) >= 0) {
                channel.write(bytes.flip());
                bytes.clear();
            }
        } catch (IOException _) {
            // It broke, as it does when its guest is put back.
        }
    }
}
