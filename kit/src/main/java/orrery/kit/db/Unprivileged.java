package orrery.kit.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How PostgreSQL runs when we are root, which it refuses to be.
///
/// First choice is an empty user namespace: the process holds no capability and no name, yet it is
/// still the owner of its files, so the data folder stays root's own, with mode 0700. Containers
/// often forbid that; there it runs as an account of the system, `postgres` or else `nobody`,
/// since `initdb` wants the name of whom it runs as. The database's files are given to that
/// account, which needs a data folder that it can walk to.
///
/// @param prefix what stands before the program's own command line
/// @param owner  whom the database's files must belong to; null: whoever starts us
record Unprivileged(List<String> prefix, @Nullable Account owner) {
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final List<String> SPARE = List.of("postgres", "nobody");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// A user of this system.
    record Account(int uid, int gid) {
        static final Account ROOT = new Account(0, 0);
    }

    static Unprivileged find(Path folder) throws IOException {
        return find(folder, command -> works(command, folder));
    }

    /// @param works whether a command ends well on this machine
    static Unprivileged find(Path folder, Predicate<List<String>> works) throws IOException {
        if (!isRoot()) {
            return new Unprivileged(List.of(), null);
        }
        if (works.test(List.of("unshare", "-U", "true"))) {
            return new Unprivileged(List.of("unshare", "-U"), Account.ROOT);
        }
        var account = spareAccount();
        var prefix = List.of("setpriv", "--reuid", Integer.toString(account.uid()),
                "--regid", Integer.toString(account.gid()), "--clear-groups");
        var trial = new ArrayList<>(prefix);
        trial.add("true");
        if (!works.test(trial)) {
            throw new IOException("PostgreSQL does not run as root, and neither `unshare -U` nor"
                    + " `setpriv --reuid` (both of util-linux) works here; start as another user,"
                    + " or set ORRERY_DATABASE_URL to a PostgreSQL of your own");
        }
        open(folder.toRealPath());
        return new Unprivileged(prefix, account);
    }

    private static Account spareAccount() throws IOException {
        var lines = Files.readAllLines(PASSWD);
        for (var name : SPARE) {
            for (var line : lines) {
                var parts = line.split(":");
                if (parts.length > 3 && parts[0].equals(name)) {
                    return new Account(Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
                }
            }
        }
        throw new IOException("PostgreSQL does not run as root, `unshare -U` does not work here,"
                + " and " + PASSWD + " has neither of the accounts " + String.join(" and ", SPARE)
                + "; make one with `useradd --system postgres`");
    }

    /// Lets everybody walk through our own folder. Those above it are not ours to open.
    private static void open(Path folder) throws IOException {
        for (var at = folder; at != null; at = at.getParent()) {
            var rights = Files.getPosixFilePermissions(at);
            if (rights.contains(PosixFilePermission.OTHERS_EXECUTE)) {
                continue;
            }
            if (!at.equals(folder)) {
                throw new IOException("PostgreSQL does not run as root, `unshare -U` does not work"
                        + " here, and the account that it would run as cannot enter " + at
                        + "; allow that with `chmod o+x " + at + "`, or choose another folder with"
                        + " --data, for example /var/lib/orrery");
            }
            rights.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(at, rights);
        }
    }

    List<String> command(String... words) {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(words));
        return command;
    }

    /// Gives a file, or a folder with all it holds, to the user that PostgreSQL runs as. Last the
    /// folder itself: it belongs to that user only when all in it does.
    void own(Path path) throws IOException {
        if (owner == null || owner.uid() == (int) Files.getAttribute(path, "unix:uid")) {
            return;
        }
        try (var paths = Files.walk(path)) {
            for (var file : paths.toList().reversed()) {
                Files.setAttribute(file, "unix:uid", owner.uid());
                Files.setAttribute(file, "unix:gid", owner.gid());
            }
        }
    }

    /// Lets PostgreSQL's account read the programs, however strict the umask was that they were
    /// unpacked with.
    void letRead(Path programs) throws IOException {
        if (owner == null || owner.equals(Account.ROOT)) {
            return;
        }
        try (var paths = Files.walk(programs)) {
            for (var path : paths.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                var rights = Files.getPosixFilePermissions(path);
                boolean changed = rights.add(PosixFilePermission.OTHERS_READ);
                if (rights.contains(PosixFilePermission.OWNER_EXECUTE)) {
                    changed |= rights.add(PosixFilePermission.OTHERS_EXECUTE);
                }
                if (changed) {
                    Files.setPosixFilePermissions(path, rights);
                }
            }
        }
    }

    private static boolean works(List<String> command, Path folder) {
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
