// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import org.junit.jupiter.api.Test;

/** A vCPU's thread that ends. */
@RequiresKvm
class UnbindKvmIT {
    @Test
    void unbind_kickedOutsideOfTheGuest_threadEndsAndTheProcessLives() throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            try (KvmHypervisor kvm = KvmHypervisor.open();
                    TinyGuest guest = new TinyGuest(kvm)) {
                // jmp $
                guest.user("eb fe");
                guest.vcpu().kick();
                guest.vcpu().kick();
            }
        });

        thread.join();

        // A signal left pending would have ended this JVM with the thread.
        assertThat(thread.isAlive()).isFalse();
    }
}
