#!/bin/bash
# Restores the same Linux under Microlith and under QEMU's microvm, in turns; inside the rig's outer VM.
#
#   bash restore-rounds.sh ROUNDS
#
# The guest waits for a line on its serial port when it is saved; what is measured is how long it takes until it has
# answered one. For each restore it prints "CACHE boot NAME PROCESS RUN", where CACHE is cold or hot: the microseconds from
# the start of the VMM's process, less those between its being ready and the order to go on, and those from the order; or
# "CACHE failed NAME". Both VMMs are killed then.
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
patience=180
errors=/tmp/errors.log
monitor=/tmp/monitor
input=/tmp/input

now() { # sets $micros
    micros=${EPOCHREALTIME//[!0-9]/}
}

monitors() {
    rm -f "$monitor".{in,out}
    mkfifo "$monitor".{in,out}
    exec 4<>"$monitor.in" 5<>"$monitor.out"
}

await_monitor() { # TEXT: a line with it
    local line
    while IFS= read -r -t "$patience" line <&5; do
        [[ $line != *"$1"* ]] || return 0
    done
    return 1
}

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
    monitors
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
    answered microlith
    exec 6>&-
}

restore_qemu() {
    monitors
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
    answered qemu
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

answered() { # NAME
    local line answer=
    while IFS= read -r -t "$patience" line <&3; do
        if [[ $line == 'echo: '*ello* ]]; then
            now
            answer=$micros
            break
        fi
    done
    kill -9 "$vmm" 2>/dev/null
    wait "$vmm" 2>/dev/null
    exec 3<&-
    if [[ -n $answer ]]; then
        printf '%s boot %s %s %s\n' "$temperature" "$1" "$((ready - begin + answer - run))" "$((answer - run))"
    else
        tail -n 20 "$errors"
        printf '%s failed %s\n' "$temperature" "$1"
    fi
}

mkdir -p "$(dirname "$saved")"
save_microlith
save_qemu
ls -ls "$saved" "$state"
for temperature in cold hot; do
    restore_microlith >/dev/null
    restore_qemu >/dev/null
    for ((round = 0; round < rounds; round++)); do
        if ((round % 2 == 0)); then
            restore_microlith
            restore_qemu
        else
            restore_qemu
            restore_microlith
        fi
    done
done
