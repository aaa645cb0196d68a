package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import orrery.kit.Mistakes;
import orrery.kit.Slug;
import orrery.kit.http.Patch;
import orrery.kit.secret.Secret;
import org.jspecify.annotations.Nullable;

/// What the cloud family sends about servers.
final class MachineBody {
    private static final int MOST_TOGETHER = 500;

    private MachineBody() {}

    /// @param count at least 1
    record Gpu(String model, int count) {}

    /// The body of a POST.
    ///
    /// @param bmc name and password of the management controller are never shown again
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> tags,
            @Nullable String persona,
            @Nullable String zone,
            @Nullable String bmcAddress,
            NewMachine.@Nullable Bmc bmc,
            @Nullable Gpu gpu) {
        New {
            var mistakes = Slug.check(new Mistakes(), "name", name);
            NewMachine.check(mistakes, displayName, description, labels, tags, persona);
            mistakes.check("zone", zone, NewMachine::isCode, NewMachine.CODE_RULE);
            NewMachine.checkBmc(mistakes, bmcAddress, bmc);
            if (gpu != null) {
                NewMachine.checkGpu(mistakes, gpu.model(), gpu.count());
            }
            mistakes.orRefuse();
        }

        NewMachine input() {
            var controller = Objects.requireNonNull(bmc);
            return new NewMachine(name, displayName, description,
                    labels == null ? Map.of() : labels, tags == null ? Map.of() : tags,
                    persona == null ? "" : persona, zone,
                    Objects.requireNonNull(NewMachine.address(bmcAddress, bmc)),
                    controller.isVerified(), controller.mac(),
                    gpu == null ? null : new Machine.Gpu(gpu.model(), gpu.count()),
                    new NewMachine.Login(Objects.requireNonNull(controller.username()),
                            Secret.of(Objects.requireNonNull(controller.password()))));
        }
    }

    /// The body of a POST of many. Each is read by itself, so that one that is wrong keeps none
    /// of the others back.
    record Batch(List<JsonNode> servers) {
        Batch {
            new Mistakes().check("servers", servers,
                    it -> !it.isEmpty() && it.size() <= MOST_TOGETHER,
                    "must have 1 to " + MOST_TOGETHER + " items").orRefuse();
        }
    }

    /// The body of a PATCH. What is absent stays.
    ///
    /// @param bmcAddress the same as `bmc.address`; either will do
    /// @param bmc name and password go together, and are never shown again
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            Patch<Map<String, String>> tags,
            Patch<String> persona,
            Patch<String> bmcAddress,
            Patch<NewMachine.Bmc> bmc) {
        Change {
            var mistakes = new Mistakes().unless(Stream.of(displayName, description, labels, tags,
                            persona, bmcAddress, bmc).anyMatch(it -> !it.isAbsent()), "body",
                    "must change labels, tags, persona, displayName, description, bmcAddress"
                            + " or bmc");
            NewMachine.check(mistakes, displayName.or(null), description.or(null),
                    labels.or(null), tags.or(null), persona.or(null));
            mistakes.unless(!(bmcAddress instanceof Patch.Clear), "bmcAddress",
                            "cannot be cleared")
                    .unless(!(bmc instanceof Patch.Clear), "bmc", "cannot be cleared");
            NewMachine.checkSaid(mistakes, bmcAddress.or(null), bmc.or(null));
            Controller.check(mistakes, bmcAddress.or(null), bmc.or(null));
            mistakes.orRefuse();
        }

        Machines.Texts of(Machine old) {
            var labelled = labels.or(old.labels());
            var tagged = tags.or(old.tags());
            var meant = persona.or(old.persona());
            return new Machines.Texts(displayName.or(old.displayName()),
                    description.or(old.description()), labelled == null ? Map.of() : labelled,
                    tagged == null ? Map.of() : tagged, meant == null ? "" : meant);
        }

        Controller controller(Machine old) {
            return Controller.of(old, bmcAddress.or(null), bmc.or(null));
        }
    }

    enum ChecksumType { AUTO, MD5, SHA256, SHA512 }

    enum Format {
        RAW, QCOW2, VDI, VMDK,
        @JsonProperty("live-iso") LIVE_ISO;

        String text() {
            return this == LIVE_ISO ? "live-iso" : name().toLowerCase(Locale.ROOT);
        }
    }

    /// How an image is installed.
    ///
    /// @param checksum of the image, or the address of one; without, `.sha256sum` beside it
    /// @param userData what the server boots with (cloud-init); never shown again
    record Configuration(
            @Nullable String checksum,
            @Nullable ChecksumType checksumType,
            @Nullable Format format,
            @Nullable String userData) {
        private static final Pattern CHECKSUM =
                Pattern.compile("https?://\\S{1,2000}|[0-9a-fA-F]{32,128}");
        private static final int LONGEST_DATA = 64 << 10;

        Configuration {
            new Mistakes()
                    .check("checksum", checksum, it -> CHECKSUM.matcher(it).matches(),
                            "must be a checksum in hexadecimal, or the address of one")
                    .check("userData", userData, it -> it.length() <= LONGEST_DATA,
                            "must have at most " + LONGEST_DATA + " characters")
                    .orRefuse();
        }

        @Override
        public String toString() {
            return "Configuration[***]";
        }
    }

    /// The body of `:provision`.
    ///
    /// @param osImage where the region's Metal3 fetches the image
    record Provision(String osImage, @Nullable Configuration configuration) {
        private static final Pattern IMAGE = Pattern.compile("https?://[^\\s@]{1,2000}");

        Provision {
            new Mistakes().check("osImage", osImage, it -> IMAGE.matcher(it).matches(),
                    "must be an http or https address without a name or password").orRefuse();
        }

        Machine.Image image() {
            var how = configuration == null
                    ? new Configuration(null, null, null, null) : configuration;
            boolean live = how.format() == Format.LIVE_ISO;
            var checksum = how.checksum() == null && !live
                    ? osImage + ".sha256sum" : how.checksum();
            var type = how.checksum() == null && !live ? "sha256"
                    : how.checksumType() == null ? null
                    : how.checksumType().name().toLowerCase(Locale.ROOT);
            return new Machine.Image(osImage, checksum, type,
                    how.format() == null ? null : how.format().text(), how.userData() != null);
        }

        @Nullable Secret userData() {
            return configuration == null || configuration.userData() == null
                    ? null : Secret.of(configuration.userData());
        }
    }
}
