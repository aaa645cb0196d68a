/// Plays KServe: InferenceServices as Deployments whose pods answer nothing of a model.
package orrery.sim.kserve;
