// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads AML back, apart from the builder: what it cannot read, or what does not end where its length says, is an
 * {@link AssertionError}. It knows the opcodes of section 20.3 of the ACPI specification that the tables use.
 */
final class AmlWalker {
    private final ByteBuffer aml;
    private final Map<String, Object> objects = new LinkedHashMap<>();

    private AmlWalker(byte[] aml) {
        this.aml = ByteBuffer.wrap(aml).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The named objects by full path, with the values of those that are numbers, strings, byte arrays or packages. */
    static Map<String, Object> walk(byte[] aml) {
        AmlWalker walker = new AmlWalker(aml);
        walker.terms(aml.length, "");
        return walker.objects;
    }

    private void terms(int end, String scope) {
        while (aml.position() < end) {
            term(scope);
        }
        if (aml.position() != end) {
            throw new AssertionError("ends at " + aml.position() + " instead of " + end);
        }
    }

    private Object term(String scope) {
        int opcode = unsigned();
        return switch (opcode) {
            case 0x00 -> 0L;
            case 0x01 -> 1L;
            case 0x08 -> name(scope);
            case 0x0a -> (long) unsigned();
            case 0x0b -> Short.toUnsignedLong(aml.getShort());
            case 0x0c -> Integer.toUnsignedLong(aml.getInt());
            case 0x0d -> string();
            case 0x0e -> aml.getLong();
            case 0x10 -> container(scope);
            case 0x11 -> buffer(scope);
            case 0x12 -> list(scope);
            case 0x14 -> method(scope);
            case 0x5b -> extended(scope);
            case 0x60, 0x61, 0x68, 0x69, 0x6a, 0x6b -> "variable";
            case 0x70, 0x86, 0x93 -> operands(scope, 2);
            case 0x7b, 0x7d, 0x8a -> operands(scope, 3);
            case 0x92, 0xa4 -> operands(scope, 1);
            case 0xa0 -> choice(scope);
            case 0xa1 -> otherwise(scope);
            default -> reference(opcode);
        };
    }

    private Object name(String scope) {
        String path = absolute(scope, namePath());
        Object value = term(path);
        define(path, value);
        return path;
    }

    private Object container(String scope) {
        int end = packageEnd();
        terms(end, absolute(scope, namePath()));
        return "scope";
    }

    private Object extended(String scope) {
        int opcode = unsigned();
        if (opcode != 0x82) {
            throw new AssertionError("extended opcode 0x" + Integer.toHexString(opcode));
        }
        int end = packageEnd();
        String path = absolute(scope, namePath());
        define(path, "device");
        terms(end, path);
        return path;
    }

    private Object method(String scope) {
        int end = packageEnd();
        String path = absolute(scope, namePath());
        define(path, "method");
        unsigned();
        terms(end, path);
        return path;
    }

    private Object choice(String scope) {
        int end = packageEnd();
        term(scope);
        terms(end, scope);
        return "if";
    }

    private Object otherwise(String scope) {
        terms(packageEnd(), scope);
        return "else";
    }

    private Object buffer(String scope) {
        int end = packageEnd();
        long size = (Long) term(scope);
        if (size != end - aml.position()) {
            throw new AssertionError("a buffer of " + size + " has room for " + (end - aml.position()));
        }
        byte[] bytes = new byte[(int) size];
        aml.get(bytes);
        return bytes;
    }

    private Object list(String scope) {
        int end = packageEnd();
        Object[] elements = new Object[unsigned()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = term(scope);
        }
        terms(end, scope);
        return elements;
    }

    private Object operands(String scope, int count) {
        for (int i = 0; i < count; i++) {
            term(scope);
        }
        return "operation";
    }

    private Object reference(int first) {
        aml.position(aml.position() - 1);
        if (first != '_' && first != '\\' && !(first >= 'A' && first <= 'Z')) {
            throw new AssertionError("opcode 0x" + Integer.toHexString(first) + " at " + aml.position());
        }
        return namePath();
    }

    private int packageEnd() {
        int start = aml.position();
        int lead = unsigned();
        int more = lead >> 6;
        int length = more == 0 ? lead & 0x3f : lead & 0xf;
        for (int i = 0; i < more; i++) {
            length |= unsigned() << (4 + 8 * i);
        }
        int end = start + length;
        if (end > aml.limit()) {
            throw new AssertionError("a package ends at " + end + ", after the table");
        }
        return end;
    }

    private String namePath() {
        StringBuilder path = new StringBuilder();
        int first = unsigned();
        if (first == '\\') {
            path.append('\\');
            first = unsigned();
        }
        int segments = switch (first) {
            case 0x00 -> 0;
            case 0x2e -> 2;
            case 0x2f -> unsigned();
            default -> {
                aml.position(aml.position() - 1);
                yield 1;
            }
        };
        for (int i = 0; i < segments; i++) {
            byte[] segment = new byte[4];
            aml.get(segment);
            path.append(i == 0 ? "" : ".").append(new String(segment, StandardCharsets.US_ASCII));
        }
        return path.toString();
    }

    private String string() {
        StringBuilder text = new StringBuilder();
        for (int c = unsigned(); c != 0; c = unsigned()) {
            text.append((char) c);
        }
        return text.toString();
    }

    private static String absolute(String scope, String path) {
        return path.startsWith("\\") ? path : scope + "." + path;
    }

    private void define(String path, Object value) {
        if (objects.put(path, value) != null) {
            throw new AssertionError(path + " is defined twice");
        }
    }

    private int unsigned() {
        return aml.get() & 0xff;
    }
}
