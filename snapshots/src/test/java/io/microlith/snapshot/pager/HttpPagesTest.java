// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpPagesTest {
    private static final int PAGE = 4096;

    private final byte[] content = new byte[8 * PAGE];
    private final Arena arena = Arena.ofShared();
    private final MemorySegment pages = arena.allocate(2 * PAGE, PAGE);
    private RangeServer server;
    private HttpPages source;

    @BeforeEach
    void serve() throws IOException {
        new Random(1).nextBytes(content);
        server = new RangeServer(content);
        source = new HttpPages(server.uri(), Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        server.close();
        arena.close();
    }

    @Test
    void read_pages_areThoseOfTheFile() throws IOException {
        for (int page : new int[] {0, 5, 6, 2}) {
            source.read((long) page * PAGE, pages);
            assertThat(pages.toArray(JAVA_BYTE)).isEqualTo(Arrays.copyOfRange(content, page * PAGE, (page + 2) * PAGE));
        }
    }

    @Test
    void read_noRanges_isAnError() {
        server.status = 200;
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> source.read(0, pages))
                .withMessageContaining("answered 200 to a range");
    }

    @Test
    void read_anotherRange_isAnError() {
        server.shift = PAGE;
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> source.read(0, pages))
                .withMessageContaining("and not bytes 0-8191");
    }

    @Test
    void read_cutShort_isAnError() {
        server.missing = 100;
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> source.read(0, pages));
    }

    @Test
    void read_noAnswer_endsWithTheTimeout() throws IOException {
        try (RangeServer silent = new RangeServer(content)) {
            silent.mute = true;
            HttpPages impatient = new HttpPages(silent.uri(), Duration.ofMillis(200));
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> impatient.read(0, pages));
            impatient.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "503 .",
                "429 .",
                "503 .\r\nRetry-After: 0",
                "503 .\r\nRetry-After: 86400",
                "503 .\r\nRetry-After: -1",
                "503 .\r\nRetry-After: 99999999999999999999",
                "429 .\r\nRetry-After: Fri, 31 Dec 2100 23:59:59 GMT"
            })
    void read_serverIsBusy_isAskedAgainSoon(String answer) throws IOException {
        server.busyAnswer = answer;
        server.busy.set(2);
        source.read(PAGE, pages);
        assertThat(server.busy).hasValue(0);
        assertThat(pages.toArray(JAVA_BYTE)).isEqualTo(Arrays.copyOfRange(content, PAGE, 3 * PAGE));
    }

    @Test
    void read_serverStaysBusy_endsWithTheTimeout() {
        server.busyAnswer = "503 .\r\nRetry-After: 0";
        server.busy.set(Integer.MAX_VALUE);
        try (HttpPages impatient = new HttpPages(server.uri(), Duration.ofSeconds(3))) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> impatient.read(0, pages))
                    .withMessageContaining("answered 503 to a range for 3000 ms");
        }
        assertThat(server.busy).hasValueLessThan(Integer.MAX_VALUE - 1);
    }

    @Test
    void read_serverGone_isAnError() throws IOException {
        server.close();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> source.read(0, pages));
    }
}
