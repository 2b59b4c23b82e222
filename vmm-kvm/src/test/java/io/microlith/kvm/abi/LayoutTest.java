// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.HostTool;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of this package against a table, and the table against the headers where there is a compiler. */
class LayoutTest {
    private static final String TABLE = "layouts.txt";

    @TempDir
    private Path directory;

    /** A line of the table. */
    private record Row(
            String type, String constant, String kind, String expression, long value, Optional<String> since) {
        static Row parse(String line) {
            String[] words = line.split(" ", -1);
            return new Row(
                    words[0],
                    words[1],
                    words[2],
                    words[3],
                    Long.parseLong(words[4]),
                    Stream.of(words).skip(5).findFirst());
        }

        String key() {
            return type + " " + constant;
        }

        /** The number in C. */
        String inC() {
            return switch (kind) {
                case "sizeof" -> "sizeof(struct " + expression + ")";
                case "offsetof" -> "offsetof(struct " + expression.replaceFirst("[.]", ", ") + ")";
                case "value" -> expression;
                default -> throw new IllegalArgumentException("no counterpart in C: " + this);
            };
        }
    }

    private static List<Row> table() throws IOException {
        try (InputStream in = Objects.requireNonNull(LayoutTest.class.getResourceAsStream(TABLE))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Row::parse)
                    .toList();
        }
    }

    /** Every number in this package's classes of constants, by class and name. */
    private static Map<String, Long> constants() throws IOException, ReflectiveOperationException {
        Map<String, Long> found = new TreeMap<>();
        for (Class<?> type : classes()) {
            for (Field field : type.getDeclaredFields()) {
                boolean constant = Modifier.isPublic(field.getModifiers()) && Modifier.isStatic(field.getModifiers());
                if (constant && field.getType().isPrimitive()) {
                    found.put(type.getSimpleName() + " " + field.getName(), field.getLong(null));
                }
            }
        }
        return found;
    }

    private static List<Class<?>> classes() throws IOException, ReflectiveOperationException {
        Path here = Path.of(KvmRunLayout.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        String packagePath = KvmRunLayout.class.getPackageName().replace('.', '/');
        try (Stream<Path> files = Files.list(here.resolve(packagePath))) {
            List<Class<?>> classes = new ArrayList<>();
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches("Kvm\\w+\\.class")) {
                    classes.add(Class.forName(KvmRunLayout.class.getPackageName() + "." + name.replace(".class", "")));
                }
            }
            return classes;
        }
    }

    @Test
    void everyConstant_isInTheTableWithItsValue() throws IOException, ReflectiveOperationException {
        Map<String, Long> expected = new TreeMap<>();
        table().forEach(row -> expected.put(row.key(), row.value()));

        assertThat(constants()).isEqualTo(expected).hasSizeGreaterThan(200);
    }

    @Test
    void everyRow_isWhatTheCompilerSays() throws IOException, InterruptedException {
        List<Row> rows =
                table().stream().filter(row -> !row.kind().equals("none")).toList();
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(row.since()
                .map(macro -> value(macro, row.inC()))
                .orElseGet(() -> "printf(\"%lld\\n\", (long long)(" + row.inC() + "));")));

        List<Long> measured = compileAndRun(lines);

        assertThat(measured).hasSameSizeAs(rows).hasSizeGreaterThan(200);
        for (int i = 0; i < measured.size(); i++) {
            Row row = rows.get(i);
            if (row.since().isEmpty() || measured.get(i) != UNKNOWN) {
                assertThat(measured.get(i)).as(row.key()).isEqualTo(row.value());
            }
        }
    }

    @Test
    void everyCapabilityAndRequest_hasTheNumberOfTheHeaders() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        for (KvmCap capability : KvmCap.values()) {
            lines.add(value(capability.name()));
            expected.add((long) capability.number());
        }
        for (KvmIoctl request : KvmIoctl.values()) {
            lines.add(value(request.name()));
            expected.add(request.request());
        }

        List<Long> measured = compileAndRun(lines);

        assertThat(measured).hasSameSizeAs(expected);
        for (int i = 0; i < measured.size(); i++) {
            if (measured.get(i) != UNKNOWN) {
                assertThat(measured.get(i)).as(lines.get(i)).isEqualTo(expected.get(i));
            }
        }
        assertThat(measured.stream().filter(number -> number != UNKNOWN)).hasSizeGreaterThan(90);
    }

    /** What headers older than a macro say. */
    private static final long UNKNOWN = -1;

    private static String value(String macro) {
        return value(macro, macro);
    }

    /** Of an expression that the headers know if they know a macro. */
    private static String value(String macro, String expression) {
        return "\n#ifdef " + macro + "\nprintf(\"%lld\\n\", (long long)(" + expression + "));\n#else\nprintf(\""
                + UNKNOWN + "\\n\");\n#endif\n";
    }

    private List<Long> compileAndRun(List<String> statements) throws IOException, InterruptedException {
        HostTool.GCC.require();
        HostTool.require(
                Files.exists(Path.of("/usr/include/linux/kvm.h")),
                "there is no linux/kvm.h: apt-get install linux-libc-dev");
        Path source = directory.resolve("numbers.c");
        Path program = directory.resolve("numbers");
        Files.writeString(
                source,
                "#include <stddef.h>\n#include <stdio.h>\n#include <linux/kvm.h>\nint main(void) {\n"
                        + String.join("\n", statements) + "\nreturn 0;\n}\n");
        assertThat(run("gcc", "-Wall", "-Werror", "-o", program.toString(), source.toString()))
                .isEmpty();
        return run(program.toString()).lines().map(Long::parseLong).toList();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
