package orrery.sim.kubelet;

import io.vertx.core.MultiMap;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import orrery.sim.type.Refusal;

/// Reads lines of a container's log as a client wants them.
///
/// @param tail       how many of the last lines; −1 for all
/// @param since      only lines from then on; null for all
/// @param timestamps whether each line keeps its time
/// @param limit      most bytes; −1 for all
record LogReader(long tail, Instant since, boolean timestamps, boolean follow, long limit) {

    /// Where the reading stands, for the next look of one that follows.
    static final class Place {
        long offset;
        long sent;
        /// Where one that does not follow stops, however fast the container prints; −1 before the
        /// first look.
        long end = -1;
    }

    static LogReader of(MultiMap query, Instant now) {
        Instant since = null;
        if (query.contains("sinceSeconds")) {
            since = now.minusSeconds(Math.max(0, number(query, "sinceSeconds")));
        } else if (query.contains("sinceTime")) {
            try {
                since = Instant.parse(query.get("sinceTime"));
            } catch (DateTimeException wrong) {
                throw Refusal.badRequest("sinceTime is not an RFC 3339 time");
            }
        }
        return new LogReader(number(query, "tailLines"), since,
                "true".equals(query.get("timestamps")), "true".equals(query.get("follow")),
                number(query, "limitBytes"));
    }

    private static long number(MultiMap query, String name) {
        var text = query.get(name);
        if (text == null) {
            return -1;
        }
        if (!text.matches("\\d{1,18}")) {
            throw Refusal.badRequest(name + " must be a whole number, not " + text);
        }
        return Long.parseLong(text);
    }

    /// The next lines after a place, at most about 64 KiB of them; empty when there are none.
    byte[] read(Path file, Place place) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (place.end < 0) {
                long size = channel.size();
                place.end = follow ? Long.MAX_VALUE : size;
                place.offset = tail >= 0 ? tailOffset(channel, size) : 0;
            }
            channel.position(place.offset);
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 16 << 10);
            var line = new ByteArrayOutputStream();
            for (int c; place.offset + line.size() < place.end && out.size() < (64 << 10)
                    && (c = in.read()) >= 0;) {
                line.write(c);
                if (c == '\n') {
                    place.offset += line.size();
                    add(line.toByteArray(), out, place);
                    line.reset();
                }
            }
        }
        return out.toByteArray();
    }

    /// Adds a line that is wanted, cut to what the limit leaves.
    void add(byte[] line, ByteArrayOutputStream out, Place place) {
        int space = 0;
        while (space < line.length && line[space] != ' ') {
            space++;
        }
        if (since != null && Instant.parse(new String(line, 0, space, StandardCharsets.US_ASCII))
                .isBefore(since)) {
            return;
        }
        int from = timestamps ? 0 : Math.min(space + 1, line.length);
        int length = line.length - from;
        if (limit >= 0) {
            length = (int) Math.min(length, limit - place.sent);
        }
        out.write(line, from, length);
        place.sent += length;
    }

    boolean full(Place place) {
        return limit >= 0 && place.sent >= limit;
    }

    private long tailOffset(FileChannel channel, long size) throws IOException {
        long lines = count(channel, Long.MAX_VALUE, size)[0];
        channel.position(0);
        return lines <= tail ? 0 : count(channel, lines - tail, size)[1];
    }

    /// Counts lines up to a number of them, or of bytes: how many there are, and where the last
    /// one ends.
    private static long[] count(FileChannel channel, long most, long size) throws IOException {
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 64 << 10);
        long lines = 0;
        long offset = 0;
        for (int c; lines < most && offset < size && (c = in.read()) >= 0;) {
            offset++;
            lines += c == '\n' ? 1 : 0;
        }
        return new long[] {lines, offset};
    }
}
