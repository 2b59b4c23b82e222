#!/bin/bash
# Streams and round trips over TCP between a guest and its host, through a tap, under Microlith and under QEMU by turns, as
# two-guests.sh has it; inside the rig's outer VM.
#
#   bash net-rounds.sh WARM-MILLIS PAIRS MILLIS
source two-guests.sh
warm=$1
pairs=$2
millis=$3
port=5001

cable() { # NAME ADDRESS: a tap with the host's address
    tunctl -t "$1" >/dev/null
    ip address add "$2/24" dev "$1"
    ip link set "$1" up
}

cable tapm 10.0.1.1
cable tapq 10.0.2.1
./streamload peer "tcp:10.0.1.1:$port" &
./streamload peer "tcp:10.0.2.1:$port" &

start microlith "load.address=10.0.1.2/24 load.place=tcp:10.0.1.1:$port" "net,tap=tapm,transport=$transport"
start qemu "load.address=10.0.2.2/24 load.place=tcp:10.0.2.1:$port" \
    -netdev tap,id=net,ifname=tapq,script=no,downscript=no,vhost=off -device "$(qemu_device net),netdev=net"

measure "$warm" "$pairs" "$millis" 'send 1024' 'receive 1024' 'rr 0'
