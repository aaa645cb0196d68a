package orrery.sim.client;

class Kubectl32Test extends KubectlJourney {
    Kubectl32Test() {
        super("1.32");
    }
}
