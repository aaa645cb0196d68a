/// Training jobs: what a region trains on several nodes at a time, as TrainJobs of Kubeflow.
@NullMarked
package orrery.server.platform.training;

import org.jspecify.annotations.NullMarked;
