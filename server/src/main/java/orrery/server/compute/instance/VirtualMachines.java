package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import orrery.kit.kube.Kind;
import orrery.kit.kube.ObjectName;
import orrery.server.compute.instance.Instance.Plugged;
import orrery.server.compute.storage.Volume;
import orrery.server.tenancy.region.ProjectNamespace;

/// How a machine of ours looks on the management cluster: a VirtualMachine of KubeVirt
/// (`kubevirt.io/v1`) in the project's namespace, with what its guest is told in a Secret and an
/// attachment for each of its networks.
final class VirtualMachines {
    static final Kind VIRTUAL_MACHINE =
            new Kind("kubevirt.io", "v1", "VirtualMachine", "virtualmachines", true);
    static final Kind RUNNING = new Kind("kubevirt.io", "v1", "VirtualMachineInstance",
            "virtualmachineinstances", true);
    /// Where a running one is paused.
    static final Kind ACTIONS = new Kind("subresources.kubevirt.io", "v1",
            "VirtualMachineInstance", "virtualmachineinstances", true);
    static final Kind ATTACHMENT = new Kind("k8s.cni.cncf.io", "v1",
            "NetworkAttachmentDefinition", "network-attachment-definitions", true);

    /// The label that finds our objects again.
    static final String INSTANCE = "orrery.dev/instance";

    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final int GRACE_SECONDS = 60;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private VirtualMachines() {}

    static String namespace(Instance it) {
        return ProjectNamespace.name(it.projectId());
    }

    /// Name of the attachment of one of its networks.
    static String attachment(Instance it, int nic) {
        return it.objectName() + "-nic" + nic;
    }

    /// The machine as it shall be. One that is on is started again after a crash, and stays off
    /// when its guest shuts down.
    ///
    /// @param manyZones whether its region has several, so that it must be put into its own
    /// @param run that makes it so
    static ObjectNode of(Instance it, boolean on, boolean manyZones, String run) {
        return of(it, it.volumes(), on, manyZones, run);
    }

    /// As above, with these volumes and no others.
    static ObjectNode of(Instance it, List<Plugged> plugged, boolean on, boolean manyZones,
            String run) {
        var object = object(it, VIRTUAL_MACHINE, it.objectName());
        object.withObjectProperty("metadata").withObjectProperty("annotations")
                .put("orrery.dev/name", it.name()).put("orrery.dev/changed-by", run);
        var labels = object.withObjectProperty("metadata").withObjectProperty("labels");
        it.labels().forEach((key, value) -> {
            if (!labels.has(key)) {
                labels.put(key, value);
            }
        });
        var spec = object.putObject("spec").put("runStrategy", on ? "RerunOnFailure" : "Halted");
        var volumes = spec.putArray("dataVolumeTemplates");
        for (int i = 0; i < it.disks().size(); i++) {
            if (it.disks().get(i).type() == Disk.Type.PERSISTENT) {
                volumes.add(dataVolume(it, i));
            }
        }
        var template = spec.putObject("template");
        template.putObject("metadata").putObject("labels").put(INSTANCE, it.id());
        var inner = template.putObject("spec").put("hostname", it.hostname())
                .put("terminationGracePeriodSeconds", GRACE_SECONDS);
        if (manyZones) {
            inner.putObject("nodeSelector").put(ZONE, it.zone());
        }
        domain(it, plugged, inner.putObject("domain"));
        var networks = inner.putArray("networks");
        for (int i = 0; i < it.nics().size(); i++) {
            networks.addObject().put("name", "nic" + i).putObject("multus")
                    .put("networkName", attachment(it, i));
        }
        volumes(it, plugged, inner.putArray("volumes"));
        return object;
    }

    private static void domain(Instance it, List<Plugged> plugged, ObjectNode domain) {
        domain.putObject("cpu").put("cores", it.cpuCores());
        domain.putObject("memory").put("guest", it.ramGb() + "Gi");
        // Without a network of its own it would be given the pods'.
        var devices = domain.putObject("devices").put("autoattachPodInterface", false);
        var disks = devices.putArray("disks");
        for (int i = 0; i < it.disks().size(); i++) {
            var disk = it.disks().get(i);
            var shown = disks.addObject().put("name", "disk" + i);
            if (disk.boot()) {
                shown.put("bootOrder", 1);
            }
            shown.putObject("disk").put("bus", bus(disk.bus()))
                    .put("readonly", disk.mode() == Disk.Mode.READ_ONLY);
        }
        disks.addObject().put("name", "cloudinit").putObject("disk").put("bus", "virtio");
        // The bus from which every KubeVirt takes disks while a machine runs.
        plugged.forEach(volume -> disks.addObject().put("name", Volume.claim(volume.id()))
                .putObject("disk").put("bus", "scsi"));
        var interfaces = devices.putArray("interfaces");
        for (int i = 0; i < it.nics().size(); i++) {
            interfaces.addObject().put("name", "nic" + i)
                    .put("macAddress", it.nics().get(i).macAddress()).putObject("bridge");
        }
        var gpus = devices.putArray("gpus");
        it.gpus().forEach(gpu -> IntStream.range(0, gpu.count()).forEach(_ -> gpus.addObject()
                .put("name", "gpu" + gpus.size()).put("deviceName", gpu.deviceName())));
    }

    /// KubeVirt emulates no NVMe; its own bus is the fast one.
    private static String bus(Disk.Bus bus) {
        return switch (bus) {
            case SCSI -> "scsi";
            case NVME -> "virtio";
        };
    }

    private static ObjectNode dataVolume(Instance it, int disk) {
        var one = it.disks().get(disk);
        var volume = NODES.objectNode();
        volume.putObject("metadata").put("name", it.objectName() + "-disk" + disk)
                .putObject("labels").put(INSTANCE, it.id());
        var spec = volume.putObject("spec");
        var source = spec.putObject("source");
        if (one.url() == null) {
            source.putObject("blank");
        } else {
            source.putObject(one.url().startsWith("docker:") ? "registry" : "http")
                    .put("url", one.url());
        }
        spec.putObject("storage").putObject("resources").putObject("requests")
                .put("storage", one.sizeGb() + "Gi");
        return volume;
    }

    private static void volumes(Instance it, List<Plugged> plugged, ArrayNode volumes) {
        for (int i = 0; i < it.disks().size(); i++) {
            var volume = volumes.addObject().put("name", "disk" + i);
            switch (it.disks().get(i).type()) {
                case PERSISTENT -> volume.putObject("dataVolume")
                        .put("name", it.objectName() + "-disk" + i);
                case TEMPORARY -> volume.putObject("emptyDisk")
                        .put("capacity", it.disks().get(i).sizeGb() + "Gi");
            }
        }
        var told = volumes.addObject().put("name", "cloudinit").putObject("cloudInitNoCloud");
        told.putObject("secretRef").put("name", it.objectName());
        told.putObject("networkDataSecretRef").put("name", it.objectName());
        plugged.forEach(volume -> volumes.addObject().put("name", Volume.claim(volume.id()))
                .putObject("persistentVolumeClaim")
                .put("claimName", Volume.claim(volume.id())).put("hotpluggable", true));
    }

    /// What the guest is told, for cloud-init.
    static ObjectNode told(Instance it) {
        var object = object(it, Kind.SECRET, it.objectName()).put("type", "Opaque");
        var data = object.putObject("data");
        data.put("userdata", base64(CloudInit.userData(it)));
        data.put("networkdata", base64(CloudInit.networkData(it)));
        return object;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The attachments of its networks. Those with the same name inside are one network, wherever
    /// their machines run: an overlay without addresses of its own, since we give them.
    static List<ObjectNode> attachments(Instance it) {
        return IntStream.range(0, it.nics().size()).mapToObj(i -> {
            var object = object(it, ATTACHMENT, attachment(it, i));
            var config = NODES.objectNode().put("cniVersion", "1.0.0")
                    .put("type", "ovn-k8s-cni-overlay").put("topology", "layer2")
                    .put("name", ObjectName.of("net", it.nics().get(i).network()))
                    .put("netAttachDefName", namespace(it) + "/" + attachment(it, i));
            object.putObject("spec").put("config", config.toString());
            return object;
        }).toList();
    }

    private static ObjectNode object(Instance it, Kind kind, String name) {
        var object = NODES.objectNode().put("apiVersion", kind.apiVersion())
                .put("kind", kind.kind());
        object.putObject("metadata").put("name", name).put("namespace", namespace(it))
                .putObject("labels").put(INSTANCE, it.id())
                .put(ProjectNamespace.PROJECT, it.projectId())
                .put(ProjectNamespace.ORGANIZATION, it.organizationId());
        return object;
    }
}
