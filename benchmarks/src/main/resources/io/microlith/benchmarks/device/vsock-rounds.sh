#!/bin/bash
# Streams between a guest and its host over a socket device, whose other end is a Unix socket, under Microlith, and over a
# virtio serial port with a Unix socket at its end under QEMU, by turns, as two-guests.sh has it; inside the rig's outer VM.
#
#   bash vsock-rounds.sh WARM-MILLIS PAIRS MILLIS
source two-guests.sh
warm=$1
pairs=$2
millis=$3
port=5001

./streamload peer "unix:/tmp/vsock_$port" &
start microlith "load.place=vsock:2:$port" "vsock,path=/tmp/vsock,transport=$transport"
./streamload peer unixto:/tmp/serial &
start qemu load.place=file:/dev/vport0p1 -chardev socket,id=far,path=/tmp/serial,server=on,wait=off \
    -device "$(qemu_device serial)" -device virtserialport,chardev=far

measure "$warm" "$pairs" "$millis" 'send 1024' 'receive 1024'
