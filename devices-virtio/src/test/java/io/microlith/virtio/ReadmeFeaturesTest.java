// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.balloon.BalloonFactory;
import io.microlith.virtio.balloon.BalloonFeature;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.FileBackend;
import io.microlith.virtio.console.ConsoleConfig;
import io.microlith.virtio.console.ConsoleFactory;
import io.microlith.virtio.console.ConsolePort;
import io.microlith.virtio.console.FilePort;
import io.microlith.virtio.net.NetConfig;
import io.microlith.virtio.net.NetFactory;
import io.microlith.virtio.net.NetSwitch;
import io.microlith.virtio.net.NetTraffic;
import io.microlith.virtio.pmem.FilePmem;
import io.microlith.virtio.pmem.PmemConfig;
import io.microlith.virtio.pmem.PmemFactory;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.vsock.VsockConfig;
import io.microlith.virtio.vsock.VsockFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.DeviceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says of feature bits is what devices offer. Numbers are the specification's. */
class ReadmeFeaturesTest {
    private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Z0-9_]+\\b");

    /** VIRTIO 1.2, 6. */
    private static final Map<String, Integer> OF_ALL = Map.of(
            "INDIRECT_DESC", 28, "EVENT_IDX", 29, "VERSION_1", 32, "RING_PACKED", 34, "IN_ORDER", 35, "RING_RESET", 40);

    /** 5.2.3. */
    private static final Map<String, Integer> OF_BLK =
            Map.of("SEG_MAX", 2, "RO", 5, "BLK_SIZE", 6, "FLUSH", 9, "MQ", 12, "DISCARD", 13, "WRITE_ZEROES", 14);

    /** 5.5.3. */
    private static final Map<String, Integer> OF_BALLOON =
            Map.of("STATS_VQ", 1, "DEFLATE_ON_OOM", 2, "FREE_PAGE_HINT", 3, "PAGE_POISON", 4, "PAGE_REPORTING", 5);

    /** 5.1.3. */
    private static final Map<String, Integer> OF_NET = Map.ofEntries(
            Map.entry("CSUM", 0),
            Map.entry("GUEST_CSUM", 1),
            Map.entry("CTRL_GUEST_OFFLOADS", 2),
            Map.entry("MTU", 3),
            Map.entry("MAC", 5),
            Map.entry("GUEST_TSO4", 7),
            Map.entry("GUEST_TSO6", 8),
            Map.entry("GUEST_ECN", 9),
            Map.entry("HOST_TSO4", 11),
            Map.entry("HOST_TSO6", 12),
            Map.entry("HOST_ECN", 13),
            Map.entry("MRG_RXBUF", 15),
            Map.entry("STATUS", 16),
            Map.entry("CTRL_VQ", 17),
            Map.entry("CTRL_RX", 18),
            Map.entry("GUEST_ANNOUNCE", 21),
            Map.entry("MQ", 22),
            Map.entry("CTRL_MAC_ADDR", 23));

    @TempDir
    private Path directory;

    private final VirtioSetup setup = VirtioSetup.DEFAULT.packed();

    /** The names in the row of a device, in the table of feature bits. */
    private static Set<String> named(String device) throws IOException {
        String row = Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.startsWith("| device | feature bits |"))
                .filter(line -> line.startsWith("| " + device + " |"))
                .findFirst()
                .orElseThrow();
        return NAME.matcher(row).results().map(found -> found.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static <C, S extends DeviceState> long offered(DeviceFactory<C, S> factory, C config) {
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device _ = factory.create(config, machine)) {
            return new GuestDriver(machine).offered();
        }
    }

    private static void assertSaysSo(String device, Map<String, Integer> bits, long offered) throws IOException {
        Set<String> names = named(device);
        assertThat(bits).as("what is known of %s", device).containsOnlyKeys(names);
        long said = names.stream().mapToLong(name -> 1L << bits.get(name)).sum();
        assertThat(Long.toHexString(offered)).as(device).isEqualTo(Long.toHexString(said));
    }

    private static long own(long offered) {
        return offered & 0xff_ffff;
    }

    private Path file() throws IOException {
        return Files.write(directory.resolve("file"), new byte[2 << 20]);
    }

    @Test
    void blk_offersWhatTheReadmeSays() throws IOException {
        Path disk = file();
        long writable = offered(new BlkFactory(), BlkConfig.of(() -> FileBackend.open(disk)));
        long readOnly =
                offered(new BlkFactory(), BlkConfig.of(() -> FileBackend.open(disk, FileBackend.Access.READ_ONLY)));
        assertSaysSo("`blk`", OF_BLK, own(writable | readOnly));
        assertThat(own(writable ^ readOnly))
                .as("RO, or DISCARD and WRITE_ZEROES")
                .isEqualTo(1 << 5 | 1 << 13 | 1 << 14);
    }

    @Test
    void pmemAndRng_offerNothingOfTheirOwn() throws IOException {
        Path memory = file();
        long ofPmem =
                offered(new PmemFactory(), PmemConfig.of(() -> FilePmem.open(memory, FilePmem.Access.READ_WRITE)));
        assertSaysSo("`pmem`", Map.of(), own(ofPmem));
        assertSaysSo("`rng`", Map.of(), own(offered(new RngFactory(), RngConfig.fromHost())));
    }

    @Test
    void balloon_offersWhatTheReadmeSays() throws IOException {
        BalloonConfig plain = BalloonConfig.of(new BalloonControl());
        assertThat(own(offered(new BalloonFactory(), plain))).isZero();
        assertSaysSo(
                "`balloon`",
                OF_BALLOON,
                own(offered(
                        new BalloonFactory(),
                        plain.features(BalloonFeature.values()).statistics(Duration.ofHours(1)))));
    }

    @Test
    void console_offersWhatTheReadmeSays() throws IOException {
        ConsoleConfig config = ConsoleConfig.of(() -> FilePort.create(directory.resolve("terminal")))
                .port(new ConsolePort("one", () -> FilePort.create(directory.resolve("one"))));
        assertSaysSo("`console`", Map.of("SIZE", 0, "MULTIPORT", 1), own(offered(new ConsoleFactory(), config)));
    }

    @Test
    void net_offersWhatTheReadmeSays() throws IOException {
        long most = own(offered(new NetFactory(), NetTraffic.endless(60).mtu(1500)));
        // That traffic has one pair.
        assertSaysSo("`net`", OF_NET, most | 1 << 22);
        long least = own(offered(new NetFactory(), NetConfig.of(new NetSwitch()::plug)));
        assertThat(most & ~least).as("MTU and offloads").isEqualTo(1 << 3 | 1 | 1 << 1 | 1 << 2 | 7 << 7 | 7 << 11);
    }

    @Test
    void vsock_offersWhatTheReadmeSays() throws IOException {
        assertSaysSo("`vsock`", Map.of("STREAM", 0), own(offered(new VsockFactory(), VsockConfig.of())));
    }

    @Test
    void all_offerWhatTheReadmeSays() throws IOException {
        long ofRng = offered(new RngFactory(), RngConfig.fromHost().setup(setup));
        assertSaysSo("all of them", OF_ALL, ofRng);
        long ofVsock = offered(new VsockFactory(), VsockConfig.of());
        assertThat(ofRng & ~ofVsock)
                .as("IN_ORDER, and RING_PACKED if asked for")
                .isEqualTo(1L << 35 | 1L << 34);
    }
}
