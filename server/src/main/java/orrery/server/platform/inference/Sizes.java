package orrery.server.platform.inference;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.platform.catalogue.GpuType;
import orrery.server.platform.catalogue.GpuTypes;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.platform.catalogue.OfferState;
import orrery.server.platform.inference.Serving.Gpu;
import orrery.server.platform.inference.Serving.Size;
import org.jspecify.annotations.Nullable;

/// What a region's catalogue makes of the code of an instance type.
@Singleton
final class Sizes {
    private final InstanceTypes types;
    private final GpuTypes gpus;

    Sizes(InstanceTypes types, GpuTypes gpus) {
        this.types = types;
        this.gpus = gpus;
    }

    /// What each replica has. It stays so, whatever is offered later.
    record Chosen(Gpu gpu, @Nullable Size size) {}

    /// What is said in one of two ways.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a type that is not offered
    Chosen choose(Tx tx, String region, @Nullable Gpu gpu, @Nullable String instanceType) {
        if (gpu != null) {
            return new Chosen(gpu, null);
        }
        var type = Optional.ofNullable(instanceType)
                .flatMap(it -> types.find(tx, region, it))
                .filter(it -> it.state() == OfferState.ACTIVE)
                .orElseThrow(() -> unprocessable(
                        "is no instance type that region " + region + " offers"));
        if (type.gpuType() == null) {
            return new Chosen(new Gpu(null, 0),
                    new Size(type.code(), type.cpuCores(), type.ramGb(), null));
        }
        var device = gpus.find(tx, region, type.gpuType()).map(GpuType::deviceName)
                .orElseThrow(() -> unprocessable("comes with GPUs that region " + region
                        + " does not offer; choose another"));
        return new Chosen(new Gpu(null, type.gpuCount()),
                new Size(type.code(), type.cpuCores(), type.ramGb(), device));
    }

    /// As [#choose]; what a change does not say, or says again, stays.
    Chosen changed(Tx tx, Endpoint old, EndpointChange to) {
        var was = old.serving();
        boolean stays = to.gpu() == null && (to.instanceType() == null
                || to.instanceType().equals(was.instanceType()));
        return stays ? new Chosen(was.gpu(), was.size())
                : choose(tx, old.region(), to.gpu(), to.instanceType());
    }

    private static Problem.Failure unprocessable(String message) {
        return new Problem.Unprocessable(List.of(new Mistake("instanceType", message))).raise();
    }
}
