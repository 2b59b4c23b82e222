#!/bin/bash
# Restores the same Linux under Microlith and under QEMU's microvm, in turns; inside the rig's outer VM.
#
#   bash restore-rounds.sh ROUNDS
#
# The guest has a disk, a network card and random numbers by virtio, and waits for a line on its serial port when it is saved;
# what is measured is how long it takes until it has answered one, with what guest-script does for that. For each restore it
# prints "CACHE boot NAME PROCESS RUN", where CACHE is cold or hot: the microseconds from the start of the VMM's process, less
# those between its being ready and the order to go on, and those from the order; or "CACHE failed NAME". Both VMMs are killed
# then.
# shellcheck source=../rig/rounds.sh
. ./rounds.sh

rounds=$1
disk=/var/tmp/disk.img
tap=saved0
kernel=/rig/vmlinux
initrd=/work/saved.gz
mebibytes=512
command_line='console=ttyS0 quiet panic=-1 reboot=t mitigations=off cryptomgr.notests'
java=(java -Xint -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '/opt/microlith/lib/*')
main=io.microlith.benchmarks.restore.SavedLinux
cache=/tmp/microlith.aot
# On a disk of their own, of which neither the kernel has anything after it was mounted, nor the host.
saved=/disk/saved
state=/disk/qemu.state
qemu=(qemu-system-x86_64 -M 'microvm,rtc=on,pit=off,pic=off' -enable-kvm -cpu host -m "$mebibytes" -smp 1 -nodefaults
    -no-user-config -display none -no-reboot -serial stdio -kernel "$kernel" -initrd "$initrd" -append "$command_line"
    -drive "if=none,id=disk,format=raw,cache=writeback,file.locking=off,file=$disk" -device virtio-blk-device,drive=disk
    -netdev "tap,id=net,ifname=$tap,script=no,downscript=no,vhost=off" -device virtio-net-device,netdev=net
    -device virtio-rng-device)
devices=("blk,path=$disk" "net,tap=$tap" rng)
input=/tmp/input

prepare_devices() { # sets $answer: what the guest says has something of the disk in it
    mkdir -p "$(dirname "$disk")"
    seq 2000000 | head -c 8388608 >"$disk"
    answer="echo: *ello $(head -c 65536 "$disk" | md5sum | head -c 8)*"
    tunctl -t "$tap" >/dev/null
    ip address add 10.0.1.1/24 dev "$tap"
    ip link set "$tap" up
}

save_microlith() {
    "${java[@]}" "$main" save "$saved" "$kernel" "$initrd" "$mebibytes" "$command_line" "${devices[@]}" </dev/null >/tmp/save.log 2>&1 ||
        cat /tmp/save.log
    # No two answers want quite the same.
    for _ in {1..4}; do
        printf 'hello\n' | "${java[@]}" "$main" record "$saved" "${devices[@]}" >/tmp/record.log 2>&1 || cat /tmp/record.log
    done
    # What the JVM learns: which classes, with a cold cache as well.
    forget
    printf 'xhello\nquit\n' | "${java[@]}" -XX:AOTCacheOutput="$cache" "$main" train "$saved" "${devices[@]}" >/tmp/train.log 2>&1
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
    exec 3< <(exec "${java[@]}" -XX:AOTCache="$cache" "$main" restore "$saved" "${devices[@]}" 2>"$errors" <"$input")
    vmm=$!
    while IFS= read -r -t "$patience" line <&3 && [[ $line != vmm.ready ]]; do :; done
    now
    ready=$micros
    prepare_cache
    now
    run=$micros
    printf 'xhello\n' >&6
    report microlith "$answer"
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
    prepare_cache
    now
    run=$micros
    printf 'migrate_incoming "exec:cat %s"\n' "$state" >&4
    # Its serial port loses the first byte now and then; ours is the order.
    printf 'xhello\n' >&6
    report qemu "$answer"
    exec 4>&- 5>&- 6>&-
}

forget() { # what is in memory of what was saved
    local device
    device=$(awk '$2 == "/disk" { print $1 }' /proc/mounts)
    if ! umount /disk || ! mount "$device" /disk; then
        echo 'the disk cannot be mounted anew'
        exit 1
    fi
}

# Of what was saved alone: the VMMs are ready, and their programs are in memory whoever came before.
prepare_cache() {
    if [[ $temperature = cold ]]; then
        forget
    else
        cat "$saved"/* "$state" >/dev/null
    fi
}

prepare_devices
save_microlith
save_qemu
ls -ls "$saved" "$state"
for temperature in cold hot; do
    prefix="$temperature "
    in_turns "$rounds" restore_microlith restore_qemu
done
