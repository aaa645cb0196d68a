package orrery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FramesTest {
    @Test
    void writesInputAsProtobufDoes() {
        // CloudshellMessage { terminal_input: { data: "ls\n" } }
        assertThat(HexFormat.of().formatHex(Frames.input("ls\n"))).isEqualTo("1a050a036c730a");
    }

    @Test
    void writesLengthsOfTwoBytes() {
        assertThat(HexFormat.of().formatHex(Frames.input("x".repeat(200)), 0, 6))
                .isEqualTo("1acb010ac801");
    }

    @Test
    void readsOutputAndErrors() {
        assertThat(Frames.read(HexFormat.of().parseHex("22040a02c3a9")))
                .isEqualTo(new Frames.Said("é", false));
        assertThat(Frames.read(HexFormat.of().parseHex("3a050a03657869")))
                .isEqualTo(new Frames.Said("exi", true));
    }

    @Test
    void printsNothingForAPong() {
        assertThat(Frames.read(HexFormat.of().parseHex("1200")))
                .isEqualTo(new Frames.Said("", false));
    }
}
