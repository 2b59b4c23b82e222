// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.state.DeviceState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Requests are done, each once.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class RequestContract<C, S extends DeviceState> extends ContractSubject<C, S> {
    @Test
    void request_good_isCompleted() {
        try (Machine machine = new Machine()) {
            machine.assertWorks();
        }
    }

    @Test
    void request_onPackedQueue_isCompletedIfOffered() {
        try (Machine machine = new Machine()) {
            machine.driver.begin(-1L);
            if ((machine.driver.offered() & GuestDriver.RING_PACKED) == 0) {
                return;
            }
            PackedDriverQueue queue = machine.driver.setUpPackedQueue(0, QUEUE_SIZE);
            machine.driver.ready();
            for (int i = 0; i < 3 * QUEUE_SIZE; i++) {
                int id = i % 2 == 0
                        ? queue.add(request(machine.driver.heap()))
                        : queue.addIndirect(request(machine.driver.heap()));
                assertThat(queue.wantsNotification()).isTrue();
                machine.driver.kick(0);
                assertThat(queue.poll())
                        .hasValueSatisfying(used -> assertThat(used.id()).isEqualTo(id));
                assertThat(machine.driver.interrupted()).isTrue();
                queue.enableInterrupts();
            }
        }
    }

    @Test
    void request_severalInOrder_areGivenBackInThatOrder() {
        for (long format : List.of(0L, GuestDriver.RING_PACKED)) {
            try (Machine machine = new Machine()) {
                long wanted = GuestDriver.IN_ORDER | format;
                if ((machine.driver.offered() & wanted) != wanted) {
                    continue;
                }
                machine.driver.begin(GuestDriver.VERSION_1 | wanted);
                DriverQueue queue = format == 0
                        ? machine.driver.setUpQueue(0, QUEUE_SIZE)
                        : machine.driver.setUpPackedQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                for (int round = 0; round < 5; round++) {
                    List<Integer> ids = new ArrayList<>();
                    for (int i = 0; i < QUEUE_SIZE / 2; i++) {
                        ids.add(queue.addIndirect(request(machine.driver.heap())));
                    }
                    machine.driver.kick(0);
                    assertThat(machine.driver.drain(queue))
                            .extracting(UsedBuffer::id)
                            .isEqualTo(ids);
                }
            }
        }
    }

    @Test
    void notify_beforeReady_isIgnored() {
        try (Machine machine = new Machine()) {
            for (int queue = 0; queue < 4; queue++) {
                machine.driver.kick(queue);
            }
            machine.driver.begin(GuestDriver.VERSION_1);
            machine.driver.setUpQueue(0, QUEUE_SIZE);
            machine.driver.kick(0);
            assertThat(machine.driver.interrupted()).isFalse();
            machine.assertWorks();
        }
    }
}
