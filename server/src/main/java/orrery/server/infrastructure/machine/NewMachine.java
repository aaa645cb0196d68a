package orrery.server.infrastructure.machine;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.secret.Secret;
import orrery.server.infrastructure.machine.BmcAddress.Protocol;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// A server that somebody wants registered.
///
/// @param name `null` for one of ours
/// @param zone code; `null` for the first of its region
/// @param bmcAddress with its scheme
/// @param bootMacAddress in lower case
public record NewMachine(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Map<String, String> tags,
        String persona,
        @Nullable String zone,
        String bmcAddress,
        boolean verifyCa,
        @Nullable String bootMacAddress,
        Machine.@Nullable Gpu gpu,
        Login login) {

    private static final int MOST_TAGS = 64;
    private static final int LONGEST_VALUE = 255;
    static final int MOST_GPUS = 64;
    static final String BOOT_MAC_RULE = "is required, except with virtual media";
    static final String CODE_RULE = "must have 1 to 63 letters, digits, '-', '_' and '.'";
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][-._A-Za-z0-9]{0,62}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][-._/A-Za-z0-9]{0,62}");
    private static final Pattern MAC = Pattern.compile("(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}");

    /// How its management controller lets Metal3 in.
    public record Login(String username, Secret password) {
        @Override
        public String toString() {
            return "Login[***]";
        }
    }

    /// Its management controller, as a body says it. Nothing of it has been checked.
    ///
    /// @param address the same as the server's `bmcAddress`; either will do
    /// @param verifyCa whether the controller must show a certificate that is trusted; `null`: no
    public record Bmc(
            @Nullable String address,
            @Nullable String username,
            @Nullable String password,
            @Nullable Protocol protocol,
            @Nullable Boolean verifyCa,
            @Nullable String bootMacAddress) {
        @Override
        public String toString() {
            return "Bmc[" + address + "]";
        }

        boolean isVerified() {
            return verifyCa != null && verifyCa;
        }

        @Nullable String mac() {
            return bootMacAddress == null ? null : bootMacAddress.toLowerCase(Locale.ROOT);
        }
    }

    public NewMachine {
        labels = Map.copyOf(labels);
        tags = Map.copyOf(tags);
    }

    /// The address with its scheme; `null` when neither place says one.
    static @Nullable String address(@Nullable String bmcAddress, @Nullable Bmc bmc) {
        var said = bmcAddress != null ? bmcAddress : bmc == null ? null : bmc.address();
        return said == null ? null : BmcAddress.full(said, bmc == null ? null : bmc.protocol());
    }

    /// Notes what is wrong with the controller of a new server.
    static void checkBmc(Mistakes mistakes, @Nullable String bmcAddress, @Nullable Bmc bmc) {
        var address = address(bmcAddress, bmc);
        mistakes.unless(address != null, "bmcAddress", "is required")
                .unless(bmc != null, "bmc", "is required: username and password of the controller");
        if (bmc != null) {
            mistakes.unless(bmc.username() != null, "bmc.username", "is required")
                    .unless(bmc.password() != null, "bmc.password", "is required")
                    .unless(bmc.bootMacAddress() != null || address == null
                            || !BmcAddress.needsBootMac(address), "bmc.bootMacAddress",
                            BOOT_MAC_RULE);
        }
        checkSaid(mistakes, bmcAddress, bmc);
    }

    /// Notes what is wrong with what is said of a controller.
    static void checkSaid(Mistakes mistakes, @Nullable String bmcAddress, @Nullable Bmc bmc) {
        var address = address(bmcAddress, bmc);
        mistakes.check("bmcAddress", address, BmcAddress::isOne, BmcAddress.RULE);
        if (bmc == null) {
            return;
        }
        mistakes.check("bmc.username", bmc.username(), NewMachine::isLogin,
                        "must have 1 to " + LONGEST_VALUE + " characters")
                .check("bmc.password", bmc.password(), NewMachine::isLogin,
                        "must have 1 to " + LONGEST_VALUE + " characters")
                .unless(bmcAddress == null || bmc.address() == null
                        || bmcAddress.equals(bmc.address()),
                        "bmc.address", "differs from bmcAddress; leave out one of them")
                .check("bmc.bootMacAddress", bmc.bootMacAddress(),
                        it -> MAC.matcher(it).matches(), "must look like 52:54:00:12:34:56")
                .unless(address == null || bmc.protocol() == null
                        || bmc.protocol() == BmcAddress.protocol(address),
                        "bmc.protocol", "differs from the scheme of the address");
    }

    private static boolean isLogin(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_VALUE;
    }

    /// Notes what is wrong with how somebody calls and sorts servers.
    static void check(Mistakes mistakes, @Nullable String displayName,
            @Nullable String description, @Nullable Map<String, String> labels,
            @Nullable Map<String, String> tags, @Nullable String persona) {
        Labels.check(mistakes, "labels", labels == null ? Map.of() : labels);
        Naming.check(mistakes, null, displayName, description)
                .check("persona", persona, it -> it.isEmpty() || isCode(it), CODE_RULE)
                .check("tags", tags, it -> it.size() <= MOST_TAGS,
                        "must have at most " + MOST_TAGS + " entries");
        if (tags != null) {
            tags.forEach((key, value) -> mistakes
                    .unless(TAG.matcher(key).matches(), "tags." + key, "must be called by 1 to 63"
                            + " letters, digits, '-', '_', '/' and '.'")
                    .unless(value.length() <= LONGEST_VALUE, "tags." + key,
                            "must have at most " + LONGEST_VALUE + " characters"));
        }
    }

    static boolean isCode(String text) {
        return CODE.matcher(text).matches();
    }

    static void checkGpu(Mistakes mistakes, @Nullable String model, int count) {
        mistakes.check("gpu.model", model, NewMachine::isCode, CODE_RULE)
                .unless(count >= 1 && count <= MOST_GPUS, "gpu.count",
                        "must be 1 to " + MOST_GPUS);
    }
}
