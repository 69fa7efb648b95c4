#!/bin/bash
# Runs a user's systemd in a mount namespace of its own, and a command with it.  Usage: unshare -m systemd.sh DIR COMMAND…
# The system need not have been started by systemd; /run/systemd and the control group are made to look as if it were.
set -eu
dir=$1
shift
export HOME=$dir/user XDG_RUNTIME_DIR=$dir/runtime XDG_CONFIG_HOME=$dir/user/.config
mkdir -p "$HOME" "$XDG_RUNTIME_DIR" /run/systemd
chmod 700 "$XDG_RUNTIME_DIR"
mount -t tmpfs none /run/systemd
mkdir -p /run/systemd/system /run/systemd/inaccessible/dir
cd /run/systemd/inaccessible
touch reg sock
mkfifo fifo
mknod chr c 0 0
mknod blk b 0 0
cd "$dir"
group=/sys/fs/cgroup/systemd/curbside-$$
mkdir -p "$group"
echo $$ > "$group/cgroup.procs"
/lib/systemd/systemd --user < /dev/null > "$dir/systemd.log" 2>&1 &
manager=$!
trap 'kill -9 $manager' EXIT
for _ in $(seq 100); do
  [ -S "$XDG_RUNTIME_DIR/systemd/private" ] && break
  sleep 0.05
done
"$@"
