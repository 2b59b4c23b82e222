// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.log;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What the examples and the command line plug into SLF4J. A full logging library would take longer to start than a
 * guest; this one has no configuration but the system property {@value #LEVEL_PROPERTY}, one of SLF4J's levels.
 */
public final class StderrLogProvider implements SLF4JServiceProvider {
    /** The property with the lowest level that is printed. Default: {@code WARN}. */
    public static final String LEVEL_PROPERTY = "microlith.log";

    /** The version of SLF4J's API that this is written for. */
    private static final String API_VERSION = "2.0.99";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();
    private final ILoggerFactory loggers = name -> new StderrLogger(name, level());

    /** For SLF4J. */
    public StderrLogProvider() {}

    private static Level level() {
        String name = System.getProperty(LEVEL_PROPERTY);
        if (name != null) {
            for (Level level : Level.values()) {
                if (level.name().equalsIgnoreCase(name)) {
                    return level;
                }
            }
        }
        return Level.WARN;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }

    @Override
    public void initialize() {}
}
