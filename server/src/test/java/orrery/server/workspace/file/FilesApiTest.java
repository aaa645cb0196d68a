package orrery.server.workspace.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.WorkspaceTenant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class FilesApiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private String files;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        files = WorkspaceTenant.entered(all) + "/files";
    }

    private HttpResponse<byte[]> send(String method, String query, byte[] body)
            throws Exception {
        var request = HttpRequest.newBuilder(server.resolve(files + query))
                .method(method, BodyPublishers.ofByteArray(body));
        all.owner().headers().forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Test
    void aFileComesBackByteForByte() throws Exception {
        var bytes = new byte[3 << 20];
        new Random(7).nextBytes(bytes);
        var name = "?path=a%20%C3%BC%20%27file%27%3B%20rm%20-rf%20~.bin";
        var first = send("PUT", name, bytes);
        assertThat(first.statusCode()).as(new String(first.body())).isEqualTo(201);
        assertThat(new String(first.body())).contains("\"size\":" + bytes.length);
        assertThat(send("PUT", name, bytes).statusCode()).as("replaced").isEqualTo(200);
        var back = send("GET", name, new byte[0]);
        assertThat(back.statusCode()).isEqualTo(200);
        assertThat(back.body()).isEqualTo(bytes);
        assertThat(back.headers().firstValue("Content-Type"))
                .contains("application/octet-stream");
        assertThat(back.headers().firstValue("Content-Length"))
                .contains(Integer.toString(bytes.length));
        assertThat(back.headers().firstValue("Content-Disposition").orElse(""))
                .startsWith("attachment; filename*=UTF-8''a%20%C3%BC");
        assertThat(send("PUT", "?path=empty", new byte[0]).statusCode()).isEqualTo(201);
        assertThat(send("GET", "?path=~/empty", new byte[0]).body()).isEmpty();
        assertThat(send("GET", "?path=/home/user/empty", new byte[0]).statusCode())
                .isEqualTo(200);
    }

    @Test
    void saysWhyThereIsNoFile() throws Exception {
        var missing = send("GET", "?path=nothing", new byte[0]);
        assertThat(missing.statusCode()).as(new String(missing.body())).isEqualTo(404);
        assertThat(send("GET", "?path=/tmp", new byte[0]).statusCode()).isEqualTo(400);
        assertThat(send("GET", "", new byte[0]).statusCode()).isEqualTo(400);
        assertThat(send("GET", "?path=a%00b", new byte[0]).statusCode()).isEqualTo(400);
        assertThat(send("PUT", "?path=no/such/folder/x", new byte[1]).statusCode())
                .isEqualTo(404);
        assertThat(send("PUT", "?path=/tmp", new byte[1]).statusCode()).isEqualTo(400);
        var denied = send("PUT", "?path=/usr/x", new byte[1]);
        assertThat(denied.statusCode()).as(new String(denied.body())).isEqualTo(403);
        assertThat(new String(denied.body())).contains("\"msg\"");
    }
}
