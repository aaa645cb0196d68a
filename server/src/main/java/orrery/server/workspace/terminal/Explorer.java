package orrery.server.workspace.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orrery.kit.kube.KubeFailure;
import orrery.server.workspace.workspace.WorkspaceShell;
import org.jspecify.annotations.Nullable;

/// Answers the file explorer beside a terminal, by small scripts in the workspace.
final class Explorer {
    private static final int OUTPUT_LIMIT = 4 * 1024 * 1024;
    private static final int PATIENCE_SECONDS = 20;

    /// Fields and entries end with bytes that no file name has: a slash ends the name, a newline
    /// cannot be told apart from a name's own, so a NUL ends the entry.
    private static final String LIST = """
            cd && cd "$1" || exit 1
            pwd; printf '\\0'
            for name in .* *; do
              case $name in .|..) continue ;; esac
              [ -e "$name" ] || [ -L "$name" ] || continue
              stat -c '%s/%A/%Y/' "$name" && printf '%s\\0' "$name"
            done
            """;
    private static final String MAKE = "cd && cd \"$1\" && mkdir -- \"$2\"";
    private static final String REMOVE = "cd && rm -rf -- \"$1\"";
    private static final String HOME = "cd && pwd";

    private final WorkspaceShell shell;

    Explorer(WorkspaceShell shell) {
        this.shell = shell;
    }

    Frame.Answer answer(Frame.Command command) {
        return switch (command) {
            case Frame.Command.ListFiles list -> {
                var done = run(LIST, orHome(list.path()));
                yield done.error != null
                        ? new Frame.Answer.Files(List.of(), done.error)
                        : new Frame.Answer.Files(files(done.output, list.showHidden()), null);
            }
            case Frame.Command.MakeDirectory make -> new Frame.Answer.DirectoryMade(
                    run(MAKE, orHome(make.path()), make.name()).error);
            case Frame.Command.Remove remove -> new Frame.Answer.Removed(remove.path().isBlank()
                    ? "name what to remove" : run(REMOVE, remove.path()).error);
            case Frame.Command.CurrentDirectory _ -> {
                var done = run(HOME);
                yield new Frame.Answer.Directory(done.output.strip(), done.error);
            }
        };
    }

    private record Done(String output, @Nullable String error) {}

    private Done run(String script, String... arguments) {
        try (var program = shell.script(script, arguments)) {
            program.input().close();
            var output = new String(
                    program.output().readNBytes(OUTPUT_LIMIT), StandardCharsets.UTF_8);
            var error = new String(program.error().readNBytes(500), StandardCharsets.UTF_8);
            int code = program.exit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return code == 0 ? new Done(output, null)
                    : new Done("", error.isBlank() ? "failed with " + code : error.strip());
        } catch (IOException | KubeFailure | ExecutionException | TimeoutException e) {
            return new Done("", "the workspace did not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Done("", "interrupted");
        }
    }

    private static List<Frame.FileInfo> files(String output, boolean showHidden) {
        var entries = output.split("\0");
        var folder = entries[0].strip();
        var files = new ArrayList<Frame.FileInfo>();
        for (int i = 1; i < entries.length; i++) {
            var fields = entries[i].split("/", 4);
            if (fields.length < 4) {
                continue;
            }
            var name = fields[3].startsWith("\n") ? fields[3].substring(1) : fields[3];
            if (showHidden || !name.startsWith(".")) {
                files.add(new Frame.FileInfo(
                        name, (folder.equals("/") ? "" : folder) + "/" + name,
                        Long.parseLong(fields[0].strip()), fields[1], fields[1].startsWith("d"),
                        Instant.ofEpochSecond(Long.parseLong(fields[2])).toString()));
            }
        }
        return files;
    }

    private static String orHome(String path) {
        return path.isBlank() ? "." : path;
    }
}
