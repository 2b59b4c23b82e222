# shellcheck shell=bash
# Two Linux guests that are up at the same time, one under Microlith and one under QEMU, and that do as they are told by turns;
# inside the rig's outer VM. Sourced by the scripts of single benchmarks, which say what the guests' devices are:
#
#   start microlith PARAMETERS DEVICE...  a guest with such devices, in the words of the command line's --device
#   start qemu PARAMETERS ARGUMENT...     a guest with devices in QEMU's words
#                               PARAMETERS are for guest-script, on the kernel's command line
#   qemu_device KIND            QEMU's name for a virtio device on the chosen transport
#   ask NAME ORDER              has a guest carry an order out
#   turns PAIRS ORDER...        asks both, pair after pair, and prints for each answer
#                                 load NAME ORDER PAIR WORK MICROS EXITS
#                               EXITS being those of the guest to user space meanwhile, without those for its console
#   measure WARM PAIRS MILLIS ORDER...
#                               first has both carry each order out for WARM milliseconds, uncounted, and then by turns for MILLIS
#
# A guest that does not answer ends the script with status 1, after the end of what was on its console.
kernel=/rig/vmlinux
initrd=/work/load.gz
mebibytes=512
command_line='console=ttyS0 quiet panic=-1 reboot=t mitigations=off cryptomgr.notests'
transport=${TRANSPORT:-mmio}
patience=180

# All tiers of the JIT compiler, which have their time while the guests are warmed up, and what serves a request in one piece
# of code: under emulation, each page that is touched between two exits is looked up anew.
read -r -a java_options <<<"${JAVA_OPTIONS--XX:MaxInlineLevel=30}"
java=(java "${java_options[@]}" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '/opt/microlith/lib/*')

# The microvm has what a guest with virtio over MMIO needs, and with a PCI bus, for virtio over PCI, as well.
machine=microvm,rtc=on,pit=off,pic=off
[[ $transport == mmio ]] || machine+=,pcie=on

declare -A process input output idle

# The page cache keeps what guests write: to have it written to the emulated disk below meanwhile would measure that one.
keep_writes() {
    echo 0 >/proc/sys/vm/dirty_writeback_centisecs
    echo 90 >/proc/sys/vm/dirty_ratio
    echo 80 >/proc/sys/vm/dirty_background_ratio
}

start() { # NAME PARAMETERS WORD...
    local name=$1 in out
    shift
    mkfifo "/tmp/$name.in" "/tmp/$name.out"
    exec {in}<>"/tmp/$name.in" {out}<>"/tmp/$name.out"
    input[$name]=$in
    output[$name]=$out
    "start_$name" "$@" <&"$in" >&"$out" 2>"/tmp/$name.err" &
    process[$name]=$!
    await "$name" 'load ready'
    # What it takes to be told and to answer, a character at a time; each order and answer has as many.
    ask_and_count "$name" 'nothing 1 1000'
    idle[$name]=$made
}

start_microlith() { # PARAMETERS DEVICE...
    local parameters=$1
    shift
    exec "${java[@]}" io.microlith.benchmarks.device.GuestLinux "$kernel" "$initrd" "$mebibytes" \
        "$command_line $parameters" "$@"
}

start_qemu() { # PARAMETERS ARGUMENT...
    local parameters=$1
    shift
    exec qemu-system-x86_64 -M "$machine" -enable-kvm -cpu host -m "$mebibytes" -smp 1 \
        -nodefaults -no-user-config -display none -no-reboot -serial stdio \
        -kernel "$kernel" -initrd "$initrd" -append "$command_line $parameters" "$@"
}

qemu_device() { # KIND: its name for a virtio device, on PCI without the boot ROM that a network device would have
    [[ $transport == mmio ]] && echo "virtio-$1-device" || echo "virtio-$1-pci,romfile="
}

# Reads a guest's console up to a line that begins so, and sets $reply to the rest of it.
await() { # NAME BEGINNING
    local line
    : >"/tmp/$1.log"
    while IFS= read -r -t "$patience" line <&"${output[$1]}"; do
        line=${line%$'\r'}
        case $line in
            "$2"*)
                reply=${line#"$2"}
                return
                ;;
            'load failed'*) break ;;
        esac
        printf '%s\n' "$line" >>"/tmp/$1.log"
    done
    tail -n 20 "/tmp/$1.log" "/tmp/$1.err"
    echo "failed $1 ${line:-does not answer}"
    exit 1
}

ask() { # NAME ORDER
    printf '%-24s\n' "$2" >&"${input[$1]}"
    await "$1" 'load done '
}

# Exits to user space: for I/O ports, for memory that nobody backs, and for signals. KVM names a VM's directory after the
# thread that made it.
exits() { # NAME: sets $count
    local thread file number
    count=0
    for thread in /proc/"${process[$1]}"/task/*; do
        for file in /sys/kernel/debug/kvm/"${thread##*/}"-*/{io,mmio,signal}_exits; do
            if [[ -e $file ]]; then
                read -r number <"$file"
                count=$((count + number))
            fi
        done
    done
}

# Has a guest carry an order out, and sets $made to its exits meanwhile.
ask_and_count() { # NAME ORDER
    local before
    exits "$1"
    before=$count
    ask "$1" "$2"
    exits "$1"
    made=$((count - before))
}

take_turn() { # NAME ORDER PAIR
    ask_and_count "$1" "$2"
    printf 'load %s %s %s %s %s\n' "$1" "${2// /:}" "$3" "$reply" "$((made - idle[$1]))"
}

turns() { # PAIRS ORDER...
    local pairs=$1 pair order
    shift
    for ((pair = 0; pair < pairs; pair++)); do
        for order in "$@"; do
            if ((pair % 2 == 0)); then
                take_turn microlith "$order" "$pair"
                take_turn qemu "$order" "$pair"
            else
                take_turn qemu "$order" "$pair"
                take_turn microlith "$order" "$pair"
            fi
        done
    done
}

measure() { # WARM PAIRS MILLIS ORDER...
    local warm=$1 pairs=$2 millis=$3
    shift 3
    turns 1 "${@/%/ $warm}" | sed 's/^/warm /'
    ((PIPESTATUS[0] == 0)) || exit 1
    turns "$pairs" "${@/%/ $millis}"
}
