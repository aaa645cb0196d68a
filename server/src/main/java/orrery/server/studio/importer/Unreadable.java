package orrery.server.studio.importer;

/// A text that does not follow its own small grammar (a port, a size, a duration, a command line).
/// The message says cause and remedy; whoever reads the file adds line and key.
final class Unreadable extends RuntimeException {
    Unreadable(String message) {
        super(message, null, false, false);
    }
}
