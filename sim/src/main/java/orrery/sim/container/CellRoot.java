package orrery.sim.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes the file system of a cell, once, before its first process runs.
///
/// Never afterwards: the processes may by then have put links there that lead a writer on the host
/// (perhaps root) elsewhere.
final class CellRoot {
    private static final List<String> FOLDERS = List.of(
            "proc", "dev", "etc", "tmp", "var/tmp", "var/log", "run", "home", "root", "mnt", "opt",
            "srv", "sys");

    private static final Set<PosixFilePermission> PASSAGE =
            PosixFilePermissions.fromString("rwx--x--x");

    private final Optional<Integer> owner;

    /// @param owner user id on the host that the sandboxes drop to; empty when it is our own
    CellRoot(Optional<Integer> owner) {
        this.owner = owner;
    }

    /// Makes the root folder of `cell` with a mount point for each of its binds, and the file that
    /// sets its environment. Does nothing when it is there already.
    void make(Cell cell, Map<String, String> environment, String directory) throws IOException {
        if (Files.exists(cell.environment(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var root = cell.root();
        folder(root);
        for (String name : FOLDERS) {
            folders(root, name);
        }
        for (var tree : HostPrograms.trees()) {
            folders(root, inside(tree.toString()));
        }
        for (var setting : HostPrograms.settings()) {
            mountPoint(root, setting.toString(), Files.isDirectory(setting));
        }
        settings(root.resolve("etc"), cell);
        folders(root, inside(directory));
        for (var bind : cell.binds()) {
            mountPoint(root, bind.target(), Files.isDirectory(bind.source()));
        }
        file(cell.environment(), line(environment), "rw-------");
    }

    /// Makes a folder that belongs to the sandboxed user, for a volume.
    void folder(Path path) throws IOException {
        // The folders above it are passed through, never listed, by the sandboxed user.
        passage(path.getParent());
        if (!Files.isDirectory(path)) {
            Files.createDirectory(path);
        }
        own(path);
    }

    private static void passage(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            passage(path.getParent());
            Files.createDirectory(path);
            // Said again: a umask of 077 is common for data folders.
            Files.setPosixFilePermissions(path, PASSAGE);
        }
    }

    /// Writes a file that the sandboxed user may read, for a volume that it may not write. An
    /// older one is replaced at once, so a reader sees the one or the other.
    void file(Path path, byte[] content, String permissions) throws IOException {
        var fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.write(fresh, content);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(permissions));
        own(fresh);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private void file(Path path, String content, String permissions) throws IOException {
        file(path, content.getBytes(StandardCharsets.UTF_8), permissions);
    }

    private void settings(Path etc, Cell cell) throws IOException {
        var user = cell.uid() == 0 ? "" : "user:x:%d:%d::/root:/bin/sh\n".formatted(
                cell.uid(), cell.uid());
        file(etc.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\n" + user, "rw-r--r--");
        file(etc.resolve("group"), "root:x:0:\n" + user.replaceFirst(":[^:]*:/root.*", ":"),
                "rw-r--r--");
        file(etc.resolve("hostname"), cell.hostname() + "\n", "rw-r--r--");
        var names = cell.relay().stream().flatMap(relay -> relay.ways().stream())
                .map(Relay.Way::name).collect(Collectors.joining(" "));
        file(etc.resolve("hosts"), "127.0.0.1 localhost " + cell.hostname() + " " + names + "\n",
                "rw-r--r--");
        file(etc.resolve("resolv.conf"), "# A simulated pod reaches what its variables name.\n",
                "rw-r--r--");
        file(etc.resolve("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n",
                "rw-r--r--");
    }

    private void mountPoint(Path root, String target, boolean directory) throws IOException {
        var path = root.resolve(inside(target)).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw new IOException("cannot mount at " + target);
        }
        if (directory) {
            folders(root, inside(target));
            return;
        }
        folders(root, root.relativize(path.getParent()).toString());
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            own(Files.createFile(path));
        }
    }

    private void folders(Path root, String relative) throws IOException {
        var path = root;
        for (var name : Path.of(relative).normalize()) {
            path = path.resolve(name);
            if (!Files.isDirectory(path)) {
                own(Files.createDirectory(path));
            }
        }
    }

    private void own(Path path) throws IOException {
        if (owner.isPresent()) {
            Files.setAttribute(path, "unix:uid", owner.get(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", owner.get(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /// `env -i` takes any name a pod may use; a shell would refuse those with dots.
    private static String line(Map<String, String> environment) {
        var text = new StringBuilder("exec 3<&- 8<&-; exec /usr/bin/env -i");
        environment.forEach((name, value) ->
                text.append(' ').append(Command.quoted(name + "=" + value)));
        return text.append(" \"$@\"\n").toString();
    }

    private static String inside(String absolute) {
        return absolute.substring(1);
    }
}
