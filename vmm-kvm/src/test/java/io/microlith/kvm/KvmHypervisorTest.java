// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.vmm.error.HypervisorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that are not KVM, or may not be used: one line each that says what, why, and how to mend it. */
class KvmHypervisorTest {
    @TempDir
    private Path directory;

    private static KvmHypervisor open(Path device) {
        return KvmHypervisor.open(device, Set.of());
    }

    @Test
    void open_noDevice_saysWhatToLoad() {
        Path absent = directory.resolve("kvm");

        assertThatThrownBy(() -> open(absent))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("cannot open " + absent + ": ENOENT (2): this host offers no KVM; load its module with"
                        + " 'modprobe kvm_intel' or 'modprobe kvm_amd', switch virtualization on in the firmware,"
                        + " or give a container the device");
    }

    @Test
    void open_notPermitted_saysWhichGroupToJoin() {
        // A file of sysfs that nobody may write, not even root.
        Path readOnly = Path.of("/sys/kernel/uevent_seqnum");

        assertThatThrownBy(() -> open(readOnly))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("cannot open " + readOnly + ": EACCES (13): this user may not use KVM; add the user to the"
                        + " group that owns " + readOnly + " with 'usermod -aG kvm USER' and log in again");
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.EACCES})
    void remedy_notPermitted_namesTheGroup(int errno) {
        assertThat(KvmHypervisor.remedy(Path.of("/dev/kvm"), errno)).contains("usermod -aG kvm USER");
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOENT, Errno.ENXIO, Errno.ENODEV})
    void remedy_notThere_namesTheModules(int errno) {
        assertThat(KvmHypervisor.remedy(Path.of("/dev/kvm"), errno)).contains("modprobe kvm_intel");
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE})
    void remedy_noDescriptorLeft_namesTheLimit(int errno) {
        assertThat(KvmHypervisor.remedy(Path.of("/dev/kvm"), errno)).contains("ulimit -n");
    }

    @Test
    void remedy_anythingElse_isTheErrorAlone() {
        assertThat(KvmHypervisor.remedy(Path.of("/dev/kvm"), Errno.EIO)).isEqualTo("EIO (5)");
    }

    @Test
    void open_anotherDevice_saysThatItIsNotKvm() {
        assertThatThrownBy(() -> open(Path.of("/dev/null")))
                .isInstanceOf(KvmException.class)
                .hasMessage("KVM_GET_API_VERSION failed: ENOTTY (25) [/dev/null is not KVM's device:"
                        + " that is /dev/kvm as a rule]");
    }

    @Test
    void open_plainFile_saysThatItIsNotKvm() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> open(file)).isInstanceOfSatisfying(KvmException.class, e -> {
            assertThat(e.ioctl()).isEqualTo("KVM_GET_API_VERSION");
            assertThat(e.errno()).isEqualTo(Errno.ENOTTY);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 11, 13})
    void checkVersion_another_saysWhichIsNeeded(int version) {
        assertThatThrownBy(() -> KvmHypervisor.checkVersion(version))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("KVM has API version " + version
                        + ", and version 12 is needed: run a Linux kernel of 4.12 or later");
    }
}
