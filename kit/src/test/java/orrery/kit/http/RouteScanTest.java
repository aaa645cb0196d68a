package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RouteScanTest {
    @Path("/{region}/houses/{house}/rooms")
    @On(Surface.class)
    @RunOnVirtualThread
    public static final class RoomsApi {
        @GET
        @Open
        public void list() {}
    }

    @Path("/all/houses")
    @On(Surface.class)
    @RunOnVirtualThread
    public static final class HidingApi {
        @GET
        @Path("{house}")
        @Open
        public void get() {}
    }

    @Path("/{region:all}/houses")
    @On(Surface.class)
    @RunOnVirtualThread
    public static final class HousesApi {
        @GET
        @Path("{house}")
        @Open
        public void get() {}
    }

    @Test
    void aClassThatWouldHideAnotherStopsTheStart() {
        assertThatIllegalStateException()
                .isThrownBy(() -> RouteScan.of(Stream.of(RoomsApi.class, HidingApi.class)))
                .withMessageContaining("GET /all/houses/x/rooms would not be found")
                .withMessageContaining(HidingApi.class.getName());
    }

    @Test
    void aParameterThatCanBeOneWordOnlyIsThatWord() {
        var routes = RouteScan.of(Stream.of(RoomsApi.class, HousesApi.class));
        assertThat(routes.all()).extracting(Route::template)
                .containsExactly("/all/houses/{house}", "/{region}/houses/{house}/rooms");
        assertThat(routes.match("GET", "/all/houses/1").route().api()).isEqualTo(HousesApi.class);
        assertThat(routes.match("GET", "/all/houses/1/rooms").parameters())
                .containsEntry("region", "all");
        assertThat(routes.match("GET", "/some/houses/1")).isNull();
    }
}
