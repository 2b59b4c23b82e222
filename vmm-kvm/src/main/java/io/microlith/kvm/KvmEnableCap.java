// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmEnableCapLayout;
import io.microlith.kvm.abi.KvmIoctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Switches a capability of a VM or a vCPU on. */
final class KvmEnableCap {
    private KvmEnableCap() {}

    static void enable(KvmFile file, KvmCap capability, long... args) {
        if (args.length > KvmEnableCapLayout.ARGS_LENGTH) {
            throw new IllegalArgumentException(
                    args.length + " arguments; a capability has up to " + KvmEnableCapLayout.ARGS_LENGTH);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(KvmEnableCapLayout.SIZE, Long.BYTES);
            request.set(JAVA_INT, KvmEnableCapLayout.CAP, capability.number());
            for (int i = 0; i < args.length; i++) {
                request.set(JAVA_LONG, KvmEnableCapLayout.ARGS + (long) i * Long.BYTES, args[i]);
            }
            file.call(KvmIoctl.KVM_ENABLE_CAP, request, capability + " args=" + Arrays.toString(args));
        }
    }
}
