/// Plays Kubeflow's trainer: TrainJobs whose pods train nothing.
package orrery.sim.training;
