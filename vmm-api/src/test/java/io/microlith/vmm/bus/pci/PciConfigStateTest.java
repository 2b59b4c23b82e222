// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PciConfigStateTest {
    private static final PciBar BAR = new PciBar(0, Kind.MEMORY_32, 0x1000);
    private static final PciHeader HEADER =
            new PciHeader(new PciIdentity(1, 2, 3, 4, 5, 6), PciPin.A, List.of(BAR), List.of());

    @Test
    void read_ofWhatWasWritten_isEqual() {
        PciConfigState state = used().save();
        assertThat(PciConfigState.read(StateCodec.reader(StateCodec.encode(state))))
                .isEqualTo(state);
    }

    @Test
    void restore_savedState_savesTheSameAndMapsTheSame() {
        PciConfigSpace original = used();
        PciConfigSpace restored = new PciConfigSpace(HEADER, original.save());
        assertThat(restored.save()).isEqualTo(original.save());
        assertThat(restored.mapping(BAR)).contains(new AddressRange(0xd000_0000L, 0x1000));
    }

    @Test
    void restore_usedSinceSaved_isBackAtTheSavedState() {
        PciConfigSpace original = used();
        PciConfigState saved = original.save();
        original.write(0x10, 4, 0xd100_0000);
        assertThat(new PciConfigSpace(HEADER, saved).save()).isEqualTo(saved).isNotEqualTo(original.save());
    }

    @Test
    void restore_tooFewBytes_isRefused() {
        assertThatThrownBy(() -> new PciConfigSpace(HEADER, new PciConfigState(ByteString.of(new byte[255]))))
                .isInstanceOf(InvalidStateException.class)
                .hasMessageContaining("PciConfigState.registers=255 bytes");
    }

    @Test
    void restore_anyFixedBitChanged_isRefused() {
        byte[] valid = used().save().registers().toByteArray();
        for (int bit : List.of(0, 8 * 0x08, 8 * 0x10, 8 * 0x14, 8 * 0x2c, 8 * 0x3d, 8 * 0x40, 8 * 0xff)) {
            byte[] broken = valid.clone();
            broken[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> new PciConfigSpace(HEADER, new PciConfigState(ByteString.of(broken))))
                    .isInstanceOf(InvalidStateException.class)
                    .hasMessageContaining("at 0x%02x".formatted(bit / 8 & ~3));
        }
    }

    private static PciConfigSpace used() {
        PciConfigSpace config = new PciConfigSpace(HEADER);
        config.write(0x10, 4, 0xd000_0000);
        config.write(0x04, 2, 0x0406);
        config.write(0x3c, 1, 11);
        config.setInterruptStatus(true);
        return config;
    }
}
