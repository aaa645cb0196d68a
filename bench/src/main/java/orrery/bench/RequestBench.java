package orrery.bench;

import java.time.Duration;

/// Measures requests per CPU-second of the packaged server: see README.md.
public final class RequestBench {
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final int PAGE = 50;

    private final User user;
    private final Server server;
    private final Load load;

    private RequestBench(User user, int clients) {
        this.user = user;
        this.server = user.server();
        this.load = new Load(user.http(), clients);
    }

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 20);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 8;
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), OrreryTokens.UNLIMITED, "--no-sim")) {
            new RequestBench(User.register(server), clients).measure(measured);
        }
    }

    private void measure(Duration measured) throws Exception {
        var project = prepare();
        var read = User.GLOBAL + "/projects/" + project;
        var list = User.GLOBAL + "/projects?pageSize=" + PAGE;
        send(read, WARM_UP);
        send(list, WARM_UP);
        report("read", read, measured);
        report("list", list, measured);
    }

    /// More projects than fit on a page.
    private String prepare() throws Exception {
        var organization = user.organization("bench-works");
        var project = "";
        for (int i = 0; i < PAGE + 10; i++) {
            project = user.project(organization, "bench-" + i);
        }
        return project;
    }

    private void report(String what, String path, Duration measured) throws Exception {
        var before = Cpu.alone(server.pid());
        var postgresBefore = Cpu.tree(server.postgres());
        long start = System.nanoTime();
        var times = send(path, measured);
        double seconds = (System.nanoTime() - start) / 1e9;
        double own = Cpu.alone(server.pid()).minus(before).toNanos() / 1e9;
        double theirs = Cpu.tree(server.postgres()).minus(postgresBefore).toNanos() / 1e9;
        int count = times.count();
        System.out.printf("""
                %s: GET %s, %d clients
                requests per second                  %,9.0f
                requests per CPU-second of the server%,9.0f
                requests per CPU-second, PostgreSQL's%,9.0f
                p50 and p99                          %9.2f ms %9.2f ms
                """, what, path, load.clients(), count / seconds, count / own, count / theirs,
                times.at(0.5), times.at(0.99));
    }

    private Load.Times send(String path, Duration time) throws Exception {
        return load.send(user.request(path).build(), time, body -> !body.isEmpty());
    }
}
