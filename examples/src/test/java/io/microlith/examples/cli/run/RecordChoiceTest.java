// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.examples.cli.command.UsageException;
import io.microlith.snapshot.AutomaticRecording;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.WorkingSet;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordChoiceTest {
    @TempDir
    Path directory;

    private Snapshot snapshot;

    @BeforeEach
    void save() {
        try (FakeHypervisor host = FakeHypervisor.with();
                Vm vm = VmBuilder.on(host)
                        .board(new FakeBoard())
                        .memory(Size.mebibytes(1))
                        .build()) {
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                snapshot = Snapshot.write(frozen, directory.resolve("one"));
            }
        }
    }

    @Test
    void parse_name_isTheChoice() {
        assertThat(RecordChoice.parse("auto")).isEqualTo(RecordChoice.AUTO);
        assertThat(RecordChoice.parse("always")).isEqualTo(RecordChoice.ALWAYS);
        assertThat(RecordChoice.parse("never")).isEqualTo(RecordChoice.NEVER);
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> RecordChoice.parse("AUTO"))
                .withMessageContaining("none of auto, always, never");
    }

    @Test
    void over_best_keepsWhatIsKnownUpToDate() throws IOException {
        assertThat(RecordChoice.AUTO.over(RestoreStrategy.BEST, snapshot)).isInstanceOf(AutomaticRecording.class);
        assertThat(RecordChoice.ALWAYS.over(RestoreStrategy.BEST, snapshot)).isInstanceOf(AutomaticRecording.class);
        Files.createFile(snapshot.directory().resolve(WorkingSet.FILE));
        assertThat(RecordChoice.ALWAYS.over(RestoreStrategy.BEST, snapshot)).isInstanceOf(AutomaticRecording.class);
        assertThat(RecordChoice.NEVER.over(RestoreStrategy.BEST, snapshot)).isEqualTo(RestoreStrategy.BEST);
    }

    @Test
    void over_anotherStrategy_isThatUnlessAlways() {
        for (RestoreStrategy strategy : List.of(RestoreStrategy.DIRECT, RestoreStrategy.MAPPED, RestoreStrategy.LAZY)) {
            assertThat(RecordChoice.AUTO.over(strategy, snapshot)).isEqualTo(strategy);
        }
        assertThat(RecordChoice.ALWAYS.over(RestoreStrategy.DIRECT, snapshot)).isInstanceOf(AutomaticRecording.class);
        for (RestoreStrategy strategy : List.of(RestoreStrategy.MAPPED, RestoreStrategy.EAGER, RestoreStrategy.LAZY)) {
            assertThatExceptionOfType(UsageException.class)
                    .isThrownBy(() -> RecordChoice.ALWAYS.over(strategy, snapshot))
                    .withMessageContaining("needs a strategy that prefetches");
        }
    }
}
