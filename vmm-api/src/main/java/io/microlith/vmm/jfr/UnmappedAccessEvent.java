// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A guest accessed an address with nothing behind it. */
@Name("io.microlith.UnmappedAccess")
@Label("Unmapped Access")
@Description("The guest accessed an address with nothing behind it; recorded whenever the count has doubled")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class UnmappedAccessEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("Access")
    private final String access;

    @Label("Count")
    @Description("How many there were so far")
    private final long count;

    private UnmappedAccessEvent(String vm, String access, long count) {
        this.vm = vm;
        this.access = access;
        this.count = count;
    }

    /** Records one. */
    public static void record(String vm, String access, long count) {
        new UnmappedAccessEvent(vm, access, count).commit();
    }
}
