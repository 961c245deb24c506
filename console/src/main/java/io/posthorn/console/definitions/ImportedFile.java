package io.posthorn.console.definitions;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.topology.Topology;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Which file was imported at a start, by its hash, so that the next start passes it over while it is the same. Kept
/// as a global parameter, which becomes durable with what the file says.
public final class ImportedFile {
    static final String PARAMETER = "imported_definition_hash_value";

    private ImportedFile() {}

    public static boolean isImported(byte[] file, Topology topology) {
        return topology.globalParameters().contains(parameter(file));
    }

    public static AdminChange changeTo(byte[] file) {
        return new AdminChange.PutParameter(parameter(file));
    }

    private static Parameter parameter(byte[] file) {
        return new Parameter(null, "", PARAMETER, "\"" + hash(file) + "\"");
    }

    private static String hash(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
