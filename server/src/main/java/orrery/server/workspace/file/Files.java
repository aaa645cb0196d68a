package orrery.server.workspace.file;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.kube.KubeExec;
import orrery.kit.kube.KubeFailure;
import orrery.server.workspace.workspace.WorkspaceShell;
import orrery.server.workspace.workspace.Workspaces;

/// Files that go into a workspace and come out of it, byte for byte, with the person's rights.
///
/// Nothing of a file is kept in memory or on our disk: it streams through a program that runs in
/// the workspace. An upload is written beside its target and renamed when it is complete, so that
/// nobody ever reads half of it.
@ApplicationScoped
public class Files {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int HEAD_LIMIT = 32;
    private static final int BUFFER = 64 * 1024;

    /// How the scripts below end when something is in the way (sysexits and errno numbers).
    private static final int IS_DIRECTORY = 21;
    private static final int NO_PERMISSION = 13;
    private static final int MISSING = 44;
    private static final int NO_SPACE = 28;

    private static final String DOWNLOAD = """
            cd
            [ -e "$1" ] || exit 44
            [ -d "$1" ] && exit 21
            [ -f "$1" ] && [ -r "$1" ] || exit 13
            stat -L -c %s "$1" && exec cat "$1"
            """;

    private static final String UPLOAD = """
            cd
            folder=$(dirname "$1")
            part="$folder/.upload-$2"
            [ -d "$folder" ] || exit 44
            [ -d "$1" ] && exit 21
            [ -w "$folder" ] || exit 13
            trap 'rm -f "$part"' EXIT
            trap 'exit 74' HUP INT TERM PIPE
            head -c "$3" >"$part" || exit 28
            [ "$(stat -c %s "$part")" = "$3" ] || exit 74
            if [ -e "$1" ]; then was=replaced; else was=created; fi
            mv -f "$part" "$1" && echo "$was"
            """;

    private final Workspaces workspaces;
    private final Ids ids;

    public Files(Workspaces workspaces, Ids ids) {
        this.workspaces = workspaces;
        this.ids = ids;
    }

    /// A file on its way out. Close it, read or not.
    ///
    /// @param size in bytes
    public record Download(String name, long size, InputStream content, KubeExec program)
            implements AutoCloseable {
        /// Writes the whole file.
        ///
        /// @throws IOException when it became shorter meanwhile, or nobody reads any more
        public void writeTo(OutputStream out) throws IOException {
            var buffer = new byte[BUFFER];
            long left = size;
            while (left > 0) {
                int read = content.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException("the file ended " + left + " bytes early");
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        }

        @Override
        public void close() {
            program.close();
        }
    }

    /// Opens a file for reading.
    ///
    /// @throws Problem.Failure when it is missing, a directory, or not readable
    public Download download(Grant grant, String workspace, String path) {
        var target = path(path);
        var program = start(workspaces.shell(grant, workspace), DOWNLOAD, target);
        try {
            var size = size(program);
            if (size.isEmpty()) {
                throw refusal(path, exit(program));
            }
            var name = target.substring(target.lastIndexOf('/') + 1);
            return new Download(name, Long.parseLong(size), program.output(), program);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /// The first line that the script prints; empty when it prints none. One that refuses may be
    /// gone before its input is closed: then its exit code tells.
    private static String size(KubeExec program) {
        try {
            program.input().close();
            return firstLine(program.output());
        } catch (IOException gone) {
            return "";
        }
    }

    /// Writes a file, all of it or nothing.
    ///
    /// @param size how many bytes `content` holds
    /// @return whether the file is new
    public boolean upload(
            Grant grant, String workspace, String path, long size, InputStream content) {
        var part = ids.next("part");
        try (var program = start(workspaces.shell(grant, workspace), UPLOAD,
                path(path), part, Long.toString(size))) {
            copy(content, program, size);
            var code = exit(program);
            if (code != 0) {
                throw refusal(path, code);
            }
            return firstLine(program.output()).equals("created");
        } catch (IOException e) {
            throw away();
        }
    }

    /// A script that refuses stops reading; then the exit code tells more than the broken pipe.
    private static void copy(InputStream content, KubeExec program, long size)
            throws IOException {
        var buffer = new byte[BUFFER];
        long left = size;
        while (left > 0 && !program.exit().isDone()) {
            int read = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new Problem.Malformed("body", "it ended " + left
                        + " bytes before the announced Content-Length").raise();
            }
            try {
                program.input().write(buffer, 0, read);
                program.input().flush();
            } catch (IOException e) {
                return;
            }
            left -= read;
        }
    }

    private static KubeExec start(WorkspaceShell shell, String script, String... arguments) {
        try {
            return shell.script(script, arguments);
        } catch (KubeFailure failure) {
            throw failure.problem("the workspace " + shell.workspace()).raise();
        }
    }

    /// `~` and relative paths begin in the home, where the scripts go first.
    private static String path(String path) {
        if (path.isEmpty() || path.length() > 4096 || path.indexOf('\0') >= 0) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("path",
                    "must name a file, in at most 4096 characters"))).raise();
        }
        var inHome = path.startsWith("~/") ? path.substring(2) : path;
        return inHome.startsWith("/") ? inHome : "./" + inHome;
    }

    private static String firstLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (line.size() >= HEAD_LIMIT) {
                throw new IOException("no size but something else");
            }
            line.write(c);
        }
        return line.toString(java.nio.charset.StandardCharsets.US_ASCII).strip();
    }

    private static int exit(KubeExec program) {
        try {
            return program.exit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away();
        } catch (ExecutionException | TimeoutException e) {
            throw away();
        }
    }

    private static Problem.Failure refusal(String path, int code) {
        return switch (code) {
            case MISSING -> new Problem.NotFound("file", path).raise();
            case IS_DIRECTORY -> new Problem.Invalid(List.of(new Problem.Mistake(
                    "path", path + " is a directory; name a file"))).raise();
            case NO_PERMISSION -> new Problem.Refused(path,
                    "the workspace's user has no permission for it").raise();
            case NO_SPACE -> new Problem.Conflict("file", path,
                    "there is no space left in the workspace").raise();
            default -> away();
        };
    }

    private static Problem.Failure away() {
        return new Problem.Unavailable("the workspace's file transfer", Duration.ofSeconds(5))
                .raise();
    }
}
