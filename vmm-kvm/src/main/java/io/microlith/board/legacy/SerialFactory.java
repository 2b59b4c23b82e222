// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.linux.PosixIo;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.StateReader;
import java.io.OutputStream;
import java.util.Map;

/**
 * Makes serial ports. {@link Serial} has shorter ways to say most configurations.
 *
 * <p>Options in text: {@code output} is {@code stdout} (default), {@code stderr} or {@code none}; {@code input} is
 * {@code none} (default) or {@code stdin}; {@code port} is {@code com1} to {@code com4}, by default the next free one.
 */
public final class SerialFactory implements DeviceFactory<SerialConfig, SerialState> {
    /** Makes a factory. */
    public SerialFactory() {}

    @Override
    public String type() {
        return "serial";
    }

    @Override
    public SerialConfig configure(Map<String, String> options) {
        SerialConfig config = SerialConfig.to(System.out);
        for (Map.Entry<String, String> option : options.entrySet()) {
            config = switch (option.getKey()) {
                case "output" -> withOutput(config, option.getValue());
                case "input" -> config.source(source(option.getValue()));
                case "port" -> config.at(port(option.getValue()));
                default ->
                    throw new ConfigException(
                            "serial." + option.getKey(), "no such option: there are output, input and port");
            };
        }
        return config;
    }

    private static SerialConfig withOutput(SerialConfig config, String name) {
        OutputStream output = switch (name) {
            case "stdout" -> System.out;
            case "stderr" -> System.err;
            case "none" -> OutputStream.nullOutputStream();
            default -> throw new ConfigException("serial.output", "'" + name + "' is none of stdout, stderr, none");
        };
        return new SerialConfig(output, config.input(), config.source(), config.port(), config.events());
    }

    private static SerialSource source(String name) {
        return switch (name) {
            case "stdin" -> new DescriptorSource(PosixIo.STDIN);
            case "none" -> SerialSource.NONE;
            default -> throw new ConfigException("serial.input", "'" + name + "' is none of stdin, none");
        };
    }

    private static SerialPort port(String name) {
        return switch (name) {
            case "com1" -> SerialPort.COM1;
            case "com2" -> SerialPort.COM2;
            case "com3" -> SerialPort.COM3;
            case "com4" -> SerialPort.COM4;
            default -> throw new ConfigException("serial.port", "'" + name + "' is none of com1 to com4");
        };
    }

    @Override
    public Device create(SerialConfig config, DeviceContext context) {
        return new SerialDevice(config, SerialState.POWER_ON, context);
    }

    @Override
    public Device restore(SerialConfig config, SerialState state, DeviceContext context) {
        return new SerialDevice(config, state.checked(), context);
    }

    @Override
    public SerialState read(StateReader reader) {
        return SerialState.read(reader);
    }
}
