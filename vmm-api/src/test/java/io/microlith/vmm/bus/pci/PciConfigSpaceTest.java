// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PciConfigSpaceTest {
    private static final int COMMAND = 0x04;
    private static final int STATUS = 0x06;
    private static final int BAR0 = 0x10;
    private static final int DECODE_ALL = 0x3;

    private static final PciIdentity IDENTITY = new PciIdentity(0x1234, 0x5678, 0x010802, 0x9a, 0xbcde, 0xf012);
    private static final PciBar LOW = new PciBar(0, Kind.MEMORY_32, 0x1000);
    private static final PciBar PORTS = new PciBar(1, Kind.PORTS, 0x40);
    private static final PciBar WIDE = new PciBar(2, Kind.PREFETCHABLE_64, 1L << 33);
    private static final PciCapability FIXED = PciCapability.readOnly(0x09, new byte[] {1, 2, 3});
    private static final PciCapability CHANGEABLE =
            PciCapability.writable(0x11, new byte[] {0, (byte) 0x80}, new byte[] {0x0f, (byte) 0xc0});
    private static final PciHeader HEADER =
            new PciHeader(IDENTITY, PciPin.A, List.of(LOW, PORTS, WIDE), List.of(FIXED, CHANGEABLE));

    private final PciConfigSpace config = new PciConfigSpace(HEADER);

    @Test
    void read_identity_isWhereTheHeaderHasIt() {
        assertThat(config.read(0x00, 4)).isEqualTo(0x5678_1234);
        assertThat(config.read(0x08, 4)).isEqualTo(0x0108_029a);
        assertThat(config.read(0x2c, 4)).isEqualTo(0xf012_bcde);
        assertThat(config.read(0x3d, 1)).isEqualTo(1);
    }

    @Test
    void read_partsOfARegister_areItsBytes() {
        assertThat(config.read(0x02, 2)).isEqualTo(0x5678);
        assertThat(config.read(0x03, 1)).isEqualTo(0x56);
    }

    @Test
    void write_readOnlyRegister_changesNothing() {
        config.write(0x00, 4, -1);
        config.write(0x08, 4, 0);
        assertThat(config.read(0x00, 4)).isEqualTo(0x5678_1234);
        assertThat(config.read(0x08, 4)).isEqualTo(0x0108_029a);
    }

    @Test
    void write_allOnesToBar_readsBackItsSizeAndKind() {
        for (int bar = 0; bar < 6; bar++) {
            config.write(BAR0 + 4 * bar, 4, -1);
        }
        assertThat(config.read(BAR0, 4)).isEqualTo(0xffff_f000);
        assertThat(config.read(BAR0 + 4, 4)).isEqualTo(0x0000_ffc1);
        assertThat(config.read(BAR0 + 8, 4)).isEqualTo(0x0000_000c);
        assertThat(config.read(BAR0 + 12, 4)).isEqualTo(0xffff_fffe);
        assertThat(config.read(BAR0 + 16, 4)).isZero();
    }

    @Test
    void write_oneByteOfBar_changesThatByteOnly() {
        config.write(BAR0, 4, 0x1234_5000);
        config.write(BAR0 + 3, 1, 0xab);
        assertThat(config.read(BAR0, 4)).isEqualTo(0xab34_5000);
    }

    @Test
    void read_beyondConventionalSpace_givesAllOnes() {
        assertThat(config.read(256, 4)).isEqualTo(-1);
        assertThat(config.read(4094, 2)).isEqualTo(0xffff);
        assertThat(config.read(4095, 1)).isEqualTo(0xff);
    }

    @Test
    void write_beyondConventionalSpace_changesNothing() {
        PciConfigState before = config.save();
        config.write(256, 4, 0);
        assertThat(config.save()).isEqualTo(before);
    }

    @Test
    void capabilities_list_isLinked() {
        assertThat(config.read(STATUS, 2) & 0x10).isEqualTo(0x10);
        int first = config.read(0x34, 1);
        assertThat(first).isEqualTo(HEADER.offsetOf(0));
        assertThat(config.read(first, 4)).isEqualTo(0x02_01_48_09);
        assertThat(config.read(first + 4, 4)).isEqualTo(0x03);
        int second = config.read(first + 1, 1);
        assertThat(second).isEqualTo(HEADER.offsetOf(1)).isEqualTo(0x48);
        assertThat(config.read(second, 4)).isEqualTo(0x80_00_00_11);
    }

    @Test
    void capabilities_none_saysSo() {
        PciConfigSpace plain = new PciConfigSpace(PciHeader.of(IDENTITY));
        assertThat(plain.read(STATUS, 2)).isZero();
        assertThat(plain.read(0x34, 1)).isZero();
    }

    @Test
    void write_capability_changesItsWritableBits() {
        int offset = HEADER.offsetOf(1) + PciCapability.HEADER_SIZE;
        config.write(offset, 2, 0x7fff);
        assertThat(config.read(offset, 2)).isEqualTo(0x400f);
    }

    @Test
    void write_command_keepsBitsOfDecodersThatAreNotThere() {
        PciConfigSpace plain = new PciConfigSpace(PciHeader.of(IDENTITY));
        plain.write(COMMAND, 2, 0xffff);
        assertThat(plain.read(COMMAND, 2)).isEqualTo(0x0544);
        assertThat(plain.isBusMaster()).isTrue();
        assertThat(plain.isInterruptDisabled()).isTrue();
    }

    @Test
    void setInterruptStatus_isInStatusAndNotWritable() {
        config.setInterruptStatus(true);
        config.write(STATUS, 2, 0);
        assertThat(config.read(STATUS, 2)).isEqualTo(0x18);
        config.setInterruptStatus(false);
        assertThat(config.read(STATUS, 2)).isEqualTo(0x10);
    }

    @Test
    void write_addressThenDecode_maps() {
        Listening heard = listen();
        config.write(BAR0, 4, 0xd000_0000);
        assertThat(heard.events).isEmpty();
        config.write(COMMAND, 2, DECODE_ALL);
        assertThat(heard.events).containsExactly("+0xd0000000-0xd0000fff");
        assertThat(config.mapping(LOW)).contains(new AddressRange(0xd000_0000L, 0x1000));
    }

    @Test
    void write_newAddress_moves() {
        Listening heard = listen();
        config.write(COMMAND, 2, DECODE_ALL);
        config.write(BAR0 + 4, 4, 0xc000);
        config.write(BAR0 + 4, 4, 0xc040);
        assertThat(heard.events).containsExactly("+0xc000-0xc03f", "-0xc000-0xc03f", "+0xc040-0xc07f");
    }

    @Test
    void write_decodeOff_unmaps() {
        Listening heard = listen();
        config.write(BAR0 + 12, 4, 0x10);
        config.write(COMMAND, 2, DECODE_ALL);
        config.write(COMMAND, 2, 0);
        assertThat(heard.events).containsExactly("+0x1000000000-0x11ffffffff", "-0x1000000000-0x11ffffffff");
        assertThat(config.mapping(WIDE)).isEmpty();
    }

    @Test
    void write_addressBeyondEveryBus_isNotMapped() {
        Listening heard = listen();
        config.write(COMMAND, 2, DECODE_ALL);
        config.write(BAR0 + 12, 4, 0x8000_0000);
        assertThat(heard.events).isEmpty();
    }

    @Test
    void connect_mappedAlready_tells() {
        config.write(BAR0, 4, 0xd000_0000);
        config.write(COMMAND, 2, DECODE_ALL);
        assertThat(listen().events).containsExactly("+0xd0000000-0xd0000fff");
    }

    @Test
    void connect_twice_isRefused() {
        listen();
        assertThatThrownBy(this::listen).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void reset_unmapsAndForgets() {
        PciConfigState atPowerOn = config.save();
        Listening heard = listen();
        config.write(BAR0, 4, 0xd000_0000);
        config.write(COMMAND, 2, DECODE_ALL);
        config.reset();
        assertThat(heard.events).containsExactly("+0xd0000000-0xd0000fff", "-0xd0000000-0xd0000fff");
        assertThat(config.save()).isEqualTo(atPowerOn);
    }

    private Listening listen() {
        Listening listening = new Listening();
        config.connect(listening);
        return listening;
    }

    /** What a listener heard, in order: plus or minus, and the range. */
    private static final class Listening implements PciBarListener {
        private final List<String> events = new ArrayList<>();

        @Override
        public void mapped(PciBar bar, AddressRange range) {
            events.add("+" + range);
        }

        @Override
        public void unmapped(PciBar bar, AddressRange range) {
            events.add("-" + range);
        }
    }
}
