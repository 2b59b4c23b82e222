// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.linux.Errno;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Takes the state of a vCPU out and puts it back. */
final class VcpuStateAccess {
    private final KvmFile file;
    private final KvmVm vm;

    VcpuStateAccess(KvmFile file, KvmVm vm) {
        this.file = file;
        this.vm = vm;
    }

    private boolean has(KvmCap capability) {
        return vm.extension(capability) > 0;
    }

    /** Whether this host has a part, and none that says more. */
    private boolean isUsed(VcpuBlock block) {
        return switch (block) {
            case SPECIAL_REGISTERS -> !has(KvmCap.KVM_CAP_SREGS2);
            case SPECIAL_REGISTERS_2 -> has(KvmCap.KVM_CAP_SREGS2);
            case FPU -> !has(KvmCap.KVM_CAP_XSAVE);
            case XSAVE -> has(KvmCap.KVM_CAP_XSAVE) && !has(KvmCap.KVM_CAP_XSAVE2);
            case XSAVE_2 -> has(KvmCap.KVM_CAP_XSAVE) && has(KvmCap.KVM_CAP_XSAVE2);
            case XCRS -> has(KvmCap.KVM_CAP_XCRS);
            case DEBUG_REGISTERS -> has(KvmCap.KVM_CAP_DEBUGREGS);
            case EVENTS -> has(KvmCap.KVM_CAP_VCPU_EVENTS);
            case MP_STATE, REGISTERS, LAPIC -> true;
        };
    }

    private static boolean isExtended(VcpuBlock block) {
        return block == VcpuBlock.XSAVE || block == VcpuBlock.XSAVE_2;
    }

    /** KVM reads as much of either kind of extended state. */
    private long size(VcpuBlock block) {
        return isExtended(block) ? Math.max(block.size(), vm.extension(KvmCap.KVM_CAP_XSAVE2)) : block.size();
    }

    byte[] get(VcpuBlock block) {
        return KvmBlocks.get(file, block.getRequest(), size(block), 0);
    }

    void set(VcpuBlock block, byte[] state) {
        KvmBlocks.set(file, block.setRequest(), state, size(block));
    }

    KvmVcpuState save(List<Integer> msrs) {
        Map<VcpuBlock, byte[]> blocks = new EnumMap<>(VcpuBlock.class);
        for (VcpuBlock block : VcpuBlock.values()) {
            if (isUsed(block)) {
                saveInto(blocks, block);
            }
        }
        return new KvmVcpuState(blocks, MsrTable.readAvailable(file, msrs));
    }

    private void saveInto(Map<VcpuBlock, byte[]> blocks, VcpuBlock block) {
        try {
            blocks.put(block, get(block));
        } catch (KvmException e) {
            // No local APIC in the kernel: the one part that a VM may lack by its own choice.
            if (block != VcpuBlock.LAPIC || e.errno() != Errno.EINVAL) {
                throw e;
            }
        }
    }

    void restore(KvmVcpuState state) {
        for (VcpuBlock block : VcpuBlock.values()) {
            if (block == VcpuBlock.EVENTS) {
                MsrTable.restore(file, state.msrs());
            }
            byte[] bytes = state.blocks().get(block);
            if (bytes != null) {
                set(block, isExtended(block) ? resized(bytes, size(block)) : bytes);
            }
        }
    }

    /**
     * Extended state as long as this host has it: its components have their places, so what is behind those that the
     * saving host had is not used.
     */
    private static byte[] resized(byte[] bytes, long size) {
        for (long i = size; i < bytes.length; i++) {
            if (bytes[(int) i] != 0) {
                throw new IllegalArgumentException(
                        "extended state of " + bytes.length + " bytes, and this host has " + size);
            }
        }
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, (int) size);
    }
}
