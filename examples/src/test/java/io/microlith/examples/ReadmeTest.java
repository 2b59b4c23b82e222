// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Snippets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the READMEs show compiles, and names what there is. */
class ReadmeTest {
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<]+)</artifactId>");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

    @TempDir
    private Path directory;

    static List<Path> readmes() throws IOException {
        return Snippets.readmes();
    }

    @Test
    void readmes_ofTheProjectAndItsModules_areFound() throws IOException {
        assertThat(readmes())
                .contains(Path.of("../README.md"), Path.of("../vmm-api/README.md"), Path.of("../vmm-kvm/README.md"));
    }

    @ParameterizedTest
    @MethodSource("readmes")
    void java_compilesWithoutWarning(Path readme) throws IOException {
        for (String source : Snippets.of(readme, "java")) {
            assertThat(Snippets.compile(source, directory)).as(source).isEmpty();
        }
    }

    @Test
    void java_ofTheModules_isThere() throws IOException {
        List<String> all = new ArrayList<>();
        for (Path readme : readmes()) {
            all.addAll(Snippets.of(readme, "java"));
        }
        assertThat(all).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void compile_brokenSource_saysWhy() throws IOException {
        assertThat(Snippets.compile("class Broken { int x = null; }", directory))
                .startsWith("does not compile")
                .contains("Broken.java:1");
    }

    @ParameterizedTest
    @MethodSource("readmes")
    void dependency_isInTheBom(Path readme) throws IOException {
        String bom = Files.readString(Path.of("../bom/pom.xml"));
        for (String dependency : Snippets.of(readme, "xml")) {
            assertThat(bom).contains(first(ARTIFACT, dependency), first(VERSION, dependency));
        }
    }

    private static String first(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        assertThat(match.find()).as(text).isTrue();
        return match.group();
    }
}
