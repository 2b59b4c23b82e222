// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRequestTest {
    @Test
    void parse_typeAlone_hasNoOptions() {
        DeviceRequest request = DeviceRequest.parse("serial");
        assertThat(request.type()).isEqualTo("serial");
        assertThat(request.options()).isEmpty();
    }

    @Test
    void parse_options_areInOrderWithAllTheyHave() {
        assertThat(DeviceRequest.parse("blk,path=/a=b c,ro=").options().toString())
                .isEqualTo("{path=/a=b c, ro=}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",a=b", "blk,", "blk,,a=b", "blk,a", "blk,=b", "blk,a=1,a=2"})
    void parse_broken_isRefusedInOneLine(String text) {
        assertThatThrownBy(() -> DeviceRequest.parse(text)).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.setting()).isEqualTo("device");
            assertThat(e.getMessage()).doesNotContain("\n");
        });
    }
}
