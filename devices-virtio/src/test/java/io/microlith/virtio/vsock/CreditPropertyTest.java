// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Both sides of the credit of a connection, against plain sums of 64 bits. */
class CreditPropertyTest {
    private static final int SIZE = 1000;

    @Property(tries = 300)
    void hostCredit_anyTraffic_isTheSumOfIt(@ForAll @Size(max = 200) List<@IntRange(max = 600) Integer> steps) {
        HostCredit credit = new HostCredit(SIZE);
        long received = 0;
        long forwarded = 0;
        for (int step : steps) {
            if (step % 2 == 0) {
                boolean fits = received - forwarded + step <= SIZE;
                assertThat(credit.receive(step)).isEqualTo(fits);
                received += fits ? step : 0;
            } else {
                long bytes = Math.min(step, received - forwarded);
                credit.forward(bytes);
                forwarded += bytes;
            }
            assertThat(credit.forwarded()).isEqualTo((int) forwarded);
        }
    }

    @Property(tries = 300)
    void guestCredit_honestGuest_isTheSumOfIt_roundTheEndOf32Bits(
            @ForAll @Size(max = 200) List<@IntRange(max = 600) Integer> steps, @ForAll @IntRange(max = 3) int laps) {
        GuestCredit credit = new GuestCredit();
        long sent = 0;
        // So that the counts go past 2^31 or 2^32 soon.
        for (int i = 0; i < laps; i++) {
            sent += Integer.MAX_VALUE - 500;
            credit.send(Integer.MAX_VALUE - 500);
            assertThat(credit.update(SIZE, (int) sent)).isTrue();
        }
        long passedOn = sent;
        assertThat(credit.update(SIZE, (int) passedOn)).isTrue();
        for (int step : steps) {
            if (step % 2 == 0) {
                long bytes = Math.min(step, credit.room());
                credit.send(bytes);
                sent += bytes;
            } else {
                passedOn += Math.min(step, sent - passedOn);
                assertThat(credit.update(SIZE, (int) passedOn)).isTrue();
            }
            assertThat(credit.room()).isEqualTo(SIZE - (sent - passedOn));
        }
    }

    @Property(tries = 500)
    void guestCredit_liar_neverGetsMoreRoomThanItsBuffer(
            @ForAll int size, @ForAll int passedOn, @ForAll @IntRange(max = 5000) int sent) {
        GuestCredit credit = new GuestCredit();
        credit.send(sent);
        // What is not more than was sent may also be an older count, which says nothing new.
        assertThat(credit.update(size, passedOn)).isEqualTo(passedOn - sent <= 0);
        assertThat(credit.room()).isBetween(0L, Integer.toUnsignedLong(size));
    }
}
