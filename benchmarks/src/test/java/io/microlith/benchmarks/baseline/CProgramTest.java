// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.benchmarks.harness.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CProgramTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"exit", "create"})
    @RequiresCompiler
    void build_compilerThere_leavesAnExecutable(String name) {
        Path binary = CProgram.build(name, directory.resolve("c")).binary();

        assertThat(binary).isExecutable().isAbsolute();
    }

    @ParameterizedTest
    @ValueSource(strings = {"blkload", "streamload"})
    @RequiresCompiler
    void buildStatic_compilerThere_needsNoLibrary(String name) throws IOException {
        Path binary = CProgram.buildStatic(name, directory.resolve("c")).binary();

        assertThat(binary).isExecutable();
        // What asks for libraries names their loader.
        assertThat(Files.readString(binary, StandardCharsets.ISO_8859_1)).doesNotContain("/lib64/ld-linux-x86-64.so");
    }

    @Test
    @RequiresCompiler
    void buildAll_compilerThere_hasEachBaseline() {
        CProgram.buildAll(directory);

        for (String name : List.of("exit", "create", "shell")) {
            assertThat(directory.resolve(name)).isExecutable();
        }
    }

    @Test
    void build_noCompiler_saysWhatToInstall() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> CProgram.build("exit", directory, "no-such-compiler"))
                .withMessageContaining("no-such-compiler is needed")
                .withMessageContaining("apt-get install gcc");
    }

    @Test
    void build_compilerFails_quotesItsFirstError() throws IOException {
        Path compiler = Files.writeString(
                directory.resolve("broken"), "#!/bin/sh\necho 'note: x'\necho 'a.c:1: error: no header'\nexit 1\n");
        assertThat(compiler.toFile().setExecutable(true)).isTrue();

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> CProgram.build("exit", directory.resolve("c"), compiler.toString()))
                .withMessageContaining("a.c:1: error: no header")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }
}
