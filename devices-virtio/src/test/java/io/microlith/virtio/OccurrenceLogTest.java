// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class OccurrenceLogTest {
    @Test
    void add_again_logsTheFirstTheTenthAndTheHundredth() {
        List<Long> logged = new ArrayList<>();
        Logger logger = (Logger) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Logger.class}, (_, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("warn");
                    Object[] values = (Object[]) arguments[1];
                    logged.add((Long) values[2]);
                    return null;
                });
        OccurrenceLog log = new OccurrenceLog(logger, "blk0", "failed");
        for (int i = 0; i < 200; i++) {
            log.add("ENOSPC");
        }
        assertThat(logged).containsExactly(1L, 10L, 100L);
        assertThat(log.count()).isEqualTo(200);
    }
}
