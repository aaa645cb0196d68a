package orrery.server.workspace.terminal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One WebSocket message of subprotocol `cloudshell-v1`, a protobuf `CloudshellMessage`.
/// [FrameCodec] reads and writes the bytes.
sealed interface Frame {
    /// The client is alive; answered with [Pong].
    record Ping() implements Frame {}

    record Pong() implements Frame {}

    /// What the person typed.
    record Input(String data) implements Frame {}

    /// What the terminal printed, in whole UTF-8 characters.
    record Output(String data) implements Frame {}

    /// The terminal's new size, in characters.
    record Resize(int cols, int rows) implements Frame {}

    /// A question of the file explorer.
    ///
    /// @param id chosen by the client, repeated in the [Reply]
    record Explore(String id, Command command) implements Frame {}

    /// The answer to an [Explore] of the same id.
    record Reply(String id, Answer answer) implements Frame {}

    /// The terminal is gone or never came; `data` says why.
    record Failed(String data) implements Frame {}

    /// What the file explorer asks for.
    sealed interface Command {
        record ListFiles(String path, boolean showHidden) implements Command {}

        record MakeDirectory(String path, String name) implements Command {}

        /// A directory goes with all that is in it.
        record Remove(String path) implements Command {}

        record CurrentDirectory() implements Command {}
    }

    /// What the file explorer is told. An `error` of `null` means it worked.
    sealed interface Answer {
        record Files(List<FileInfo> files, @Nullable String error) implements Answer {
            public Files {
                files = List.copyOf(files);
            }
        }

        record DirectoryMade(@Nullable String error) implements Answer {}

        record Removed(@Nullable String error) implements Answer {}

        record Directory(String path, @Nullable String error) implements Answer {}
    }

    /// One entry of a directory.
    ///
    /// @param mode as `ls` prints it: `-rw-r--r--`
    /// @param modified RFC 3339
    record FileInfo(
            String name, String path, long size, String mode, boolean directory, String modified) {}
}
