// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of something that a guest or a broken host can make happen again and again: it has a line for the first time,
 * the tenth, the hundredth and so on. Any thread.
 */
public final class OccurrenceLog {
    private static final long STEP = 10;

    private final Logger log;
    private final String device;
    private final String what;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong next = new AtomicLong(1);

    /**
     * Makes a log.
     *
     * @param source the class that logs
     * @param device the device's name
     * @param what what happens, a sentence without its end
     */
    public OccurrenceLog(Class<?> source, String device, String what) {
        this(LoggerFactory.getLogger(source), device, what);
    }

    OccurrenceLog(Logger log, String device, String what) {
        this.log = log;
        this.device = device;
        this.what = what;
    }

    /** It happened. */
    public void add(Object cause) {
        long times = count.incrementAndGet();
        long due = next.get();
        if (times >= due && next.compareAndSet(due, due * STEP)) {
            log.warn("device={} {} [times={} cause={}]", device, what, times, cause);
        }
    }

    /** How often it happened. */
    public long count() {
        return count.get();
    }
}
