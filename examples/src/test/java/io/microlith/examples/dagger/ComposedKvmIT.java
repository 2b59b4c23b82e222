// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.dagger.ExtraDevices;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Size;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The component that embedders copy, on KVM. */
@RequiresKvm
class ComposedKvmIT {
    // mov al, 5 | out 0xf4, al
    private static final byte[] GUEST = HexFormat.of().parseHex("b005" + "e6f4");

    @Test
    void vm_twoOfOneHypervisor_runWithTheirOwnDevices() {
        HypervisorComponent host = DaggerHypervisorComponent.create();
        ExtraDevices extra = new ExtraDevices(List.of(DeviceRequest.parse("debug-console,port=0xe9")));
        try (Hypervisor hypervisor = host.hypervisor();
                Vm one = vm(host, "one", new ExtraDevices(List.of()));
                Vm two = vm(host, "two", extra)) {
            assertThat(host.hypervisor()).isSameAs(hypervisor);
            assertThat(one.run()).isEqualTo(new VmOutcome.Exited(5));
            assertThat(two.run()).isEqualTo(new VmOutcome.Exited(5));
            assertThat(one.devices())
                    .map(device -> device.id().toString())
                    .contains("serial0")
                    .doesNotContain("debug-console0");
            assertThat(two.devices()).map(device -> device.id().toString()).contains("serial0", "debug-console0");
        }
    }

    private static Vm vm(HypervisorComponent host, String id, ExtraDevices extra) {
        return host.vms()
                .create(
                        VmConfig.of(id, Size.mebibytes(4), 1),
                        FlatImage.of(GUEST).mode(CpuMode.LONG_64_USER),
                        extra)
                .vm();
    }
}
