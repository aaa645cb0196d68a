package orrery.cli;

/// Something did not go as asked; the message says what, and what to do where that is known.
public final class Refused extends RuntimeException {
    private final int status;

    /// @param status the HTTP status, or 0 when no server refused it
    public Refused(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /// A refusal of our own: what the server answered is not what was promised.
    public Refused(String message) {
        this(0, message);
    }

    public int status() {
        return status;
    }
}
