package orrery.server.tenancy.region;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.kit.kube.ObjectName;

/// The namespace that a project has in every management cluster.
public final class ProjectNamespace {
    /// Labels that find our objects again.
    public static final String PROJECT = "orrery.dev/project";
    public static final String ORGANIZATION = "orrery.dev/organization";

    private ProjectNamespace() {}

    /// Its name, the same in every region.
    public static String name(String projectId) {
        return ObjectName.of("prj", projectId);
    }

    /// The namespace as it shall be. Its labels are those that AccessManagement selects to offer
    /// templates and credentials in it.
    public static ObjectNode object(String projectId, String organizationId) {
        var name = name(projectId);
        var object = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", "v1").put("kind", "Namespace");
        object.putObject("metadata").put("name", name).putObject("labels")
                .put("app.k0rdent.ai/managed", "true")
                .put("app.k0rdent.ai/project-namespace", "true")
                .put("k0rdent.mirantis.com/project", name)
                .put(PROJECT, projectId)
                .put(ORGANIZATION, organizationId);
        return object;
    }
}
