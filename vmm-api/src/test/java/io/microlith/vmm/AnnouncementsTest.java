// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final Announcements announcements = new Announcements("vm", List.of(new VmListener() {
        @Override
        public void onPanic(String message) {
            heard.add(message);
        }
    }));

    @Test
    void deliver_added_callsInOrder() {
        announcements.add(listener -> listener.onPanic("one"));
        announcements.add(listener -> listener.onPanic("two"));
        assertThat(heard).isEmpty();
        announcements.deliver();
        announcements.deliver();
        assertThat(heard).containsExactly("one", "two");
    }

    @Test
    void whenDelivered_action_runsAfterWhatWasAddedBefore() {
        announcements.add(listener -> listener.onPanic("before"));
        announcements.whenDelivered(() -> heard.add("action"));
        announcements.add(listener -> listener.onPanic("after"));
        announcements.deliver();
        assertThat(heard).containsExactly("before", "action", "after");
    }

    @Test
    void tell_fromTheListener_comesAfterTheCallThatMadeIt() {
        announcements.tell(_ -> {
            announcements.tell(_ -> heard.add("inner"));
            heard.add("outer");
        });
        assertThat(heard).containsExactly("outer", "inner");
    }

    @Test
    void deliver_listenerThrows_goesOn() {
        announcements.add(_ -> {
            throw new IllegalStateException("listener");
        });
        announcements.tell(listener -> listener.onPanic("next"));
        assertThat(heard).containsExactly("next");
    }

    @Test
    void deliver_listenerThrowsErrors_goOnAndTheLastIsThrown() {
        announcements.add(_ -> {
            throw new AssertionError("first");
        });
        announcements.add(listener -> listener.onPanic("between"));
        announcements.add(_ -> {
            throw new AssertionError("second");
        });
        announcements.add(listener -> listener.onPanic("after"));
        assertThatThrownBy(announcements::deliver).isInstanceOf(AssertionError.class);
        assertThat(heard).containsExactly("between", "after");
        announcements.tell(listener -> listener.onPanic("later"));
        assertThat(heard).hasSize(3);
    }

    @Test
    void tell_anotherThreadIsDelivering_doesNotWaitForIt() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread slow = Thread.ofPlatform()
                .start(() -> announcements.tell(_ -> {
                    entered.countDown();
                    await(leave);
                }));
        entered.await();
        announcements.tell(listener -> listener.onPanic("delivered by the other"));
        assertThat(heard).isEmpty();
        leave.countDown();
        slow.join();
        assertThat(heard).containsExactly("delivered by the other");
    }

    @Test
    void tell_manyThreads_oneCallAtATimeAndNoneLost() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        String name = number + ":" + i;
                        announcements.tell(_ -> {
                            overlaps.addAndGet(inside.getAndIncrement());
                            heard.add(name);
                            inside.decrementAndGet();
                        });
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        announcements.deliver();
        assertThat(overlaps).hasValue(0);
        assertThat(heard).hasSize(8_000);
        for (int number = 0; number < 4; number++) {
            String prefix = number + ":";
            assertThat(heard.stream().filter(name -> name.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 2_000).mapToObj(i -> prefix + i).toList());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
