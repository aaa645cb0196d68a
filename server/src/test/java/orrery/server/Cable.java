package orrery.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The line to an API server, for tests of what happens when it is cut: passes on what comes, byte
/// for byte, on a port of its own.
public final class Cable {
    private final ServerSocket door;
    private final URI to;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile State state = State.WHOLE;

    private enum State {
        WHOLE,
        /// Nothing gets through, and what was under way is lost.
        CUT,
        /// What is asked gets through, and no answer comes back.
        DEAF
    }

    public Cable(URI to) {
        this.to = to;
        try {
            door = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("cable").start(this::listen);
    }

    public int port() {
        return door.getLocalPort();
    }

    public void cut() {
        state = State.CUT;
        open.forEach(Cable::close);
    }

    public void deafen() {
        state = State.DEAF;
    }

    public void join() {
        state = State.WHOLE;
    }

    private void listen() {
        while (!door.isClosed()) {
            try {
                var near = door.accept();
                if (state == State.WHOLE) {
                    connect(near);
                } else {
                    close(near);
                }
            } catch (IOException again) {
                // The next one may get through.
            }
        }
    }

    private void connect(Socket near) throws IOException {
        var far = new Socket(to.getHost(), to.getPort());
        open.add(near);
        open.add(far);
        Thread.ofVirtual().start(() -> pass(near, far, false));
        Thread.ofVirtual().start(() -> pass(far, near, true));
    }

    private void pass(Socket from, Socket into, boolean isAnswer) {
        var buffer = new byte[16 * 1024];
        try (InputStream in = from.getInputStream(); OutputStream out = into.getOutputStream()) {
            int count;
            while ((count = in.read(buffer)) >= 0) {
                if (state == State.CUT || state == State.DEAF && isAnswer) {
                    return;
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException over) {
            // So it is for the other side.
        } finally {
            close(from);
            close(into);
            open.remove(from);
            open.remove(into);
        }
    }

    private static void close(Socket one) {
        try {
            one.close();
        } catch (IOException closed) {
            // That is what is wanted.
        }
    }
}
