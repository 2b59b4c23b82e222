#!/bin/bash
# Restores the same Linux under Microlith and under QEMU's microvm, in turns; inside the rig's outer VM.
#
#   bash restore-rounds.sh ROUNDS
#
# The guest waits for a line on its serial port when it is saved; what is measured is how long it takes until it has
# answered one. For each restore it prints "CACHE boot NAME PROCESS RUN", where CACHE is cold or hot: the microseconds from
# the start of the VMM's process, less those between its being ready and the order to go on, and those from the order; or
# "CACHE failed NAME". Both VMMs are killed then.
# shellcheck source=../rig/rounds.sh
. ./rounds.sh

rounds=$1
kernel=/rig/vmlinux
initrd=/rig/initrd.gz
mebibytes=512
command_line='console=ttyS0 quiet panic=-1 reboot=t mitigations=off cryptomgr.notests microlith.end=echo'
java=(java -Xint -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '/opt/microlith/lib/*')
main=io.microlith.benchmarks.restore.SavedLinux
cache=/tmp/microlith.aot
saved=/var/tmp/saved
state=/var/tmp/qemu.state
qemu=(qemu-system-x86_64 -M 'microvm,rtc=on,pit=off,pic=off' -enable-kvm -cpu host -m "$mebibytes" -smp 1 -nodefaults
    -no-user-config -display none -no-reboot -serial stdio -kernel "$kernel" -initrd "$initrd" -append "$command_line")
input=/tmp/input

save_microlith() {
    "${java[@]}" "$main" save "$kernel" "$initrd" "$mebibytes" "$command_line" "$saved" </dev/null >/tmp/save.log 2>&1 ||
        cat /tmp/save.log
    printf 'hello\n' | "${java[@]}" "$main" record "$saved" >/tmp/record.log 2>&1 || cat /tmp/record.log
    # What the JVM learns: which classes.
    printf 'xhello\nquit\n' | "${java[@]}" -XX:AOTCacheOutput="$cache" "$main" restore "$saved" >/tmp/train.log 2>&1
    [[ -s $cache ]] || echo 'there is no AOT cache'
}

save_qemu() {
    local line
    open_monitor
    exec 3< <(exec "${qemu[@]}" -monitor "pipe:$monitor" 2>"$errors" </dev/null)
    while IFS= read -r -t "$patience" line <&3 && [[ $line != guest.echo=ready* ]]; do :; done
    printf 'migrate "exec:cat >%s"\n' "$state" >&4
    sleep 1
    for _ in {1..60}; do
        printf 'info migrate\n' >&4
        ! await_monitor 'igration status: completed' || break
    done
    printf 'quit\n' >&4
    wait
    exec 3<&- 4>&- 5>&-
}

restore_microlith() {
    rm -f "$input"
    mkfifo "$input"
    exec 6<>"$input"
    now
    begin=$micros
    exec 3< <(exec "${java[@]}" -XX:AOTCache="$cache" "$main" restore "$saved" 2>"$errors" <"$input")
    vmm=$!
    while IFS= read -r -t "$patience" line <&3 && [[ $line != vmm.ready ]]; do :; done
    now
    ready=$micros
    empty_cache
    now
    run=$micros
    printf 'xhello\n' >&6
    report microlith 'echo: *ello*'
    exec 6>&-
}

restore_qemu() {
    open_monitor
    rm -f "$input"
    mkfifo "$input"
    exec 6<>"$input"
    now
    begin=$micros
    exec 3< <(exec "${qemu[@]}" -incoming defer -monitor "pipe:$monitor" 2>"$errors" <"$input")
    vmm=$!
    printf 'info status\n' >&4
    await_monitor 'VM status'
    now
    ready=$micros
    empty_cache
    now
    run=$micros
    printf 'migrate_incoming "exec:cat %s"\n' "$state" >&4
    # Its serial port loses the first byte now and then; ours is the order.
    printf 'xhello\n' >&6
    report qemu 'echo: *ello*'
    exec 4>&- 5>&- 6>&-
}

# What the VMM has of its own in memory stays there.
empty_cache() {
    if [[ $temperature = cold ]]; then
        sync
        echo 1 >/proc/sys/vm/drop_caches
    else
        cat "$saved"/* "$state" >/dev/null
    fi
}

mkdir -p "$(dirname "$saved")"
save_microlith
save_qemu
ls -ls "$saved" "$state"
for temperature in cold hot; do
    prefix="$temperature "
    in_turns "$rounds" restore_microlith restore_qemu
done
