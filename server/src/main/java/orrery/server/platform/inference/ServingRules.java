package orrery.server.platform.inference;

import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.server.platform.inference.Serving.Auth;
import orrery.server.platform.inference.Serving.Autoscaling;
import orrery.server.platform.inference.Serving.Engine;
import orrery.server.platform.inference.Serving.Gpu;
import orrery.server.platform.inference.Serving.Metric;
import orrery.server.platform.inference.Serving.Model;
import orrery.server.platform.inference.Serving.Replicas;
import org.jspecify.annotations.Nullable;

/// What can be served. Each rule looks at what is there: other parts of an input may be missing.
final class ServingRules {
    private static final int MOST_GPUS = 16;
    private static final int MOST_REPLICAS = 100;
    private static final int MOST_TARGET = 100_000;
    private static final int SHORTEST_IDLE = 30;
    private static final int LONGEST_IDLE = 86_400;
    private static final Pattern HUB =
            Pattern.compile("hf://[A-Za-z0-9][-._A-Za-z0-9]{0,95}/[A-Za-z0-9][-._A-Za-z0-9]{0,95}");
    private static final Pattern BUCKET = Pattern.compile(
            "(s3|gs|oci)://[a-z0-9][-._:a-z0-9]{0,254}"
                    + "(/[A-Za-z0-9][-._:@=+A-Za-z0-9]{0,254}){0,32}/?");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][-._/A-Za-z0-9]{0,127}");
    private static final Pattern PRODUCT =
            Pattern.compile("[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?");

    private static final Pattern CODE = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,61}[a-z0-9])?");

    private ServingRules() {}

    static void model(Mistakes mistakes, @Nullable Model model) {
        if (model == null) {
            return;
        }
        mistakes.check("model.source", model.source(),
                        it -> HUB.matcher(it).matches() || BUCKET.matcher(it).matches(),
                        "must be hf://owner/model, or a path of s3://, gs:// or oci://")
                .check("model.revision", model.revision(), it -> REVISION.matcher(it).matches(),
                        "must be a branch, a tag or a commit")
                .unless(model.revision() == null || model.source() == null
                                || model.source().startsWith("hf://"), "model.revision",
                        "is known to hf:// alone; elsewhere it is part of the path");
    }

    /// What each replica has is said in one of two ways.
    static void size(Mistakes mistakes, @Nullable Gpu gpu, @Nullable String instanceType) {
        mistakes.unless(gpu != null || instanceType != null, "gpu",
                        "is required, or instanceType instead")
                .unless(gpu == null || instanceType == null, "instanceType",
                        "cannot stand beside gpu: send one of them")
                .check("instanceType", instanceType, it -> CODE.matcher(it).matches(),
                        "must be the code of an instance type, such as vm.h100");
        gpu(mistakes, gpu);
    }

    static void gpu(Mistakes mistakes, @Nullable Gpu gpu) {
        if (gpu != null) {
            mistakes.unless(gpu.count() >= 1 && gpu.count() <= MOST_GPUS, "gpu.count",
                            "must be 1 to " + MOST_GPUS)
                    .check("gpu.type", gpu.type(), it -> PRODUCT.matcher(it).matches(),
                            "must be a GPU's product name, such as NVIDIA-H100-80GB-HBM3");
        }
    }

    static void replicas(Mistakes mistakes, @Nullable Replicas replicas) {
        if (replicas != null) {
            mistakes.unless(replicas.min() >= 0 && replicas.min() <= MOST_REPLICAS,
                            "replicas.min", "must be 0 to " + MOST_REPLICAS)
                    .unless(replicas.max() >= 1 && replicas.max() <= MOST_REPLICAS,
                            "replicas.max", "must be 1 to " + MOST_REPLICAS)
                    .unless(replicas.max() >= replicas.min(), "replicas.max",
                            "must not be less than replicas.min");
        }
    }

    static void autoscaling(Mistakes mistakes, @Nullable Autoscaling autoscaling) {
        if (autoscaling == null) {
            return;
        }
        boolean isPercent = autoscaling.metric() == Metric.CPU
                || autoscaling.metric() == Metric.MEMORY;
        int most = isPercent ? 100 : MOST_TARGET;
        mistakes.unless(autoscaling.target() >= 1 && autoscaling.target() <= most,
                        "autoscaling.target", "must be 1 to " + most)
                .check("autoscaling.scaleToZeroAfterSeconds",
                        autoscaling.scaleToZeroAfterSeconds(),
                        it -> it >= SHORTEST_IDLE && it <= LONGEST_IDLE,
                        "must be " + SHORTEST_IDLE + " to " + LONGEST_IDLE)
                .unless(autoscaling.scaleToZeroAfterSeconds() == null || !isPercent,
                        "autoscaling.scaleToZeroAfterSeconds",
                        "needs the metric concurrency or rps: nothing has no load to measure");
    }

    /// What two parts say of each other.
    static void together(Mistakes mistakes, @Nullable Replicas replicas,
            @Nullable Autoscaling autoscaling) {
        mistakes.unless(replicas == null || replicas.min() == 0 || autoscaling == null
                        || autoscaling.scaleToZeroAfterSeconds() == null,
                "autoscaling.scaleToZeroAfterSeconds", "needs replicas.min to be 0");
    }

    static void auth(Mistakes mistakes, @Nullable Auth auth, @Nullable Engine engine) {
        mistakes.unless(engine != Engine.TRITON || auth == null
                        || auth.mode() != Auth.Mode.API_KEY, "auth.mode",
                "must be public: triton cannot ask for a key");
    }
}
