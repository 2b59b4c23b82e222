/** What the SDK costs, measured side by side with programs in C and with QEMU. */
module io.microlith.benchmarks {
    requires com.fasterxml.jackson.jr.ob;
    requires info.picocli;
    requires io.microlith.kvm;
    requires io.microlith.snapshot;
    requires io.microlith.virtio;
    requires java.desktop;
    requires java.management;
    requires jdk.management;
    requires org.knowm.xchart;
    requires static org.jspecify;

    exports io.microlith.benchmarks;

    opens io.microlith.benchmarks to
            info.picocli;

    provides java.util.spi.ToolProvider with
            io.microlith.benchmarks.BenchTool;
}
