package orrery.kit.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import orrery.kit.Problem;

/// A body that was sent without its length: read up to the route's limit, then refused.
final class Limited extends FilterInputStream {
    private final long limit;
    private long left;

    Limited(InputStream in, long limit) {
        super(in);
        this.limit = limit;
        this.left = limit;
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int count;
        try {
            count = super.read(into, offset, length);
        } catch (IOException e) {
            throw new Problem.Malformed(
                    "body", "it is cut off, or not in chunks as it says").raise();
        }
        count(Math.max(0, count));
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        var skipped = super.skip(count);
        count(skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(long read) {
        left -= read;
        if (left < 0) {
            throw new Problem.PayloadTooLarge(limit).raise();
        }
    }
}
