package orrery.kit.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How PostgreSQL runs when we are root, which it refuses to be.
///
/// First choice is an empty user namespace: the process holds no capability and no name, yet it is
/// still the owner of its files, so the data folder stays root's own, with mode 0700. Containers
/// often forbid that; there we change to a user id that no account and no service manager uses,
/// and give it the database's files, which needs a data folder that it can walk to.
///
/// @param prefix what stands before the program's own command line
/// @param uid    the user that must own the database's files; null: whoever starts us
record Unprivileged(List<String> prefix, Integer uid) {
    private static final int SPARE_UID = 60_999;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    static Unprivileged find(Path folder) throws IOException {
        if (!isRoot()) {
            return new Unprivileged(List.of(), null);
        }
        if (works(List.of("unshare", "-U"), folder)) {
            return new Unprivileged(List.of("unshare", "-U"), null);
        }
        return changed(folder);
    }

    /// The second choice: another user id.
    static Unprivileged changed(Path folder) throws IOException {
        var id = Integer.toString(SPARE_UID);
        var prefix = List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups");
        if (!works(prefix, folder)) {
            throw new IOException("PostgreSQL does not run as root, and neither `unshare -U` nor"
                    + " `setpriv --reuid` works here; start as another user, or set"
                    + " ORRERY_DATABASE_URL to a PostgreSQL of your own");
        }
        for (var at = folder.toRealPath(); at != null; at = at.getParent()) {
            if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                if (at.equals(folder.toRealPath())) {
                    var rights = Files.getPosixFilePermissions(at);
                    rights.add(PosixFilePermission.OTHERS_EXECUTE);
                    Files.setPosixFilePermissions(at, rights);
                } else {
                    throw new IOException("PostgreSQL does not run as root, and the user it would"
                            + " run as cannot enter " + at + "; choose another folder with --data,"
                            + " for example /var/lib/orrery");
                }
            }
        }
        return new Unprivileged(prefix, SPARE_UID);
    }

    List<String> command(String... words) {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(words));
        return command;
    }

    /// Gives a file or a folder with all it holds to the user that PostgreSQL runs as.
    void own(Path path) throws IOException {
        if (uid != null) {
            try (var paths = Files.walk(path)) {
                for (var file : paths.toList()) {
                    Files.setAttribute(file, "unix:uid", uid);
                    Files.setAttribute(file, "unix:gid", uid);
                }
            }
        }
    }

    private static boolean works(List<String> prefix, Path folder) {
        var command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Programs.run(command, folder, LIMIT);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isRoot() throws IOException {
        var self = Path.of("/proc/self");
        return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
    }
}
