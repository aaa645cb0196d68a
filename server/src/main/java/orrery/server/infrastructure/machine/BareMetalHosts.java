package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.kit.kube.Kind;
import orrery.kit.kube.ObjectName;
import orrery.server.tenancy.region.ProjectNamespace;

/// How a server of ours looks on the management cluster: a BareMetalHost of Metal3 in the project's
/// namespace, and Secrets beside it.
final class BareMetalHosts {
    static final Kind HOST =
            new Kind("metal3.io", "v1alpha1", "BareMetalHost", "baremetalhosts", true);

    /// Label that finds our objects again.
    static final String SERVER = "orrery.dev/server";

    /// Metal3 looks into the hardware once more, and takes it away.
    static final String INSPECT = "inspect.metal3.io";
    /// Metal3 leaves the host alone.
    static final String DETACHED = "baremetalhost.metal3.io/detached";
    /// Metal3 keeps the power off until whoever set it takes it away.
    private static final String REBOOT = "reboot.metal3.io/";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private BareMetalHosts() {}

    /// Name of the host. Names there are lower case, so it is a digest and not the identifier.
    static String name(String id) {
        return ObjectName.of("srv", id);
    }

    static String loginName(String id) {
        return name(id) + "-bmc";
    }

    static String userDataName(String id) {
        return name(id) + "-user-data";
    }

    /// The host as it shall be.
    ///
    /// @param run that says so
    static ObjectNode of(Machine machine, Machine.Wanted wanted, String run) {
        var object = object(machine, HOST.apiVersion(), HOST.kind(), name(machine.id()));
        var labels = object.withObject("/metadata/labels");
        machine.labels().forEach(labels::put);
        var annotations = object.withObjectProperty("metadata").putObject("annotations")
                .put("orrery.dev/name", machine.name()).put("orrery.dev/changed-by", run);
        if (wanted.maintenance()) {
            annotations.put(DETACHED, "");
        }
        var spec = object.putObject("spec").put("online", wanted.online())
                .put("automatedCleaningMode", "metadata");
        spec.putObject("bmc")
                .put("address", machine.bmcAddress())
                .put("credentialsName", loginName(machine.id()))
                .put("disableCertificateVerification", !machine.verifyCa());
        if (machine.bootMacAddress() != null) {
            spec.put("bootMACAddress", machine.bootMacAddress());
        }
        if (wanted.image() != null) {
            image(machine, wanted.image(), spec);
        }
        return object;
    }

    private static void image(Machine machine, Machine.Image image, ObjectNode spec) {
        var said = spec.putObject("image").put("url", image.url());
        if (image.checksum() != null) {
            said.put("checksum", image.checksum());
        }
        if (image.checksumType() != null) {
            said.put("checksumType", image.checksumType());
        }
        if (image.format() != null) {
            said.put("format", image.format());
        }
        if (image.userData()) {
            spec.putObject("userData").put("name", userDataName(machine.id()))
                    .put("namespace", ProjectNamespace.name(machine.projectId()));
        }
    }

    /// The host as it shall be, once Metal3 has looked into its hardware again.
    static ObjectNode inspected(Machine machine, String run) {
        return annotated(of(machine, machine.wanted(), run), INSPECT, "");
    }

    /// The host with its power off for as long as this stands there.
    ///
    /// @param isHard whether what runs on it is not asked to stop
    static ObjectNode rebooting(Machine machine, String run, boolean isHard) {
        return annotated(of(machine, machine.wanted(), run), REBOOT + run,
                isHard ? "{\"mode\":\"hard\"}" : "{\"mode\":\"soft\"}");
    }

    private static ObjectNode annotated(ObjectNode host, String name, String value) {
        host.withObjectProperty("metadata").withObjectProperty("annotations").put(name, value);
        return host;
    }

    /// How Metal3 is let in.
    static ObjectNode login(Machine machine, NewMachine.Login login) {
        var object = object(machine, "v1", "Secret", loginName(machine.id()))
                .put("type", "Opaque");
        object.putObject("stringData").put("username", login.username())
                .put("password", login.password().reveal());
        return object;
    }

    /// What the server boots with.
    static ObjectNode userData(Machine machine, String text) {
        var object = object(machine, "v1", "Secret", userDataName(machine.id()))
                .put("type", "Opaque");
        object.putObject("stringData").put("userData", text);
        return object;
    }

    private static ObjectNode object(Machine machine, String version, String kind, String name) {
        var object = NODES.objectNode().put("apiVersion", version).put("kind", kind);
        object.putObject("metadata").put("name", name)
                .put("namespace", ProjectNamespace.name(machine.projectId()))
                .putObject("labels")
                .put(SERVER, machine.id())
                .put(ProjectNamespace.PROJECT, machine.projectId())
                .put(ProjectNamespace.ORGANIZATION, machine.organizationId());
        return object;
    }
}
