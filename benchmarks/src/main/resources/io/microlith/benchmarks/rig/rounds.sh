# shellcheck shell=bash
# What scripts have in common that start Microlith and QEMU in turns, inside the rig's outer VM. The console of a VMM is on
# descriptor 3 and its process is $vmm; QEMU's monitor is on 4 and 5. $begin is when the process was started, $ready when it
# could go on, and $run when it was told to.
patience=180
console=/tmp/console.log
errors=/tmp/errors.log
monitor=/tmp/monitor

# What lines of the report begin with.
prefix=

now() { # sets $micros
    micros=${EPOCHREALTIME//[!0-9]/}
}

open_monitor() {
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

# Prints "boot NAME PROCESS RUN", or "failed NAME" after what was on the console, and kills the VMM.
report() { # NAME PATTERN: what the guest's line is like that ends it
    local line end=
    : >"$console"
    while IFS= read -r -t "$patience" line <&3; do
        # shellcheck disable=SC2053 # it is a pattern
        if [[ $line == $2 ]]; then
            now
            end=$micros
            break
        fi
        printf '%s\n' "$line" >>"$console"
    done
    kill -9 "$vmm" 2>/dev/null
    wait "$vmm" 2>/dev/null
    exec 3<&-
    if [[ -n $end ]]; then
        printf '%sboot %s %s %s\n' "$prefix" "$1" "$((ready - begin + end - run))" "$((end - run))"
    else
        tail -n 20 "$console" "$errors"
        printf '%sfailed %s\n' "$prefix" "$1"
    fi
}

in_turns() { # ROUNDS OURS THEIRS: two functions; who is first reads all programs from an emulated disk
    local round
    "$2" >/dev/null
    "$3" >/dev/null
    for ((round = 0; round < $1; round++)); do
        if ((round % 2 == 0)); then
            "$2"
            "$3"
        else
            "$3"
            "$2"
        fi
    done
}
