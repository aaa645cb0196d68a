package orrery.sim.container;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The parts of the host that every cell sees, read-only: its programs and libraries.
final class HostPrograms {
    /// The only folders searched for the sandbox programs: no user's own may stand in for them.
    static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private static final List<String> TREES =
            List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

    /// Single files and folders of /etc without which the host's programs do not run.
    private static final List<String> SETTINGS = List.of("/etc/alternatives", "/etc/ld.so.cache");

    private HostPrograms() {}

    /// Folders to bind read-only: `/usr`, `/bin`, `/lib64`… On most systems all but the first are
    /// links into it. They are mounts in a cell all the same: a link could be replaced by what runs
    /// there, and with it the loader of the programs that set up the next process.
    static List<Path> trees() {
        return TREES.stream().map(Path::of).filter(Files::isDirectory).toList();
    }

    static List<Path> settings() {
        return SETTINGS.stream().map(Path::of).filter(Files::exists).toList();
    }

    /// Folders below the trees whose content belongs to the host's users, to be covered.
    static List<Path> covered() {
        var local = Path.of("/usr/local");
        return Files.isDirectory(local, LinkOption.NOFOLLOW_LINKS) ? List.of(local) : List.of();
    }

    static Optional<Path> find(String program) {
        for (String folder : PATH.split(":")) {
            var path = Path.of(folder, program);
            if (Files.isExecutable(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }
}
