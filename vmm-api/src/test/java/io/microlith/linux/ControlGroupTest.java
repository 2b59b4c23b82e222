// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupTest {
    private static final String UNLIMITED_1 = "9223372036854771712";

    @TempDir
    private Path root;

    private void file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content + "\n");
    }

    private void group(String lines) throws IOException {
        file("proc/self/cgroup", lines);
    }

    @Test
    void memoryLimit_noControlGroups_isNone() {
        assertThat(ControlGroup.memoryLimit(root)).isEmpty();
    }

    @Test
    void memoryLimit_version2_isTheLowestFromTheGroupUp() throws IOException {
        group("0::/kubepods/pod1/function");
        file("sys/fs/cgroup/kubepods/memory.max", "max");
        file("sys/fs/cgroup/kubepods/pod1/memory.max", "1073741824");
        file("sys/fs/cgroup/kubepods/pod1/function/memory.max", "2147483648");

        assertThat(ControlGroup.memoryLimit(root)).hasValue(1L << 30);
    }

    @Test
    void memoryLimit_version2InAContainer_isThatOfItsRoot() throws IOException {
        group("0::/");
        file("sys/fs/cgroup/memory.max", "536870912");

        assertThat(ControlGroup.memoryLimit(root)).hasValue(512L << 20);
    }

    @Test
    void memoryLimit_version1_isThatOfItsMemoryController() throws IOException {
        group("5:cpu,cpuacct:/busy\n4:hugetlb,memory:/service\n1:name=systemd:/");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", UNLIMITED_1);
        file("sys/fs/cgroup/memory/service/memory.limit_in_bytes", "268435456");

        assertThat(ControlGroup.memoryLimit(root)).hasValue(256L << 20);
    }

    @Test
    void memoryLimit_version1NamedAsOutside_isThatOfTheContainersRoot() throws IOException {
        group("4:memory:/docker/0123456789ab\n0::/");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456");

        assertThat(ControlGroup.memoryLimit(root)).hasValue(256L << 20);
    }

    @Test
    void memoryLimit_namesThatLeadElsewhere_areNotFollowed() throws IOException {
        group("0::/../../../secret\nnonsense\n:::");
        file("secret/memory.max", "4096");
        file("sys/fs/cgroup/memory.max", "max");

        assertThat(ControlGroup.memoryLimit(root)).isEmpty();
    }
}
