# Makes a cell inside fresh namespaces and runs a command in it; see Unshare.java.
# Arguments: ROOT UID HOSTNAME {tree|cover|ro|rw SOURCE TARGET}... -- COMMAND...
# Starts in the sandboxes' folder. Its path may be closed to this user (root's home is), so the
# folder is mounted from the working directory, which needs no path.
set -eu
mount -c --rbind . /mnt
cd /mnt
root=$1 uid=$2
shift 2
mount -c --bind "$root" "$root"
cd "/mnt/$root"
mount -c -o remount,bind,nosuid,nodev .
while [ "$1" != -- ]; do
    case $2 in ./*) source=/mnt/$2 ;; *) source=$2 ;; esac
    case $1 in
        cover) mount -t tmpfs -o ro,nosuid,nodev,size=4k tmpfs "./$3" ;;
        rw) mount -c --bind "$source" "./$3"
            mount -c -o remount,bind,nosuid,nodev "./$3" ;;
        tree) mount -c --rbind "$source" "./$3"
            mount -c -o remount,bind,ro,nosuid,nodev "./$3" ;;
        ro) mount -c --bind "$source" "./$3"
            mount -c -o remount,bind,ro,nosuid,nodev "./$3" ;;
    esac
    shift 3
done
shift
mount -t proc -o nosuid,nodev,noexec proc ./proc
mount -t tmpfs -o nosuid,noexec,mode=755,size=64k tmpfs ./dev
mkdir dev/pts dev/shm dev/outside
for device in null zero full random urandom tty; do
    : > "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o nosuid,nodev,size=64m tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
pivot_root . dev/outside
cd /
umount -l /dev/outside
rmdir /dev/outside
# A second user namespace, so that the command owns none of the mounts and cannot undo them. This
# shell stays, where it made the process list as process 1: it ends the sandbox with the command, and nothing inside may signal it.
unshare --user --map-user="$uid" --map-group="$uid" --keep-caps -- \
    sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"' sh "$@" || exit $?
