// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void name_everyConstant_isItsOwnName() throws IllegalAccessException {
        List<Field> constants = Arrays.stream(Errno.class.getDeclaredFields())
                .filter(field -> Modifier.isPublic(field.getModifiers()))
                .toList();
        assertThat(constants).hasSizeGreaterThan(20);
        for (Field constant : constants) {
            assertThat(Errno.name(constant.getInt(null))).isEqualTo(constant.getName());
        }
    }

    @Test
    void describe_known_hasNameAndNumber() {
        assertThat(Errno.describe(17)).isEqualTo("EEXIST (17)");
        assertThat(Errno.describe(132)).isEqualTo("ERFKILL (132)");
        assertThat(Errno.describe(133)).isEqualTo("EHWPOISON (133)");
    }

    @Test
    void describe_unknown_saysTheNumber() {
        assertThat(Errno.describe(0)).isEqualTo("errno 0 (0)");
        assertThat(Errno.describe(41)).isEqualTo("errno 41 (41)");
        assertThat(Errno.describe(-5)).isEqualTo("errno -5 (-5)");
        assertThat(Errno.describe(4096)).isEqualTo("errno 4096 (4096)");
    }
}
