package io.posthorn.server;

/// What was built.
public final class Build {
    private Build() {}

    /// The version in the jar's manifest; run from classes, there is none.
    public static String version() {
        String version = Build.class.getPackage().getImplementationVersion();
        return version == null ? "from source" : version;
    }
}
