// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ConnectionTableTest {
    private static final int MOST = 16;

    private record Ports(int hostPort, int guestPort) implements ConnectionTable.Entry {}

    /** Against a map, with ports of which many are in each other's way. */
    @Property(tries = 300)
    void table_anyChanges_isAMap(@ForAll @Size(max = 100) List<@IntRange(max = 63) Integer> steps) {
        ConnectionTable<Ports> table = new ConnectionTable<>(MOST);
        Map<Ports, Ports> model = new HashMap<>();
        for (int step : steps) {
            Ports ports = ports(step);
            if (model.remove(ports) != null) {
                assertThat(table.remove(ports)).isTrue();
                assertThat(table.remove(ports)).isFalse();
            } else if (model.size() < MOST) {
                table.add(ports);
                model.put(ports, ports);
            }
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.all()).containsExactlyInAnyOrderElementsOf(model.values());
            for (int other = 0; other < 64; other++) {
                Ports wanted = ports(other);
                assertThat(table.find(wanted.hostPort(), wanted.guestPort())).isEqualTo(model.get(wanted));
            }
        }
    }

    private static Ports ports(int number) {
        return new Ports(number / 8, (number % 8) << 12);
    }
}
