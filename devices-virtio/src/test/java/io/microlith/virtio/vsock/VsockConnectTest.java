// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.RESPONSE;
import static io.microlith.virtio.vsock.VsockDriver.RST;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.device.Device;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How connections begin, or do not. */
class VsockConnectTest extends VsockFixture {
    @Test
    void request_hostHasPort_isAnsweredWithCredit() {
        VsockDriver driver = driver();
        host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        Packet answer = driver.receiveOne();
        assertThat(answer).isEqualTo(new Packet(2, 3, HOST, GUEST, 0, 1, RESPONSE, 0, BUFFER, 0, ""));
        assertThat(driver.driver.interrupted()).isTrue();
        assertThat(host.at(HOST).port).isEqualTo(HOST);
        assertThat(events).containsOnly(Map.entry("opened", 1L));
    }

    @Test
    void request_hostHasNoPort_isReset() {
        VsockDriver driver = driver();
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(events).containsOnly(Map.entry("refused", 1L));
    }

    @Test
    void request_hostRefuses_isReset() {
        VsockDriver driver = driver();
        host.at(HOST).connectResults.add(-Errno.ECONNREFUSED);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(host.at(HOST).closed).isTrue();
    }

    @Test
    void request_hostIsBusy_isAnsweredWhenItIsNot() {
        VsockDriver driver = driver();
        host.at(HOST).connectResults.addAll(List.of(-Errno.EAGAIN, -Errno.EAGAIN));
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.receive()).isEmpty();
        driver.await("the host is asked until it is not busy", () -> !events.isEmpty());
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
    }

    @Test
    void request_overTheBound_isReset() {
        VsockDriver driver = driver();
        for (int i = 0; i < CONNECTIONS; i++) {
            host.at(i);
            driver.send(REQUEST, i, GUEST);
        }
        host.at(HOST);
        assertThat(driver.receive()).hasSize(CONNECTIONS).allMatch(packet -> packet.op() == RESPONSE);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(host.connect(GUEST).closed).isTrue();
        driver.send(RST, 0, GUEST);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
    }

    @Test
    void request_ofTheSameAgain_resetsTheConnection() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(stream.closed).isTrue();
        assertThat(events).containsEntry("violation", 1L).containsEntry("closed", 1L);
    }

    @Test
    void connect_guestAccepts_isOpen() {
        VsockDriver driver = driver();
        FakeStream stream = host.connect(GUEST);
        Packet request = driver.receiveOne();
        assertThat(request.title()).isEqualTo("REQUEST 1073741824->70");
        assertThat(request.bufferSize()).isEqualTo(BUFFER);
        assertThat(stream.port).isZero();
        driver.send(RESPONSE, request.sourcePort(), GUEST);
        assertThat(stream.port).isEqualTo(request.sourcePort());
        stream.send("hello");
        assertThat(driver.text()).isEqualTo("hello");
    }

    @Test
    void connect_guestRefuses_isClosed() {
        VsockDriver driver = driver();
        FakeStream stream = host.connect(GUEST);
        driver.send(RST, driver.receiveOne().sourcePort(), GUEST);
        assertThat(stream.closed).isTrue();
        assertThat(driver.receive()).isEmpty();
        assertThat(events).containsOnly(Map.entry("refused", 1L));
    }

    @Test
    void connect_guestAnswersBeforeItIsAsked_isReset() {
        VsockDriver driver = new VsockDriver(machine, 0);
        FakeStream stream = host.connect(GUEST);
        driver.send(RESPONSE, 1 << 30, GUEST);
        assertThat(stream.closed).isTrue();
        assertThat(events).containsEntry("violation", 1L);
    }

    @Test
    void connect_manyToOnePort_haveAPortEach() {
        VsockDriver driver = driver();
        for (int i = 0; i < 4; i++) {
            assertThat(host.connect(GUEST).closed).isFalse();
        }
        assertThat(driver.receive().stream().map(Packet::sourcePort))
                .doesNotHaveDuplicates()
                .hasSize(4);
    }

    @Test
    void silence_ofEitherSide_endsWhatWaitsForIt() {
        try (FakeDeviceContext other = new FakeDeviceContext("vsock");
                Device _ = new VsockDevice(config, Optional.empty(), other, Duration.ofMillis(50))) {
            VsockDriver driver = new VsockDriver(other, 16);
            FakeStream unconfirmed = open(driver);
            unconfirmed.end(true);
            List<String> told = new ArrayList<>(driver.received());
            FakeStream unanswered = host.connect(GUEST);
            told.addAll(driver.received());
            FakeStream busy = host.at(2);
            busy.connectResult = -Errno.EAGAIN;
            driver.send(REQUEST, 2, GUEST);
            driver.await("all three are reset", () -> {
                told.addAll(driver.received());
                return told.stream().filter(title -> title.startsWith("RST")).count() >= 3;
            });
            assertThat(told)
                    .containsExactlyInAnyOrder(
                            "SHUTDOWN 5000->70",
                            "REQUEST 1073741824->70",
                            "RST 5000->70",
                            "RST 1073741824->70",
                            "RST 2->70");
            assertThat(List.of(unconfirmed.closed, unanswered.closed, busy.closed))
                    .containsOnly(true);
            assertThat(events).containsEntry("closed", 1L).containsEntry("refused", 2L);
        }
    }
}
