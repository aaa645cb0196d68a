package orrery.server.workspace.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// One open terminal: counts what goes through it, and says now and then that it is still there.
public final class Attendance {
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final AtomicLong in = new AtomicLong();
    private final AtomicLong out = new AtomicLong();
    private final AtomicReference<Instant> noted;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Clock clock;
    private final Note note;

    /// Writes it down.
    @FunctionalInterface
    interface Note {
        void write(long in, long out, boolean isOver);
    }

    Attendance(Clock clock, Note note) {
        this.clock = clock;
        this.note = note;
        this.noted = new AtomicReference<>(clock.instant());
    }

    /// The person sent so many bytes.
    public void received(long bytes) {
        in.addAndGet(bytes);
        perhaps();
    }

    /// The person was sent so many bytes.
    public void sent(long bytes) {
        out.addAndGet(bytes);
        perhaps();
    }

    /// It is over; said twice it is once.
    public void end() {
        if (over.compareAndSet(false, true)) {
            note.write(in.get(), out.get(), true);
        }
    }

    private void perhaps() {
        var last = noted.get();
        var now = clock.instant();
        if (last.plus(PAUSE).isBefore(now) && !over.get() && noted.compareAndSet(last, now)) {
            note.write(in.get(), out.get(), false);
        }
    }
}
