// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.driver.FuzzedDataProviderImpl;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Against the reader that fuzz targets are given, which lives in a fuzzer only. */
class SeedWriterFuzzTest {
    @FuzzTest
    void number_any_isReadAgain(FuzzedDataProvider any) {
        long most = any.consumeLong(0, Long.MAX_VALUE);
        long number = any.consumeLong(0, most);
        boolean truth = any.consumeBoolean();
        int whole = any.consumeInt();
        byte[] seed = new SeedWriter()
                .number(3, 0, 9)
                .number(number, 0, most)
                .number(0x1234, 0, 0xffff)
                .truth(truth)
                .truth(!truth)
                .number(305, 300, 400)
                .number(0x1_0000, 0, 0x1_0000)
                .wholeInt(whole)
                .number(7, 7, 7)
                .number(7, 1, 16)
                .wholeLong(-number)
                .bytes();
        try (FuzzedDataProviderImpl read = FuzzedDataProviderImpl.withJavaData(seed)) {
            assertThat(read.consumeInt(0, 9)).isEqualTo(3);
            assertThat(read.consumeLong(0, most)).isEqualTo(number);
            assertThat(read.consumeInt(0, 0xffff)).isEqualTo(0x1234);
            assertThat(read.consumeBoolean()).isEqualTo(truth);
            assertThat(read.consumeBoolean()).isEqualTo(!truth);
            assertThat(read.consumeInt(300, 400)).isEqualTo(305);
            assertThat(read.consumeLong(0, 0x1_0000)).isEqualTo(0x1_0000);
            assertThat(read.consumeInt()).isEqualTo(whole);
            assertThat(read.consumeInt(7, 7)).isEqualTo(7);
            assertThat(read.consumeInt(1, 16)).isEqualTo(7);
            assertThat(read.consumeLong()).isEqualTo(-number);
            assertThat(read.remainingBytes()).isZero();
        }
    }
}
