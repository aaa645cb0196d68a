package orrery.server.platform.log;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import orrery.kit.http.EventStream;
import orrery.kit.http.EventStream.Sent;
import orrery.kit.kube.FollowedLogs;
import orrery.kit.kube.FollowedLogs.Heard;
import orrery.kit.kube.FollowedLogs.Told;
import orrery.kit.kube.Pods;

/// Followed logs as server-sent events: `line`, `gap` where some may be missing, and `end`. Who
/// comes back with the last line's identifier goes on after it.
public final class LogStream implements EventStream.Source {
    /// Each pod that is followed costs a connection to the region.
    private static final int WEIGHT = 5;

    private final FollowedLogs logs;
    private final Function<Pods.Line, ?> view;

    private LogStream(FollowedLogs logs, Function<Pods.Line, ?> view) {
        this.logs = logs;
        this.view = view;
    }

    /// @param view how a line is shown
    public static EventStream of(FollowedLogs logs, Function<Pods.Line, ?> view) {
        return new EventStream(new LogStream(logs, view), List.of(), WEIGHT);
    }

    /// Something may be missing here.
    ///
    /// @param source whose lines; empty for all
    record Gap(String source, String message) {}

    record End(String message) {}

    @Override
    public List<Sent> next(Duration patience) throws InterruptedException {
        return logs.next(patience).stream().map(this::sent).toList();
    }

    private Sent sent(Told told) {
        return switch (told.heard()) {
            case Heard.Said said -> new Sent(
                    told.place().token(), "line", view.apply(said.line()), false);
            case Heard.Gap gap -> Sent.snapshot("gap", new Gap(gap.pod(), gap.cause()));
            case Heard.End _ -> Sent.snapshot(
                    "end", new End("Nothing more will be printed.")).andEnd();
        };
    }

    @Override
    public boolean isOver() {
        return logs.isClosed();
    }

    @Override
    public void close() {
        logs.close();
    }
}
