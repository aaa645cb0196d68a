package orrery.server.workspace.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
    @Test
    void readsWhatClientsSend() throws Exception {
        assertThat(FrameCodec.read(hex("0a00"))).isEqualTo(new Frame.Ping());
        assertThat(FrameCodec.read(hex("1a050a036c730a"))).isEqualTo(new Frame.Input("ls\n"));
        assertThat(FrameCodec.read(hex("2a0508a8011018"))).isEqualTo(new Frame.Resize(168, 24));
        var explore = "32 0f 0a0171 12 0a 0a08 0a042f746d70 1001";
        assertThat(FrameCodec.read(hex(explore.replace(" ", ""))))
                .isEqualTo(new Frame.Explore("q", new Frame.Command.ListFiles("/tmp", true)));
        assertThat(FrameCodec.read(hex("32 0e 0a0171 12 09 1207 0a022f61 120162".replace(" ", ""))))
                .isEqualTo(new Frame.Explore("q", new Frame.Command.MakeDirectory("/a", "b")));
    }

    @Test
    void skipsFieldsItDoesNotKnow() throws Exception {
        assertThat(FrameCodec.read(hex("5a03616263" + "0a00"))).isEqualTo(new Frame.Ping());
    }

    @Test
    void refusesWhatIsNoFrame() {
        for (var bytes : List.of("", "ff", "1aff", "1a050a03", "12000000", "1a040a02ff80")) {
            assertThatThrownBy(() -> FrameCodec.read(hex(bytes)))
                    .as(bytes).isInstanceOf(FrameCodec.BadFrame.class);
        }
    }

    @Test
    void writesWhatServersSend() {
        assertThat(FrameCodec.write(new Frame.Pong())).isEqualTo(hex("1200"));
        assertThat(FrameCodec.write(new Frame.Output("é"))).isEqualTo(hex("22040a02c3a9"));
        assertThat(FrameCodec.write(new Frame.Failed("no"))).isEqualTo(hex("3a040a026e6f"));
        assertThat(FrameCodec.write(
                new Frame.Reply("q", new Frame.Answer.Directory("/a", null))))
                .isEqualTo(hex("320b0a01711a0622040a022f61"));
    }

    @Test
    void keepsCharactersWholeAcrossReads() {
        var bytes = "aé漢😀z".getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            var splitter = new Utf8Splitter();
            var text = new StringBuilder();
            for (int at = 0; at < bytes.length; at += size) {
                var part = new ByteArrayOutputStream();
                part.write(bytes, at, Math.min(size, bytes.length - at));
                text.append(splitter.text(part.toByteArray(), part.size()));
            }
            assertThat(text.toString()).as("reads of " + size).isEqualTo("aé漢😀z");
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
