// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.vmm.error.ConfigException;

/** Plans made of fuzzer's numbers. */
class AcpiTablesFuzzTest {
    @FuzzTest
    void build_anyPlan_makesSoundTablesOrADocumentedError(FuzzedDataProvider data) {
        AnyPlan any = new AnyPlan(data::consumeLong);
        AcpiImage image;
        try {
            image = AcpiTables.build(any.plan(), any.area());
        } catch (ConfigException | IllegalArgumentException e) {
            assertThat(e).message().isNotBlank();
            return;
        }
        assertThat(TableReader.of(image).signatures()).contains("DSDT");
    }
}
