import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** For the self-test: that Java runs in the rig, that it may call C, and that /dev/kvm is there. */
public final class KvmHello {
    private static final int O_RDWR = 2;
    private static final long KVM_GET_API_VERSION = 0xAE00;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = function(
            "ioctl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private KvmHello() {}

    public static void main(String[] arguments) throws Throwable {
        System.out.println("java.version=" + Runtime.version());
        try (Arena arena = Arena.ofConfined()) {
            int kvm = (int) OPEN.invokeExact(arena.allocateFrom("/dev/kvm"), O_RDWR);
            System.out.println("kvm.opened=" + (kvm >= 0));
            System.out.println("kvm.api=" + (int) IOCTL.invokeExact(kvm, KVM_GET_API_VERSION, 0L));
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.firstVariadicArg(2));
    }
}
