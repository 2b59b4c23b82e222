// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.ScriptSeeds;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network device whose backend is the test, and what it tells. */
abstract class NetFixture {
    static final byte[] FRAME = NetGuest.frame(60, 1);
    static final int OK = 0;
    static final int ERROR = 1;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(NetFuzzTest.class);

    @RegisterExtension
    final ScriptSeeds scripts = new ScriptSeeds(NetFuzzTest.class, "traffic_anyForm_leavesTheDeviceAtWork");

    final Map<String, Long> events = new TreeMap<>();
    final FrameBackend backend = new FrameBackend();
    final NetLink link = NetLink.create();
    final NetConfig config = NetConfig.of(() -> backend)
            .mac(MacAddress.of("02:11:22:33:44:55"))
            .link(link)
            .setup(VirtioSetup.DEFAULT.packed())
            .events(new Counter());
    final List<AutoCloseable> opened = new ArrayList<>();

    final class Counter implements NetEvents {
        private void count(String what, long amount) {
            events.merge(what, amount, Long::sum);
        }

        @Override
        public void onReceived(long bytes) {
            count("received", bytes);
        }

        @Override
        public void onReceiveDropped() {
            count("receiveDropped", 1);
        }

        @Override
        public void onSent(long bytes) {
            count("sent", bytes);
        }

        @Override
        public void onSendDropped(int errno) {
            count("sendDropped " + errno, 1);
        }

        @Override
        public void onRefused() {
            count("refused", 1);
        }

        @Override
        public void onStarved() {
            count("starved", 1);
        }

        @Override
        public void onThrottled() {
            count("throttled", 1);
        }

        @Override
        public void onDisconnected() {
            count("disconnected", 1);
        }
    }

    NetGuest guest() {
        return guest(config, GuestDriver.ALL_OF_SPLIT_QUEUES);
    }

    NetGuest guest(NetConfig its, long features) {
        backend.script = scripts.begin();
        NetGuest guest = new NetGuest(its, features, seeds.of(new FakeDeviceContext("net")), backend.script);
        opened.add(guest);
        return guest;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }
}
