#!/bin/sh
# NAME OPTION...: runs a benchmark in the rig's outer VM, and prints how far it is. Its numbers go to /results, and all its
# other files to a disk that the host does not cache.
set -e
ulimit -n 200000 # clone: some for each of a thousand machines
mkdir /disk/out
case $1 in
exit) options="-XX:+UseSerialGC -XX:MaxInlineLevel=30" ;; # one path, long: all compilers, and the whole of it in one method
*) options='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' ;; # compiling costs more there than it saves
esac
# shellcheck disable=SC2086 # several options, deliberately split
java ${MICROLITH_JAVA_OPTIONS-$options} -Dmicrolith.bench.programs=/work/programs \
  -cp '/opt/microlith/lib/*' --enable-native-access=ALL-UNNAMED io.microlith.benchmarks.BenchTool "$@" --out /disk/out \
  2>&1 >/dev/null
cp "/disk/out/$1.json" /results
