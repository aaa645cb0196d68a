package orrery.bench;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Json;

/// Measures permission checks over HTTP: see README.md.
public final class CheckBench {
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final int PROJECTS = 50;
    private static final int ROUNDS = 3;

    private CheckBench() {}

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 15);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), OrreryTokens.UNLIMITED, "--no-sim")) {
            var user = User.register(server);
            var questions = questions(user);
            var load = new Load(user.http(), clients);
            var one = asking(user, questions.subList(0, 1));
            var hundred = asking(user, questions);
            send(load, one, WARM_UP, 1);
            send(load, hundred, WARM_UP, questions.size());
            System.out.println("checks over HTTP: p50, p95, p99, requests per CPU-second");
            for (int round = 0; round < ROUNDS; round++) {
                report(server, load, one, measured, 1);
                report(server, load, hundred, measured, questions.size());
            }
        }
    }

    /// Two for each of the projects, which is as many as one request may ask.
    private static List<Map<String, String>> questions(User user) throws Exception {
        var organization = user.organization("bench-works");
        var questions = new ArrayList<Map<String, String>>();
        for (int i = 0; i < PROJECTS; i++) {
            var project = user.project(organization, "bench-" + i);
            questions.add(Map.of("action", "compute.clusters.create", "resource", project));
            questions.add(Map.of("action", "studio.diagrams.update", "resource", project));
        }
        return questions;
    }

    private static HttpRequest asking(User user, List<Map<String, String>> questions) {
        return user.request(User.GLOBAL + "/auth/check")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(Map.of("checks", questions)))).build();
    }

    private static Load.Times send(Load load, HttpRequest request, Duration time, int checks)
            throws Exception {
        return load.send(request, time, body ->
                body.split("\"allowed\":true", -1).length == checks + 1);
    }

    private static void report(
            Server server, Load load, HttpRequest request, Duration time, int checks)
            throws Exception {
        var before = Cpu.alone(server.pid());
        var times = send(load, request, time, checks);
        double own = Cpu.alone(server.pid()).minus(before).toNanos() / 1e9;
        System.out.printf("  %3d in a request, %d clients %9.2f ms %9.2f ms %9.2f ms %,9.0f%n",
                checks, load.clients(), times.at(0.5), times.at(0.95), times.at(0.99),
                times.count() / own);
    }
}
