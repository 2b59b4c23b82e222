/** Example hypervisors, and a command line over them. */
module io.microlith.examples {
    requires com.fasterxml.jackson.jr.ob;
    requires dagger;
    requires info.picocli;
    requires io.microlith.kvm;
    requires io.microlith.snapshot;
    requires io.microlith.virtio;
    requires jakarta.inject;
    requires static org.jspecify;
    requires org.slf4j;

    // SLF4J makes the provider that Main names.
    exports io.microlith.examples.cli.log to
            org.slf4j;

    uses java.util.spi.ToolProvider;

    provides org.slf4j.spi.SLF4JServiceProvider with
            io.microlith.examples.cli.log.StderrLogProvider;
}
