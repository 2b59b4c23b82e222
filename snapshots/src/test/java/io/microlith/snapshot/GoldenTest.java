// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.StatePart;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs before this one wrote is still read, and what this one writes is what it wrote. */
class GoldenTest {
    private static final String READ_THIS = "the format of snapshots is a promise: read 'Changing the format' in"
            + " docs/snapshots.md before you change this number";

    @TempDir
    private Path directory;

    static IntStream formats() {
        return IntStream.rangeClosed(StateFile.OLDEST_FORMAT, StateFile.FORMAT);
    }

    /** What each format since the second has beside a whole snapshot. */
    static Stream<String> others() {
        return IntStream.rangeClosed(Math.max(2, StateFile.OLDEST_FORMAT), StateFile.FORMAT)
                .mapToObj(format -> Stream.of(format + "-changes", format + "-compressed"))
                .flatMap(names -> names);
    }

    @ParameterizedTest
    @MethodSource("others")
    void restore_goldenOfAnotherKind_hasItsMemory(String name) throws URISyntaxException {
        byte[] expected = new byte[(int) Golden.MEMORY.bytes()];
        System.arraycopy(Golden.TEXT, 0, expected, (int) Golden.PLACE, Golden.TEXT.length);
        if (name.endsWith("-changes")) {
            System.arraycopy(Golden.CHANGED, 0, expected, (int) Golden.CHANGED_PLACE, Golden.CHANGED.length);
        }
        assertHas(Snapshot.open(Golden.of(name)), expected);
    }

    static Stream<RestoreStrategy> strategies() {
        return Stream.of(RestoreStrategy.EAGER, RestoreStrategy.MAPPED);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void open_golden_isTheMachine(int format) throws URISyntaxException {
        Snapshot golden = Snapshot.open(Golden.of(format));

        assertThat(golden.config().id()).isEqualTo(Golden.VM);
        assertThat(golden.config().memory()).isEqualTo(Golden.MEMORY);
        assertThat(golden.config().vcpus()).isEqualTo(Golden.VCPUS);
        assertThat(golden.memory().ranges()).containsExactly(new AddressRange(0, Golden.MEMORY.bytes()));
        assertThat(golden.state().parts()).extracting(StatePart::name).containsExactly("vcpu.0", "vcpu.1");
        assertThat(golden.state().get("vcpu.1").getInt(1, -1)).isEqualTo(1);
        assertThat(golden.savedAt()).isAfter(Instant.parse("2026-11-28T00:00:00Z"));
        assertThat(Snapshot.outline(golden.directory()).format()).isEqualTo(format);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void restore_golden_hasItsMemory(int format) throws URISyntaxException {
        Snapshot golden = Snapshot.open(Golden.of(format));
        byte[] expected = new byte[(int) Golden.MEMORY.bytes()];
        System.arraycopy(Golden.TEXT, 0, expected, (int) Golden.PLACE, Golden.TEXT.length);
        assertHas(golden, expected);
    }

    private static void assertHas(Snapshot golden, byte[] expected) {
        FakeHypervisor host = FakeHypervisor.with();
        for (RestoreStrategy strategy : strategies().toList()) {
            try (Vm vm = VmBuilder.on(host)
                    .board(new FakeBoard())
                    .restore(golden.restoration(strategy))
                    .build()) {
                byte[] found = new byte[expected.length];
                vm.memory().read(0, found, 0, found.length);
                assertThat(found).as(strategy.toString()).isEqualTo(expected);
            }
        }
        host.assertClean();
    }

    @ParameterizedTest
    @CsvSource({"1,4096", "2,4096", "2-changes,8192", "2-compressed,0", "2-sums,0"})
    void checkMemory_golden_isAsItWasWritten(String name, long unknown) throws URISyntaxException {
        Snapshot golden = Snapshot.open(Golden.of(name));

        // A copy of the files may have zeros in place of holes.
        assertThat(golden.checkMemory(SnapshotProgress.NONE))
                .isGreaterThanOrEqualTo(unknown)
                .isLessThanOrEqualTo(unknown == 0 ? 0 : golden.memory().size() + unknown);
    }

    @Test
    void encode_goldenOfThisFormat_isTheSameBytes() throws IOException, URISyntaxException {
        byte[] golden = Files.readAllBytes(Golden.of(StateFile.FORMAT).resolve(Snapshot.STATE_FILE));

        assertThat(StateFile.encode(StateFile.decode(golden))).as(READ_THIS).isEqualTo(golden);
    }

    @Test
    void constants_areThoseOfTheFormat() {
        assertThat(StateFile.FORMAT).as(READ_THIS).isEqualTo(2);
        assertThat(StateFile.OLDEST_FORMAT).as(READ_THIS).isEqualTo(Math.max(1, StateFile.FORMAT - 2));
        assertThat(StateFile.X86_64).as(READ_THIS).isEqualTo(62);
        assertThat(StateFile.HEADER_SIZE).as(READ_THIS).isEqualTo(36);
        assertThat(StateFile.SECTION_HEADER_SIZE).as(READ_THIS).isEqualTo(12);
        assertThat(StateFile.MAX_SIZE).as(READ_THIS).isEqualTo(64 << 20);
        assertThat(StateFile.MAX_SECTIONS).as(READ_THIS).isEqualTo(16_384);
        assertThat(StateFile.MAX_NAME).as(READ_THIS).isEqualTo(64);
        assertThat(Arrays.stream(SectionType.values()).map(type -> type + "=" + type.number()))
                .as(READ_THIS)
                .containsExactly("MACHINE=1", "MEMORY=2", "PART=3", "CHANGES=4", "FRAMES=5", "SUMS=6");
        byte[] bytes = StateFile.encode(StateFile.Content.of(new UUID(0x1122_3344_5566_7788L, 2), List.of()));
        assertThat(new String(bytes, 0, 8, StandardCharsets.US_ASCII))
                .as(READ_THIS)
                .isEqualTo("MLTHSNAP");
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(16))
                .as(READ_THIS)
                .isEqualTo(0x1122_3344_5566_7788L);
    }

    @Test
    void open_ofAnotherArchitecture_isRefused() throws IOException, URISyntaxException {
        StateFile.Content here =
                StateFile.decode(Files.readAllBytes(Golden.of(StateFile.FORMAT).resolve(Snapshot.STATE_FILE)));
        int aarch64 = 183; // EM_AARCH64, elf.h
        StateFile.Content other = new StateFile.Content(StateFile.FORMAT, aarch64, here.id(), here.sections());
        Files.write(directory.resolve(Snapshot.STATE_FILE), StateFile.encode(other));

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> Snapshot.open(directory))
                .withMessageContaining("architecture")
                .withMessageContaining("183");
    }

    @Test
    void outline_formatOfANewerProgram_isSaidAndOpenIsRefused() throws IOException, URISyntaxException {
        StateFile.Content now =
                StateFile.decode(Files.readAllBytes(Golden.of(StateFile.FORMAT).resolve(Snapshot.STATE_FILE)));
        Section unknown = new Section(4711, "new", now.sections().getFirst().content());
        StateFile.Content newer = new StateFile.Content(
                StateFile.FORMAT + 1,
                now.architecture(),
                now.id(),
                Stream.concat(now.sections().stream(), Stream.of(unknown)).toList());
        Files.write(directory.resolve(Snapshot.STATE_FILE), StateFile.encode(newer));

        SnapshotOutline outline = Snapshot.outline(directory);

        assertThat(outline.isReadable()).isFalse();
        assertThat(outline.format()).isEqualTo(StateFile.FORMAT + 1);
        assertThat(outline.id()).isEqualTo(now.id());
        assertThat(outline.sections()).hasSize(now.sections().size() + 1);
        assertThat(outline.sections().getLast().type()).isEqualTo(4711);
        assertThat(catchThrowable(() -> Snapshot.open(directory)))
                .hasMessageContaining("[snapshot.format=3]")
                .hasMessageContaining("this program reads formats 1 to 2");
    }

    @Test
    void open_sectionsOfUnknownTypes_areSkipped() throws IOException, URISyntaxException {
        Path golden = Golden.of(StateFile.FORMAT);
        StateFile.Content now = StateFile.decode(Files.readAllBytes(golden.resolve(Snapshot.STATE_FILE)));
        Section unknown = new Section(4711, "new", now.sections().getFirst().content());
        Files.write(
                directory.resolve(Snapshot.STATE_FILE),
                StateFile.encode(StateFile.Content.of(
                        now.id(),
                        Stream.concat(Stream.of(unknown), now.sections().stream())
                                .toList())));
        Files.copy(golden.resolve(Snapshot.MEMORY_FILE), directory.resolve(Snapshot.MEMORY_FILE));

        assertThat(Snapshot.open(directory).state())
                .isEqualTo(Snapshot.open(golden).state());
        assertThat(Snapshot.outline(directory).isReadable()).isTrue();
    }
}
