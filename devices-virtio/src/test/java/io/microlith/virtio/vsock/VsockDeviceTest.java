// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VsockDeviceTest extends VsockFixture {
    @Test
    void device_found_saysWhatItIs() {
        GuestDriver driver = driver().driver;
        assertThat(driver.read(0x008)).isEqualTo(19);
        assertThat(driver.readRaw(0x100, 4)).isEqualTo(3);
        assertThat(driver.readRaw(0x104, 4)).isZero();
        assertThat(driver.offered() & 0xff).isEqualTo(1);
        assertThat(device).hasToString("vsock0");
    }

    @Test
    void reset_connectionsEndAndTheDriverIsNotTold() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.driver.reset();
        assertThat(stream.closed).isTrue();
        assertThat(host.guest).isNull();
        VsockDriver next = driver();
        assertThat(host.guest).isNotNull();
        next.event.add(GuestBuffer.writable(0x2000, 4));
        next.driver.kick(2);
        assertThat(next.driver.drain(next.event)).isEmpty();
        host.streams.clear();
        open(next);
    }

    @Test
    void close_connectionsAndHostEnd() {
        FakeStream stream = open(driver());
        device.close();
        assertThat(stream.closed).isTrue();
        assertThat(host.closed).isTrue();
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse("vsock,path=/tmp/x,cid=17,connections=5,buffer=8192")
                        .resolve(Map.of())
                        .type())
                .isEqualTo("vsock");
        for (String wrong : List.of(
                "vsock",
                "vsock,path=x,cid=2",
                "vsock,path=x,cid=4294967295",
                "vsock,path=x,connections=0",
                "vsock,path=x,buffer=1",
                "vsock,path=x,colour=red")) {
            assertThatThrownBy(() -> DeviceRequest.parse(wrong).resolve(Map.of()))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("vsock.");
        }
        assertThatThrownBy(() -> VsockConfig.of().cid(1)).hasMessageContaining("vsock.cid");
    }
}
