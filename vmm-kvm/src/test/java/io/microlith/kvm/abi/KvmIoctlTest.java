// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Request numbers, made again from direction, number and size as asm-generic/ioctl.h makes them. */
class KvmIoctlTest {
    private static final int KVMIO = 0xae;

    private static final String REQUESTS = """
            KVM_GET_API_VERSION            none  0x00
            KVM_CREATE_VM                  none  0x01
            KVM_GET_MSR_INDEX_LIST         both  0x02  kvm_msr_list
            KVM_CHECK_EXTENSION            none  0x03
            KVM_GET_VCPU_MMAP_SIZE         none  0x04
            KVM_GET_SUPPORTED_CPUID        both  0x05  kvm_cpuid2
            KVM_GET_MSR_FEATURE_INDEX_LIST both  0x0a  kvm_msr_list
            KVM_CREATE_VCPU                none  0x41
            KVM_GET_DIRTY_LOG              write 0x42  kvm_dirty_log
            KVM_SET_USER_MEMORY_REGION     write 0x46  kvm_userspace_memory_region
            KVM_SET_TSS_ADDR               none  0x47
            KVM_SET_IDENTITY_MAP_ADDR      write 0x48  8
            KVM_CREATE_IRQCHIP             none  0x60
            KVM_IRQ_LINE                   write 0x61  kvm_irq_level
            KVM_GET_IRQCHIP                both  0x62  kvm_irqchip
            KVM_SET_IRQCHIP                read  0x63  kvm_irqchip
            KVM_REGISTER_COALESCED_MMIO    write 0x67  kvm_coalesced_mmio_zone
            KVM_UNREGISTER_COALESCED_MMIO  write 0x68  kvm_coalesced_mmio_zone
            KVM_SET_GSI_ROUTING            write 0x6a  kvm_irq_routing
            KVM_IRQFD                      write 0x76  kvm_irqfd
            KVM_CREATE_PIT2                write 0x77  kvm_pit_config
            KVM_IOEVENTFD                  write 0x79  kvm_ioeventfd
            KVM_SET_CLOCK                  write 0x7b  kvm_clock_data
            KVM_GET_CLOCK                  read  0x7c  kvm_clock_data
            KVM_GET_PIT2                   read  0x9f  kvm_pit_state2
            KVM_SET_PIT2                   write 0xa0  kvm_pit_state2
            KVM_SIGNAL_MSI                 write 0xa5  kvm_msi
            KVM_CLEAR_DIRTY_LOG            both  0xc0  kvm_clear_dirty_log
            KVM_RESET_DIRTY_RINGS          none  0xc7
            KVM_RUN                        none  0x80
            KVM_GET_REGS                   read  0x81  kvm_regs
            KVM_SET_REGS                   write 0x82  kvm_regs
            KVM_GET_SREGS                  read  0x83  kvm_sregs
            KVM_SET_SREGS                  write 0x84  kvm_sregs
            KVM_TRANSLATE                  both  0x85  kvm_translation
            KVM_GET_MSRS                   both  0x88  kvm_msrs
            KVM_SET_MSRS                   write 0x89  kvm_msrs
            KVM_SET_SIGNAL_MASK            write 0x8b  kvm_signal_mask
            KVM_GET_FPU                    read  0x8c  kvm_fpu
            KVM_SET_FPU                    write 0x8d  kvm_fpu
            KVM_GET_LAPIC                  read  0x8e  kvm_lapic_state
            KVM_SET_LAPIC                  write 0x8f  kvm_lapic_state
            KVM_SET_CPUID2                 write 0x90  kvm_cpuid2
            KVM_GET_CPUID2                 both  0x91  kvm_cpuid2
            KVM_GET_MP_STATE               read  0x98  kvm_mp_state
            KVM_SET_MP_STATE               write 0x99  kvm_mp_state
            KVM_NMI                        none  0x9a
            KVM_SET_GUEST_DEBUG            write 0x9b  kvm_guest_debug
            KVM_GET_VCPU_EVENTS            read  0x9f  kvm_vcpu_events
            KVM_SET_VCPU_EVENTS            write 0xa0  kvm_vcpu_events
            KVM_GET_DEBUGREGS              read  0xa1  kvm_debugregs
            KVM_SET_DEBUGREGS              write 0xa2  kvm_debugregs
            KVM_SET_TSC_KHZ                none  0xa2
            KVM_GET_TSC_KHZ                none  0xa3
            KVM_ENABLE_CAP                 write 0xa3  kvm_enable_cap
            KVM_GET_XSAVE                  read  0xa4  kvm_xsave
            KVM_SET_XSAVE                  write 0xa5  kvm_xsave
            KVM_GET_XCRS                   read  0xa6  kvm_xcrs
            KVM_SET_XCRS                   write 0xa7  kvm_xcrs
            KVM_KVMCLOCK_CTRL              none  0xad
            KVM_GET_SREGS2                 read  0xcc  kvm_sregs2
            KVM_SET_SREGS2                 write 0xcd  kvm_sregs2
            KVM_GET_STATS_FD               none  0xce
            KVM_GET_XSAVE2                 read  0xcf  kvm_xsave
            KVM_PRE_FAULT_MEMORY           both  0xd5  kvm_pre_fault_memory
            KVM_GET_DEVICE_ATTR            write 0xe2  kvm_device_attr
            """;

    private static long encode(String direction, int number, long size) {
        long bits = switch (direction) {
            case "none" -> 0;
            case "write" -> 1;
            case "read" -> 2;
            case "both" -> 3;
            default -> throw new IllegalArgumentException(direction);
        };
        return bits << 30 | size << 16 | KVMIO << 8 | number;
    }

    private static Map<String, Long> sizes() throws IOException {
        Map<String, Long> sizes = new HashMap<>();
        try (var in = Objects.requireNonNull(KvmIoctlTest.class.getResourceAsStream("layouts.txt"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" "))
                    .filter(words -> !words[0].equals("#") && words[2].equals("sizeof"))
                    .forEach(words -> sizes.put(words[3], Long.parseLong(words[4])));
        }
        return sizes;
    }

    @Test
    void request_isMadeOfDirectionNumberAndSize() throws IOException {
        Map<String, Long> sizes = sizes();
        List<String[]> rows = REQUESTS.lines().map(line -> line.split(" +")).toList();

        for (String[] row : rows) {
            long size = row.length < 4 ? 0 : row[3].equals("8") ? 8 : sizes.get(row[3]);

            assertThat(KvmIoctl.valueOf(row[0]).request())
                    .as(row[0])
                    .isEqualTo(encode(row[1], Integer.decode(row[2]), size));
        }
        assertThat(rows.stream().map(row -> row[0]))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(KvmIoctl.values()).map(KvmIoctl::name).toList());
    }
}
