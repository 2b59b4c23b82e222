/** Example hypervisors, and a command line over them. */
module io.microlith.examples {
    requires io.microlith.kvm;
}
