package io.posthorn.server.cli;

import picocli.CommandLine.IVersionProvider;

final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"Posthorn " + number()};
    }

    /// The version in the jar's manifest; run from classes, there is none.
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "from source" : version;
    }
}
