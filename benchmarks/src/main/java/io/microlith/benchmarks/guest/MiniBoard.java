// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.guest;

import io.microlith.kvm.*;
import io.microlith.vmm.*;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.memory.*;
import java.util.List;

/** Temporary. */
public final class MiniBoard implements Board {
    @Override
    public boolean fits(Hypervisor h) {
        return true;
    }

    @Override
    public List<AddressRange> ram(Size memory) {
        return List.of(new AddressRange(0, memory.bytes()));
    }

    @Override
    public Platform assemble(BoardContext c) {
        KvmVm vm = (KvmVm) c.vm();
        vm.setTssAddress(0xfffbd000L);
        vm.setIdentityMapAddress(0xfffbc000L);
        vm.createIrqchip();
        vm.createPit();
        List<CpuidEntry> cpuid = ((KvmHypervisor) c.hypervisor()).supportedCpuid();
        return new Platform() {
            @Override
            public List<Device> devices() {
                return List.of();
            }

            @Override
            public void powerOn() {
                GuestMemory m = c.memory();
                m.putLong(0x9000, 0xa007);
                for (int g = 0; g < 4; g++) m.putLong(0xa000 + 8 * g, (0xb000 + 0x1000 * g) | 7);
                for (int p = 0; p < 2048; p++) m.putLong(0xb000 + 8L * p, ((long) p << 21) | 0x87);
                ((GuestProgram) c.boot().orElseThrow()).load(m);
            }

            @Override
            public void powerOn(Vcpu v) {
                KvmVcpu vcpu = (KvmVcpu) v;
                vcpu.cpuid(cpuid);
                KvmSpecialRegisters special = new KvmSpecialRegisters().load(vcpu);
                special.cr3(0x9000).cr4(0x620).cr0(0x8001_0033L).efer(0x500);
                special.cs(Segment.code64(0x30).withPrivilege(3));
                special.dataSegments(Segment.data(0x38).withPrivilege(3));
                special.store(vcpu);
                new KvmRegisters().rip(0x100000).rflags(0x3002).store(vcpu);
            }

            @Override
            public void close() {}
        };
    }
}
