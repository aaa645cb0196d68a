package orrery.sim.contract;

/// Objects that are good, one of each type that has rules of its own.
final class Sound {
    private static final String TEMPLATE = """
              selector: {matchLabels: {a: b}}
              template:
                metadata: {labels: {a: b}}
                spec: {containers: [{name: c, image: x, ports: [{containerPort: 80}]}]}
            """;

    /// Type and manifest.
    static final String[][] OBJECTS = {
        {"pods", "metadata: {name: good}\nspec: {schedulerName: nobody,"
                + " containers: [{name: c, image: x}]}\n"},
        {"deployments.apps", "metadata: {name: good}\nspec:\n  replicas: 0\n" + TEMPLATE},
        {"replicasets.apps", "metadata: {name: good}\nspec:\n  replicas: 0\n" + TEMPLATE},
        {"statefulsets.apps", "metadata: {name: good}\nspec:\n  serviceName: s\n  replicas: 0\n"
                + TEMPLATE},
        {"daemonsets.apps", "metadata: {name: good}\nspec:\n" + TEMPLATE},
        {"services", "metadata: {name: good}\nspec: {ports: [{port: 80}]}\n"},
        {"configmaps", "metadata: {name: good}\ndata: {a: b}\n"},
        {"secrets", "metadata: {name: good}\nstringData: {a: b}\n"},
        {"persistentvolumeclaims", "metadata: {name: good}\nspec: {accessModes: [ReadWriteOnce],"
                + " resources: {requests: {storage: 1Gi}}}\n"},
        {"resourcequotas", "metadata: {name: good}\nspec: {hard: {services: 99}}\n"},
        {"limitranges", "metadata: {name: good}\nspec: {limits: [{type: Container,"
                + " max: {cpu: 9}}]}\n"},
        {"jobs.batch", "metadata: {name: good}\nspec:\n  suspend: true\n  template:\n"
                + "    spec: {restartPolicy: Never, containers: [{name: c, image: x}]}\n"},
        {"cronjobs.batch", "metadata: {name: good}\nspec:\n  schedule: 0 0 1 1 *\n"
                + "  jobTemplate: {spec: {template: {spec: {restartPolicy: Never,"
                + " containers: [{name: c, image: x}]}}}}\n"},
        {"ingresses.networking.k8s.io", "metadata: {name: good}\nspec: {defaultBackend:"
                + " {service: {name: s, port: {number: 80}}}}\n"},
        {"poddisruptionbudgets.policy", "metadata: {name: good}\nspec: {minAvailable: 1,"
                + " selector: {matchLabels: {no: body}}}\n"},
        {"horizontalpodautoscalers.autoscaling", "metadata: {name: good}\nspec: {maxReplicas: 2,"
                + " scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: good}}\n"},
        {"roles.rbac.authorization.k8s.io", "metadata: {name: good}\n"},
        {"leases.coordination.k8s.io", "metadata: {name: good}\nspec: {holderIdentity: me}\n"},
    };

    private Sound() {}
}
