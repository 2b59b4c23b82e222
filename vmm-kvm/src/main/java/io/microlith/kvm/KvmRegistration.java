// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.linux.Errno;
import io.microlith.vmm.event.Registration;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** An eventfd that KVM rings or listens to, until this is closed. A VM that is gone has let go of it by itself. */
final class KvmRegistration implements Registration {
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final KvmFile vm;
    private final KvmIoctl request;
    private final MemorySegment deassign;

    /** Takes the argument that undoes what was done by the same request. */
    KvmRegistration(KvmFile vm, KvmIoctl request, MemorySegment deassign) {
        this.vm = vm;
        this.request = request;
        this.deassign = deassign;
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            int result = vm.tryCall(request, deassign);
            if (result < 0 && result != -Errno.EBADF) {
                throw new KvmException(request.name(), -result, "deassign");
            }
        }
    }
}
