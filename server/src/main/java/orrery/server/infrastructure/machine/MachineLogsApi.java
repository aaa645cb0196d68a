package orrery.server.infrastructure.machine;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.EventStream;
import orrery.kit.http.Flag;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Query;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// The logs of servers: what became of them, and what Metal3 said meanwhile. Their pages are
/// larger than those of other lists.
@Path("/v1/regions/{region}/projects/{project}/infrastructure/servers/{server}/logs")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public sealed class MachineLogsApi permits MachineLogsShortApi {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private final Machines machines;

    public MachineLogsApi(Machines machines) {
        this.machines = machines;
    }

    public record Entry(Instant timestamp, LogEntry.Severity severity, String message) {
        static Entry of(LogEntry entry) {
            return new Entry(entry.createdAt(), entry.severity(), entry.message());
        }
    }

    /// The last event of a log that is followed.
    record End(String message) {}

    /// One page, or with `follow` what is written from now on: the page's size is then how many
    /// lines it begins with.
    @GET
    @Produces({"application/json", "text/event-stream"})
    @Needs(value = "infrastructure.servers.logs", in = Place.PROJECT)
    public Answer<Page<Entry>> list(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server,
            @QueryParam("startTime") @Nullable String startTime,
            @QueryParam("endTime") @Nullable String endTime,
            @QueryParam("pageSize") @Nullable String pageSize,
            @QueryParam("pageToken") @Nullable String pageToken,
            @QueryParam("offset") @Nullable String offset,
            @QueryParam("follow") @Nullable String follow,
            @HeaderParam("Last-Event-ID") @Nullable String after) {
        var mistakes = new Mistakes();
        var start = time(mistakes, "startTime", startTime, EARLIEST);
        var end = time(mistakes, "endTime", endTime, LATEST);
        mistakes.unless(start.isBefore(end) || !mistakes.none(), "endTime",
                "must be later than startTime");
        int size = size(mistakes, pageSize);
        boolean follows = Flag.isSet("follow", follow);
        mistakes.unless(!follows || startTime == null && endTime == null && pageToken == null
                && offset == null, "follow", "goes with pageSize and the header Last-Event-ID"
                        + " alone: leave out startTime, endTime, pageToken and offset");
        mistakes.orRefuse();
        if (follows) {
            return Answer.events(new EventStream(machines.follow(
                    grant, region, server, FollowedLog.place(after), size), List.of(), 1));
        }
        return Answer.page(machines.logs(grant, region, server, start, end,
                        ask(size, pageToken, offset))
                .map(Entry::of));
    }

    private static PageAsk ask(int size, @Nullable String token, @Nullable String offset) {
        var said = new HashMap<String, List<String>>();
        if (token != null) {
            said.put("pageToken", List.of(token));
        }
        if (offset != null) {
            said.put("offset", List.of(offset));
        }
        var ask = new Cloud().pageAsk(new Query(Map.copyOf(said)));
        return new PageAsk(size, ask.token(), ask.offset(), List.of(), null);
    }

    private static Instant time(Mistakes mistakes, String name, @Nullable String text,
            Instant otherwise) {
        try {
            return text == null ? otherwise : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException notOne) {
            mistakes.add(name, "must be a time with an offset, such as 2026-03-24T12:00:00Z");
            return otherwise;
        }
    }

    private static int size(Mistakes mistakes, @Nullable String text) {
        try {
            int size = text == null ? PAGE : Integer.parseInt(text);
            if (size >= 1 && size <= LARGEST_PAGE) {
                return size;
            }
        } catch (NumberFormatException notOne) {
            // Named below, like a number out of range.
        }
        mistakes.add("pageSize", "must be a whole number from 1 to " + LARGEST_PAGE);
        return PAGE;
    }
}
