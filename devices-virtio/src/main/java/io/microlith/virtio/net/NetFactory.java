// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Fd;
import io.microlith.virtio.limit.LimitOptions;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.StateReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes network devices. {@link Net} has shorter ways to say most configurations.
 *
 * <p>Options in text: one of {@code tap}, the name of a tap interface, {@code fd}, the number of a descriptor of one
 * that this process inherited, and {@code passt}, the path of passt's socket; {@code queues} of the tap; {@code mac};
 * {@code mtu}; {@code bandwidth} and {@code ops} are the most bytes and frames in a second, each way; {@code pcap} is a
 * file that gets all frames; and those of {@link SetupOptions}.
 */
public final class NetFactory implements VirtioFactory<NetConfig, NetState> {
    /** Makes a factory. */
    public NetFactory() {}

    @Override
    public String type() {
        return "net";
    }

    @Override
    public NetConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        Supplier<RateLimiter> limiter = LimitOptions.take(left);
        NetConfig config = NetConfig.of(source(left))
                .mtu((int) left.takeNumber("mtu", 0, 0, NetConfig.MOST_MTU))
                .limiters(limiter.get(), limiter.get());
        String mac = left.take("mac", "");
        if (!mac.isEmpty()) {
            config = config.mac(mac(mac));
        }
        Optional<Path> pcap = left.takePath("pcap");
        if (pcap.isPresent()) {
            config = config.pcap(pcap.get());
        }
        config = config.setup(left.takeSetup());
        left.requireNone();
        return config;
    }

    private static Supplier<NetBackend> source(SetupOptions left) {
        String tap = left.take("tap", "");
        Optional<Path> passt = left.takePath("passt");
        int fd = (int) left.takeNumber("fd", -1, -1, Integer.MAX_VALUE);
        int pairs = (int) left.takeNumber("queues", 1, 1, NetConfig.MAX_PAIRS);
        if ((tap.isEmpty() ? 0 : 1) + (passt.isPresent() ? 1 : 0) + (fd < 0 ? 0 : 1) != 1) {
            throw left.wrong("tap", "what is at the other end? Give one of tap=NAME, fd=NUMBER, passt=PATH");
        }
        if (!tap.isEmpty()) {
            return () -> TapBackend.open(tap, pairs);
        }
        if (pairs != 1) {
            throw left.wrong("queues", "only a tap that is opened by its name has several");
        }
        return passt.<Supplier<NetBackend>>map(path -> () -> PasstBackend.connect(path))
                .orElseGet(() -> () -> TapBackend.of(Fd.own(fd)));
    }

    private static MacAddress mac(String text) {
        try {
            return MacAddress.of(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("net.mac", String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Device create(NetConfig config, DeviceContext context) {
        return new NetDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(NetConfig config, NetState state, DeviceContext context) {
        return new NetDevice(config, Optional.of(state), context);
    }

    /** One whose address is that of its configuration, whatever the driver had set. */
    @Override
    public Device restoreClone(NetConfig config, NetState state, DeviceContext context) {
        MacAddress own = config.mac().orElseGet(MacAddress::random);
        return new NetDevice(config, Optional.of(state.withMac(own)), context);
    }

    @Override
    public NetState read(StateReader reader) {
        return NetState.read(reader);
    }
}
