package orrery.server;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The file in the data folder that says where the server listens, for the simulated region beside
/// it, whose pods reach the public API there.
///
/// `http://127.0.0.1:8080`, and with TLS a space and the name that the certificate is for. The file
/// is locked as long as the server lives: one that is not is left from an earlier server.
final class ListeningFile implements AutoCloseable {
    static final String NAME = "listening";
    private static final Logger LOG = System.getLogger(ListeningFile.class.getName());

    private final FileChannel channel;
    private final FileLock lock;

    private ListeningFile(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Writes and locks it; `null` when another server has that folder, or the disk refuses. Only
    /// pods miss it.
    static @Nullable ListeningFile open(Path folder, Listening listening, int port) {
        try {
            var channel = FileChannel.open(folder.resolve(NAME),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            var lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return null;
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                    content(listening, port).getBytes(StandardCharsets.UTF_8)));
            return new ListeningFile(channel, lock);
        } catch (IOException refused) {
            LOG.log(Level.WARNING, "pods of a simulated region will not reach this server: {0}",
                    refused.toString());
            return null;
        }
    }

    static String content(Listening listening, int port) {
        var host = listening.host().contains(":")
                ? "[" + listening.host() + "]" : listening.host();
        var url = listening.publicUrl();
        return listening.usesTls()
                ? "https://" + host + ":" + port + " " + (url == null ? "" : url.getHost())
                : "http://" + host + ":" + port;
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
