// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.BootSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the vCPUs of a {@link FakeBoard} run from power-on: a list of exits each, after which the vCPU waits as a halted
 * processor does. Immutable.
 */
public final class FakeGuest implements BootSource {
    private record Program(List<FakeExit> exits, boolean endless) {
        Iterator<FakeExit> iterator() {
            return endless
                    ? Stream.generate(exits::stream).flatMap(each -> each).iterator()
                    : exits.iterator();
        }
    }

    private static final Program IDLE = new Program(List.of(), false);

    private final Map<Integer, Program> programs;

    private FakeGuest(Map<Integer, Program> programs) {
        this.programs = Map.copyOf(programs);
    }

    /** A guest that does nothing. */
    public static FakeGuest idle() {
        return new FakeGuest(Map.of());
    }

    /** A guest whose first vCPU makes these exits. */
    public static FakeGuest of(FakeExit... exits) {
        return idle().with(0, exits);
    }

    /** The same with these exits for a vCPU. */
    public FakeGuest with(int vcpu, FakeExit... exits) {
        return with(vcpu, new Program(Arrays.asList(exits), false));
    }

    /** The same with these exits over and over for a vCPU. */
    public FakeGuest repeating(int vcpu, FakeExit... exits) {
        return with(vcpu, new Program(Arrays.asList(exits), true));
    }

    private FakeGuest with(int vcpu, Program program) {
        Map<Integer, Program> more = new HashMap<>(programs);
        more.put(vcpu, program);
        return new FakeGuest(more);
    }

    /** The exits of a vCPU from power-on. */
    Iterator<FakeExit> program(int vcpu) {
        return programs.getOrDefault(vcpu, IDLE).iterator();
    }

    @Override
    public String describe() {
        return "a scripted guest";
    }
}
