// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmMsiLayout;
import io.microlith.linux.Errno;
import io.microlith.vmm.event.MsiVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A message for the local APICs in the kernel. Allocates nothing. On a VM that is closed it does nothing. */
final class KvmMsiVector implements MsiVector {
    private final KvmFile vm;
    private final MemorySegment message;

    KvmMsiVector(KvmFile vm, long address, int data) {
        this.vm = vm;
        message = Arena.ofAuto().allocate(KvmMsiLayout.SIZE, Integer.BYTES);
        message.set(JAVA_INT, KvmMsiLayout.ADDRESS_LO, (int) address);
        message.set(JAVA_INT, KvmMsiLayout.ADDRESS_HI, (int) (address >>> Integer.SIZE));
        message.set(JAVA_INT, KvmMsiLayout.DATA, data);
    }

    @Override
    public void signal() {
        // Zero means that the guest has blocked it, EPERM that none of its processors is meant: the guest's affair.
        int result = vm.tryCall(KvmIoctl.KVM_SIGNAL_MSI, message);
        if (result < 0 && result != -Errno.EBADF && result != -Errno.EPERM) {
            throw new KvmException(
                    KvmIoctl.KVM_SIGNAL_MSI.name(),
                    -result,
                    "address=0x" + Integer.toHexString(message.get(JAVA_INT, KvmMsiLayout.ADDRESS_LO)));
        }
    }
}
