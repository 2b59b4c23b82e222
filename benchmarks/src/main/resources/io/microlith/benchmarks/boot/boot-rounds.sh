#!/bin/bash
# Boots the same Linux under Microlith and under QEMU's microvm, in turns; inside the rig's outer VM.
#
#   bash boot-rounds.sh ROUNDS
#
# For each boot it prints "boot NAME PROCESS RUN": the microseconds from the start of the VMM's process, and those from
# the moment it lets the vCPU run, to the line that the guest's init writes first; or "failed NAME", after the end of
# what was on the console. Both VMMs are killed then.
rounds=$1
kernel=/rig/vmlinux
initrd=/rig/initrd.gz
mebibytes=512
command_line='console=ttyS0 quiet panic=-1 reboot=t mitigations=off cryptomgr.notests'
# The interpreter alone: what the compiler's threads take of the one processor, in a boot, they never give back.
java=(java -Xint -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '/opt/microlith/lib/*')
cache=/tmp/microlith.aot
patience=180
console=/tmp/console.log
errors=/tmp/errors.log
monitor=/tmp/monitor

now() { # sets $micros
    micros=${EPOCHREALTIME//[!0-9]/}
}

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
    wait_for_init microlith
}

# QEMU is started with its vCPU stopped, to see when it runs. It answers its monitor once the guest is loaded.
boot_qemu() {
    rm -f "$monitor".{in,out}
    mkfifo "$monitor".{in,out}
    exec 4<>"$monitor.in" 5<>"$monitor.out"
    now
    begin=$micros
    exec 3< <(exec qemu-system-x86_64 -M microvm,rtc=on,pit=off,pic=off -enable-kvm -cpu host -m "$mebibytes" -smp 1 \
        -nodefaults -no-user-config -display none -no-reboot -serial stdio -S -monitor "pipe:$monitor" \
        -kernel "$kernel" -initrd "$initrd" -append "$command_line" 2>"$errors" </dev/null)
    vmm=$!
    printf 'info cpus\n' >&4
    while IFS= read -r -t "$patience" line <&5 && [[ $line != *thread_id=* ]]; do :; done
    now
    ready=$micros
    run=$micros
    printf 'cont\n' >&4
    wait_for_init qemu
    exec 4>&- 5>&-
}

wait_for_init() { # NAME
    local line init=
    : >"$console"
    while IFS= read -r -t "$patience" line <&3; do
        if [[ $line == guest.init=1* ]]; then
            now
            init=$micros
            break
        fi
        printf '%s\n' "$line" >>"$console"
    done
    kill -9 "$vmm" 2>/dev/null
    wait "$vmm" 2>/dev/null
    exec 3<&-
    if [[ -n $init ]]; then
        printf 'boot %s %s %s\n' "$1" "$((ready - begin + init - run))" "$((init - run))"
    else
        tail -n 20 "$console" "$errors"
        printf 'failed %s\n' "$1"
    fi
}

# Who is first reads the kernel, and its own program, from an emulated disk.
train
boot_microlith >/dev/null
boot_qemu >/dev/null
for ((round = 0; round < rounds; round++)); do
    if ((round % 2 == 0)); then
        boot_microlith
        boot_qemu
    else
        boot_qemu
        boot_microlith
    fi
done
