#!/bin/bash
# Boots the same Linux under Microlith and under QEMU's microvm, in turns; inside the rig's outer VM.
#
#   bash boot-rounds.sh ROUNDS
#
# For each boot it prints "boot NAME PROCESS RUN": the microseconds from the start of the VMM's process, and those from
# the moment it lets the vCPU run, to the line that the guest's init writes first; or "failed NAME", after the end of
# what was on the console. Both VMMs are killed then.
# shellcheck source=../rig/rounds.sh
. ./rounds.sh

rounds=$1
kernel=/rig/vmlinux
initrd=/rig/initrd.gz
mebibytes=512
command_line='console=ttyS0 quiet panic=-1 reboot=t mitigations=off cryptomgr.notests'
# The interpreter alone: what the compiler's threads take of the one processor, in a boot, they never give back.
java=(java -Xint -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '/opt/microlith/lib/*')
cache=/tmp/microlith.aot

# A boot to its end, for what the JVM learns from it: which classes.
train() {
    "${java[@]}" -XX:AOTCacheOutput="$cache" io.microlith.benchmarks.boot.BootedLinux \
        "$kernel" "$initrd" "$mebibytes" "$command_line microlith.end=poweroff" </dev/null >"$console" 2>"$errors"
    [[ -s $cache ]] || cat "$errors"
}

boot_microlith() {
    now
    begin=$micros
    exec 3< <(exec "${java[@]}" -XX:AOTCache="$cache" io.microlith.benchmarks.boot.BootedLinux \
        "$kernel" "$initrd" "$mebibytes" "$command_line" 2>"$errors" </dev/null)
    vmm=$!
    while IFS= read -r -t "$patience" line <&3 && [[ $line != vm.run ]]; do :; done
    now
    ready=$micros
    run=$micros
    report microlith 'guest.init=1*'
}

# QEMU is started with its vCPU stopped, to see when it runs. It answers its monitor once the guest is loaded.
boot_qemu() {
    open_monitor
    now
    begin=$micros
    exec 3< <(exec qemu-system-x86_64 -M microvm,rtc=on,pit=off,pic=off -enable-kvm -cpu host -m "$mebibytes" -smp 1 \
        -nodefaults -no-user-config -display none -no-reboot -serial stdio -S -monitor "pipe:$monitor" \
        -kernel "$kernel" -initrd "$initrd" -append "$command_line" 2>"$errors" </dev/null)
    vmm=$!
    printf 'info cpus\n' >&4
    await_monitor thread_id=
    now
    ready=$micros
    run=$micros
    printf 'cont\n' >&4
    report qemu 'guest.init=1*'
    exec 4>&- 5>&-
}

train
in_turns "$rounds" boot_microlith boot_qemu
