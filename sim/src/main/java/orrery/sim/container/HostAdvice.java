package orrery.sim.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Says why no sandbox works on this host and which command allows one.
final class HostAdvice {
    private static final Path SETTINGS = Path.of("/proc/sys");

    static final String SWITCHED_OFF = "this host forbids sandboxes for simulated pods (the region"
            + " was started with --no-sandboxes). Start it without that option";

    private HostAdvice() {}

    /// @param failures what each sandbox tried said
    static String explain(List<String> failures) {
        var why = failures.isEmpty() ? "neither bubblewrap nor util-linux is installed"
                : String.join("; ", failures).replace('\n', ' ');
        return "this host forbids sandboxes for simulated pods (" + why + "). " + command(failures);
    }

    private static String command(List<String> failures) {
        if (failures.isEmpty()) {
            return "Install one: apt-get install bubblewrap";
        }
        if (is("kernel/apparmor_restrict_unprivileged_userns", "1")) {
            return "Allow them: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
        }
        if (is("kernel/unprivileged_userns_clone", "0")) {
            return "Allow them: sudo sysctl -w kernel.unprivileged_userns_clone=1";
        }
        if (is("user/max_user_namespaces", "0")) {
            return "Allow them: sudo sysctl -w user.max_user_namespaces=10000";
        }
        return "In a container, run it with user namespaces and an unmasked /proc:"
                + " docker run --security-opt seccomp=unconfined"
                + " --security-opt systempaths=unconfined …";
    }

    private static boolean is(String setting, String value) {
        try {
            return Files.readString(SETTINGS.resolve(setting)).strip().equals(value);
        } catch (IOException absent) {
            return false;
        }
    }
}
