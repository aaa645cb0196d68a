package orrery.sim.kubelet;

import java.io.IOException;
import java.io.InputStream;
import orrery.sim.container.SandboxedProcess;

/// What a forwarded connection leads to. Its methods may block; they are called one at a time, but
/// for `gone`.
sealed interface PortPeer {
    /// Where its answers go; the methods may block.
    interface Back {
        void data(byte[] bytes, int length) throws IOException;

        /// Nothing more comes.
        void end();

        /// Nobody is there.
        void refused(String why);
    }

    /// Makes the connection; if there is none, says so to the client.
    void open() throws IOException;

    void take(byte[] bytes) throws IOException;

    /// The client sends nothing more.
    void finished() throws IOException;

    /// The client is gone.
    void gone();

    /// A built-in web server.
    record Echo(EchoServer server, Back back) implements PortPeer {
        @Override
        public void open() {}

        @Override
        public void take(byte[] bytes) throws IOException {
            var answer = server.take(bytes);
            if (answer.isPresent()) {
                back.data(answer.get(), answer.get().length);
                back.end();
            }
        }

        @Override
        public void finished() {
            back.end();
        }

        @Override
        public void gone() {}
    }

    /// Nothing.
    record Nobody(String why, Back back) implements PortPeer {
        @Override
        public void open() {
            back.refused(why);
        }

        @Override
        public void take(byte[] bytes) {}

        @Override
        public void finished() {}

        @Override
        public void gone() {}
    }

    /// What a process of the pod listens on.
    final class Listener implements PortPeer {
        private static final int CHUNK = 32 << 10;

        private final Start start;
        private final String otherwise;
        private final Back back;
        private volatile SandboxedProcess process;
        private volatile boolean left;

        /// Starts the process that is the connection.
        interface Start {
            SandboxedProcess run() throws IOException;
        }

        /// @param otherwise what to say when nobody listens
        Listener(Start start, String otherwise, Back back) {
            this.start = start;
            this.otherwise = otherwise;
            this.back = back;
        }

        @Override
        public void open() throws IOException {
            process = start.run();
            if (left) {
                process.kill();
            }
            Thread.ofVirtual().name("port-errors").start(() -> drop(process.errors()));
            if (process.output().read() != '+') {
                process.kill();
                process = null;
                back.refused(otherwise);
                return;
            }
            Thread.ofVirtual().name("port").start(this::copy);
        }

        private void copy() {
            var buffer = new byte[CHUNK];
            try (var output = process.output()) {
                for (int n; (n = output.read(buffer)) >= 0;) {
                    back.data(buffer, n);
                }
            } catch (IOException gone) {
                System.getLogger(PortPeer.class.getName()).log(System.Logger.Level.DEBUG,
                        "a forwarded connection broke", gone);
            }
            process.kill();
            back.end();
        }

        private static void drop(InputStream errors) {
            try (errors) {
                errors.skip(Long.MAX_VALUE);
            } catch (IOException gone) {
                System.getLogger(PortPeer.class.getName()).log(System.Logger.Level.DEBUG,
                        "a forwarded connection broke", gone);
            }
        }

        @Override
        public void take(byte[] bytes) throws IOException {
            if (process != null) {
                process.input().write(bytes);
                process.input().flush();
            }
        }

        @Override
        public void finished() throws IOException {
            if (process != null) {
                process.input().close();
            }
        }

        @Override
        public void gone() {
            left = true;
            var running = process;
            if (running != null) {
                running.kill();
            }
        }
    }
}
