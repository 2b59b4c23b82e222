// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Fd;
import io.microlith.linux.Tap;
import io.microlith.testkit.Eventually;
import io.microlith.virtio.HostPart;
import io.microlith.vmm.error.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real tap, whose host's end is in a network of the test's. For root; see {@link HostPart}. */
class TapBackendTest {
    /** The kernel puts a number for the last part. */
    private static final String NAME = "mltest%d";

    /** Who has 192.0.2.1? Tell 192.0.2.2. */
    private static final byte[] QUESTION = HexFormat.of()
            .parseHex("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000202 000000000000 c0000201"
                    .replace(" ", ""));

    private static TapBackend open(int pairs) {
        try {
            return TapBackend.open(NAME, pairs);
        } catch (ConfigException e) {
            HostPart.skip("only root can make a tap, and not in every container: " + e.getMessage());
            throw e;
        }
    }

    private static boolean exists(TapBackend tap) {
        return Files.exists(Path.of("/sys/class/net", tap.toString()));
    }

    @Test
    void open_nobodyHasIt_isThereUntilItIsClosed() {
        TapBackend tap = open(1);
        assertThat(exists(tap)).isTrue();
        assertThat(tap.pairs()).isEqualTo(1);
        assertThat(tap.isConnected()).isTrue();
        assertThat(tap.offloads()).isEqualTo(Offload.all());
        assertThatThrownBy(() -> TapBackend.open(tap.toString(), 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("somebody else has it open");
        tap.close();
        assertThat(exists(tap)).isFalse();
    }

    @Test
    void open_severalPairs_hasThemAndOneMoreCanBeOpened() {
        try (TapBackend tap = open(2)) {
            assertThat(tap.pairs()).isEqualTo(2);
            tap.usePairs(2);
            tap.usePairs(1);
            assertThat(tap.isConnected()).isTrue();
            try (TapBackend more = TapBackend.open(tap.toString(), 1)) {
                assertThat(more).hasToString(tap.toString());
            }
        }
    }

    @Test
    void of_descriptor_isTheTapBehindItOrRefused() {
        try (TapBackend other = open(2)) {
            Tap queue = Tap.open(other.toString(), Tap.Queues.SEVERAL);
            try (TapBackend inherited = TapBackend.of(Fd.own(queue.fd()))) {
                assertThat(inherited).hasToString(other.toString());
            }
        }
        assertThatThrownBy(() -> TapBackend.of(Fd.open(Path.of("/dev/null"), Fd.O_RDWR)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no tap with headers");
    }

    @Test
    void frames_bothWays_passBetweenGuestAndHost() {
        try (HostPart network = HostPart.network();
                NetGuest guest = new NetGuest(NetConfig.of(() -> openIn(network)))) {
            guest.giveAndRing(32, 2048);
            assertThat(guest.send(QUESTION)).isTrue();
            byte[] answer = awaitAnswer(guest);
            assertThat(Arrays.copyOfRange(answer, 28, 32)).as("who answers").containsExactly(192, 0, 2, 1);
            assertThat(Arrays.copyOfRange(answer, 0, 6)).as("whom").isEqualTo(Arrays.copyOfRange(QUESTION, 6, 12));
        }
    }

    @Test
    void interface_deleted_isSeenByTheGuest() {
        try (HostPart network = HostPart.network()) {
            TapBackend tap = openIn(network);
            try (NetGuest guest = new NetGuest(NetConfig.of(() -> tap))) {
                assertThat(guest.driver.readRaw(0x106, 2) & 1).as("link").isEqualTo(1);
                network.run("ip", "link", "del", tap.toString());
                guest.giveAndRing(1, 2048);
                Eventually.holds("it is gone", () -> {
                    guest.driver.settle();
                    return !tap.isConnected();
                });
                guest.driver.settle();
                assertThat(guest.driver.readRaw(0x106, 2) & 1).as("link").isZero();
                guest.send(QUESTION);
            }
        }
    }

    /** A tap whose host's end is 192.0.2.1 in that network. */
    private static TapBackend openIn(HostPart network) {
        TapBackend tap = open(1);
        HostPart.runHere("ip", "link", "set", tap.toString(), "netns", network.pid());
        network.run("ip", "addr", "add", "192.0.2.1/24", "dev", tap.toString());
        network.run("ip", "link", "set", tap.toString(), "up");
        return tap;
    }

    /** The answer to a question about addresses; what else the host has to say is not it. */
    private static byte[] awaitAnswer(NetGuest guest) {
        List<byte[]> answers = new ArrayList<>();
        Eventually.holds("somebody answers", () -> {
            guest.driver.settle();
            guest.receiveAll().stream().filter(TapBackendTest::isAnswer).forEach(answers::add);
            return !answers.isEmpty();
        });
        return answers.getFirst();
    }

    private static boolean isAnswer(byte[] frame) {
        return frame.length >= 42 && frame[12] == 8 && frame[13] == 6 && frame[21] == 2;
    }
}
