package orrery.server.infrastructure.machine;

import java.util.List;
import java.util.Objects;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.secret.Secret;
import orrery.server.infrastructure.machine.NewMachine.Bmc;
import orrery.server.infrastructure.machine.NewMachine.Login;
import org.jspecify.annotations.Nullable;

/// How a server's management controller shall be reached from now on.
///
/// @param address with its scheme
/// @param bootMacAddress in lower case
/// @param login `null` to keep name and password
record Controller(String address, boolean verifyCa, @Nullable String bootMacAddress,
        @Nullable Login login) {

    /// Notes what a change must not leave out.
    static void check(Mistakes mistakes, @Nullable String bmcAddress, @Nullable Bmc bmc) {
        if (bmc == null) {
            return;
        }
        mistakes.unless(bmc.username() != null || bmc.password() == null, "bmc.username",
                        "is required beside a password")
                .unless(bmc.password() != null || bmc.username() == null, "bmc.password",
                        "is required beside a username")
                .unless(bmc.protocol() == null || bmcAddress != null || bmc.address() != null,
                        "bmc.protocol", "says how an address is meant; send it beside one");
    }

    /// What a change makes of a server's.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a boot address that Metal3 could not
    ///     take over
    static Controller of(Machine old, @Nullable String bmcAddress, @Nullable Bmc bmc) {
        var said = NewMachine.address(bmcAddress, bmc);
        var address = said == null ? old.bmcAddress() : said;
        var mac = bmc == null || bmc.mac() == null ? old.bootMacAddress() : bmc.mac();
        if (old.bootMacAddress() != null && !old.bootMacAddress().equals(mac)) {
            throw wrong("stays what it is; decommission the server and register it anew");
        }
        if (mac == null && BmcAddress.needsBootMac(address)) {
            throw wrong(NewMachine.BOOT_MAC_RULE);
        }
        return new Controller(address,
                bmc == null || bmc.verifyCa() == null ? old.verifyCa() : bmc.verifyCa(), mac,
                bmc == null || bmc.username() == null ? null : new Login(bmc.username(),
                        Secret.of(Objects.requireNonNull(bmc.password()))));
    }

    private static Problem.Failure wrong(String message) {
        return new Problem.Unprocessable(
                List.of(new Mistake("bmc.bootMacAddress", message))).raise();
    }

    /// Whether nothing changes.
    boolean isOf(Machine machine) {
        return login == null && equals(new Controller(machine.bmcAddress(), machine.verifyCa(),
                machine.bootMacAddress(), null));
    }
}
