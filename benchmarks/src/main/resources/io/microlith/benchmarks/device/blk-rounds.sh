#!/bin/bash
# Loads a disk on the same file under Microlith and under QEMU by turns, as two-guests.sh has it; inside the rig's outer VM.
#
#   bash blk-rounds.sh WARM-MILLIS PAIRS MILLIS
source two-guests.sh
warm=$1
pairs=$2
millis=$3
disk=/var/tmp/disk.img

keep_writes
mkdir -p /var/tmp
# Data everywhere, and all of it in the page cache.
yes "$(date)" | head -c 268435456 >"$disk"
sync "$disk"

start microlith load.place=/dev/vda "blk,path=$disk,transport=$transport"
start qemu load.place=/dev/vda \
    -drive "if=none,id=disk,format=raw,cache=writeback,aio=${QEMU_AIO:-threads},file.locking=off,file=$disk" \
    -device "$(qemu_device blk),drive=disk"

measure "$warm" "$pairs" "$millis" 'randread 1' 'randread 32' 'randwrite 1' 'randwrite 32' 'seqread 4' 'seqwrite 4'
