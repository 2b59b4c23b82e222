// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.testkit;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pieces of code in Markdown files. */
public final class Snippets {
    /** Each test starts in its module's directory. */
    private static final Path ROOT = Path.of("..");

    private static final Pattern FENCE = Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");

    private Snippets() {}

    /** Every README of the project: the one at the top, and those of the modules. */
    public static List<Path> readmes() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return Stream.concat(Stream.of(ROOT), modules)
                    .map(directory -> directory.resolve("README.md"))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }

    /** The pieces of a file that are in a language. */
    public static List<String> of(Path markdown, String language) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher fences = FENCE.matcher(Files.readString(markdown));
        while (fences.find()) {
            if (fences.group(1).equals(language)) {
                found.add(fences.group(2));
            }
        }
        return found;
    }

    /**
     * Compiles a whole class, against what the tests have on their path, with all warnings.
     *
     * @return what the compiler said: nothing, if it is as it should be
     */
    public static String compile(String source, Path into) throws IOException {
        Path file = Files.writeString(into.resolve(className(source) + ".java"), source);
        ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
        StringWriter said = new StringWriter();
        PrintWriter printer = new PrintWriter(said);
        int status = compiler.run(
                printer,
                printer,
                "-Xlint:all",
                "-proc:none",
                "-implicit:none",
                "-d",
                into.toString(),
                "-classpath",
                classPath(),
                file.toString());
        return status == 0 ? said.toString() : "does not compile: " + said;
    }

    /** The name of the class in a source. */
    public static String className(String source) {
        Matcher name = CLASS.matcher(source);
        if (!name.find()) {
            throw new IllegalArgumentException("no class in: " + source);
        }
        return name.group(1);
    }

    private static String classPath() {
        return Stream.of("java.class.path", "jdk.module.path")
                .flatMap(property -> Optional.ofNullable(System.getProperty(property)).stream())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
