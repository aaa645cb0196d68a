package orrery.server.studio.importer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import orrery.server.studio.importer.Compose.Mount;

/// What a folder or file of the host was mounted for. Nobody wrote it down, so it is guessed from
/// the paths; the report tells what was guessed.
enum Binds {
    /// The engine's socket or the host's own system: never given to pods.
    SYSTEM,
    /// One file, whose content did not come along.
    FILE,
    /// Source code over an image that is built from the same source.
    CODE,
    /// Content that somebody prepared: configuration, pages, scripts.
    CONTENT,
    /// What the program itself writes and expects to find again.
    DATA;

    private static final Set<String> SYSTEM_PATHS = Set.of("/", "/proc", "/sys", "/dev", "/run",
            "/var/run", "/lib/modules", "/usr/src", "/var/lib/docker", "/var/lib/containers",
            "/etc/localtime", "/etc/timezone", "/etc/passwd", "/etc/group", "/etc/machine-id",
            "/var/log", "/boot", "/lib", "/usr", "/bin", "/sbin", "/etc", "/rootfs", "/cgroup");
    private static final Set<String> DATA_WORDS = Set.of("data", "db", "database", "storage",
            "store", "upload", "uploads", "media", "backup", "backups", "logs", "cache", "state",
            "persist", "persistent", "volume", "volumes", "library", "download", "downloads",
            "mysql", "postgres", "postgresql", "pgdata", "mongo", "mongodb", "redis", "wal",
            "snapshots", "models", "spool", "mail");

    static Binds of(ComposeService service, Mount mount) {
        String source = mount.source() == null ? "" : mount.source();
        if (isSystem(source)) {
            return SYSTEM;
        }
        if (isFile(source) || isFile(mount.target())) {
            return FILE;
        }
        boolean absolute = source.startsWith("/");
        if (mount.readOnly()) {
            return CONTENT;
        }
        if (isData(source) || isData(mount.target())) {
            return DATA;
        }
        if (service.build() != null && !absolute) {
            return CODE;
        }
        return absolute ? DATA : CONTENT;
    }

    private static boolean isSystem(String source) {
        String path = source.length() > 1 && source.endsWith("/")
                ? source.substring(0, source.length() - 1) : source;
        return path.endsWith(".sock") || SYSTEM_PATHS.contains(path)
                || path.startsWith("/proc/") || path.startsWith("/sys/")
                || path.startsWith("/dev/") || path.startsWith("/lib/modules/")
                || path.startsWith("/var/run/") || path.startsWith("/run/");
    }

    /// An extension marks a file; `conf.d` and the like are folders.
    static boolean isFile(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.matches(".*[A-Za-z0-9_-]\\.[A-Za-z0-9]{1,12}") && !last.endsWith(".d")
                || Set.of("Dockerfile", "Caddyfile", "Makefile", ".env", ".htpasswd", "hosts",
                        "crontab").contains(last);
    }

    private static boolean isData(String path) {
        if (path.startsWith("/var/lib/")) {
            return true;
        }
        String[] parts = path.toLowerCase(Locale.ROOT).split("[/._-]+");
        return Arrays.stream(parts).anyMatch(DATA_WORDS::contains);
    }
}
