# Starts one of two programs for each line it reads, and answers with the microseconds that took and the status.
#
#   bash startup.sh JAVA DIRECTORY LAUNCHER
java=$1 directory=$2 launcher=$3

now() { # sets $micros; whatever the locale's decimal point
    micros=${EPOCHREALTIME//[!0-9]/}
}

echo ready
while read -r program; do
    now
    begin=$micros
    case $program in
        java) "$java" -cp "$directory" Hello </dev/null &>/dev/null ;;
        microlith) "$launcher" hello </dev/null &>/dev/null ;;
    esac
    status=$?
    now
    echo "$((micros - begin)) $status"
done
