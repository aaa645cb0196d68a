package orrery.server.platform.catalogue;

import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// What the disk of a machine can start with.
///
/// @param code how paths and bodies call it: `ubuntu-24.04`
/// @param os `linux` or `windows`
/// @param architecture as Go and Kubernetes say it: `amd64`
/// @param url where the region fetches the disk from
/// @param checksum in hexadecimal, or the address of one or of a list with one, which a server that
///     installs the image compares it with; `null`: `.sha256sum` beside it
/// @param minDiskGb the smallest disk that it fits on, 2³⁰ bytes
public record Image(
        String region,
        String code,
        String displayName,
        String os,
        String architecture,
        String url,
        @Nullable String checksum,
        int minDiskGb,
        OfferState state,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /// Everything of it that an operator says.
    record Description(
            String code,
            String displayName,
            String os,
            String architecture,
            String url,
            @Nullable String checksum,
            int minDiskGb,
            OfferState state) {
        private static final Set<String> OS = Set.of("linux", "windows");
        private static final Set<String> ARCHITECTURES = Set.of("amd64", "arm64");
        private static final int LONGEST_URL = 1_024;
        private static final int MOST_DISK = 65_536;
        private static final Pattern CHECKSUM =
                Pattern.compile("https?://[^\\s/]+/\\S+|[0-9a-fA-F]{32,128}");
        private static final Pattern URL = Pattern.compile("(https?|docker)://[^\\s/]+/\\S+");

        Description {
            var mistakes = Rules.checkCode(new Mistakes(), "code", code);
            check(mistakes, displayName, os, architecture, url, checksum, minDiskGb);
            mistakes.orRefuse();
        }

        static void check(Mistakes mistakes, @Nullable String displayName, @Nullable String os,
                @Nullable String architecture, @Nullable String url,
                @Nullable String checksum, @Nullable Integer minDiskGb) {
            Rules.checkText(mistakes, "displayName", displayName);
            mistakes.check("os", os, OS::contains, "must be linux or windows")
                    .check("architecture", architecture, ARCHITECTURES::contains,
                            "must be amd64 or arm64")
                    .check("url", url,
                            it -> it.length() <= LONGEST_URL && URL.matcher(it).matches(),
                            "must be a disk at http://, https:// or, in a container image,"
                                    + " docker://, of at most " + LONGEST_URL + " characters")
                    .check("checksum", checksum,
                            it -> it.length() <= LONGEST_URL && CHECKSUM.matcher(it).matches(),
                            "must be a checksum in hexadecimal, or the address of one");
            Rules.checkCount(mistakes, "minDiskGb", minDiskGb, MOST_DISK);
        }
    }

    Description description() {
        return new Description(
                code, displayName, os, architecture, url, checksum, minDiskGb, state);
    }
}
