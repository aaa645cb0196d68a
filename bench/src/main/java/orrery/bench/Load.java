package orrery.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/// Clients that send one request, each as soon as the one before is answered.
record Load(HttpClient http, int clients) {
    /// Times of all answers, sorted.
    record Times(long[] nanos) {
        int count() {
            return nanos.length;
        }

        /// In milliseconds.
        ///
        /// @param part 0.5 for the median
        double at(double part) {
            return nanos[(int) (nanos.length * part)] / 1e6;
        }
    }

    /// Sends for a while.
    ///
    /// @param isRight what each answer's body must be
    /// @throws Exception when an answer is another than 200, or wrong
    Times send(HttpRequest request, Duration time, Predicate<String> isRight) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        var times = new ConcurrentLinkedQueue<Long>();
        try (var threads = Executors.newFixedThreadPool(clients)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        var answer = http.send(request, BodyHandlers.ofString());
                        if (answer.statusCode() != 200 || !isRight.test(answer.body())) {
                            throw new IOException(request.uri() + ": " + answer.statusCode() + " "
                                    + answer.body());
                        }
                        times.add(System.nanoTime() - start);
                    }
                    return null;
                }));
            }
            for (var one : all) {
                one.get();
            }
        }
        var sorted = times.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Times(sorted);
    }
}
