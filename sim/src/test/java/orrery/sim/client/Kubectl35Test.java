package orrery.sim.client;

class Kubectl35Test extends KubectlJourney {
    Kubectl35Test() {
        super("1.35");
    }
}
