package orrery.server;

import java.nio.file.Path;
import orrery.kit.config.Setting;
import org.jspecify.annotations.Nullable;

/// Which management clusters the server is told of at its start, and whom it may call.
record Connecting(
        @Setting(name = "SIM_KUBECONFIG", is = "kubeconfig of the simulated region's"
                + " administrator; it becomes region sim1")
        @Nullable Path simKubeconfig,
        @Setting(name = "KUBECONFIG", is = "kubeconfig of a management cluster; it becomes a"
                + " region", option = "--kubeconfig")
        @Nullable Path kubeconfig,
        @Setting(name = "CONTEXT", is = "which of its contexts; else the current one",
                option = "--context")
        @Nullable String context,
        @Setting(name = "KUBECONFIG_REGION", or = "main", is = "code of the region that it"
                + " becomes")
        String kubeconfigRegion,
        @Setting(name = "PRIVATE_NETWORKS", or = "true", is = "whether clusters that users attach"
                + " may have addresses of private networks")
        boolean privateNetworks) {

    Connecting {
        if (context != null && kubeconfig == null) {
            throw new IllegalArgumentException(
                    "ORRERY_CONTEXT names a context of ORRERY_KUBECONFIG: give both");
        }
        if (kubeconfigRegion.equals("sim1")) {
            throw new IllegalArgumentException("ORRERY_KUBECONFIG_REGION=sim1 is the simulated"
                    + " region's code: choose another");
        }
    }
}
