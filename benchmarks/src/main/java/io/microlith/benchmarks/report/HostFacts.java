// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.report;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where and when something was measured.
 *
 * @param when the end of the run
 * @param kernel the host kernel's release
 * @param java the JVM's version
 * @param processors the processors this process may use
 * @param load the load average of the last minute: how busy others kept the host; negative if it is not known
 */
public record HostFacts(Instant when, String kernel, String java, int processors, double load) {
    /** The facts about this host, now. */
    public static HostFacts now() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return new HostFacts(
                Instant.now(),
                system.getVersion(),
                Runtime.version().toString(),
                system.getAvailableProcessors(),
                system.getSystemLoadAverage());
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kernel", kernel);
        map.put("java", java);
        map.put("processors", processors);
        map.put("load", load);
        return map;
    }
}
