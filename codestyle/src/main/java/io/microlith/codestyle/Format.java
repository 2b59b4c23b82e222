// SPDX-License-Identifier: Apache-2.0
package io.microlith.codestyle;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks or repairs the format of every Java source below a directory.
 *
 * <p>Spotless runs inside Maven's own JVM, which may be too old to parse this project's sources; this program runs on
 * the toolchain's JDK instead.
 */
final class Format {
    private static final Set<String> SKIPPED_DIRECTORIES = Set.of("target", ".git", "node_modules");

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(true)
            .build());

    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !Set.of("check", "write").contains(args[0])) {
            System.err.println("usage: Format check|write DIRECTORY");
            System.exit(2);
        }
        List<Path> wrong = new Format().unformatted(Path.of(args[1]), args[0].equals("write"));
        if (args[0].equals("check") && !wrong.isEmpty()) {
            wrong.forEach(file -> System.err.println("not formatted: " + file));
            System.err.println(wrong.size() + " file(s) are not formatted; ./dev fmt formats them");
            System.exit(1);
        }
    }

    private List<Path> unformatted(Path root, boolean write) throws IOException {
        return sources(root).parallelStream()
                .filter(file -> !isFormatted(file, write))
                .toList();
    }

    private boolean isFormatted(Path file, boolean write) {
        try {
            String before = Files.readString(file);
            String imports = ImportOrderer.reorderImports(
                    RemoveUnusedImports.removeUnusedImports(before), JavaFormatterOptions.Style.PALANTIR);
            String after = formatter.formatSource(imports);
            if (write && !after.equals(before)) {
                Files.writeString(file, after);
            }
            return after.equals(before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (FormatterException e) {
            throw new IllegalStateException(file + " does not parse: " + e.getMessage(), e);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return SKIPPED_DIRECTORIES.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
